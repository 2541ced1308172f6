package dev.walvault.backup;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.StoreException;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a data directory that changes meanwhile, one entry at a time, for several threads. What vanishes under its hands
 * was dropped by the server and is passed over; what cannot be read is an error. Open directories, not their contents, are in memory.
 */
final class DataDirectoryWalk implements AutoCloseable {
    /** Deeper nesting is no data directory, or a loop of links: the kernel follows 40 of them and then says less. */
    private static final int DEEPEST = 32;

    private static final int PERMISSIONS = 0777;

    private final Path root;
    private final String tablespaceDirectory;
    private final Listener listener;
    private final Deque<Level> levels = new ArrayDeque<>();

    private record Level(String path, DirectoryStream<Path> stream, Iterator<Path> entries) {}

    /**
     * Opens the directory.
     *
     * @param tablespaceDirectory the name of this server's directory within each tablespace; others belong to servers of
     *     other versions
     */
    DataDirectoryWalk(Path root, String tablespaceDirectory, Listener listener) throws IOException {
        this.root = root;
        this.tablespaceDirectory = tablespaceDirectory;
        this.listener = listener;
        push("", root);
    }

    /** The next entry, or empty when all have been seen. A directory comes before what is in it. */
    synchronized Optional<Found> next() throws IOException {
        while (!levels.isEmpty()) {
            Level level = levels.element();
            Path location = nextOf(level);
            if (location == null) {
                level.stream.close();
                levels.pop();
                continue;
            }
            Found found = classify(level.path, location);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    private @Nullable Path nextOf(Level level) throws IOException {
        try {
            return level.entries.hasNext() ? level.entries.next() : null;
        } catch (DirectoryIteratorException e) {
            IOException cause = Objects.requireNonNull(e.getCause());
            if (cause instanceof NoSuchFileException && !level.path.isEmpty()) {
                return null;
            }
            throw cause;
        }
    }

    private @Nullable Found classify(String parent, Path location) throws IOException {
        String name = String.valueOf(location.getFileName());
        String path = parent.isEmpty() ? name : parent + "/" + name;
        Map<String, Object> link;
        try {
            link = Files.readAttributes(location, "unix:mode,isSymbolicLink,isDirectory", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException _) {
            return null;
        }
        boolean symbolic = Boolean.TRUE.equals(link.get("isSymbolicLink"));
        if (!symbolic) {
            return entry(parent, name, path, location, (Integer) Objects.requireNonNull(link.get("mode")));
        }
        BasicFileAttributes target;
        try {
            target = Files.readAttributes(location, BasicFileAttributes.class);
        } catch (NoSuchFileException _) {
            if (parent.equals("pg_tblspc")) {
                listener.on(new Event.Warning("tablespace link \"" + path + "\" leads nowhere and is left out"));
                return null;
            }
            return new Found.DanglingLink(path, Files.readSymbolicLink(location).toString());
        }
        if (!parent.equals("pg_tblspc") && !Exclusions.emptiesDirectory(path)) {
            listener.on(new Event.Warning("\"" + path + "\" is a symbolic link to \"" + Files.readSymbolicLink(location)
                    + "\"; its content is stored in its place"));
        }
        int mode = (Integer) Files.getAttribute(location, "unix:mode");
        if (target.isDirectory() && parent.equals("pg_tblspc")) {
            enter(path, location);
            return null;
        }
        return entry(parent, name, path, location, mode);
    }

    private @Nullable Found entry(String parent, String name, String path, Path location, int mode) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(location, BasicFileAttributes.class);
        } catch (NoSuchFileException _) {
            return null;
        }
        if (attributes.isDirectory()) {
            if (Exclusions.excludesDirectory(parent, name) || isOthersTablespace(parent, name)) {
                return null;
            }
            if (!Exclusions.emptiesDirectory(path)) {
                enter(path, location);
            }
            return new Found.Directory(path, location, mode & PERMISSIONS);
        }
        if (!attributes.isRegularFile()) {
            listener.on(new Event.Warning("\"" + path + "\" is neither a file nor a directory and is left out"));
            return null;
        }
        return Exclusions.excludesFile(parent, name, location) ? null : new Found.RegularFile(path, location);
    }

    private boolean isOthersTablespace(String parent, String name) {
        return parent.startsWith("pg_tblspc/")
                && parent.indexOf('/', "pg_tblspc/".length()) < 0
                && !name.equals(tablespaceDirectory);
    }

    private void enter(String path, Path location) throws IOException {
        if (levels.size() == DEEPEST) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "\"" + root.resolve(path) + "\" is nested too deeply")
                    .hint("Look for symbolic links that lead back into the data directory.")
                    .store();
        }
        try {
            push(path, location);
        } catch (NoSuchFileException _) {
            // dropped by the server since it was listed
        }
    }

    // closed when the walk leaves the directory, or by close()
    @SuppressWarnings("StreamResourceLeak")
    private void push(String path, Path location) throws IOException {
        DirectoryStream<Path> stream = Files.newDirectoryStream(location);
        levels.push(new Level(path, stream, stream.iterator()));
    }

    static StoreException unreadable(Path path, IOException e) {
        return Fault.of(ErrorCode.LOCAL_FILE, "could not read \"" + path + "\"")
                .detail(String.valueOf(e.getMessage()))
                .hint("Run walvault as the server's operating-system user.")
                .cause(e)
                .store();
    }

    @Override
    public synchronized void close() {
        for (Level level : levels) {
            try {
                level.stream.close();
            } catch (IOException _) {
                // only read from
            }
        }
        levels.clear();
    }
}
