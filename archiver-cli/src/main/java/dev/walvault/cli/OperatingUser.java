package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.cli.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Who runs the program. What root makes in a vault, a state directory or a data directory locks the server's user out. */
final class OperatingUser {
    private OperatingUser() {}

    /** Says no where nobody can tell. */
    static boolean isRoot() {
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
    static void refuseRoot(Invocation invocation, String command) throws ArchiverException {
        if (!invocation.shell().root().getAsBoolean()) {
            return;
        }
        Optional<String> owner = invocation
                .settings()
                .path(Setting.PGDATA)
                .flatMap(OperatingUser::ownerOf)
                .filter(name -> !name.equals("root"));
        String config =
                invocation.options().config().map(path -> " --config " + path).orElse("");
        throw Fault.of(ErrorCode.USAGE, command + " must not be run as root")
                .detail("what it makes would belong to root, and the server's user could neither read nor extend it")
                .hint("Run it as the operating-system user that the server runs as: sudo -u " + owner.orElse("postgres")
                        + " walvault" + config + " " + command + " ...")
                .configuration();
    }

    private static Optional<String> ownerOf(Path path) {
        try {
            return Optional.of(Files.getOwner(path).getName());
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
