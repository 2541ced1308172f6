package dev.walvault.archive;

import dev.walvault.host.StateFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The acknowledgements for one server's WAL: a small file for each, under the name of what it acknowledges. One that is
 * lost costs a comparison with what the vault has, so one that cannot be read, or is not whole, is as none. For several
 * processes.
 */
final class Acknowledgements {
    private final StateFiles files;
    private final Path directory;
    private final Predicate<Path> own;

    /** @param own whether only this user can have written a file and put it there */
    Acknowledgements(StateFiles files, Path directory, Predicate<Path> own) {
        this.files = files;
        this.directory = directory;
        this.own = own;
    }

    /** Throws if none can be kept here. */
    void require() throws IOException {
        files.createDirectories(directory);
        if (!Files.isWritable(directory)) {
            throw new AccessDeniedException(directory.toString());
        }
    }

    /** It may be lost in a power failure. */
    void keep(String name, Acknowledgement acknowledgement) throws IOException {
        files.note(directory.resolve(name), acknowledgement.write());
    }

    Optional<Acknowledgement> find(String name) {
        if (!own.test(directory.resolve(name))) {
            return Optional.empty();
        }
        try {
            return Acknowledgement.read(Files.readAllBytes(directory.resolve(name)));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    void forget(String name) {
        try {
            files.remove(directory.resolve(name));
        } catch (IOException _) {
            // it is for one file only, and it fades
        }
    }

    /** Forgets those of files that nobody will ask for. */
    void forgetUnless(Predicate<String> queued) throws IOException {
        StateFiles.names(directory).stream().filter(queued.negate()).forEach(this::forget);
    }

    /** For messages. */
    Path directory() {
        return directory;
    }
}
