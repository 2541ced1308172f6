package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.host.LocalFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a data directory keeps its files.
 *
 * @param data without links
 * @param version what {@code PG_VERSION} says, if it is there
 * @param walLink what {@code pg_wal} leads to, as the link says it; empty if it is no link
 * @param walMounted whether {@code pg_wal} is a mount point
 * @param tablespaces what the links to them say, by OID
 */
public record ServerPlaces(
        Path data, Optional<String> version, Optional<Path> walLink, boolean walMounted, Map<Long, Path> tablespaces) {
    private static final List<String> SIGNS = List.of("PG_VERSION", "global", "base", "pg_wal");

    public ServerPlaces {
        tablespaces = Map.copyOf(tablespaces);
    }

    /**
     * Looks at a data directory, which may be damaged.
     *
     * @param data without links
     * @throws dev.walvault.HostException DIRECTORY_IN_USE if it is none, or has something mounted where it cannot be
     *     moved
     */
    static ServerPlaces of(Path data, Mounts mounts) throws ArchiverException {
        if (SIGNS.stream().noneMatch(sign -> Files.exists(data.resolve(sign), LinkOption.NOFOLLOW_LINKS))) {
            throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "\"" + data + "\" is no data directory of PostgreSQL")
                    .detail("None of " + String.join(", ", SIGNS) + " is there.")
                    .hint("To restore into an empty directory, leave out --in-place.")
                    .host();
        }
        Path wal = data.resolve("pg_wal");
        for (Path point : mounts.below(data)) {
            if (!point.equals(wal)) {
                throw Fault.of(
                                ErrorCode.DIRECTORY_IN_USE,
                                "\"" + point + "\" is a mount point within the data directory")
                        .detail("It cannot be renamed. Only pg_wal may be one.")
                        .hint("Unmount it, and mount it again after the restore where it belongs.")
                        .host();
            }
        }
        return new ServerPlaces(data, version(data), link(wal), mounts.isPoint(wal), tablespaces(data));
    }

    /** Those of a data directory whose links were moved to {@code home}. */
    static ServerPlaces former(Path data, Path home, String version, boolean walMounted) throws ArchiverException {
        return new ServerPlaces(
                data, Optional.of(version), link(home.resolve("pg_wal")), walMounted, tablespaces(home));
    }

    /**
     * The data directory, and the directories without links that its WAL and its tablespaces are in, as far as they are
     * there.
     */
    static List<Path> linked(Path data) throws ArchiverException {
        var linked = new LinkedHashSet<Path>();
        linked.add(data);
        var candidates = new ArrayList<>(tablespaces(data).values());
        candidates.add(data.resolve("pg_wal"));
        for (Path candidate : candidates) {
            if (Files.isDirectory(candidate)) {
                try {
                    linked.add(candidate.toRealPath());
                } catch (IOException e) {
                    throw LocalFiles.cannot("read", candidate, e);
                }
            }
        }
        return List.copyOf(linked);
    }

    private static Optional<String> version(Path data) {
        try {
            return Optional.of(Files.readString(data.resolve("PG_VERSION")).strip())
                    .filter(version -> version.matches("[0-9]{1,3}(\\.[0-9]{1,2})?"));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<Path> link(Path path) throws ArchiverException {
        if (!Files.isSymbolicLink(path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(path.resolveSibling(Files.readSymbolicLink(path)).normalize());
        } catch (IOException e) {
            throw LocalFiles.cannot("read the link", path, e);
        }
    }

    /** Where the links of a data directory lead to, by OID. */
    static Map<Long, Path> tablespaces(Path data) throws ArchiverException {
        var tablespaces = new LinkedHashMap<Long, Path>();
        Path links = data.resolve("pg_tblspc");
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(links, "[1-9]*")) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                Optional<Path> target = name.matches("[0-9]{1,10}") ? link(entry) : Optional.empty();
                if (target.isPresent()) {
                    tablespaces.put(Long.parseLong(name), target.get());
                }
            }
        } catch (NoSuchFileException | NotDirectoryException _) {
            return Map.of();
        } catch (IOException e) {
            throw e instanceof ArchiverException known ? known : LocalFiles.cannot("read", links, e);
        }
        return tablespaces;
    }

    /** Where the WAL is, if that is not an ordinary directory within the data directory. */
    Optional<Path> wal() {
        return walMounted ? Optional.of(data.resolve("pg_wal")) : walLink;
    }

    /**
     * The place of this server with whose files a path would be moved: the data directory, or that of the WAL.
     *
     * @return empty if there is none, or nothing is there
     */
    public Optional<Path> holding(Path path) throws ArchiverException {
        Path real;
        try {
            real = path.toRealPath();
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw LocalFiles.cannot("read", path, e);
        }
        for (Path place : linked(data)) {
            boolean isTablespace = tablespaces.values().stream().anyMatch(each -> Changes.isSame(each, place));
            // of a tablespace only the directories of PostgreSQL's versions are moved
            if (!isTablespace && real.startsWith(place)) {
                return Optional.of(place);
            }
        }
        return Optional.empty();
    }
}
