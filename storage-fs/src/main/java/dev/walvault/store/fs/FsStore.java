package dev.walvault.store.fs;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.StoreException;
import dev.walvault.host.Disk;
import dev.walvault.host.Durability;
import dev.walvault.store.ByteRange;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.Deletion;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Slice;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import dev.walvault.work.DiskLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Objects as files below one directory, on a local or a network file system: the key is the path. Needs
 * {@code link(2)}, by which an object appears at once and never over another one; so ext4, XFS, Btrfs, ZFS, NFS and
 * most others do, exFAT does not.
 *
 * <p>Files have mode 0640 and directories 0750, less what the umask takes away. Names that begin with a dot, and names
 * that no key can have, are not objects. Anything else under a key than a regular file is in the way of an object, and
 * so is anything but a directory on the way to it: whether the object was there is not known then, so every question is
 * refused.
 */
public final class FsStore implements ObjectStore {
    private final FsRoot root;
    private final Disk disk;
    private final Durability durability;
    private final InstantSource clock;
    private final DiskLimits limits;

    private FsStore(FsRoot root, DiskLimits limits, Disk disk, InstantSource clock) {
        this.root = root;
        this.disk = disk;
        this.clock = clock;
        this.limits = limits;
        this.durability = new Durability(disk, clock);
    }

    /**
     * The store in {@code directory}, which must be there: a file system that is not mounted must not turn into a fresh
     * directory on another disk.
     */
    public static ObjectStore open(Path directory) throws ArchiverException {
        return open(directory, DiskLimits.none());
    }

    /** The same, read and written no faster than these limits. */
    public static ObjectStore open(Path directory, DiskLimits limits) throws ArchiverException {
        return new FsStore(FsRoot.open(directory), limits, Disk.ofThisHost(), InstantSource.system());
    }

    static FsStore open(Path directory, Disk disk, InstantSource clock) throws ArchiverException {
        return new FsStore(FsRoot.open(directory), DiskLimits.none(), disk, clock);
    }

    /** Makes {@code directory} and its parents where they are not there yet; they are durable when this returns. */
    public static void createRoot(Path directory) throws ArchiverException {
        createRoot(directory, Disk.ofThisHost(), InstantSource.system());
    }

    static void createRoot(Path directory, Disk disk, InstantSource clock) throws ArchiverException {
        Path absolute = directory.toAbsolutePath();
        try {
            NewFiles.createDirectories(disk, absolute, absolute.getRoot());
            new Durability(disk, clock).ofName(absolute);
        } catch (IOException e) {
            throw FsRoot.aFileIsInTheWayOf(absolute)
                    ? FsRoot.notADirectory(absolute)
                    : FsErrors.translate("could not create directory \"" + absolute + "\"", absolute, e);
        }
    }

    @Override
    public String location() {
        return root.location();
    }

    @Override
    public CreateOutcome createIfAbsent(ObjectKey key, Content content) throws ArchiverException {
        root.requireMounted();
        Path target = root.pathOf(key);
        // saves writing a whole segment for nothing; the link below decides all the same
        if (attributesOf(key).isPresent() && makeDurableIfThere(key, target)) {
            return CreateOutcome.ALREADY_THERE;
        }
        try (FsUpload upload = new FsUpload(root, disk, durability, limits.writes(), key)) {
            try {
                content.writeTo(upload.body());
            } catch (IOException e) {
                throw Content.failure(key, e);
            }
            if (upload.bytesWritten() != content.length()) {
                throw Content.wrongLength(key, content.length(), upload.bytesWritten());
            }
            return upload.commit();
        }
    }

    private boolean makeDurableIfThere(ObjectKey key, Path target) throws ArchiverException {
        try {
            return durability.ofFileIfThere(target, root.directory());
        } catch (IOException e) {
            throw FsErrors.translate("could not make \"" + root.urlOf(key) + "\" durable", root.directory(), e);
        }
    }

    @Override
    public Upload beginUpload(ObjectKey key) throws ArchiverException {
        root.requireMounted();
        return new FsUpload(root, disk, durability, limits.writes(), key);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) throws ArchiverException {
        return opened(key, channel -> limits.reads().limit(new FsInput(channel, root, key)));
    }

    @Override
    public Optional<Slice> open(ObjectKey key, ByteRange range) throws ArchiverException {
        return opened(key, channel -> {
            long size = channel.size();
            channel.position(range.first(size));
            return Slice.of(limits.reads().limit(new FsInput(channel, root, key, range.end(size))), range, size);
        });
    }

    /** How an open file is read, which the result closes. */
    @FunctionalInterface
    private interface Reading<T> {
        T of(FileChannel channel) throws IOException;
    }

    private <T> Optional<T> opened(ObjectKey key, Reading<T> reading) throws ArchiverException {
        if (attributesOf(key).isEmpty()) {
            return Optional.empty();
        }
        try {
            FileChannel channel = FileChannel.open(root.pathOf(key), StandardOpenOption.READ);
            try {
                return Optional.of(reading.of(channel));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            root.proveAbsent(root.pathOf(key));
            return Optional.empty();
        } catch (IOException e) {
            throw FsErrors.translate("could not open \"" + root.urlOf(key) + "\"", root.directory(), e);
        }
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws ArchiverException {
        return attributesOf(key)
                .map(file -> new StoredObject(
                        key, file.size(), file.lastModifiedTime().toInstant()));
    }

    /** Empty if there is proven to be nothing under this key. Opens nothing: a FIFO would hold whoever does. */
    private Optional<BasicFileAttributes> attributesOf(ObjectKey key) throws ArchiverException {
        Path path = root.pathOf(key);
        BasicFileAttributes file;
        try {
            file = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (IOException e) {
            Optional<Path> obstacle = root.obstacleOnTheWayTo(path);
            if (obstacle.isPresent()) {
                throw root.obstructed(path, obstacle.get());
            }
            if (e instanceof NoSuchFileException) {
                root.proveAbsent(path);
                return Optional.empty();
            }
            throw FsErrors.translate("could not look up \"" + root.urlOf(key) + "\"", root.directory(), e);
        }
        if (!file.isRegularFile()) {
            throw root.obstructed(path, path);
        }
        return Optional.of(file);
    }

    @Override
    public Stream<StoredObject> list(ObjectKey prefix) throws ArchiverException {
        return stream(FsWalk.all(root, prefix));
    }

    @Override
    public Stream<StoredObject> listAfter(ObjectKey prefix, ObjectKey after) throws ArchiverException {
        return stream(FsWalk.after(root, prefix, after));
    }

    private static Stream<StoredObject> stream(FsWalk walk) {
        int traits = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(walk, traits), false);
    }

    @Override
    public List<String> names(ObjectKey prefix) throws ArchiverException {
        return FsWalk.names(root, prefix);
    }

    @Override
    public boolean delete(ObjectKey key) throws ArchiverException {
        boolean deleted = remove(key);
        try {
            // also where it was gone: whoever has removed it may not have lived to sync that
            disk.syncDirectory(whereNamesWent(key));
        } catch (IOException e) {
            throw notDurablyGone(key, e);
        }
        return deleted;
    }

    private boolean remove(ObjectKey key) throws ArchiverException {
        if (attributesOf(key).isEmpty()) {
            return false;
        }
        Path path = root.pathOf(key);
        try {
            if (!disk.delete(path)) {
                return false;
            }
        } catch (IOException e) {
            throw FsErrors.translate("could not delete \"" + root.urlOf(key) + "\"", root.directory(), e);
        }
        root.removeEmptyDirectories(path);
        return true;
    }

    /** Each directory is synced once, when all files of it are gone. */
    @Override
    public Deletion deleteAll(Collection<ObjectKey> keys) {
        var failed = new LinkedHashMap<ObjectKey, ArchiverException>();
        var gone = new LinkedHashSet<ObjectKey>();
        for (ObjectKey key : keys) {
            try {
                remove(key);
                gone.add(key);
            } catch (ArchiverException e) {
                failed.put(key, e);
            }
        }
        Map<Path, List<ObjectKey>> touched = gone.stream().collect(Collectors.groupingBy(this::whereNamesWent));
        touched.forEach((directory, there) -> {
            try {
                disk.syncDirectory(directory);
            } catch (IOException e) {
                there.forEach(key -> failed.put(key, notDurablyGone(key, e)));
            }
        });
        return new Deletion(failed);
    }

    /**
     * The directory that lost a name when this object went: its own, or the one that is left of those that went with
     * it.
     */
    private Path whereNamesWent(ObjectKey key) {
        Path each = root.pathOf(key).resolveSibling("");
        while (!each.equals(root.directory()) && Files.notExists(each)) {
            each = each.resolveSibling("");
        }
        return each;
    }

    private ArchiverException notDurablyGone(ObjectKey key, IOException e) {
        return FsErrors.translate(
                "could not make it durable that \"" + root.urlOf(key) + "\" is gone", root.directory(), e);
    }

    @Override
    public int discardAbandonedUploads(ObjectKey prefix, Duration age) throws ArchiverException {
        Instant oldest = clock.instant().minus(age);
        int[] discarded = {0};
        var walk = FsWalk.ofTemporaryFiles(root, prefix, file -> {
            try {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                // behind a link to a directory lies what is nobody's upload
                if (attributes.isRegularFile()
                        && file.resolveSibling("")
                                .toRealPath()
                                .startsWith(root.directory().toRealPath())
                        && attributes.lastModifiedTime().toInstant().isBefore(oldest)
                        && Files.deleteIfExists(file)) {
                    discarded[0]++;
                }
            } catch (NoSuchFileException e) {
                // finished meanwhile
            }
        });
        walk.toTheEnd();
        return discarded[0];
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return location();
    }

    static StoreException noHardLinks(String url, Throwable cause) {
        return Fault.of(ErrorCode.STORE_DENIED, "the file system of \"" + url + "\" has no hard links")
                .hint("Use a file system that has them (ext4, XFS, Btrfs, ZFS, NFS): walvault creates objects by"
                        + " link(2), which never replaces a file.")
                .cause(cause)
                .store();
    }
}
