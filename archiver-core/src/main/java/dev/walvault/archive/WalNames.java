package dev.walvault.archive;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.WalFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Names as a command line gives them. */
public final class WalNames {
    private WalNames() {}

    /** The file that {@code %p} of {@code archive_command} names, or {@code %f} alone. */
    static Path locate(Path path, Path workingDirectory) {
        Path local = workingDirectory.resolve(path);
        boolean bareName = path.getNameCount() == 1 && !path.isAbsolute();
        if (bareName && !Files.exists(local)) {
            return workingDirectory.resolve("pg_wal").resolve(path);
        }
        return local;
    }

    /** The WAL file of this name; refuses anything that no server calls a file of its WAL, a path above all. */
    public static WalFile parse(String name) throws IntegrityException {
        try {
            return WalFile.parse(name);
        } catch (IllegalArgumentException e) {
            throw Fault.of(ErrorCode.NOT_WAL, String.valueOf(e.getMessage()))
                    .hint("Expected the name of a WAL segment, a timeline history or a backup history file.")
                    .cause(e)
                    .integrity();
        }
    }
}
