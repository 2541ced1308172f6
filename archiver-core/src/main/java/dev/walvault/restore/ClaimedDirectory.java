package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.ShellWord;
import dev.walvault.aside.OwnNames;
import dev.walvault.host.Disk;
import dev.walvault.host.LocalFiles;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.PostmasterFile;
import dev.walvault.vault.MemberKeys;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One directory that a restore fills. It was absent or empty before, and is this restore's alone. */
final class ClaimedDirectory {
    /** The two that a server accepts for its data directory. */
    private static final List<Set<PosixFilePermission>> MODES =
            List.of(PosixFilePermissions.fromString("rwx------"), PosixFilePermissions.fromString("rwxr-x---"));

    private final Disk disk;
    private final Path path;
    private final RestoreMarker marker;
    private final Predicate<Path> stays;
    private final List<Path> made;
    private final Set<PosixFilePermission> formerMode;

    /**
     * {@code stays}: whether an entry is no content, and not ours to touch; {@code made}: directories that were not
     * there before, outermost first.
     */
    private ClaimedDirectory(
            Disk disk,
            Path path,
            RestoreMarker marker,
            Predicate<Path> stays,
            List<Path> made,
            Set<PosixFilePermission> formerMode) {
        this.disk = disk;
        this.path = path;
        this.marker = marker;
        this.stays = stays;
        this.made = made;
        this.formerMode = formerMode;
    }

    /** What a restore puts into a directory, with the words that speak of it. */
    enum Use {
        DATA("directory", "Choose an empty directory. To restore over a server that is stopped, say --in-place."),
        TABLESPACE("tablespace location", "Choose another place with --tablespace-mapping or --tablespace-all."),
        WAL("WAL directory", "Choose another place with --waldir.");

        private final String words;
        private final String elsewhere;

        Use(String words, String elsewhere) {
            this.words = words;
            this.elsewhere = elsewhere;
        }

        String elsewhere() {
            return elsewhere;
        }
    }

    /**
     * Looks, and changes nothing.
     *
     * @param path without links
     * @throws HostException DIRECTORY_IN_USE if there is anything in it but the marker of a restore that is dead
     */
    static void requireFree(Path path, Use use, Predicate<Path> stays) throws ArchiverException {
        requireOutside(path, use);
        requireWritable(path, use);
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw Fault.of(ErrorCode.DIRECTORY_IN_USE, use.words + " \"" + path + "\" exists and is not a directory")
                    .hint("Choose another place.")
                    .host();
        }
        if (use == Use.DATA && PostmasterFile.isIn(path) && !stays.test(path.resolve(PostmasterFile.NAME))) {
            throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "a server runs, or may run, in \"" + path + "\"")
                    .detail("\"postmaster.pid\" is there")
                    .hint("Choose an empty directory. To restore over this one, stop the server and say --in-place.")
                    .host();
        }
        Optional<String> content;
        try (Stream<Path> entries = Files.list(path)) {
            content = entries.filter(entry -> !stays.test(entry))
                    .map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> !name.equals(RestoreMarker.NAME))
                    .findFirst();
        } catch (IOException e) {
            throw LocalFiles.cannot("read", path, e);
        }
        if (content.isEmpty()) {
            return;
        }
        if (RestoreMarker.isIn(path)) {
            throw inTheWay(path);
        }
        throw Fault.of(ErrorCode.DIRECTORY_IN_USE, use.words + " \"" + path + "\" is not empty")
                .detail("\"" + content.get() + "\" is there")
                .hint(use.elsewhere)
                .host();
    }

    /**
     * A backup of that server would take it along; a vault holds nothing but what is sealed; and old files that were
     * moved aside may be removed.
     */
    private static void requireOutside(Path path, Use use) throws ArchiverException {
        for (Path above = path.getParent(); above != null; above = above.getParent()) {
            if (OwnNames.isAside(above)) {
                throw Fault.of(
                                ErrorCode.DIRECTORY_IN_USE,
                                use.words + " \"" + path + "\" is inside of \"" + above + "\"")
                        .detail("A restore in place has moved old files there, and --remove-set-aside removes them.")
                        .hint("Choose another place.")
                        .host();
            }
            boolean server = Files.exists(above.resolve(ControlFile.PATH));
            if (server || Files.exists(above.resolve(MemberKeys.VAULT.name()))) {
                throw Fault.of(
                                ErrorCode.DIRECTORY_IN_USE,
                                use.words + " \"" + path + "\" is inside of "
                                        + (server ? "the data directory" : "the vault") + " \"" + above + "\"")
                        .hint("Choose another place.")
                        .host();
            }
        }
    }

    /** The directory itself, or the one in which it is to be made. */
    private static void requireWritable(Path path, Use use) throws ArchiverException {
        Path there = path;
        while (!Files.exists(there, LinkOption.NOFOLLOW_LINKS) && there.getParent() != null) {
            there = there.getParent();
        }
        if (Files.isDirectory(there) && !Files.isWritable(there)) {
            throw Fault.of(ErrorCode.LOCAL_FILE, use.words + " \"" + path + "\" cannot be filled")
                    .detail("this user may not write to \"" + there + "\"")
                    .hint("Give it to the server's operating-system user with chown, or choose another place.")
                    .host();
        }
    }

    /**
     * Takes possession of a directory that was found free; {@code text} goes into its marker, which is durable by then.
     */
    static ClaimedDirectory claim(Path path, Use use, Predicate<Path> stays, String text, Disk disk)
            throws ArchiverException {
        List<Path> made = new ArrayList<>();
        Optional<RestoreMarker> marker = Optional.empty();
        boolean claimed = false;
        try {
            make(disk, path, made);
            marker = RestoreMarker.take(path, text, disk);
            if (marker.isEmpty()) {
                throw inTheWay(path);
            }
            // somebody may have filled it since it was looked at
            requireFree(path, use, stays);
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
            if (use == Use.DATA && !MODES.contains(mode)) {
                Files.setPosixFilePermissions(path, MODES.getFirst());
            }
            claimed = true;
            return new ClaimedDirectory(disk, path, marker.get(), stays, made, mode);
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("make a restore's directory of", path, e);
        } finally {
            if (!claimed) {
                if (marker.isPresent()) {
                    discard(marker.get());
                }
                unmake(disk, made);
            }
        }
    }

    /** Who cannot be told to be dead is taken for alive. */
    private static HostException inTheWay(Path path) {
        if (RestoreMarker.isHeld(path)) {
            return Fault.of(ErrorCode.DIRECTORY_IN_USE, "another restore into \"" + path + "\" is under way")
                    .hint("Wait for it to end, or end it, or choose another directory.")
                    .host();
        }
        if (OwnNames.isBeingReplaced(path)) {
            return Fault.of(ErrorCode.DIRECTORY_IN_USE, "a restore over \"" + path + "\" was interrupted")
                    .detail("what was there before is moved aside")
                    .hint("\"walvault restore --undo-in-place -D " + ShellWord.of(path)
                            + "\" puts it back; with --in-place the restore begins anew.")
                    .host();
        }
        List<String> places = new ArrayList<>();
        RestoreMarker.places(path).forEach(place -> places.add("\"" + place + "\""));
        if (places.isEmpty()) {
            places.add("\"" + path + "\"");
        }
        return Fault.of(ErrorCode.DIRECTORY_IN_USE, "a restore into \"" + path + "\" was interrupted")
                .detail("\"" + RestoreMarker.NAME + "\" is there")
                .hint("If no walvault on another host is at work, remove everything in " + String.join(", ", places)
                        + " and start again.")
                .host();
    }

    private static void discard(RestoreMarker marker) {
        try {
            marker.remove();
        } catch (IOException _) {
            // the next restore takes it over
        }
    }

    private static void make(Disk disk, Path path, List<Path> made) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        Path parent = path.getParent();
        if (parent != null) {
            make(disk, parent, made);
        }
        disk.createDirectory(path, PosixFilePermissions.asFileAttribute(MODES.getFirst()));
        made.add(path);
    }

    Path path() {
        return path;
    }

    /** Whether this is something in the directory that did not come from the backup, and that nobody may touch. */
    boolean isForeign(Path entry) {
        return path.equals(entry.getParent()) && (stays.test(entry) || entry.endsWith(RestoreMarker.NAME));
    }

    /** What the server's group may do: nothing, or read everything, as {@code initdb --allow-group-access} wants it. */
    void allowGroup(boolean access) throws ArchiverException {
        try {
            setMode(MODES.get(access ? 1 : 0));
        } catch (IOException e) {
            throw LocalFiles.cannot("change the mode of", path, e);
        }
    }

    private void setMode(Set<PosixFilePermission> mode) throws IOException {
        if (!Files.getPosixFilePermissions(path).equals(mode)) {
            Files.setPosixFilePermissions(path, mode);
        }
    }

    /** Removes the marker for good: the restore is over. */
    void release() throws ArchiverException {
        try {
            marker.remove();
            disk.syncDirectory(path);
        } catch (IOException e) {
            throw LocalFiles.cannot("remove", path.resolve(RestoreMarker.NAME), e);
        }
    }

    /**
     * Removes all that was put into the directory, as far as that is possible. The marker goes when all else has gone.
     *
     * @return what could not be removed first, if anything
     */
    Optional<HostException> undo() {
        try {
            // without it no server starts, whatever else stays
            disk.delete(path.resolve(HeldFiles.CONTROL));
            var clearing = new Clearing();
            Files.walkFileTree(path, clearing);
            if (clearing.failure.isPresent()) {
                marker.abandon();
                return clearing.failure;
            }
            marker.remove();
            setMode(formerMode);
        } catch (IOException e) {
            return Optional.of(LocalFiles.cannot("clear", path, e));
        }
        unmake(disk, made);
        return Optional.empty();
    }

    private static void unmake(Disk disk, List<Path> made) {
        for (Path path : made.reversed()) {
            try {
                disk.delete(path);
            } catch (IOException _) {
                // somebody else has put something there meanwhile
                return;
            }
        }
    }

    /** Goes on where something cannot be removed, and remembers the first. */
    private final class Clearing extends SimpleFileVisitor<Path> {
        private Optional<HostException> failure = Optional.empty();

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return isForeign(directory) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isForeign(file)) {
                remove(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            if (!isForeign(file)) {
                failed(file, e);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
            if (e != null) {
                failed(directory, e);
            } else if (!directory.equals(path)) {
                remove(directory);
            }
            return FileVisitResult.CONTINUE;
        }

        private void remove(Path entry) {
            try {
                disk.delete(entry);
            } catch (IOException e) {
                failed(entry, e);
            }
        }

        private void failed(Path entry, IOException e) {
            if (failure.isEmpty()) {
                failure = Optional.of(LocalFiles.cannot("remove", entry, e));
            }
        }
    }
}
