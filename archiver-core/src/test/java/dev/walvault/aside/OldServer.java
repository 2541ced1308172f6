package dev.walvault.aside;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A data directory with two tablespaces and its WAL elsewhere, and one that is restored over it. */
final class OldServer {
    static final String VERSION_DIRECTORY = "PG_15_202209061";

    final Path root;
    final Path data;
    final Path wal;
    final Path one;
    final Path two;

    OldServer(Path root) throws IOException {
        this.root = root;
        this.data = root.resolve("volume/data");
        this.wal = root.resolve("wal/data");
        this.one = root.resolve("ts/one");
        this.two = root.resolve("ts/two");
        write(data.resolve("PG_VERSION"), "15\n");
        write(data.resolve("global/pg_control"), "old control");
        write(data.resolve("base/5/1259"), "old relation");
        write(data.resolve("postgresql.conf"), "old settings");
        Files.createDirectories(data.resolve("pg_tblspc"));
        write(wal.resolve("000000010000000000000007"), "old segment");
        write(wal.resolve("archive_status/000000010000000000000007.ready"), "");
        Files.createSymbolicLink(data.resolve("pg_wal"), wal);
        tablespace(16400, one);
        tablespace(16401, two);
        write(two.resolve("PG_14_202107181/5/9"), "another version's");
    }

    private void tablespace(long oid, Path place) throws IOException {
        write(place.resolve(VERSION_DIRECTORY + "/5/" + oid), "old rows");
        Files.createSymbolicLink(data.resolve("pg_tblspc/" + oid), place);
    }

    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** What a restore makes: without the second tablespace, and with a control file that comes last. */
    void restore() throws IOException {
        mark();
        fill();
        write(data.resolve("global/pg_control"), "new control");
        unmark();
    }

    void mark() throws IOException {
        write(data.resolve(OwnNames.RESTORE_MARKER), "");
        write(one.resolve(OwnNames.RESTORE_MARKER), "");
    }

    void fill() throws IOException {
        write(data.resolve("PG_VERSION"), "15\n");
        write(data.resolve("base/5/1259"), "new relation");
        write(data.resolve("recovery.signal"), "");
        Files.createDirectories(data.resolve("pg_tblspc"));
        if (!Files.exists(data.resolve("pg_wal"))) {
            Files.createSymbolicLink(data.resolve("pg_wal"), wal);
        }
        Files.createSymbolicLink(data.resolve("pg_tblspc/16400"), one);
        write(one.resolve(VERSION_DIRECTORY + "/5/16400"), "new rows");
        write(wal.resolve("000000010000000000000003"), "new segment");
    }

    void unmark() throws IOException {
        Files.delete(one.resolve(OwnNames.RESTORE_MARKER));
        Files.delete(data.resolve(OwnNames.RESTORE_MARKER));
    }

    NewContent content() {
        return new NewContent("15", Map.of(data, 1000L, one, 1000L), Set.of(16401L), false);
    }

    /** Every file with its content and every link with its target; nothing is left out. */
    Map<String, String> all() throws IOException {
        var all = new TreeMap<String, String>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                all.put(root.relativize(directory) + "/", "");
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                all.put(
                        root.relativize(file).toString(),
                        attributes.isSymbolicLink() ? "-> " + Files.readSymbolicLink(file) : Files.readString(file));
                return FileVisitResult.CONTINUE;
            }
        });
        return all;
    }

    /** The content of a file of this name somewhere below the root. */
    Optional<String> anywhere(String name, String text) throws IOException {
        return all().entrySet().stream()
                .filter(entry ->
                        entry.getKey().endsWith(name) && entry.getValue().equals(text))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
