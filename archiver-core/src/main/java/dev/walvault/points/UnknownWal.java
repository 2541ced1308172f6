package dev.walvault.points;

import dev.walvault.json.JsonText;
import dev.walvault.pg.WalFile;
import java.util.Locale;

/**
 * Segments of one timeline of which it is not known which restore points they have.
 *
 * @param segments how many there are from the first to the last; others between them may be known
 */
public record UnknownWal(Reason reason, WalFile.Segment first, WalFile.Segment last, long segments) {

    /** Why it is not known. */
    public enum Reason {
        /** They were stored without saying so, or do not say all; that stays so. */
        SILENT("does not say which it has", "do not say which they have"),
        /** No identity of this host opens them. */
        CLOSED("is closed to this host, which has no key for it", "are closed to this host, which has no key for them"),
        /** They are damaged, or could not be read at this moment. */
        UNREADABLE("could not be read", "could not be read"),
        /** There were too many at once: the next call goes on with them. */
        LATER("is left for the next call to read", "are left for the next calls to read");

        private final String ofOne;
        private final String ofMany;

        Reason(String ofOne, String ofMany) {
            this.ofOne = ofOne;
            this.ofMany = ofMany;
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Puts the members of results: they are only ever added to. */
    public void describe(JsonText json) {
        json.put("reason", reason.word())
                .put("first", first.name())
                .put("last", last.name())
                .put("segments", segments);
    }

    /** A sentence without a full stop. */
    @Override
    public String toString() {
        return segments == 1
                ? "WAL segment " + first.name() + " " + reason.ofOne
                : segments + " WAL segments from " + first.name() + " to " + last.name() + " " + reason.ofMany;
    }
}
