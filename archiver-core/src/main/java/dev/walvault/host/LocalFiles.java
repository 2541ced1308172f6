package dev.walvault.host;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.HostException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Errors of this machine's files, translated once. */
public final class LocalFiles {
    private LocalFiles() {}

    /** {@code what} could not be done with the file; whether it is there is said by the reason alone. */
    public static HostException cannot(String what, Path path, IOException e) {
        String reason = FileTrouble.reason(e);
        boolean full = reason.contains("No space left") || reason.contains("quota exceeded");
        var fault = Fault.of(
                        full ? ErrorCode.LOCAL_FULL : ErrorCode.LOCAL_FILE, "could not " + what + " \"" + path + "\"")
                .cause(e);
        return switch (e) {
            case AccessDeniedException _ -> denied(fault, path).host();
            default -> fault.detail(full ? "no space left on device" : reason).host();
        };
    }

    /** Whoever runs as the server's user already is told about the file, not about the user. */
    private static Fault denied(Fault fault, Path path) {
        String user = System.getProperty("user.name");
        for (Path place = path.toAbsolutePath(); place != null; place = place.getParent()) {
            try {
                String owner = Files.getOwner(place, LinkOption.NOFOLLOW_LINKS).getName();
                return fault.detail("permission denied to \"" + user + "\"; \"" + place + "\" is owned by \"" + owner
                                + "\"")
                        .hint(
                                owner.equals(user)
                                        ? "Check the modes of the file and of the directories above it."
                                        : "Run walvault as the server's operating-system user, and give that user what"
                                                + " is in the server's directories with chown.");
            } catch (IOException | UnsupportedOperationException _) {
                // not there, or not to be seen: what is above it decides
            }
        }
        return fault.detail("permission denied to \"" + user + "\"");
    }
}
