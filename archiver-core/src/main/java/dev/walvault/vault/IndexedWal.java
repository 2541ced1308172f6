package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.json.JsonObject;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which segments of one system were read for the index of restore points. There is a document for each run of segments,
 * and its name says everything, so that one listing tells what is left to be read. A segment may be in several of them.
 */
public final class IndexedWal {
    /** Of segments: nobody reads more at once. */
    private static final int LONG_RUN = 4096;

    private final MemberKeys keys;
    private final Documents documents;

    /**
     * Segments of one timeline without a gap, from the first to the last.
     *
     * @param silent whether they do not tell all of their restore points, and never will. Otherwise what they tell is
     *     in the index; of a segment that is in runs of both kinds it is in the index, and is not all.
     */
    public record Run(WalFile.Segment first, WalFile.Segment last, boolean silent) {}

    IndexedWal(MemberKeys keys, Documents documents) {
        this.keys = keys;
        this.documents = documents;
    }

    /** Every run, in no order that would mean something. Lists the store. */
    public void each(Consumer<Run> visitor) throws ArchiverException {
        documents.each(keys.indexed(), object -> keys.indexedRun(object.key()).ifPresent(visitor));
    }

    /**
     * A run of the timeline that reaches a segment or goes beyond it: the vault had them when they were read. Lists the
     * store from there on; a run that began very far before the segment is not looked for.
     */
    public Optional<Run> reaching(WalFile.Segment segment, WalSegmentSize size) throws ArchiverException {
        long number = segment.toWalSegment(size).number();
        var from = new WalSegment(segment.timeline(), Math.max(0, number - LONG_RUN)).file(size);
        return documents.firstAfter(
                keys.indexed(segment.timeline()),
                keys.indexedFrom(from),
                object -> keys.indexedRun(object.key())
                        .filter(run -> run.last().name().compareTo(segment.name()) >= 0));
    }

    /** Remembers a run; what its segments tell must be in the index by now. */
    public void add(Run run) throws ArchiverException {
        documents.create(
                keys.indexed(run),
                json -> json.put("walvault", JsonObject.FORMAT)
                        .put("first", run.first().name())
                        .put("last", run.last().name()));
    }
}
