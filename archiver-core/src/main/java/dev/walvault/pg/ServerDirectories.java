package dev.walvault.pg;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directories that a server's files lie in, by their real paths: its data directory, its WAL and its tablespaces.
 */
public record ServerDirectories(List<Path> all) {
    public ServerDirectories {
        all = List.copyOf(all);
    }

    /** Those of this data directory; none if it is not on this host. Links that lead nowhere are passed over. */
    public static ServerDirectories of(Path dataDirectory) throws IOException {
        var all = new ArrayList<Path>();
        add(all, dataDirectory);
        add(all, dataDirectory.resolve("pg_wal"));
        try (DirectoryStream<Path> tablespaces = Files.newDirectoryStream(dataDirectory.resolve("pg_tblspc"))) {
            for (Path tablespace : tablespaces) {
                add(all, tablespace);
            }
        } catch (NoSuchFileException _) {
            // as good as empty
        }
        return new ServerDirectories(all);
    }

    private static void add(List<Path> all, Path directory) throws IOException {
        try {
            all.add(directory.toRealPath());
        } catch (NoSuchFileException _) {
            // nothing lies in it
        }
    }

    /** The directory of the server in which this place is, or would be if it were made. */
    public Optional<Path> containing(Path place) throws IOException {
        Path real = real(place.toAbsolutePath().normalize());
        return all.stream().filter(real::startsWith).findFirst();
    }

    private static Path real(Path place) throws IOException {
        Path there = place;
        while (!Files.exists(there, LinkOption.NOFOLLOW_LINKS) && there.getParent() != null) {
            there = there.getParent();
        }
        return there.toRealPath().resolve(there.relativize(place)).normalize();
    }
}
