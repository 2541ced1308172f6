package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.IntegrityException;
import dev.walvault.host.Disk;
import dev.walvault.host.LocalFiles;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The data directory in the making. Nothing that a backup says makes it write anywhere else: paths are checked, the
 * only links that are followed are those to directories that the restore puts elsewhere, and links that the backup
 * brings are made when all files are there. No path is written twice. For several threads.
 */
final class RestoredTree {
    private static final int OWNER_ALL = 0700;

    /** NAME_MAX of Linux. */
    private static final int LONGEST_NAME = 255;

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(permissions(OWNER_ALL));
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(permissions(0600));

    private final Disk disk;
    private final Path root;
    private final Bandwidth diskWrites;
    /** Those that are known to exist, as paths of the manifest. */
    private final Set<String> directories = ConcurrentHashMap.newKeySet();

    /** Files that are made of parts, once they exist. */
    private final Set<String> inParts = new HashSet<>();

    /** Those that are links to directories elsewhere. */
    private final Set<String> elsewhere = ConcurrentHashMap.newKeySet();

    private final Queue<ManifestEntry.Link> links = new ConcurrentLinkedQueue<>();

    /**
     * Nothing is made yet.
     *
     * @param diskWrites how fast files are written
     */
    RestoredTree(Disk disk, Path root, Bandwidth diskWrites) {
        this.disk = disk;
        this.root = root;
        this.diskWrites = diskWrites;
    }

    /** Puts a directory of the backup elsewhere, and a link in its place, before anything is written through it. */
    void putElsewhere(String path, Path location) throws ArchiverException {
        Path link = place(path);
        try {
            disk.createSymbolicLink(link, location);
        } catch (IOException e) {
            throw LocalFiles.cannot("create the link", link, e);
        }
        elsewhere.add(path);
        directories.add(path);
    }

    void directory(ManifestEntry.Directory directory) throws ArchiverException {
        String path = directory.path();
        // what the server could not read it would not start with
        int mode = (directory.mode() & 0777) | OWNER_ALL;
        Path place = place(path);
        ensureDirectory(path);
        if (mode != OWNER_ALL && !elsewhere.contains(path)) {
            setMode(place, mode);
        }
    }

    /** Remembers the link for {@link #makeLinks}. */
    void link(ManifestEntry.Link link) throws ArchiverException {
        checked(link.path());
        links.add(link);
    }

    /** Takes back a file, so that its path is free again; whether it is finished or not. */
    void removeFile(Path place) throws ArchiverException {
        try {
            disk.delete(place);
        } catch (IOException e) {
            throw LocalFiles.cannot("remove", place, e);
        }
    }

    /** Makes the links that the backup brings, and returns them. No file may be written after that. */
    List<ManifestEntry.Link> makeLinks() throws ArchiverException {
        for (ManifestEntry.Link link : links) {
            Path place = place(link.path());
            try {
                disk.createSymbolicLink(place, FileNames.path(link.target()));
            } catch (FileAlreadyExistsException e) {
                throw twice(link.path(), e);
            } catch (IllegalArgumentException e) {
                throw unnameable(link.target(), e);
            } catch (IOException e) {
                throw LocalFiles.cannot("create the link", place, e);
            }
        }
        return List.copyOf(links);
    }

    /** Where this path is, in a directory that exists. */
    Path place(String path) throws ArchiverException {
        Path place = checked(path);
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            ensureDirectory(path.substring(0, slash));
        }
        return place;
    }

    /** Begins a new file. */
    OutputStream create(String path, Path place) throws ArchiverException {
        try {
            var channel =
                    disk.open(place, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE_FILE);
            return diskWrites.limit(Channels.newOutputStream(channel));
        } catch (FileAlreadyExistsException e) {
            throw twice(path, e);
        } catch (IOException e) {
            throw LocalFiles.cannot("create", place, e);
        }
    }

    /**
     * Opens a file at the place of one of its parts. Parts are written in any order, by several threads, and again
     * after a failure.
     */
    OutputStream openPart(ManifestEntry.Part part, Path place) throws ArchiverException {
        try {
            synchronized (inParts) {
                if (!inParts.contains(part.path())) {
                    create(part.path(), place).close();
                    inParts.add(part.path());
                }
            }
            var channel = Files.newByteChannel(place, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
            channel.position(part.offset());
            return diskWrites.limit(Channels.newOutputStream(channel));
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("create", place, e);
        }
    }

    /** Gives a file that is written and closed the mode and the time that it had. */
    void finish(ManifestEntry.File file, Path place) throws ArchiverException {
        int mode = file.mode() & 0777;
        if (mode != 0600) {
            setMode(place, mode);
        }
        try {
            Files.setLastModifiedTime(place, FileTime.from(file.modified()));
        } catch (IOException e) {
            throw LocalFiles.cannot("set the time of", place, e);
        }
    }

    private void ensureDirectory(String path) throws ArchiverException {
        if (directories.contains(path)) {
            return;
        }
        Path place = place(path);
        try {
            disk.createDirectory(place, PRIVATE_DIRECTORY);
        } catch (FileAlreadyExistsException e) {
            // another thread was faster, or it is no directory
            if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                throw twice(path, e);
            }
        } catch (IOException e) {
            throw LocalFiles.cannot("create", place, e);
        }
        directories.add(path);
    }

    private Path checked(String path) throws ArchiverException {
        try {
            for (String name : path.split("/", -1)) {
                if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
                    throw Fault.of(ErrorCode.CORRUPT, "the backup has a file with the impossible path \"" + path + "\"")
                            .detail("It would be written outside of the data directory, or nowhere. Something else than"
                                    + " walvault has written it.")
                            .integrity();
                }
                if (FileNames.encode(name).length > LONGEST_NAME) {
                    throw new IllegalArgumentException("a name has more than " + LONGEST_NAME + " bytes");
                }
            }
            return root.resolve(FileNames.path(path));
        } catch (IllegalArgumentException e) {
            throw unnameable(path, e);
        }
    }

    private static void setMode(Path place, int mode) throws ArchiverException {
        try {
            Files.setPosixFilePermissions(place, permissions(mode));
        } catch (IOException e) {
            throw LocalFiles.cannot("change the mode of", place, e);
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        var permissions = EnumSet.noneOf(PosixFilePermission.class);
        var highestFirst = PosixFilePermission.values();
        for (int i = 0; i < highestFirst.length; i++) {
            if ((mode & 0400 >> i) != 0) {
                permissions.add(highestFirst[i]);
            }
        }
        return permissions;
    }

    private static IntegrityException twice(String path, IOException e) {
        return Fault.of(ErrorCode.CORRUPT, "the backup has \"" + path + "\" twice, or as a file and a directory")
                .cause(e)
                .integrity();
    }

    private static ArchiverException unnameable(String path, IllegalArgumentException e) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + path + "\" cannot be a file name")
                .detail(e.getMessage() + "; something else than walvault has written it")
                .cause(e)
                .integrity();
    }
}
