package dev.walvault.doctor;

import dev.walvault.ErrorCode;
import dev.walvault.examine.Check;
import dev.walvault.examine.DiskSpace;
import dev.walvault.examine.Finding;
import java.io.IOException;
import java.nio.file.Path;

/** Room for the WAL that waits while a vault is unreachable. */
final class FreeSpace {
    private FreeSpace() {}

    static Check of(Path pgdata) {
        return new Check("data directory", check -> look(check, pgdata));
    }

    private static Finding look(String check, Path pgdata) {
        try {
            DiskSpace space = DiskSpace.at(pgdata);
            String seen = space + " of its file system are free";
            return space.isLittle()
                    ? Finding.warning(
                            check,
                            seen,
                            "Make room: while a vault is unreachable the server keeps its WAL here, and stops when the disk is"
                                    + " full.")
                    : Finding.ok(check, seen);
        } catch (IOException e) {
            return Finding.failed(
                    check,
                    ErrorCode.LOCAL_FILE,
                    "\"" + pgdata + "\" cannot be read: " + e.getMessage(),
                    "Set pgdata to the data directory, and run this as the server's user.");
        }
    }
}
