package dev.walvault.archive;

import dev.walvault.json.JsonText;

/** What can be answered about a file when it is known. */
public sealed interface GetOutcome {
    /** Puts the members that results have. */
    default void describe(JsonText json) {
        switch (this) {
            case Served(long bytes) ->
                json.put("outcome", "served").put("bytes", bytes).put("from", "vault");
            case Prefetched(long bytes) ->
                json.put("outcome", "served").put("bytes", bytes).put("from", "spool");
            case Absent _ -> json.put("outcome", "absent");
        }
    }

    /** The file is at the place asked for, whole and proven. */
    record Served(long bytes) implements GetOutcome {}

    /** The same; it had been fetched before it was asked for. */
    record Prefetched(long bytes) implements GetOutcome {}

    /** Proven not to be in the vault. */
    record Absent() implements GetOutcome {}
}
