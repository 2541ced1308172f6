package dev.walvault.pg;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.walvault.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The shell by which a server runs its {@code archive_command}: it works in the data directory, and looks programs up
 * in the server's own {@code PATH}, which is seldom that of a login.
 *
 * @param directory the data directory
 * @param searchPath the server's {@code PATH}; empty if this user cannot know it
 */
public record ServerShell(Path directory, Optional<String> searchPath) {
    private static final String PATH = "PATH=";

    /** That of the server that runs in a data directory, as far as this user may look at its process. */
    public static ServerShell of(Path dataDirectory) {
        return new ServerShell(
                dataDirectory,
                PostmasterFile.read(dataDirectory)
                        .map(file -> file.postmaster().entry())
                        .flatMap(process -> searchPath(process, dataDirectory)));
    }

    /**
     * Of the process, if it is this data directory's and sees the files that this host sees, as no other container
     * does.
     */
    private static Optional<String> searchPath(Path process, Path dataDirectory) {
        try {
            if (!Postmaster.isServer(process)
                    || !Files.isSameFile(process.resolve("cwd"), dataDirectory)
                    || !Files.isSameFile(process.resolve("root"), Path.of("/"))) {
                return Optional.empty();
            }
            String environment = new String(Files.readAllBytes(process.resolve("environ")), ISO_8859_1);
            return Stream.of(environment.split("\0"))
                    .filter(variable -> variable.startsWith(PATH))
                    .map(variable ->
                            FileNames.decode(variable.substring(PATH.length()).getBytes(ISO_8859_1)))
                    .findFirst();
        } catch (IOException | SecurityException _) {
            return Optional.empty();
        }
    }

    /** What became of looking a program up. */
    public sealed interface Lookup {
        /** It is this file. */
        record Found(Path file) implements Lookup {}

        /** The shell ends with status 126 or 127; {@code why} follows the program's name in a sentence. */
        record NotFound(String why) implements Lookup {}

        /** This user cannot tell. */
        record Unknown() implements Lookup {}
    }

    /** Looks a program up that a command calls by this word. */
    public Lookup find(String word) {
        try {
            if (word.contains("/")) {
                return at(directory.resolve(FileNames.path(word)));
            }
            return searchPath.map(path -> search(path, word)).orElseGet(Lookup.Unknown::new);
        } catch (IllegalArgumentException _) {
            return new Lookup.Unknown();
        }
    }

    private Lookup search(String path, String word) {
        boolean seen = true;
        for (String place : path.split(":", -1)) {
            Path searched = place.isEmpty() ? directory : directory.resolve(FileNames.path(place));
            Lookup lookup = at(searched.resolve(FileNames.path(word)));
            if (lookup instanceof Lookup.Found) {
                // one before it that this user cannot see may be another
                return seen ? lookup : new Lookup.Unknown();
            }
            seen &= lookup instanceof Lookup.NotFound;
        }
        return seen
                ? new Lookup.NotFound("is not in the PATH that the server was started with, " + path)
                : new Lookup.Unknown();
    }

    /** A file, as far as this user can see. */
    private static Lookup at(Path file) {
        if (Files.isExecutable(file) && !Files.isDirectory(file)) {
            return new Lookup.Found(file);
        }
        if (Files.exists(file)) {
            return new Lookup.NotFound("cannot be executed by this user");
        }
        return Files.notExists(file) ? new Lookup.NotFound("is not there") : new Lookup.Unknown();
    }
}
