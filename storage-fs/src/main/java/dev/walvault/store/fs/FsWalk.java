package dev.walvault.store.fs;

import dev.walvault.ArchiverException;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The objects below a prefix in key order, one directory after the other: in memory are the entries of those
 * directories that lie on the way to the current one. No file is open between two steps.
 */
final class FsWalk implements Iterator<StoredObject> {
    interface Visitor {
        void visit(Path file) throws IOException;
    }

    /** A directory's place in key order is that of its name with the slash: {@code a.x} comes before {@code a/1}. */
    private record Entry(
            String place,
            @Nullable StoredObject object,
            @Nullable ObjectKey directory) {
        String name() {
            return directory == null ? place : directory.name();
        }
    }

    private final FsRoot root;
    private final Optional<ObjectKey> after;
    private final Visitor temporaryFiles;
    private final Deque<Iterator<Entry>> levels = new ArrayDeque<>();
    private @Nullable StoredObject next;
    private boolean finished;

    private FsWalk(FsRoot root, ObjectKey prefix, Optional<ObjectKey> after, Visitor temporaryFiles)
            throws ArchiverException {
        this.root = root;
        this.after = after;
        this.temporaryFiles = temporaryFiles;
        levels.push(entriesOf(prefix).iterator());
    }

    static FsWalk all(FsRoot root, ObjectKey prefix) throws ArchiverException {
        return new FsWalk(root, prefix, Optional.empty(), file -> {});
    }

    /** Only what comes after a key; directories before it are not read. */
    static FsWalk after(FsRoot root, ObjectKey prefix, ObjectKey after) throws ArchiverException {
        return new FsWalk(root, prefix, Optional.of(after), file -> {});
    }

    /** A walk that shows what writers have left to {@code visitor} on its way. */
    static FsWalk ofTemporaryFiles(FsRoot root, ObjectKey prefix, Visitor visitor) throws ArchiverException {
        return new FsWalk(root, prefix, Optional.empty(), visitor);
    }

    /** The names of the first level alone. */
    static List<String> names(FsRoot root, ObjectKey prefix) throws ArchiverException {
        var walk = all(root, prefix);
        List<String> names = new ArrayList<>();
        walk.levels.element().forEachRemaining(entry -> names.add(entry.name()));
        root.requireMounted();
        names.sort(Comparator.naturalOrder());
        return names;
    }

    void toTheEnd() throws ArchiverException {
        while (advance() != null) {
            // the visitor sees what matters
        }
    }

    @Override
    public boolean hasNext() {
        if (next == null && !finished) {
            try {
                next = advance();
            } catch (ArchiverException e) {
                throw new UncheckedIOException(e);
            }
            finished = next == null;
        }
        return next != null;
    }

    @Override
    public StoredObject next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        StoredObject result = next;
        next = null;
        return result;
    }

    private @Nullable StoredObject advance() throws ArchiverException {
        while (!levels.isEmpty()) {
            Iterator<Entry> level = levels.element();
            if (!level.hasNext()) {
                levels.pop();
                continue;
            }
            Entry entry = level.next();
            if (entry.object() != null) {
                if (after.isEmpty() || entry.object().key().compareTo(after.get()) > 0) {
                    return entry.object();
                }
                continue;
            }
            if (entry.directory() != null) {
                levels.push(entriesOf(entry.directory()).iterator());
            }
        }
        // had the file system gone away on the way, directories would have looked empty
        root.requireMounted();
        return null;
    }

    private List<Entry> entriesOf(ObjectKey directory) throws ArchiverException {
        Path path = root.pathOf(directory);
        List<Entry> entries = new ArrayList<>();
        // opening a FIFO would wait for somebody to write into it
        if (FsRoot.isThere(path, file -> !file.isDirectory())) {
            throw root.obstructed(path, path);
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (FsUpload.isTemporary(name)) {
                    temporaryFiles.visit(file);
                } else if (ObjectKey.isName(name)) {
                    ObjectKey key = directory.child(name);
                    Entry entry = mayComeAfter(key) ? describe(key, file) : null;
                    if (entry != null) {
                        entries.add(entry);
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw failed(path, Objects.requireNonNullElseGet(e.getCause(), () -> new IOException(e)));
        } catch (IOException e) {
            Optional<Path> obstacle = root.obstacleOnTheWayTo(path);
            if (obstacle.isPresent()) {
                throw root.obstructed(path, obstacle.get());
            }
            if (e instanceof NoSuchFileException) {
                root.proveAbsent(path);
                return List.of();
            }
            throw failed(path, e);
        }
        entries.sort(Comparator.comparing(Entry::place));
        return entries;
    }

    /** Whether the key, or one that it leads to, comes after the one to begin behind. */
    private boolean mayComeAfter(ObjectKey key) {
        return after.isEmpty()
                || key.compareTo(after.get()) > 0
                || (key.value() + "/").compareTo(after.get().value()) > 0
                || after.get().value().startsWith(key.value() + "/");
    }

    private @Nullable Entry describe(ObjectKey key, Path file) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            root.proveAbsent(file);
            return null;
        }
        if (attributes.isDirectory()) {
            return new Entry(key.name() + "/", null, key);
        }
        // whatever else it is, it is in the way of an object, which whoever opens it is told
        var object = new StoredObject(
                key, attributes.size(), attributes.lastModifiedTime().toInstant());
        return new Entry(key.name(), object, null);
    }

    private ArchiverException failed(Path path, IOException e) {
        return FsErrors.translate("could not list directory \"" + path + "\"", root.directory(), e);
    }
}
