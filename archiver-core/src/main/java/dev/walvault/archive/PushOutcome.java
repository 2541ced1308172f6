package dev.walvault.archive;

/** How it came about that a pushed file is durable in the vault. */
public sealed interface PushOutcome {
    record Archived() implements PushOutcome {}

    /** The vault had it already, with the same content. */
    record AlreadyArchived() implements PushOutcome {}

    /** A former call stored it ahead, when the server had queued it and not asked for it yet. */
    record ArchivedAhead() implements PushOutcome {}

    /** The vault had it, but damaged; it was stored again. */
    record Repaired() implements PushOutcome {}
}
