package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Problem;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a salvage brought to the vault.
 *
 * @param stored what the vault has now and had not before, by its names there
 * @param there how many files it had already
 * @param tails the segments that were not finished, in the order of their timelines
 * @param reach how far the vault has the server's WAL now, for each timeline of the directory in order
 * @param leftOut what was not stored, because an earlier file of its timeline is another server's in the vault
 * @param problems why other files could not be stored
 */
public record SalvageReport(
        SystemIdentifier system,
        List<WalFile> stored,
        int there,
        List<Tail> tails,
        List<Reach> reach,
        List<WalFile> leftOut,
        List<ArchiverException> problems) {
    private static final Comparator<ErrorCode> GRAVITY = Comparator.<ErrorCode, Boolean>comparing(
                    code -> code != ErrorCode.CONFLICT)
            .thenComparing(Comparator.naturalOrder());

    public SalvageReport {
        stored = List.copyOf(stored);
        tails = List.copyOf(tails);
        reach = List.copyOf(reach);
        leftOut = List.copyOf(leftOut);
        problems = List.copyOf(problems);
    }

    /**
     * A segment that was not finished.
     *
     * @param storedAs its name in the vault
     * @param end of its last whole record, which is as far as a server recovers with it
     */
    public record Tail(WalFile.Segment segment, WalFile storedAs, Lsn end) {
        private void describe(JsonText json) {
            json.put("segment", segment.name()).put("storedAs", storedAs.name()).put("end", end.toString());
        }
    }

    /**
     * How far the vault has the server's WAL of one timeline.
     *
     * @param end of the last finished segment, or of the last whole record of the unfinished one; where it is another
     *     server's in the vault, of what may still be this one's: {@link Lsn#ZERO} if that is nothing
     * @param anothersBehind whether the vault has another server's WAL from there on
     */
    public record Reach(TimelineId timeline, Lsn end, boolean anothersBehind) {
        private void describe(JsonText json) {
            json.put("timeline", Integer.toUnsignedLong(timeline.value()))
                    .put("lsn", end.toString())
                    .put("anothersBehind", anothersBehind);
        }
    }

    /** Puts the members that results have. */
    public void describe(JsonText json) {
        json.put("systemIdentifier", system.toString())
                .putTexts("stored", names(stored))
                .put("filesThere", there)
                .putObjects(
                        "unfinished",
                        tails.stream()
                                .<Consumer<JsonText>>map(each -> each::describe)
                                .toList())
                .putObjects(
                        "reach",
                        reach.stream()
                                .<Consumer<JsonText>>map(each -> each::describe)
                                .toList())
                .putTexts("leftOut", names(leftOut))
                .putObjects("problems", problems.stream().map(Problem::of).toList());
    }

    private static List<String> names(List<WalFile> files) {
        return files.stream().map(WalFile::name).toList();
    }

    /** The gravest of what went wrong: a conflict before all others. */
    public Optional<ErrorCode> worst() {
        return problems.stream().map(ArchiverException::code).min(GRAVITY);
    }
}
