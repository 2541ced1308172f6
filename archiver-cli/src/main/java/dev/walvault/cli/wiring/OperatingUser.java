package dev.walvault.cli.wiring;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.ShellWord;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who runs the program. What root makes in a vault, a state directory or a data directory locks the server's user out.
 */
public final class OperatingUser {
    private OperatingUser() {}

    /** Says no where nobody can tell. */
    public static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    /**
     * Refuses root before anything is made.
     *
     * @param command as it is called
     */
    public static void refuseRoot(Invocation invocation, String command) throws ArchiverException {
        if (!invocation.shell().root().getAsBoolean()) {
            return;
        }
        throw Fault.of(ErrorCode.USAGE, command + " must not be run as root")
                .detail("what it makes would belong to root, and the server's user could neither read nor extend it")
                .hint("Run it as the operating-system user that the server runs as: "
                        + asServersUser(invocation, command) + " ...")
                .configuration();
    }

    /** The command line that runs a command as the server's user, as root may say it. */
    public static String asServersUser(Invocation invocation, String command) throws ArchiverException {
        // sudo keeps neither the variable that names the file nor, always, the working directory
        String config = invocation
                .settings()
                .file()
                .filter(file -> !file.equals(Settings.USUAL_FILE))
                .map(file -> " --config " + ShellWord.of(file))
                .orElse("");
        return "sudo -u " + serversUser(invocation).orElse("postgres") + " walvault" + config + " " + command;
    }

    /** Who owns the data directory, unless it is root's or not here. */
    public static Optional<String> serversUser(Invocation invocation) throws ArchiverException {
        return invocation
                .settings()
                .path(Setting.PGDATA)
                .flatMap(OperatingUser::ownerOf)
                .filter(name -> !name.equals("root"));
    }

    private static Optional<String> ownerOf(Path path) {
        try {
            return Optional.of(Files.getOwner(path).getName());
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
