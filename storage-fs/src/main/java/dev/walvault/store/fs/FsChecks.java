package dev.walvault.store.fs;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.OwnLine;
import dev.walvault.Presence;
import dev.walvault.ShellWord;
import dev.walvault.examine.Check;
import dev.walvault.examine.Checks;
import dev.walvault.examine.DiskSpace;
import dev.walvault.examine.Finding;
import dev.walvault.host.Disk;
import dev.walvault.host.Durability;
import dev.walvault.pg.ServerDirectories;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is worth knowing of a directory and its file system before a vault is trusted to it. */
public final class FsChecks {
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
    private static final Set<String> WITHOUT_LINKS = Set.of("vfat", "msdos", "exfat");

    private final Path root;
    private final Optional<Path> pgdata;
    private final Disk disk;
    private final InstantSource clock;
    private final Predicate<Path> writable;
    private @Nullable Walked walked;

    /**
     * What is below the directory.
     *
     * @param closed directories that this user cannot read or write to
     * @param left old files of writers that died
     */
    private record Walked(List<Path> closed, List<Path> left) {}

    private FsChecks(Path root, Optional<Path> pgdata, Disk disk, InstantSource clock, Predicate<Path> writable) {
        this.disk = disk;
        this.root = root;
        this.pgdata = pgdata;
        this.clock = clock;
        this.writable = writable;
    }

    /** The checks of the directory that a store is in; {@code pgdata} is the server's, if it is on this host. */
    public static Checks of(Path root, Optional<Path> pgdata) {
        return of(root, pgdata, Disk.ofThisHost(), InstantSource.system(), Files::isWritable);
    }

    /** {@code writable}: whether this user can write to a directory. */
    static Checks of(Path root, Optional<Path> pgdata, Disk disk, InstantSource clock, Predicate<Path> writable) {
        var checks = new FsChecks(root.toAbsolutePath(), pgdata, disk, clock, writable);
        return new Checks(
                new Check("vault directory", checks::directory),
                List.of(
                        new Check("directories in it", checks::directories),
                        new Check("file system", checks::fileSystem),
                        new Check("its own disk", checks::disk),
                        new Check("free space", checks::space),
                        new Check("hard links and fsync", checks::linksAndSync),
                        new Check("unfinished uploads", checks::unfinished)));
    }

    @FunctionalInterface
    private interface Look {
        Finding look() throws IOException;
    }

    private Finding translated(Look look) throws ArchiverException {
        try {
            return look.look();
        } catch (IOException e) {
            throw FsErrors.translate("could not examine directory \"" + root + "\"", root, e);
        }
    }

    private Finding directory(String check) throws ArchiverException {
        return translated(() -> {
            if (!Presence.isDirectory(root)) {
                return Finding.failed(
                        check,
                        ErrorCode.STORE_UNREACHABLE,
                        "there is no directory \"" + root + "\"",
                        "Mount the file system that it is on; for a new vault, \"walvault init\" makes it.");
            }
            PosixFileAttributes attributes = Files.readAttributes(root, PosixFileAttributes.class);
            String owner = attributes.owner().getName();
            String seen = "\"" + root + "\" belongs to \"" + owner + "\", mode "
                    + PosixFilePermissions.toString(attributes.permissions());
            if (!Files.isWritable(root)) {
                return Finding.failed(
                        check,
                        ErrorCode.STORE_DENIED,
                        seen + ", and this user cannot write to it",
                        owner.equals(System.getProperty("user.name"))
                                ? "Let its owner write to it:" + OwnLine.of("chmod -R u+rwX " + ShellWord.of(root))
                                : "Run this as the server's user, and make it the owner, as root:"
                                        + OwnLine.of("chown -R postgres " + ShellWord.of(root)));
            }
            return attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)
                    ? Finding.warning(
                            check,
                            seen + ": everybody can write to it",
                            "Keep others from it:" + OwnLine.of("chmod o-w " + ShellWord.of(root)))
                    : Finding.ok(check, seen);
        });
    }

    private Finding fileSystem(String check) throws ArchiverException {
        return translated(() -> {
            String type = Files.getFileStore(root).type().toLowerCase(Locale.ROOT);
            if (IN_MEMORY.contains(type)) {
                return Finding.warning(
                        check,
                        "it is of type " + type + ", and gone after a restart of the host",
                        "Put the vault on a disk.");
            }
            return WITHOUT_LINKS.contains(type)
                    ? Finding.failed(
                            check,
                            ErrorCode.STORE_UNFIT,
                            "it is of type " + type + ", which has no hard links",
                            "Use ext4, XFS, ZFS or NFS.")
                    : Finding.ok(check, "it is of type " + type);
        });
    }

    private Finding disk(String check) throws ArchiverException {
        return translated(() -> {
            if (pgdata.isEmpty() || !Presence.isDirectory(pgdata.get())) {
                return Finding.skipped(check, "there is no data directory on this host");
            }
            Path data = pgdata.get();
            Optional<Path> within = ServerDirectories.of(data).containing(root);
            if (within.isPresent()) {
                return Finding.failed(
                        check,
                        ErrorCode.CONFIGURATION,
                        "the vault lies inside of the server's directory \"" + within.get() + "\"",
                        "Put it elsewhere: each backup would contain all earlier ones.");
            }
            return device(root).equals(device(data))
                    ? Finding.warning(
                            check,
                            "the vault lies on the same file system as the data directory, and is lost with it",
                            "Mount another disk or a network file system at \"" + root + "\".")
                    : Finding.ok(check, "the vault and the data directory are on different file systems");
        });
    }

    private static Object device(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev");
    }

    private Finding space(String check) throws ArchiverException {
        return translated(() -> {
            DiskSpace space = DiskSpace.at(root);
            String seen = space + " of its file system are free";
            return space.isLittle()
                    ? Finding.warning(check, seen, "Make room: a full vault stops archiving, and fills pg_wal.")
                    : Finding.ok(check, seen);
        });
    }

    private Finding linksAndSync(String check) throws ArchiverException {
        return translated(() -> {
            Path file = Files.createTempFile(root, ".doctor.", ".tmp");
            Path link = root.resolve(file.getFileName() + ".linked.tmp");
            try {
                try (FileChannel channel = disk.open(file, Set.of(StandardOpenOption.WRITE))) {
                    disk.force(channel);
                }
                disk.createLink(link, file);
                new Durability(disk, clock).ofNamesIn(root, root);
                return Finding.ok(check, "both work");
            } catch (IOException | UnsupportedOperationException e) {
                return Finding.failed(
                        check,
                        ErrorCode.STORE_UNFIT,
                        "this file system cannot link or sync a file: " + e.getMessage(),
                        "Use a file system with hard links: ext4, XFS, ZFS or NFS.");
            } finally {
                Files.deleteIfExists(link);
                Files.deleteIfExists(file);
            }
        });
    }

    /** One that a call as root has made, or an {@code rsync}, stops archiving where the next object belongs into it. */
    private Finding directories(String check) throws ArchiverException {
        List<Path> closed = walked().closed();
        return translated(() -> closed.isEmpty()
                ? Finding.ok(check, "this user can write to all of them")
                : Finding.failed(
                        check,
                        ErrorCode.STORE_DENIED,
                        "this user cannot write to \"" + closed.getFirst() + "\""
                                + (closed.size() == 1 ? "" : ", and to " + (closed.size() - 1) + " more"),
                        "Run this as the server's user. If that is this one, give it all of the vault, as root:"
                                + OwnLine.of("chown -R "
                                        + ShellWord.of(Files.getOwner(root).getName()) + " " + ShellWord.of(root))
                                + OwnLine.of("chmod -R u+rwX " + ShellWord.of(root))));
    }

    /** Counts what writers left that died; a backup clears it away. */
    private Finding unfinished(String check) throws ArchiverException {
        List<Path> left = walked().left();
        return left.isEmpty()
                ? Finding.ok(check, "there are none")
                : Finding.warning(
                        check,
                        left.size() + " files that writers left when they died, the first is \"" + left.getFirst()
                                + "\"",
                        "The next \"walvault backup\" of their system removes them.");
    }

    /** Walks once, for the checks that need it. */
    private Walked walked() throws ArchiverException {
        Walked known = walked;
        if (known == null) {
            try {
                known = walk();
            } catch (IOException e) {
                throw FsErrors.translate("could not examine directory \"" + root + "\"", root, e);
            }
            walked = known;
        }
        return known;
    }

    private Walked walk() throws IOException {
        Instant newest = clock.instant().minus(ABANDONED);
        var found = new Walked(new ArrayList<>(), new ArrayList<>());
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (!writable.test(directory)) {
                    found.closed().add(directory);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                boolean old = attributes.lastModifiedTime().toInstant().isBefore(newest);
                if (old && FsUpload.isTemporary(String.valueOf(file.getFileName()))) {
                    found.left().add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (file.equals(root)) {
                    throw e;
                }
                if (e instanceof AccessDeniedException) {
                    found.closed().add(file);
                }
                // files come and go
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }
}
