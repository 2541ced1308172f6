package dev.walvault.archive;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.StoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Errors of this machine's files, translated once. */
public final class LocalFiles {
    private LocalFiles() {}

    public static StoreException cannot(String what, Path path, IOException e) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        boolean full = reason.contains("No space left") || reason.contains("quota exceeded");
        var fault = Fault.of(
                        full ? ErrorCode.LOCAL_FULL : ErrorCode.LOCAL_FILE, "could not " + what + " \"" + path + "\"")
                .cause(e);
        return switch (e) {
            case NoSuchFileException _ -> fault.detail("there is no such file").store();
            case AccessDeniedException _ ->
                fault.detail("permission denied")
                        .hint("Run walvault as the server's operating-system user.")
                        .store();
            default -> fault.detail(full ? "no space left on device" : reason).store();
        };
    }
}
