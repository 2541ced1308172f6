package dev.walvault.observe;

import dev.walvault.json.JsonText;
import java.util.Locale;

/**
 * Something that happened on the way, which the result does not tell: a sentence for people, a name and members for
 * programs. Each package has a sealed interface with the events that it raises; docs/JSON.md lists them all.
 */
public interface Event {
    /** How much it concerns the operator. */
    enum Severity {
        /** How much is done. */
        PROGRESS,
        /** The work goes on as it should. */
        STEP,
        /** Something unexpected, which did not stop the work. */
        WARNING;

        /** As programs read it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The stable name for programs: words with hyphens. It is unique among all events and never changes its meaning.
     */
    String type();

    Severity severity();

    /** For the operator, in PostgreSQL's message style. It may change with every version. */
    String sentence();

    /** Puts the members that belong to this type: only ever added to. */
    void put(JsonText json);
}
