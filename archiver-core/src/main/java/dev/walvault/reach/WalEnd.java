package dev.walvault.reach;

import dev.walvault.pg.Lsn;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far the WAL goes that a restore can use.
 *
 * @param upTo without a gap
 * @param written when the last segment was written, by the clock of its host: it has no later commit
 * @param hole the names of a missing segment that the operator takes for the end of the WAL; none if nothing is missing
 */
public record WalEnd(Lsn upTo, Optional<Instant> written, List<String> hole) {
    public WalEnd {
        hole = List.copyOf(hole);
    }

    /**
     * The restore_command, told that what was accepted as missing is absent: the server then ends its recovery there.
     */
    public String endingAtHole(String restoreCommand) {
        return hole.isEmpty()
                ? restoreCommand
                : "case %f in " + String.join("|", hole) + ") exit 1;; esac; " + restoreCommand;
    }
}
