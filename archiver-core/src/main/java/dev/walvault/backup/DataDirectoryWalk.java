package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.FileTrouble;
import dev.walvault.HostException;
import dev.walvault.observe.Listener;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a data directory that changes meanwhile, one entry at a time, for several threads. What vanishes under its
 * hands was dropped by the server and is passed over. What the server stores is followed through links, and an error
 * where it cannot be read. Links and files of others are kept as links, and passed over with a warning. Open
 * directories, not their contents, are in memory.
 */
final class DataDirectoryWalk implements AutoCloseable {
    /** Deeper nesting is no data directory, or a loop of links: the kernel follows 40 of them and then says less. */
    private static final int DEEPEST = 32;

    private static final int PERMISSIONS = 0777;
    private static final int PRIVATE = 0700;

    private final Path root;
    private final Tablespaces tablespaces;
    private final Listener listener;
    private final Deque<Level> levels = new ArrayDeque<>();

    private record Level(String path, DirectoryStream<Path> stream, Iterator<Path> entries) {}

    /** Opens the directory; of its tablespaces it will enter these and no others. */
    DataDirectoryWalk(Path root, Tablespaces tablespaces, Listener listener) throws IOException {
        this.root = root;
        this.tablespaces = tablespaces;
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
            String name = FileNames.lastName(location);
            String path = level.path.isEmpty() ? name : level.path + "/" + name;
            Found found;
            try {
                found = classify(level.path, name, path, location);
            } catch (NoSuchFileException _) {
                continue;
            } catch (FileSystemException e) {
                passOver(path, location, e);
                continue;
            }
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
            throw unreadable(root.resolve(FileNames.path(level.path)), cause);
        }
    }

    private @Nullable Found classify(String parent, String name, String path, Path location) throws IOException {
        if (parent.equals("pg_tblspc") && !tablespaces.contains(name)) {
            return null;
        }
        Map<String, Object> attributes =
                Files.readAttributes(location, "unix:mode,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
        return Boolean.TRUE.equals(attributes.get("isSymbolicLink"))
                ? link(parent, name, path, location)
                : entry(parent, name, path, location, (Integer) Objects.requireNonNull(attributes.get("mode")));
    }

    private @Nullable Found link(String parent, String name, String path, Path location) throws IOException {
        if (parent.equals("pg_tblspc")) {
            enter(path, location);
            return null;
        }
        Path target = Files.readSymbolicLink(location);
        boolean emptied = Exclusions.emptiesDirectory(path);
        if (!emptied && !Exclusions.isDataOfTheServer(path)) {
            return Exclusions.excludesFile(parent, name, location) ? null : kept(path, location, target);
        }
        int mode;
        try {
            mode = (Integer) Files.getAttribute(location, "unix:mode");
        } catch (NoSuchFileException e) {
            if (!Files.isSymbolicLink(location)) {
                throw e;
            }
            if (emptied && !path.equals("pg_wal")) {
                // its content is not wanted, and the server makes what it needs of it
                return new Found.Directory(path, location, PRIVATE);
            }
            throw leadsNowhere(path, target, e);
        }
        if (!emptied) {
            listener.on(new SourceEvent.LinkFollowed(path, FileNames.text(target)));
        }
        return entry(parent, name, path, location, mode);
    }

    /** What it leads to is in the backup if it is of this data directory, and then a copy has its own. */
    private Found kept(String path, Path location, Path target) {
        boolean stays = !target.isAbsolute()
                && location.resolveSibling(target).normalize().startsWith(root.normalize());
        if (!stays) {
            listener.on(new SourceEvent.LinkStored(path, FileNames.text(target)));
        }
        return new Found.Link(path, FileNames.text(target));
    }

    private static HostException leadsNowhere(String path, Path target, IOException e) {
        return Fault.of(
                        ErrorCode.LOCAL_FILE,
                        "\"" + path + "\" of the data directory is a symbolic link to \"" + FileNames.text(target)
                                + "\", which is not there")
                .hint("Mount the volume that it is on, and look at the server: it cannot work like this.")
                .cause(e)
                .host();
    }

    private @Nullable Found entry(String parent, String name, String path, Path location, int mode) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(location, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
            if (Exclusions.excludesDirectory(path, name) || tablespaces.excludesDirectory(parent, name)) {
                return null;
            }
            if (!Exclusions.emptiesDirectory(path)) {
                enter(path, location);
            }
            return new Found.Directory(path, location, mode & PERMISSIONS);
        }
        if (!attributes.isRegularFile()) {
            listener.on(new SourceEvent.LeftOut(path, "is neither a file nor a directory and is left out"));
            return null;
        }
        return Exclusions.excludesFile(parent, name, location) ? null : new Found.RegularFile(path, location);
    }

    private void enter(String path, Path location) throws IOException {
        if (levels.size() == DEEPEST) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "\"" + FileNames.text(location) + "\" is nested too deeply")
                    .hint("Look for symbolic links that lead back into the data directory.")
                    .host();
        }
        push(path, location);
    }

    // closed when the walk leaves the directory, or by close()
    @SuppressWarnings("StreamResourceLeak")
    private void push(String path, Path location) throws IOException {
        DirectoryStream<Path> stream = Files.newDirectoryStream(location);
        levels.push(new Level(path, stream, stream.iterator()));
    }

    /**
     * Tells that something is left out because it cannot be read.
     *
     * @throws HostException if it is data of the server, without which there is no backup
     */
    void passOver(String path, Path location, IOException e) throws ArchiverException {
        HostException unreadable = unreadable(location, e);
        if (Exclusions.isDataOfTheServer(path) || Exclusions.emptiesDirectory(path)) {
            throw unreadable;
        }
        listener.on(new SourceEvent.LeftOut(
                path,
                "cannot be read and is left out: "
                        + unreadable.detail().orElse("no reason was given")
                        + unreadable.hint().map(hint -> ". " + hint).orElse("")));
    }

    /** What could not be read, why, and who may read it. */
    HostException unreadable(Path path, IOException e) {
        return unreadable(root, path, e);
    }

    /** The same for any file of a data directory. */
    static HostException unreadable(Path dataDirectory, Path path, IOException e) {
        return Fault.of(ErrorCode.LOCAL_FILE, "could not read \"" + FileNames.text(path) + "\"")
                .detail(FileTrouble.reason(e) + (e instanceof AccessDeniedException ? standing(path) : ""))
                .hint(remedy(dataDirectory, path, e))
                .cause(e)
                .host();
    }

    /** Whose it is, and who may do what with it. */
    private static String standing(Path path) {
        try {
            var attributes = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return "; it belongs to \"" + attributes.owner().getName() + "\", mode "
                    + PosixFilePermissions.toString(attributes.permissions());
        } catch (IOException | UnsupportedOperationException _) {
            return "";
        }
    }

    private static String remedy(Path dataDirectory, Path path, IOException e) {
        if (!(e instanceof AccessDeniedException)) {
            return "Look at the kernel's log and at the disk.";
        }
        try {
            String server = Files.getOwner(dataDirectory).getName();
            String owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
            if (!owner.equals(server)) {
                return "Give it to the server's user: chown " + server + " \"" + FileNames.text(path) + "\"";
            }
            if (owner.equals(System.getProperty("user.name"))) {
                return "Check the modes of \"" + FileNames.text(path) + "\" and of the directories above it.";
            }
        } catch (IOException _) {
            // it is as unreadable as the rest
        }
        return "Run walvault as the server's operating-system user.";
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
