package dev.walvault.archive;

/** How it came about that a pushed file is durable in the vault. */
public sealed interface PushOutcome {
    /** As programs read it. */
    default String text() {
        return switch (this) {
            case Archived _ -> "archived";
            case AlreadyArchived _ -> "already-archived";
            case ArchivedAhead _ -> "archived-ahead";
            case Repaired _ -> "repaired";
        };
    }

    record Archived() implements PushOutcome {}

    /** The vault had it already, with the same content. */
    record AlreadyArchived() implements PushOutcome {}

    /** A former call stored it ahead, when the server had queued it and not asked for it yet. */
    record ArchivedAhead() implements PushOutcome {}

    /** The vault had it, but damaged; it was stored again. */
    record Repaired() implements PushOutcome {}
}
