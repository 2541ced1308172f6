package dev.walvault.store.fs;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.StoreException;
import dev.walvault.store.ObjectKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The directory that holds a store, and the question whether it is still the one that was opened: when its file system
 * goes away, an empty mount point is left, in which everything would be absent.
 */
final class FsRoot {
    private static final String IDENTITY = "unix:dev,ino,isDirectory";

    private final Path directory;
    private final Map<String, Object> identity;
    private final String location;

    private FsRoot(Path directory, Map<String, Object> identity) {
        this.directory = directory;
        this.identity = identity;
        this.location = urlOf(directory);
    }

    static FsRoot open(Path directory) throws ArchiverException {
        Path absolute = directory.toAbsolutePath();
        return new FsRoot(absolute, identify(absolute));
    }

    Path directory() {
        return directory;
    }

    String location() {
        return location;
    }

    Path pathOf(ObjectKey key) {
        return directory.resolve(key.value());
    }

    /** As a message names an object. */
    String urlOf(ObjectKey key) {
        return location + "/" + key;
    }

    /**
     * Throws unless the directory that was opened is there. A remount may change the device number and some user-space
     * file systems change inode numbers, so one of the two has to stay.
     */
    void requireMounted() throws ArchiverException {
        Map<String, Object> now = identify(directory);
        boolean same = Objects.equals(now.get("dev"), identity.get("dev"))
                || Objects.equals(now.get("ino"), identity.get("ino"));
        if (!same) {
            throw Fault.of(ErrorCode.STORE_UNREACHABLE, "\"" + location + "\" is another directory than before")
                    .detail("its device and inode numbers have both changed since it was opened")
                    .hint("Is the file system still mounted?")
                    .retry(Retry.YES)
                    .store();
        }
    }

    /**
     * Throws unless it is certain that {@code path} does not exist, given that it was just not found: the root must be
     * there, and no symbolic link on the way may lead to what is not mounted.
     */
    void proveAbsent(Path path) throws ArchiverException {
        requireMounted();
        Path step = directory;
        for (Path name : directory.relativize(path)) {
            step = step.resolve(name);
            if (Files.isSymbolicLink(step) && Files.notExists(step)) {
                throw Fault.of(ErrorCode.STORE_UNREACHABLE, "symbolic link \"" + step + "\" leads nowhere")
                        .hint("Is the file system that it leads to mounted?")
                        .retry(Retry.YES)
                        .store();
            }
            if (Files.notExists(step)) {
                return;
            }
        }
    }

    /**
     * What is there where a directory on the way to {@code path} would be, and is none. Empty, too, where that cannot
     * be looked at: whoever asks has an error of that disk to tell.
     */
    Optional<Path> obstacleOnTheWayTo(Path path) {
        Path step = directory;
        for (Path name : directory.relativize(path).resolveSibling("")) {
            step = step.resolve(name);
            if (isThere(step, file -> !file.isDirectory())) {
                return Optional.of(step);
            }
        }
        return Optional.empty();
    }

    /** Whether something like this is there; what cannot be looked at is not known to be. Links are followed. */
    static boolean isThere(Path path, Predicate<BasicFileAttributes> like) {
        try {
            return like.test(Files.readAttributes(path, BasicFileAttributes.class));
        } catch (IOException _) {
            return false;
        }
    }

    /** What to say of an object that cannot be there, because something is that is no object and leads to none. */
    StoreException obstructed(Path path, Path obstacle) {
        String what = path.equals(obstacle) ? "it" : "\"" + obstacle + "\"";
        return Fault.of(
                        ErrorCode.STORE_OBSTRUCTED,
                        "\"" + urlOf(path) + "\" cannot be an object: " + what + " is " + kindOf(obstacle))
                .detail(
                        "an object is a regular file, and only directories lead to it; whether there was one is not known")
                .hint("Find out who has put it there, and move it out of the vault.")
                .store();
    }

    private static String kindOf(Path path) {
        if (Files.isDirectory(path)) {
            return "a directory";
        }
        if (Files.isRegularFile(path)) {
            return "a file";
        }
        return Files.exists(path) ? "neither a file nor a directory" : "a symbolic link that leads nowhere";
    }

    private static Map<String, Object> identify(Path directory) throws ArchiverException {
        Map<String, Object> found;
        try {
            found = Files.readAttributes(directory, IDENTITY);
        } catch (IOException e) {
            if (aFileIsInTheWayOf(directory)) {
                throw notADirectory(directory);
            }
            throw e instanceof NoSuchFileException
                    ? missing(directory, e)
                    : FsErrors.translate("could not access directory \"" + directory + "\"", directory, e);
        }
        if (!Boolean.TRUE.equals(found.get("isDirectory"))) {
            throw notADirectory(directory);
        }
        return found;
    }

    /**
     * Removes what a file leaves that is gone: old WAL a directory per 4 GiB, an upload that was given up those that it
     * had made. Creators know that a directory may go away under their hands.
     */
    void removeEmptyDirectories(Path gone) {
        Path each = gone.getParent();
        while (each != null && !each.equals(directory)) {
            try {
                if (Files.isSymbolicLink(each)) {
                    return;
                }
                Files.delete(each);
            } catch (IOException _) {
                // not empty, most of the time; an empty directory does no harm
                return;
            }
            each = each.getParent();
        }
    }

    static boolean aFileIsInTheWayOf(Path path) {
        for (Path parent = path; parent != null; parent = parent.getParent()) {
            if (Files.isRegularFile(parent)) {
                return true;
            }
        }
        return false;
    }

    private static StoreException missing(Path directory, IOException cause) {
        return Fault.of(ErrorCode.STORE_UNREACHABLE, "directory \"" + directory + "\" does not exist")
                .hint("Is the file system mounted? A new vault is made by \"walvault init\".")
                .cause(cause)
                .retry(Retry.YES)
                .store();
    }

    static StoreException notADirectory(Path path) {
        return Fault.of(ErrorCode.STORE_UNREACHABLE, "\"" + path + "\" is not a directory")
                .hint("A vault on a file system is a directory; check the path.")
                .store();
    }

    private static String urlOf(Path directory) {
        String url = directory.toUri().toString();
        return url.endsWith("/") && !url.endsWith("///") ? url.substring(0, url.length() - 1) : url;
    }
}
