package dev.walvault.cli.option;

import dev.walvault.ConfigurationException;
import dev.walvault.cli.console.Usage;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What a restore does about the data directory that is there already. */
public final class InPlaceOptions {
    @Option(
            names = "--in-place",
            description =
                    "restore over the data directory of a stopped server: its WAL is salvaged first, and its old files"
                            + " are moved aside and can be put back")
    private boolean inPlace;

    @Option(names = "--undo-in-place", description = "remove what --in-place has restored, and put the old files back")
    private boolean undo;

    @Option(names = "--remove-set-aside", description = "remove the old files for good that --in-place has moved aside")
    private boolean remove;

    @Option(names = "--no-salvage", description = "with --in-place: do not salvage the WAL that was not archived")
    private boolean noSalvage;

    @Option(
            names = "--replace",
            description = "with --in-place: remove the old data directory first, except its WAL; for where there is no"
                    + " room for both, because it cannot be put back then")
    private boolean replace;

    @Option(
            names = "--other-system",
            description = "with --in-place: go on even if the directory belongs to another or an unknown system")
    private boolean otherSystem;

    @Option(
            names = "--discard-restored",
            description = "with --undo-in-place: go on even if the restored server has been promoted and written to")
    private boolean discard;

    /** What of all that this call is for. */
    public enum Task {
        RESTORE,
        RESTORE_IN_PLACE,
        UNDO,
        REMOVE
    }

    /** What is to be done. */
    public Task task() throws ConfigurationException {
        if (Stream.of(inPlace, undo, remove).filter(given -> given).count() > 1) {
            throw Usage.wrong("--in-place, --undo-in-place and --remove-set-aside exclude each other");
        }
        if (!inPlace && (noSalvage || replace || otherSystem)) {
            throw Usage.wrong("--no-salvage, --replace and --other-system belong to --in-place");
        }
        if (!undo && discard) {
            throw Usage.wrong("--discard-restored belongs to --undo-in-place");
        }
        if (inPlace) {
            return Task.RESTORE_IN_PLACE;
        }
        if (undo) {
            return Task.UNDO;
        }
        return remove ? Task.REMOVE : Task.RESTORE;
    }

    /** Whether the old WAL is stored first. */
    public boolean salvages() {
        return !noSalvage;
    }

    /** Whether the old files are removed instead of moved aside. */
    public boolean replaces() {
        return replace;
    }

    /** Whether the old directory may belong to another system. */
    public boolean takesOtherSystem() {
        return otherSystem;
    }

    /** Whether what was written to the restored server may be lost. */
    public boolean discardsRestored() {
        return discard;
    }
}
