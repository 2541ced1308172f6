package dev.walvault.pg.link;

import dev.walvault.pg.Timestamps;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the server says of its archiving.
 *
 * @param mode {@code archive_mode}
 * @param command {@code archive_command}; empty if it is not set, or archiving is off
 * @param library {@code archive_library}; empty before version 15, and if it is not set
 * @param timeoutSeconds {@code archive_timeout}; 0 has none
 * @param waiting how many files the server still has to archive; empty if this user may not see it
 * @param idleSeconds for how long the server has had files to archive, and has archived none; empty if none waits
 */
public record ArchiverFacts(
        String mode,
        String command,
        String library,
        int timeoutSeconds,
        OptionalLong waiting,
        OptionalLong idleSeconds,
        long archived,
        long failed,
        Optional<Last> lastArchived,
        Optional<Last> lastFailed) {

    /** The last file of a kind, and when it was. */
    public record Last(String file, Instant time) {}

    public boolean isOff() {
        return mode.equals("off");
    }

    /** Whether the newest attempt failed. */
    public boolean isFailing() {
        return lastFailed.isPresent()
                && (lastArchived.isEmpty()
                        || lastFailed.get().time().isAfter(lastArchived.get().time()));
    }

    /** What is wrong with archiving, in one line, if something is. */
    public Optional<String> trouble() {
        return isFailing()
                ? lastFailed.map(last -> "the archiver failed " + failed + " times, the last time with \"" + last.file()
                        + "\" at " + Timestamps.text(last.time()))
                : Optional.empty();
    }
}
