package dev.walvault.points;

import dev.walvault.ArchiverException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.RestorePointList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * The restore points of one system that are known, and what is not known of them.
 *
 * @param list those that one can restore to by themselves; {@code unreadable} are documents that cannot be used
 * @param repeated those whose name has another one, too, on a line that leads to both: recovery stops at the first it
 *     meets
 * @param withoutWal those with records in WAL that no vault has: it was not archived yet, or is lost
 * @param unknown WAL that may have more of them
 * @param failures why nothing more could be found out
 */
public record KnownPoints(
        RestorePointList list,
        Set<RestorePoint> repeated,
        Set<RestorePoint> withoutWal,
        List<UnknownWal> unknown,
        List<ArchiverException> failures) {
    public KnownPoints {
        repeated = Set.copyOf(repeated);
        withoutWal = Set.copyOf(withoutWal);
        unknown = List.copyOf(unknown);
        failures = List.copyOf(failures);
    }

    /** Of the unknown WAL what may lie between two places, on whatever timeline. */
    public List<UnknownWal> unknownBetween(Lsn from, Lsn to, WalSegmentSize size) {
        return unknown.stream()
                .filter(wal -> wal.first().toWalSegment(size).startLsn(size).isBefore(to)
                        && wal.last().toWalSegment(size).endLsn(size).isAfter(from))
                .toList();
    }

    /** The oldest first. */
    public List<RestorePoint> oldestFirst() {
        return list.points().stream()
                .sorted(Comparator.comparing(RestorePoint::time))
                .toList();
    }
}
