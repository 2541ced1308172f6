package dev.walvault.archive;

import dev.walvault.host.StateFiles;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vaults.ConfiguredVault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which vault served a system's WAL last, where it was not the first of the list: a file that is there only then. So
 * whoever goes back to the first vault knows with which one to compare it. A mark is advice: one that cannot be written
 * or read is as none.
 */
final class ElsewhereMarks {
    private final StateFiles files;
    private final Path directory;
    private final Predicate<Path> own;

    /** @param own whether only this user can have written a file and put it there */
    ElsewhereMarks(StateFiles files, Path directory, Predicate<Path> own) {
        this.files = files;
        this.directory = directory;
        this.own = own;
    }

    /** The vault that is marked, by its {@link ConfiguredVault#fileName}. */
    Optional<String> last(MemberKeys keys) {
        try {
            Path mark = file(keys);
            return Files.exists(mark) && own.test(mark) ? Optional.of(Files.readString(mark)) : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** This vault served the last file, and is not the first of the list. */
    void mark(MemberKeys keys, ConfiguredVault vault) {
        try {
            files.note(file(keys), vault.fileName());
        } catch (IOException _) {
            // then nothing is compared where the first one serves again
        }
    }

    /** The first of the list served the last file. */
    void clear(MemberKeys keys) {
        try {
            files.remove(file(keys));
        } catch (IOException _) {
            // then the two are compared once more
        }
    }

    private Path file(MemberKeys keys) {
        return directory.resolve(keys.root().value());
    }
}
