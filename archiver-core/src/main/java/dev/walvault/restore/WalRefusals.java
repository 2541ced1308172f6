package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Timestamps;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.WalLine;
import dev.walvault.reach.WalMap;
import java.time.Instant;
import java.util.Optional;

/** What is said to whom wants more than the WAL has. */
final class WalRefusals {
    private final RestoreRequest request;
    private final WalMap map;

    WalRefusals(RestoreRequest request, WalMap map) {
        this.request = request;
        this.map = map;
    }

    IntegrityException passesFork(WalLine.Reach reach, TimelineId timeline) throws ArchiverException {
        TimelineId ancestor = map.history(timeline).timelineOf(reach.end().plus(-1));
        return missing(
                        reach,
                        "Timeline " + ancestor + " has this segment, and went on in it behind " + reach.end()
                                + ", where timeline " + reach.missing().timeline()
                                + " left it. The server would recover that, too.")
                .hint((map.hasTail(reach.missing())
                                ? "The vault has what the server had written of it before it ended: --with-tail recovers"
                                        + " that. "
                                : "")
                        + "If the server that is on timeline "
                        + reach.missing().timeline()
                        + " runs, SELECT pg_switch_wal() there has the segment archived. To restore what both have in"
                        + " common: --timeline "
                        + ancestor + " --to-lsn "
                        + reach.end() + " --exclusive.")
                .integrity();
    }

    Fault missing(WalLine.Reach reach, String detail) {
        return Fault.of(
                        ErrorCode.GAP,
                        "WAL segment \"" + reach.missing().fileName(map.size()) + "\" is missing from the vault")
                .detail(detail)
                .hint("Archive it from the pg_wal directory of a server that still has it, or choose another target or"
                        + " backup.");
    }

    IntegrityException hole(WalLine.Reach reach, String later, Optional<Instant> written) {
        return missing(
                        reach,
                        "Of this timeline " + later + ". Recovery would end at " + reach.end()
                                + written.map(time -> ", in WAL that was written at " + Timestamps.text(time))
                                        .orElse("")
                                + ", and lose what comes after it.")
                .hint("Archive it from the pg_wal directory of a server that still has it. To restore what is before it"
                        + " and no more, say --accept-gap.")
                .integrity();
    }

    IntegrityException tooLate(WalLine.Reach reach, Optional<Instant> written, Optional<RecoveryTarget.AtTime> nearest)
            throws ArchiverException {
        return notReached("the WAL in the vault ends before " + request.target(), reach, written, nearest);
    }

    /** The server stops before a commit or an abort; at a time when there is none behind it, it does not stop. */
    IntegrityException nothingBehind(
            WalLine.Reach reach, Optional<Instant> written, Optional<RecoveryTarget.AtTime> nearest)
            throws ArchiverException {
        return notReached(
                "no transaction ended after " + request.target() + " in the WAL that the vault has",
                reach,
                written,
                nearest);
    }

    private IntegrityException notReached(
            String message, WalLine.Reach reach, Optional<Instant> written, Optional<RecoveryTarget.AtTime> nearest)
            throws ArchiverException {
        return Fault.of(ErrorCode.TARGET, message)
                .detail("Timeline " + reach.missing().timeline() + " goes up to " + reach.end()
                        + (request.target() instanceof RecoveryTarget.AtLsn at
                                        && at.lsn().equals(reach.end())
                                ? ", and a record that begins there is in the next segment"
                                : "")
                        + written.map(time -> ", and its last segment was written at " + Timestamps.text(time))
                                .orElse("")
                        + "; the server would end with " + RestorePlanner.ENDED_BEFORE + ".")
                .hint("Restore without a target to get all there is. "
                        + nearest.map(WalRefusals::latestTime).orElse("")
                        + (map.hasTail(reach.missing())
                                ? "The vault also has an unfinished segment behind it: --with-tail recovers that, too."
                                : "If the server still runs, let it archive first: SELECT pg_switch_wal()."))
                .integrity();
    }

    private static String latestTime(RecoveryTarget.AtTime target) {
        return "The latest time that can be reached, just before the last transaction ended, is --to-time '"
                + target.text() + "'" + (target.inclusive() ? "" : " --exclusive") + ". ";
    }
}
