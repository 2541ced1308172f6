package dev.walvault.vaults;

import dev.walvault.host.StateFiles;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Predicate;

/**
 * What this host remembers of its vaults between two calls.
 *
 * @param debts what some of several still lack
 * @param away which could not be reached a moment ago
 */
public record VaultsState(Debts debts, UnreachableMarks away) {
    /**
     * In these files.
     *
     * @param directory the state directory
     * @param own whether only this user can have written a file and put it there
     */
    public static VaultsState in(Path directory, StateFiles files, Predicate<Path> own, InstantSource clock) {
        return new VaultsState(
                new Debts(files, directory.resolve("debts"), directory.resolve("failed")),
                new UnreachableMarks(files, directory.resolve("away"), own, clock));
    }
}
