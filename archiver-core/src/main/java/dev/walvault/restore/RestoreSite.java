package dev.walvault.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.StoreException;
import dev.walvault.archive.LocalFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directories that a restore fills: each was absent or empty before and is this restore's alone. A marker file in each
 * says so to others, and to those who find it after the restore has died.
 */
final class RestoreSite {
    static final String MARKER = "walvault-restore.incomplete";

    /** The two that a server accepts for its data directory. */
    private static final List<Set<PosixFilePermission>> MODES =
            List.of(PosixFilePermissions.fromString("rwx------"), PosixFilePermissions.fromString("rwxr-x---"));

    private final List<Claim> claims = new ArrayList<>();

    /** {@code made}: directories that were not there before, outermost first. */
    private record Claim(Path path, List<Path> made, Optional<Set<PosixFilePermission>> formerMode) {}

    private RestoreSite() {}

    /**
     * Takes possession of the data directory and the places of tablespaces, or leaves all as it was.
     *
     * @throws StoreException DIRECTORY_IN_USE if there is anything in one of them
     */
    static RestoreSite claim(Path data, List<Path> tablespaces) throws ArchiverException {
        var all = new ArrayList<Path>();
        all.add(data);
        all.addAll(tablespaces);
        for (Path path : tablespaces) {
            if (path.startsWith(data) || data.startsWith(path)) {
                throw Fault.of(
                                ErrorCode.DIRECTORY_IN_USE,
                                "tablespace location \"" + path + "\" and data directory \"" + data
                                        + "\" are inside of one another")
                        .hint("Choose another place with --tablespace-mapping.")
                        .store();
            }
        }
        for (Path path : all) {
            requireEmpty(path, path.equals(data));
        }
        var site = new RestoreSite();
        String text = "A restore by walvault into these directories is under way, or was interrupted:\n"
                + String.join("\n", all.stream().map(Path::toString).toList()) + "\n";
        try {
            for (Path path : all) {
                site.claims.add(claim(path, text, path.equals(data)));
            }
            return site;
        } catch (ArchiverException | RuntimeException e) {
            site.undo(e);
            throw e;
        }
    }

    /** Whether the data directory was made by this restore, so that it also has to choose its mode. */
    boolean madeDataDirectory() {
        return !claims.getFirst().made.isEmpty();
    }

    /** The directories, the data directory first. */
    List<Path> directories() {
        return claims.stream().map(Claim::path).toList();
    }

    /** The directories whose entries changed because of what was made. */
    List<Path> parentsOfMade() {
        return claims.stream()
                .flatMap(claim -> claim.made.stream())
                .flatMap(made -> Optional.ofNullable(made.getParent()).stream())
                .distinct()
                .toList();
    }

    /** Removes the markers, the data directory's last: the restore is over. */
    void release() throws ArchiverException {
        for (Claim claim : claims.reversed()) {
            Path marker = claim.path.resolve(MARKER);
            try {
                Files.delete(marker);
            } catch (IOException e) {
                throw LocalFiles.cannot("remove", marker, e);
            }
            TreeSync.path(claim.path);
        }
    }

    /** Removes everything that was restored. What cannot be removed is told with {@code reason}. */
    void undo(Exception reason) {
        for (Claim claim : claims) {
            try {
                // without it no server starts, whatever else stays
                Files.deleteIfExists(claim.path.resolve("global/pg_control"));
                clear(claim.path);
                Files.deleteIfExists(claim.path.resolve(MARKER));
                if (claim.formerMode.isPresent()) {
                    Files.setPosixFilePermissions(claim.path, claim.formerMode.get());
                }
            } catch (IOException e) {
                reason.addSuppressed(LocalFiles.cannot("clear", claim.path, e));
            }
        }
        for (Claim claim : claims) {
            unmake(claim.made);
        }
    }

    private static void requireEmpty(Path path, boolean data) throws ArchiverException {
        String what = data ? "directory" : "tablespace location";
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(path)) {
            throw Fault.of(ErrorCode.DIRECTORY_IN_USE, what + " \"" + path + "\" exists and is not a directory")
                    .hint("Choose another place.")
                    .store();
        }
        if (Files.exists(path.resolve(MARKER), LinkOption.NOFOLLOW_LINKS)) {
            throw interrupted(path);
        }
        if (data && Files.exists(path.resolve("postmaster.pid"), LinkOption.NOFOLLOW_LINKS)) {
            throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "a server runs, or may run, in \"" + path + "\"")
                    .detail("\"postmaster.pid\" is there")
                    .hint("Choose an empty directory; never restore over a server.")
                    .store();
        }
        try (Stream<Path> entries = Files.list(path)) {
            Optional<Path> any = entries.findFirst();
            if (any.isPresent()) {
                throw Fault.of(ErrorCode.DIRECTORY_IN_USE, what + " \"" + path + "\" is not empty")
                        .detail("\"" + any.get().getFileName() + "\" is there")
                        .hint(
                                data
                                        ? "Choose an empty directory, or move away what is in it."
                                        : "Choose another place with --tablespace-mapping or --tablespace-all.")
                        .store();
            }
        } catch (IOException e) {
            throw e instanceof ArchiverException known ? known : LocalFiles.cannot("read", path, e);
        }
    }

    private static StoreException interrupted(Path path) {
        List<String> places;
        try {
            places = Files.readAllLines(path.resolve(MARKER), UTF_8).stream()
                    .skip(1)
                    .toList();
        } catch (IOException _) {
            places = List.of();
        }
        String directories = places.isEmpty() ? "\"" + path + "\"" : "\"" + String.join("\", \"", places) + "\"";
        return Fault.of(ErrorCode.DIRECTORY_IN_USE, "a restore into \"" + path + "\" is under way, or was interrupted")
                .detail("\"" + MARKER + "\" is there")
                .hint("If no other walvault is at work, remove everything in " + directories + " and start again.")
                .store();
    }

    private static Claim claim(Path path, String text, boolean data) throws ArchiverException {
        List<Path> made = new ArrayList<>();
        try {
            make(path, made);
            Files.writeString(path.resolve(MARKER), text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException _) {
            unmake(made);
            throw interrupted(path);
        } catch (IOException e) {
            unmake(made);
            throw LocalFiles.cannot("create", path, e);
        }
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
            if (data && made.isEmpty() && !MODES.contains(mode)) {
                Files.setPosixFilePermissions(path, MODES.getFirst());
                return new Claim(path, made, Optional.of(mode));
            }
            return new Claim(path, made, Optional.empty());
        } catch (IOException e) {
            var failure = LocalFiles.cannot("change the mode of", path, e);
            try {
                Files.deleteIfExists(path.resolve(MARKER));
            } catch (IOException again) {
                failure.addSuppressed(again);
            }
            unmake(made);
            throw failure;
        }
    }

    private static void make(Path path, List<Path> made) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        Path parent = path.getParent();
        if (parent != null) {
            make(parent, made);
        }
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(MODES.getFirst()));
        made.add(path);
    }

    private static void unmake(List<Path> made) {
        for (Path path : made.reversed()) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException _) {
                // somebody else has put something there meanwhile, or it was told already
                return;
            }
        }
    }

    private static void clear(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.equals(directory.resolve(MARKER))) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                if (!path.equals(directory)) {
                    Files.delete(path);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
