package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.json.JsonObject;
import dev.walvault.pg.WalFile;
import java.util.function.Consumer;

/**
 * Which segments of one system were read for the index of restore points. There is a document for each run of segments,
 * and its name says everything, so that one listing tells what is left to be read. A segment may be in several of them.
 */
public final class IndexedWal {
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

    /** Remembers a run; what its segments tell must be in the index by now. */
    public void add(Run run) throws ArchiverException {
        documents.create(
                keys.indexed(run),
                json -> json.put("walvault", JsonObject.FORMAT)
                        .put("first", run.first().name())
                        .put("last", run.last().name()));
    }
}
