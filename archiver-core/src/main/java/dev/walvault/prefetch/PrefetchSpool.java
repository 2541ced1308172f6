package dev.walvault.prefetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.ArchiverException;
import dev.walvault.FileNames;
import dev.walvault.archive.Handover;
import dev.walvault.archive.LocalState;
import dev.walvault.host.GrowingFiles;
import dev.walvault.host.Landing;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.wal.WalPageHeader;
import dev.walvault.pg.wal.WalSegmentCheck;
import dev.walvault.seal.ContentDigest;
import dev.walvault.vault.MemberKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The segments that were fetched ahead for one data directory, and how far its server has come. Other servers of this
 * host have others. It belongs to its data directory, system and vaults: with any of them another, it is another spool.
 *
 * <p>It is for one {@link Prefetcher} and one reader. What is in it counts only while that prefetcher lives: what a
 * killed one has left is removed by the next.
 */
public final class PrefetchSpool {
    private static final String POSITION = "position";
    private static final String POSITION_IN_THE_MAKING = "position.new";
    private static final String PART = ".part";

    private final Path directory;
    private final Path lockFile;
    private final long lockByte;
    private final SystemIdentifier system;
    private final Predicate<Path> own;

    private PrefetchSpool(Path parent, ContentDigest key, SystemIdentifier system, Predicate<Path> own) {
        this.directory = parent.resolve(key.hex());
        this.lockFile = parent.resolve("lock");
        // far from the largest there can be in a file
        this.lockByte = key.xxh64() >>> 2;
        this.system = system;
        this.own = own;
    }

    /**
     * The one of this data directory; nothing is made yet.
     *
     * @param vaults what tells each of the configured vaults from all others
     */
    public static PrefetchSpool of(LocalState state, DataDirectory data, MemberKeys keys, List<String> vaults)
            throws IOException {
        String key = Stream.concat(
                        Stream.of(FileNames.text(data.path().toRealPath()), keys.toString()), vaults.stream())
                .collect(Collectors.joining("\0"));
        return new PrefetchSpool(
                state.prefetchDirectory(), ContentDigest.of(key.getBytes(UTF_8)), keys.system(), state::isOwn);
    }

    /** Where it is, for messages. */
    Path directory() {
        return directory;
    }

    /** Held by the prefetcher that fills it; empty if another one does. */
    Optional<PrefetchLock> lock() throws IOException {
        makeDirectory();
        return PrefetchLock.tryAcquire(lockFile, lockByte);
    }

    boolean isFilled() throws IOException {
        return PrefetchLock.isHeld(lockFile, lockByte);
    }

    /** Empty if it was never written or cannot be understood. */
    Optional<RecoveryPosition> position() throws IOException {
        try {
            return RecoveryPosition.parse(Files.readString(directory.resolve(POSITION)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    void write(RecoveryPosition position) throws IOException {
        makeDirectory();
        Path made = Files.writeString(directory.resolve(POSITION_IN_THE_MAKING), position.toText());
        Files.move(made, directory.resolve(POSITION), StandardCopyOption.ATOMIC_MOVE);
    }

    private void makeDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** Where a segment grows, to appear in the spool. */
    Landing landing(WalFile.Segment segment) {
        return new Landing() {
            @Override
            public Path destination() {
                return directory.resolve(segment.name());
            }

            @Override
            public Path begin() {
                return directory.resolve(partOf(segment) + GrowingFiles.mark() + PART);
            }

            @Override
            public void land(Path begun) throws IOException {
                String name = SpooledSegment.mark(segment, begun).fileName();
                Files.move(begun, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            }
        };
    }

    /** What the names begin with of the files in which it grows. */
    private static String partOf(WalFile.Segment segment) {
        return segment.name() + ".";
    }

    /** How many bytes of a segment are there already while it grows. */
    OptionalLong growing(WalFile.Segment segment) throws IOException {
        for (String name : names()) {
            if (name.startsWith(partOf(segment)) && name.endsWith(PART)) {
                try {
                    return OptionalLong.of(Files.size(directory.resolve(name)));
                } catch (NoSuchFileException _) {
                    // it is whole, or was given up
                }
            }
        }
        return OptionalLong.empty();
    }

    Optional<SpooledSegment> find(WalFile.Segment segment) throws IOException {
        return names().stream()
                .flatMap(name -> SpooledSegment.parse(name).stream())
                .filter(spooled -> spooled.segment().equals(segment))
                .findFirst();
    }

    /** Moves a segment out of the spool if it is what it should be, else throws it away; returns which. */
    boolean take(SpooledSegment spooled, Handover handover) throws IOException {
        Path file = directory.resolve(spooled.fileName());
        if (isSound(spooled, file)) {
            handover.give(file);
            return true;
        }
        Files.deleteIfExists(file);
        return false;
    }

    private boolean isSound(SpooledSegment spooled, Path file) throws IOException {
        if (!own.test(file) || !spooled.isStill(file)) {
            return false;
        }
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(WalPageHeader.BYTES);
        }
        try {
            return WalSegmentCheck.check(spooled.segment(), spooled.length(), start)
                    .systemIdentifier()
                    .equals(system);
        } catch (ArchiverException _) {
            return false;
        }
    }

    void discard(WalFile.Segment segment) throws IOException {
        Optional<SpooledSegment> spooled = find(segment);
        if (spooled.isPresent()) {
            Files.deleteIfExists(directory.resolve(spooled.get().fileName()));
        }
    }

    /** Removes all segments but these; those that grow are left to whoever writes them. */
    void keepOnly(Set<WalFile.Segment> wanted) throws IOException {
        for (String name : names()) {
            Optional<SpooledSegment> spooled = SpooledSegment.parse(name);
            boolean unwanted =
                    spooled.isPresent() && !wanted.contains(spooled.get().segment());
            if (unwanted) {
                Files.deleteIfExists(directory.resolve(name));
            }
        }
    }

    /** How much more could be written to where it is. */
    long usableBytes() {
        return directory.toFile().getUsableSpace();
    }

    /** Removes whatever is in it but the position. */
    void empty() throws IOException {
        for (String name : names()) {
            if (!name.equals(POSITION)) {
                Files.deleteIfExists(directory.resolve(name));
            }
        }
    }

    /** Removes what a prefetcher has left that was killed. */
    void removeRemains() throws IOException {
        if (names().stream().anyMatch(name -> !name.equals(POSITION))) {
            Optional<PrefetchLock> lock = lock();
            if (lock.isPresent()) {
                try (PrefetchLock _ = lock.get()) {
                    empty();
                }
            }
        }
    }

    /** Removes it; the next call that needs it makes it again. */
    void remove() throws IOException {
        empty();
        Files.deleteIfExists(directory.resolve(POSITION));
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException _) {
            // somebody needs it again
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (UncheckedIOException e) {
            // a disk that fails while the directory is read
            throw e.getCause();
        }
    }
}
