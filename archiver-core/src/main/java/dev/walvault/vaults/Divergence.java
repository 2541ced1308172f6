package dev.walvault.vaults;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.ObjectMeta;
import java.util.List;
import java.util.Optional;

/**
 * Two vaults hold different branches under the number of one timeline: two servers have written them. Nothing of the
 * timeline may be taken from both.
 *
 * @param file the first file that is known to differ
 * @param sides the two vaults, in the order in which they were compared
 */
public record Divergence(TimelineId timeline, WalFile file, List<Side> sides) {
    /** What to do, for whoever has the list of vaults in his hands. */
    public static final String SET_LIST =
            "Find out which server wrote which, and take the vault that is wrong off the" + " setting \"vault\".";

    /**
     * What one of the two has.
     *
     * @param said what its object says of itself
     * @param last the last segment of the timeline
     */
    public record Side(String vault, ObjectMeta said, Optional<WalFile.Segment> last) {
        private String text() {
            return "vault \"" + vault + "\" has what host \"" + said.stamp().host() + "\" stored at "
                    + said.stamp().time()
                    + last.map(segment -> ", and its timeline goes on to \"" + segment.name() + "\"")
                            .orElse("");
        }
    }

    public Divergence {
        sides = List.copyOf(sides);
    }

    /** One sentence, in the style of messages. */
    public String sentence() {
        return "vault \"" + sides.getFirst().vault() + "\" and vault \""
                + sides.getLast().vault() + "\" hold different branches as timeline " + timeline + ": \"" + file.name()
                + "\" is not the same in both";
    }

    /** What each of them has, and who wrote it. */
    public String detail() {
        return sides.getFirst().text() + "; " + sides.getLast().text();
    }

    /**
     * As a refusal.
     *
     * @param hint what to do about it
     */
    public IntegrityException conflict(String hint) {
        return Fault.of(ErrorCode.CONFLICT, sentence())
                .detail(detail())
                .hint(hint)
                .integrity();
    }
}
