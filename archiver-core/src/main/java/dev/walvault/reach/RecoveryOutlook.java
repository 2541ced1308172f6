package dev.walvault.reach;

import dev.walvault.ArchiverException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.vault.BackupFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a recovery will do, as far as the WAL tells that it replays. Times may go back from record to record, and the
 * server is the judge.
 *
 * @param created the tablespaces that it creates at their original places, in their order, also those that it drops
 *     again; where the target is between two records of one segment, one just behind it may be among them
 * @param ending how it ends
 * @param nearest the latest time that is known to be reached instead of a target time that is not, on the target's own
 *     side of it; empty if there is none
 * @param unknown stretches in which there may be records of which nothing is known, in order and not touching each
 *     other
 */
public record RecoveryOutlook(
        List<WalFacts.Creation> created,
        Ending ending,
        Optional<RecoveryTarget.AtTime> nearest,
        List<Stretch> unknown) {
    private static final int SHOWN = 5;

    /** Nobody has looked. */
    public static final RecoveryOutlook NONE =
            new RecoveryOutlook(List.of(), Ending.UNKNOWN, Optional.empty(), List.of());

    /** How a recovery ends. */
    public enum Ending {
        /** At its target. */
        AT_TARGET,
        /** At its target, which comes before the backup is consistent: the server refuses that. */
        TOO_EARLY,
        /** Where the WAL ends; a server that has a target refuses that. */
        END_OF_WAL,
        /** Nobody knows before the server has tried. */
        UNKNOWN
    }

    /** Some WAL: the bytes from {@code begin} up to, not including, {@code end}. */
    public record Stretch(Lsn begin, Lsn end) {
        @Override
        public String toString() {
            return begin + " to " + end;
        }
    }

    /**
     * Looks ahead, from the backup on to where the recovery is known to end.
     *
     * @param line along which the server recovers
     * @param end of the WAL that is there without a gap from the backup on
     * @param place behind which no record is replayed, if it is known where the target is
     */
    public static RecoveryOutlook of(
            RecoveryTarget target, BackupFacts backup, WalLine line, Lsn end, Optional<Lsn> place, FactsAhead source)
            throws ArchiverException {
        return OutlookScan.run(target, backup, line, end, place, source);
    }

    public RecoveryOutlook {
        created = List.copyOf(created);
        unknown = List.copyOf(unknown);
    }

    /**
     * Whether nothing else can be replayed than what is known: later WAL does not matter, and none before it is
     * unknown.
     */
    public boolean isCertain() {
        return ending == Ending.AT_TARGET && unknown.isEmpty();
    }

    /** The same for WAL that goes on to a place, in a segment of which nothing is known. */
    public RecoveryOutlook goingOn(Lsn from, Lsn to) {
        if (ending == Ending.AT_TARGET) {
            return this;
        }
        var stretches = new ArrayList<>(unknown);
        stretches.add(new Stretch(from, to));
        return new RecoveryOutlook(created, Ending.UNKNOWN, nearest, stretches);
    }

    /** Where nothing is known, for a sentence: the first stretches, if there are many. Empty if all is known. */
    public Optional<String> unknownInWords() {
        if (unknown.isEmpty()) {
            return Optional.empty();
        }
        String first = unknown.stream().limit(SHOWN).map(Stretch::toString).collect(Collectors.joining(", "));
        int more = unknown.size() - SHOWN;
        return Optional.of(more > 0 ? first + ", and " + more + " more" : first);
    }
}
