package dev.walvault.points;

import dev.walvault.ArchiverException;
import dev.walvault.KeyException;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.WalArchive;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where timelines came from, as far as this host can read it. Each history is read once, when it is needed. */
final class Ancestry {
    private final WalArchive wal;
    private final Map<TimelineId, Optional<TimelineHistory>> histories = new HashMap<>();

    Ancestry(WalArchive wal) {
        this.wal = wal;
    }

    /** Empty if the history is missing, damaged, or closed to this host. */
    Optional<TimelineHistory> of(TimelineId timeline) throws ArchiverException {
        Optional<TimelineHistory> known = histories.get(timeline);
        if (known == null) {
            known = read(timeline);
            histories.put(timeline, known);
        }
        return known;
    }

    private Optional<TimelineHistory> read(TimelineId timeline) throws ArchiverException {
        try {
            return Optional.of(wal.history(timeline));
        } catch (ArchiverException e) {
            if (!(e instanceof KeyException || e.isOfOneObject())) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Whether a server that recovers to one of these may meet the other one; also where that is not known. */
    boolean mayMeetBoth(RestorePoint one, RestorePoint other) throws ArchiverException {
        return mayPass(one, other.timeline()) || mayPass(other, one.timeline());
    }

    /** Whether a server that recovers along the timeline passes the point, as far as that is known. */
    boolean passes(RestorePoint point, TimelineId along) throws ArchiverException {
        return point.timeline().equals(along)
                || of(along)
                        .filter(history -> history.ancestryContains(
                                point.timeline(), point.lsn().plus(-1)))
                        .isPresent();
    }

    private boolean mayPass(RestorePoint point, TimelineId along) throws ArchiverException {
        if (point.timeline().equals(along)) {
            return true;
        }
        Optional<TimelineHistory> history = of(along);
        return history.isEmpty()
                || history.get().ancestryContains(point.timeline(), point.lsn().plus(-1));
    }
}
