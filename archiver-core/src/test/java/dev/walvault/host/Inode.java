package dev.walvault.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A file, a directory or a symbolic link, with what would be left of it after a power failure in any case. */
final class Inode {
    final Kind kind;
    /** Of a file: its content when it was last forced. */
    byte[] forced = {};
    /** Of a directory: its names when it was last synced. */
    SortedMap<String, Inode> synced = new TreeMap<>();
    /** Of a link: where it leads. It is durable with its name. */
    Path target = Path.of("");

    enum Kind {
        FILE,
        DIRECTORY,
        LINK
    }

    private Inode(Kind kind) {
        this.kind = kind;
    }

    static Inode at(Path path) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
            return new Inode(Kind.DIRECTORY);
        }
        var inode = new Inode(attributes.isSymbolicLink() ? Kind.LINK : Kind.FILE);
        if (inode.kind == Kind.LINK) {
            inode.target = Files.readSymbolicLink(path);
        }
        return inode;
    }

    static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    static SortedMap<String, Path> names(Path directory) {
        var names = new TreeMap<String, Path>();
        try (Stream<Path> children = Files.list(directory)) {
            children.forEach(child -> names.put(child.getFileName().toString(), child));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }
}
