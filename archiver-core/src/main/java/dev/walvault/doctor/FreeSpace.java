package dev.walvault.doctor;

import dev.walvault.ErrorCode;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Room for the WAL that waits while a vault is away. */
final class FreeSpace {
    private static final int SMALLEST_PERCENTAGE = 10;

    private FreeSpace() {}

    static Check of(Path pgdata) {
        return new Check("data directory", check -> look(check, pgdata));
    }

    static String text(long bytes) {
        return bytes >> 20 < 10 * 1024 ? (bytes >> 20) + " MB" : (bytes >> 30) + " GB";
    }

    private static Finding look(String check, Path pgdata) {
        try {
            FileStore disk = Files.getFileStore(pgdata);
            long percentage = disk.getUsableSpace() * 100 / Math.max(1, disk.getTotalSpace());
            String seen = text(disk.getUsableSpace()) + " (" + percentage + " %) of its file system are free";
            return percentage >= SMALLEST_PERCENTAGE
                    ? Finding.ok(check, seen)
                    : Finding.warning(
                            check,
                            seen,
                            "Make room: while a vault is away the server keeps its WAL here, and stops when the disk is"
                                    + " full.");
        } catch (IOException e) {
            return Finding.failed(
                    check,
                    ErrorCode.LOCAL_FILE,
                    "\"" + pgdata + "\" cannot be read: " + e.getMessage(),
                    "Set pgdata to the data directory, and run this as the server's user.");
        }
    }
}
