package dev.walvault.doctor;

import dev.walvault.ErrorCode;
import dev.walvault.FileTrouble;
import dev.walvault.OwnLine;
import dev.walvault.ShellWord;
import dev.walvault.examine.Check;
import dev.walvault.examine.DiskSpace;
import dev.walvault.examine.Finding;
import dev.walvault.vault.OwnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A directory of this host that walvault writes to. */
public final class LocalDirectory {
    private static final long LITTLE = 1L << 30;
    /** As far down as one user's calls make directories for all that come later. */
    private static final int SHARED_LEVELS = 2;

    private final String name;
    private final Path path;
    private final String setting;
    private final Absence absence;

    private enum Absence {
        FAILS,
        IS_MENDED_WHEN_NEEDED
    }

    private LocalDirectory(String name, Path path, String setting, Absence absence) {
        this.name = name;
        this.path = path.toAbsolutePath();
        this.setting = setting;
        this.absence = absence;
    }

    /**
     * One that must be there.
     *
     * @param name what it is for, and the name of the check
     * @param setting how to choose another one
     */
    public static LocalDirectory thatIsThere(String name, Path path, String setting) {
        return new LocalDirectory(name, path, setting, Absence.FAILS);
    }

    /** One that is made when it is first needed; until then it is its nearest parent that matters. */
    public static LocalDirectory madeWhenNeeded(String name, Path path, String setting) {
        return new LocalDirectory(name, path, setting, Absence.IS_MENDED_WHEN_NEEDED);
    }

    Check check(Optional<Path> pgdata) {
        return new Check(name, check -> look(check, pgdata));
    }

    private Finding look(String check, Optional<Path> pgdata) {
        String another = "choose another one with " + setting + ".";
        Path there = there();
        try {
            Optional<Path> foreign = notWritable(there);
            if (foreign.isPresent()) {
                return failed(check, "this user cannot write to \"" + foreign.get() + "\"", foreign.get());
            }
            if (absence == Absence.IS_MENDED_WHEN_NEEDED && there.equals(path) && !OwnFiles.isOwn(path)) {
                return notBelieved(check, pgdata, another);
            }
            Path probe = Files.createTempFile(there, ".walvault-doctor", ".tmp");
            Files.delete(probe);
            DiskSpace space = DiskSpace.at(there);
            if (pgdata.isPresent() && real(there).startsWith(pgdata.get().toRealPath())) {
                return Finding.warning(
                        check,
                        "\"" + path + "\" lies inside of the data directory, so it is backed up and restored",
                        "Put it elsewhere: " + another);
            }
            String seen = "\"" + path + "\" "
                    + (there.equals(path) ? "can be written to, " : "is not there yet, and can be made; ")
                    + space + " of its file system are free";
            return space.free() < LITTLE
                    ? Finding.warning(check, seen, "Make room, or " + another)
                    : Finding.ok(check, seen);
        } catch (IOException e) {
            return failed(check, "\"" + path + "\" cannot be written to: " + FileTrouble.reason(e), there);
        }
    }

    /**
     * As {@link OwnFiles#isOwn} judges. It may well be the server's user's, and this one another: root, most likely.
     */
    private Finding notBelieved(String check, Optional<Path> pgdata, String another) throws IOException {
        String owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
        String user = System.getProperty("user.name");
        String server = pgdata.isPresent() ? Files.getOwner(pgdata.get()).getName() : "postgres";
        if (!server.equals(user) && owner.equals(server)) {
            return Finding.failed(
                    check,
                    ErrorCode.LOCAL_FILE,
                    "\"" + path + "\" belongs to \"" + owner + "\", and this user is \"" + user
                            + "\": nothing in it is believed",
                    "Run this as the server's user, \"" + server + "\", or " + another);
        }
        return Finding.failed(
                check,
                ErrorCode.LOCAL_FILE,
                "\"" + path + "\" belongs to \"" + owner
                        + "\", and is a link, another user's, or others can write to it: nothing in it is believed",
                "As root, for the server's user:"
                        + OwnLine.of("chown -R " + ShellWord.of(server) + " " + ShellWord.of(path))
                        + OwnLine.of("chmod -R go-w " + ShellWord.of(path)) + "\nor " + another);
    }

    private Finding failed(String check, String seen, Path where) {
        return Finding.failed(
                check,
                ErrorCode.LOCAL_FILE,
                seen,
                "Run this as the server's user, make \"" + where
                        + "\" a directory that this user owns, or choose another" + " one with " + setting + ".");
    }

    /** The directory, or where it would be made. */
    private Path there() {
        Path there = path;
        while (absence == Absence.IS_MENDED_WHEN_NEEDED && !Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    private Path real(Path there) throws IOException {
        return there.toRealPath().resolve(there.relativize(path)).normalize();
    }

    /** What another user's calls have left in it. */
    private Optional<Path> notWritable(Path there) throws IOException {
        if (!there.equals(path) || absence == Absence.FAILS) {
            return Optional.empty();
        }
        try (Stream<Path> directories = Files.find(
                path, SHARED_LEVELS, (each, attributes) -> attributes.isDirectory() && !Files.isWritable(each))) {
            return directories.findFirst();
        }
    }
}
