package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.PostgresException;
import dev.walvault.Retry;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Pause;
import dev.walvault.pg.TablespaceMap;
import dev.walvault.pg.link.ServerSession;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tablespaces that are there when a backup has begun, which are those that belong into it: the server's
 * {@code tablespace_map} names them, and recovery expects a link for each. One that is created later is made by replay,
 * which fails where a directory is in its place.
 */
final class Tablespaces {
    private static final String DIRECTORY = "pg_tblspc";
    private static final Pattern OID = Pattern.compile("[1-9][0-9]{0,9}");

    /** DROP and CREATE TABLESPACE change the file system a moment before their transaction is seen. */
    private static final int LOOKS = 20;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final Path dataDirectory;
    private final String versionDirectory;
    private final ServerSession session;
    private final Pause pause;

    /** By name below {@code pg_tblspc}. */
    private final Map<String, Tablespace> found = new LinkedHashMap<>();

    /** {@code identity} is that of the directory with its files: a volume that goes away uncovers another one. */
    private record Tablespace(boolean linked, Object identity) {}

    private Tablespaces(Path dataDirectory, String versionDirectory, ServerSession session, Pause pause) {
        this.dataDirectory = dataDirectory;
        this.versionDirectory = versionDirectory;
        this.session = session;
        this.pause = pause;
    }

    /**
     * Finds them, once the server has begun the backup.
     *
     * @param versionDirectory the name of this server's directory within each tablespace; others belong to servers of
     *     other versions
     * @throws ArchiverException LOCAL_FILE if one of them is not where it should be
     */
    static Tablespaces find(
            Path dataDirectory, String versionDirectory, ServerSession session, Pause pause, Listener listener)
            throws ArchiverException {
        var tablespaces = new Tablespaces(dataDirectory, versionDirectory, session, pause);
        tablespaces.find(listener);
        return tablespaces;
    }

    /**
     * Refuses what was created while the server waited for the backup's checkpoint. Recovery creates it again at its
     * original place, wherever a restore puts it.
     *
     * @param before by OID, when the backup was asked for
     */
    static void requireNoneCreated(Map<Long, String> before, Map<Long, String> now) throws PostgresException {
        for (var each : now.entrySet()) {
            if (!before.containsKey(each.getKey())) {
                throw Fault.of(
                                ErrorCode.POSTGRES_REFUSED,
                                "tablespace \"" + each.getValue() + "\" (" + each.getKey()
                                        + ") was created while the backup began")
                        .detail("a copy that is recovered from such a backup would use the server's own files")
                        .hint("Run the backup again.")
                        .postgres();
            }
        }
    }

    private void find(Listener listener) throws ArchiverException {
        for (int look = 1; ; look++) {
            Map<Long, String> known = session.tablespaces();
            found.clear();
            var strange = new LinkedHashMap<String, String>();
            for (String name : names()) {
                Optional<Tablespace> tablespace = look(name);
                if (OID.matcher(name).matches() && tablespace.isPresent()) {
                    found.put(name, tablespace.get());
                } else if (!OID.matcher(name).matches()) {
                    strange.put(name, "no tablespace has such a name");
                } else if (!known.containsKey(Long.parseLong(name))) {
                    strange.put(name, "the server has no such tablespace, and nothing of it is there");
                }
            }
            Optional<Long> missing = known.keySet().stream()
                    .filter(oid -> !found.containsKey(String.valueOf(oid)))
                    .findFirst();
            if (missing.isEmpty()) {
                strange.forEach((name, why) ->
                        listener.on(new SourceEvent.LeftOut(DIRECTORY + "/" + name, "is left out: " + why)));
                return;
            }
            if (look == LOOKS) {
                throw missing(missing.get(), known);
            }
            pause.sleep(BETWEEN_LOOKS);
        }
    }

    /** Whether the directory or link of this name below {@code pg_tblspc} belongs into the backup. */
    boolean contains(String name) {
        return found.containsKey(name);
    }

    /** Whether this is, within a tablespace, a directory of a server of another version. */
    boolean excludesDirectory(String parent, String name) {
        return parent.startsWith(DIRECTORY + "/")
                && parent.indexOf('/', DIRECTORY.length() + 1) < 0
                && !name.equals(versionDirectory);
    }

    /**
     * Proves, once all is copied, that what was copied is what the server's map names, and that every tablespace was
     * there until the end, unless it was dropped.
     */
    void requireSame(TablespaceMap map) throws ArchiverException {
        for (var each : found.entrySet()) {
            if (each.getValue().linked() && !map.locations().containsKey(Long.parseLong(each.getKey()))) {
                throw Fault.of(
                                ErrorCode.POSTGRES_SETTINGS,
                                "tablespace " + each.getKey() + " was created in the moment in which the backup began")
                        .detail("the server's tablespace map does not name it, and a server could not recover from"
                                + " a backup that has it")
                        .hint("Take the backup again.")
                        .retry(Retry.YES)
                        .postgres();
            }
        }
        for (int look = 1; ; look++) {
            Map<Long, String> known = session.tablespaces();
            Optional<Long> gone = known.keySet().stream()
                    .filter(oid -> found.containsKey(String.valueOf(oid)))
                    .filter(oid -> !isSame(String.valueOf(oid)))
                    .findFirst();
            if (gone.isEmpty()) {
                return;
            }
            if (look == LOOKS) {
                throw missing(gone.get(), known);
            }
            pause.sleep(BETWEEN_LOOKS);
        }
    }

    private boolean isSame(String name) {
        try {
            return look(name).equals(Optional.ofNullable(found.get(name)));
        } catch (ArchiverException _) {
            // as good as gone, whatever it is
            return false;
        }
    }

    private ArchiverException missing(long oid, Map<Long, String> known) {
        Path link = dataDirectory.resolve(DIRECTORY).resolve(String.valueOf(oid));
        String where = location(link);
        Path files = link.resolve(versionDirectory);
        try {
            Files.readAttributes(files, BasicFileAttributes.class);
        } catch (AccessDeniedException e) {
            return DataDirectoryWalk.unreadable(dataDirectory, files, e);
        } catch (IOException _) {
            // as good as gone
        }
        return Fault.of(
                        ErrorCode.LOCAL_FILE,
                        "tablespace \"" + known.get(oid) + "\" (" + oid + ") is not where it should be")
                .detail("there is no directory \"" + versionDirectory + "\" in \"" + where
                        + "\", or another one than when the backup began")
                .hint("Mount the volume that \"" + where
                        + "\" is on. A tablespace that is lost for good must be dropped"
                        + " before a backup can be complete.")
                .host();
    }

    private static String location(Path link) {
        try {
            return FileNames.text(Files.readSymbolicLink(link));
        } catch (IOException | UnsupportedOperationException _) {
            return FileNames.text(link);
        }
    }

    private Iterable<String> names() throws ArchiverException {
        Path directory = dataDirectory.resolve(DIRECTORY);
        var names = new TreeSet<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(FileNames.lastName(entry)));
        } catch (NoSuchFileException _) {
            // then nothing that the server knows will be found
        } catch (DirectoryIteratorException e) {
            throw DataDirectoryWalk.unreadable(dataDirectory, directory, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw DataDirectoryWalk.unreadable(dataDirectory, directory, e);
        }
        return names;
    }

    /** Empty if there is no directory of this server's version in it. */
    private Optional<Tablespace> look(String name) throws ArchiverException {
        Path place = dataDirectory.resolve(DIRECTORY).resolve(FileNames.path(name));
        Path files = place.resolve(versionDirectory);
        try {
            var attributes = Files.readAttributes(files, BasicFileAttributes.class);
            @Nullable Object identity = attributes.fileKey();
            return attributes.isDirectory() && identity != null
                    ? Optional.of(new Tablespace(Files.isSymbolicLink(place), identity))
                    : Optional.empty();
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            if (!Files.isDirectory(place)) {
                return Optional.empty();
            }
            throw DataDirectoryWalk.unreadable(dataDirectory, files, e);
        }
    }
}
