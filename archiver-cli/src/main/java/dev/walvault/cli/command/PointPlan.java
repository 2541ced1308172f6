package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.cli.report.PointText;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.Lsn;
import dev.walvault.points.KnownPoints;
import dev.walvault.points.PointIndex;
import dev.walvault.points.UnknownWal;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.restore.RestorePlan;
import dev.walvault.restore.RestorePlanner;
import dev.walvault.restore.RestoreRequest;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vaults.MemberVaults;
import java.util.Comparator;
import java.util.List;

/** Plans a restore to a restore point, which the vaults' index need not have yet. */
final class PointPlan {
    private final MemberVaults member;
    private final RecoveryTarget.AtName target;
    private final PointIndex index;

    PointPlan(MemberVaults member, RecoveryTarget.AtName target, Cancellation cancellation) {
        this.member = member;
        this.target = target;
        this.index = new PointIndex(member, cancellation);
    }

    /**
     * Reads the WAL that is not in the index, until the point is found; warns of WAL before it that may have another
     * one.
     */
    RestorePlan of(RestorePlanner planner, RestoreRequest request) throws ArchiverException {
        List<RestorePoint> points = index.completeUntil(target.name());
        RestorePlan plan = planner.with(index.unwritten()).plan(request);
        Lsn furthest = points.stream()
                .map(RestorePoint::lsn)
                .max(Comparator.naturalOrder())
                .orElse(plan.wal().upTo());
        KnownPoints known = index.known();
        List<UnknownWal> before = known.unknownBetween(
                plan.backup().facts().start(),
                furthest,
                member.together().requireIdentity().segmentSize());
        return plan.warning(PointText.unknown(before, known.failures()).stream()
                .map(line -> "there may be another " + target + " before it: " + line)
                .toList());
    }
}
