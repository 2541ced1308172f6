package dev.walvault.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/** What is left of a directory tree, in memory. */
sealed interface Remains {
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record OfFile(byte[] content) implements Remains {}

    record OfLink(Path target) implements Remains {}

    record OfDirectory(SortedMap<String, Remains> names) implements Remains {}

    /** Lets the tree at this path become what is left of it; touches nothing that is so already. */
    default void become(Path path) throws IOException {
        switch (this) {
            case OfFile(byte[] content) -> {
                if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    clear(path);
                }
                if (!Files.exists(path) || !Arrays.equals(content, Files.readAllBytes(path))) {
                    clear(path); // another name of the same file may have to keep its content
                    Files.write(path, content);
                }
            }
            case OfLink(Path target) -> {
                if (!Files.isSymbolicLink(path) || !Files.readSymbolicLink(path).equals(target)) {
                    clear(path);
                    Files.createSymbolicLink(path, target);
                }
            }
            case OfDirectory(SortedMap<String, Remains> names) -> {
                if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    clear(path);
                    Files.createDirectory(path);
                }
                for (var there : Inode.names(path).entrySet()) {
                    if (!names.containsKey(there.getKey())) {
                        clear(there.getValue());
                    }
                }
                for (Map.Entry<String, Remains> name : names.entrySet()) {
                    name.getValue().become(path.resolve(name.getKey()));
                }
            }
        }
    }

    private static void clear(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            for (Path child : Inode.names(path).values()) {
                clear(child);
            }
        }
        Files.deleteIfExists(path);
    }
}
