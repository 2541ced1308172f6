package dev.walvault.doctor;

import dev.walvault.ErrorCode;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory of this host that walvault writes to.
 *
 * @param name what it is for, and the name of the check
 * @param setting how to choose another one
 */
public record LocalDirectory(String name, Path path, String setting) {
    private static final long LITTLE = 1L << 30;

    Check check(Optional<Path> pgdata) {
        return new Check(name, check -> look(check, pgdata));
    }

    private Finding look(String check, Optional<Path> pgdata) {
        String fix = "Make it a directory that this user can write to, or choose another one with " + setting + ".";
        try {
            Path probe = Files.createTempFile(path, ".walvault-doctor", ".tmp");
            Files.delete(probe);
            long free = Files.getFileStore(path).getUsableSpace();
            if (pgdata.isPresent() && path.toRealPath().startsWith(pgdata.get().toRealPath())) {
                return Finding.warning(
                        check,
                        "\"" + path + "\" lies inside of the data directory, so it is backed up and restored",
                        "Choose another one with " + setting + ".");
            }
            String seen = "\"" + path + "\" can be written to, " + FreeSpace.text(free) + " are free";
            return free < LITTLE
                    ? Finding.warning(check, seen, "Make room, or choose another one with " + setting + ".")
                    : Finding.ok(check, seen);
        } catch (IOException e) {
            return Finding.failed(
                    check, ErrorCode.LOCAL_FILE, "\"" + path + "\" cannot be written to: " + e.getMessage(), fix);
        }
    }
}
