package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Timestamps;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.reach.WalMap;
import dev.walvault.vault.Backup;
import dev.walvault.vault.RestorePoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which of the restore points of one name is the target. A server stops at the first record of the name that it meets
 * after the beginning of its backup, so a later one is reached from a backup that began behind all earlier ones.
 */
final class PointChoice {
    private final RestoreRequest request;
    private final WalMap map;
    private final List<Backup> backups;
    private final Optional<Backup> named;
    private final List<String> warnings;

    /**
     * For one request.
     *
     * @param named the backup that it names
     * @param warnings where to add what the operator should know of the choice
     */
    PointChoice(
            RestoreRequest request, WalMap map, List<Backup> backups, Optional<Backup> named, List<String> warnings) {
        this.request = request;
        this.map = map;
        this.backups = backups;
        this.named = named;
        this.warnings = warnings;
    }

    /**
     * Where the server is to stop; empty if nobody knows the name, and a backup was named to begin with.
     *
     * @param everywhere all places of the name
     * @throws IntegrityException TARGET if the request does not tell which one is meant
     */
    Optional<RestorePoint> choose(List<RestorePoint> everywhere) throws ArchiverException {
        Optional<TimelineId> along = along();
        var points = new ArrayList<RestorePoint>();
        for (RestorePoint point : everywhere) {
            if (along.isEmpty() || map.isPart(point, along.get())) {
                points.add(point);
            }
        }
        if (points.size() > 1) {
            return Optional.of(oneOf(points));
        }
        if (points.isEmpty() && !everywhere.isEmpty()) {
            throw Fault.of(ErrorCode.TARGET, request.target() + " is no part of the timeline that was asked for")
                    .detail(String.join(
                            "; ", everywhere.stream().map(PointChoice::place).toList()))
                    .hint("Name the place with --to-lsn.")
                    .integrity();
        }
        if (points.isEmpty() && named.isEmpty()) {
            throw Fault.of(ErrorCode.TARGET, "the vault knows no " + request.target())
                    .hint(
                            "\"walvault restore-point list\" prints those that it knows. If its record is in WAL that does not"
                                    + " tell its restore points, name a backup that ended before it with --backup.")
                    .integrity();
        }
        return points.stream().findFirst();
    }

    /** Only of a timeline that was named it is known beforehand which one it is. */
    private Optional<TimelineId> along() {
        return request.timeline() instanceof TimelineChoice.Numbered(TimelineId number)
                ? Optional.of(number)
                : Optional.empty();
    }

    private RestorePoint oneOf(List<RestorePoint> points) throws ArchiverException {
        if (named.isEmpty()) {
            throw several(points);
        }
        List<RestorePoint> first = firstMet(points, named.get());
        if (first.isEmpty()) {
            // the refusal says why the backup does not lead to it
            return points.stream().max(Comparator.comparing(RestorePoint::lsn)).orElseThrow();
        }
        if (first.size() > 1) {
            throw several(points);
        }
        RestorePoint chosen = first.getFirst();
        warnings.add("there are " + points.size() + " records of " + request.target()
                + "; from backup " + named.get().id() + " the server stops at the first that it meets, "
                + place(chosen));
        return chosen;
    }

    /** Those of which none comes before it on the way from the backup: one for each branch. */
    private List<RestorePoint> firstMet(List<RestorePoint> points, Backup backup) throws ArchiverException {
        var first = new ArrayList<RestorePoint>();
        for (RestorePoint point : points) {
            if (isOnTheWay(point, backup, point.timeline()) && !isBehindAnother(point, points, backup)) {
                first.add(point);
            }
        }
        return first;
    }

    private boolean isBehindAnother(RestorePoint point, List<RestorePoint> points, Backup backup)
            throws ArchiverException {
        for (RestorePoint other : points) {
            if (other.lsn().isBefore(point.lsn()) && isOnTheWay(other, backup, point.timeline())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a server that recovers from the backup along the timeline replays the record. */
    private boolean isOnTheWay(RestorePoint point, Backup backup, TimelineId timeline) throws ArchiverException {
        return point.lsn().isAfter(backup.facts().start())
                && map.strangeness(backup, timeline).isEmpty()
                && map.isPart(point, timeline);
    }

    private IntegrityException several(List<RestorePoint> points) throws ArchiverException {
        var places = new ArrayList<String>();
        for (RestorePoint point : points) {
            places.add(place(point) + " (" + way(point, points) + ")");
        }
        return Fault.of(ErrorCode.TARGET, request.target() + " is in more than one place")
                .detail(String.join("; ", places))
                .hint("A server stops at the first of them that it meets. Choose one by adding the options that stand"
                        + " behind it.")
                .integrity();
    }

    /** The options that lead to this one and to no other. */
    private String way(RestorePoint point, List<RestorePoint> points) throws ArchiverException {
        Optional<Backup> best = Optional.empty();
        for (Backup backup : backups) {
            if (backup.facts().stop().isBefore(point.lsn())
                    && firstMet(points, backup).contains(point)
                    && best.filter(other ->
                                    other.facts().stop().isAfter(backup.facts().stop()))
                            .isEmpty()) {
                best = Optional.of(backup);
            }
        }
        String timeline = "--timeline " + point.timeline();
        return best.map(backup -> timeline + " --backup " + backup.id())
                .orElseGet(() -> timeline + " --to-lsn " + point.lsn() + " --exclusive instead of --to-point");
    }

    private static String place(RestorePoint point) {
        return "at " + point.lsn() + " on timeline " + point.timeline() + ", " + Timestamps.text(point.time());
    }
}
