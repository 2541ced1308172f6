package dev.walvault.copy;

import dev.walvault.json.JsonText;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;

/**
 * What of a timeline is not copied, because it would lie behind something else in the other vault: recovery there would
 * cross from one branch into another, and the server that goes on with the other one could archive no more.
 *
 * @param behind from here on; {@link Lsn#ZERO} for all of it
 * @param differing the timeline on which the vaults differ: this one, or one that it comes from or may come from
 */
public record LeftOut(TimelineId timeline, Lsn behind, TimelineId differing) {

    /** What is left out, why, and what to do. */
    String sentence() {
        return "of timeline " + timeline + " nothing " + (behind.isZero() ? "" : "behind " + behind + " ")
                + "is copied: " + why() + "; copy it into a vault of its own, or find out which is right, remove the"
                + " other one there, and copy again";
    }

    private String why() {
        return timeline.equals(differing)
                ? "the other vault has something else there"
                : "it comes or may come from timeline " + differing + ", where the other vault has something else";
    }

    /** Puts the members that results and events have. */
    void describe(JsonText json) {
        json.put("timeline", Integer.toUnsignedLong(timeline.value()))
                .put("behind", behind.toString())
                .put("differing", Integer.toUnsignedLong(differing.value()));
    }
}
