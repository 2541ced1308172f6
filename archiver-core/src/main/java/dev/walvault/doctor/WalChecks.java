package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.KeyException;
import dev.walvault.OwnLine;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.reach.PresentLine;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberVault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether the WAL that the vault has of one system leads to the present: its histories, its ends, and what is missing.
 * What is wrong on a branch that does not lead there is a warning.
 */
final class WalChecks {
    private final Present present;
    private final Elsewhere elsewhere;
    private final MemberVault member;

    /** What a restore would read, where there are several vaults; empty where this one is the only one. */
    @FunctionalInterface
    interface Elsewhere {
        Optional<Present> open() throws ArchiverException;
    }

    WalChecks(Present present, Elsewhere elsewhere) {
        this.present = present;
        this.elsewhere = elsewhere;
        this.member = present.member();
    }

    List<Check> all() {
        return List.of(
                new Check("timeline histories", this::histories),
                new Check("newest WAL", this::newest),
                new Check("WAL without gaps", this::gaps),
                new Check("foreign objects", this::foreign));
    }

    private Finding histories(String check) throws ArchiverException {
        var unusable = new ArrayList<ArchiverException>();
        var closed = new ArrayList<ArchiverException>();
        int sound = 0;
        List<TimelineId> there = member.wal().histories();
        for (TimelineId timeline : member.wal().timelines()) {
            if (!there.contains(timeline) && member.wal().lastSegment(timeline).isEmpty()) {
                continue;
            }
            try {
                member.wal().history(timeline);
                sound += there.contains(timeline) ? 1 : 0;
            } catch (KeyException e) {
                if (e.code() == ErrorCode.KEY_MISSING) {
                    return Finding.skipped(check, "to read them takes an identity");
                }
                (leadsToPresent(timeline) ? unusable : closed).add(e);
            } catch (ArchiverException e) {
                unusable.add(Reasons.ofObject(e));
            }
        }
        String seen = sound == 0 ? "none can be used, and timeline 1 has none" : sound + " can be used";
        return unusable.isEmpty() && !closed.isEmpty()
                ? Finding.warning(
                        check,
                        "on another branch, " + Reasons.told(closed) + "; " + seen,
                        "A server that recovers asks for it. Copy it into the pg_wal directory of this server from one"
                                + " that has it, and take a backup, which stores it once more.")
                : Reasons.verdict(
                        check,
                        unusable,
                        seen,
                        "Archive the history from the pg_wal directory of a server that has it; remove a damaged one before that.");
    }

    private boolean isNeeded(WalFile.Segment segment) throws ArchiverException {
        Optional<PresentLine> line = present.line();
        return line.isPresent() && line.get().needs(segment);
    }

    private boolean leadsToPresent(TimelineId timeline) throws ArchiverException {
        return present.line().filter(line -> line.isPart(timeline)).isPresent();
    }

    /** What is under the name of the next segment stops archiving; so it is looked at first. */
    private Finding newest(String check) throws ArchiverException {
        Optional<WalFile.Segment> newest = present.newest();
        var damaged = new ArrayList<ArchiverException>();
        var aside = new ArrayList<ArchiverException>();
        int sound = 0;
        for (TimelineId timeline : member.wal().timelines()) {
            Optional<WalFile.Segment> last = member.wal().lastSegment(timeline);
            if (last.isPresent()) {
                Optional<ArchiverException> damage = damage(last.get());
                boolean counts = last.equals(newest) || isNeeded(last.get());
                damage.ifPresent((counts ? damaged : aside)::add);
                sound += damage.isEmpty() ? 1 : 0;
            }
        }
        String seen = "the last segment is sound on " + sound + (sound == 1 ? " timeline" : " timelines");
        String fix = "If a server still has the segment in pg_wal, or another vault has it: remove the object, unless a"
                + " stranger wrote it, and archive or copy the segment again.";
        return damaged.isEmpty() && !aside.isEmpty()
                ? Finding.warning(
                        check,
                        "not on the way from the newest backup to the present, " + Reasons.told(aside) + "; " + seen,
                        aside.getFirst().hint().orElse(fix))
                : Reasons.verdict(check, damaged, seen, fix);
    }

    private Optional<ArchiverException> damage(WalFile.Segment segment) throws ArchiverException {
        try {
            return member.wal().inspect(segment).flatMap(Inspection::damage);
        } catch (ArchiverException e) {
            return Optional.of(Reasons.ofObject(e));
        }
    }

    /** A restore ends at the first one, unless it begins with a backup that was taken behind it. */
    private Finding gaps(String check) throws ArchiverException {
        Optional<PresentLine.Hole> hole = present.hole();
        if (hole.isPresent()) {
            return passable(check, hole.get());
        }
        Optional<WalFile.Segment> atFork = present.missingAtFork();
        if (atFork.isPresent()) {
            return Finding.warning(
                    check,
                    "\"" + atFork.get().name() + "\", with which its timeline begins, is not here yet, and an"
                            + " ancestor's is: until then a restore to the present is refused",
                    "In psql, on the server that is on this timeline:" + OwnLine.of("SELECT pg_switch_wal();"));
        }
        List<String> missing = missing();
        return missing.isEmpty()
                ? Finding.ok(check, "no segment is missing between two others")
                : Finding.warning(
                        check,
                        Reasons.named(missing) + " is missing, and later WAL of its timeline is there",
                        "Archive it from a server that has it in pg_wal, or copy it from another vault. If it is lost,"
                                + " take a new backup: nothing older leads to what is behind the gap.");
    }

    /** A restore reads several vaults as one. */
    private Finding passable(String check, PresentLine.Hole hole) throws ArchiverException {
        Optional<Present> together = elsewhere.open();
        if (together.isPresent() && together.get().hole().isEmpty()) {
            return Finding.warning(
                    check,
                    described(hole) + " missing here, and another vault has what a restore needs",
                    "Copy it into this vault: \"walvault copy\".");
        }
        return Finding.failed(
                check,
                ErrorCode.GAP,
                described(hole) + " missing, and no backup has passed that: no restore comes to the present",
                "If a server still has it in pg_wal, archive it, as the server's user in the data directory:"
                        + OwnLine.of(
                                "walvault archive-push pg_wal/" + hole.first().name())
                        + "\nand so on. Otherwise take a backup now:"
                        + OwnLine.of("walvault backup")
                        + "\nWhat was written before that backup is lost, but for what precedes the gap.");
    }

    private static String described(PresentLine.Hole hole) {
        return "\"" + hole.first().name() + "\""
                + (hole.first().equals(hole.last())
                        ? " is"
                        : " to \"" + hole.last().name() + "\" are");
    }

    private List<String> missing() throws ArchiverException {
        WalSegmentSize size = member.requireIdentity().segmentSize();
        var missing = new ArrayList<String>();
        for (TimelineId timeline : member.wal().timelines()) {
            var next = new AtomicLong(Long.MAX_VALUE);
            member.wal().eachSegment(timeline, segment -> {
                if (segment.fits(size)) {
                    long number = segment.toWalSegment(size).number();
                    if (number > next.get()) {
                        missing.add(new WalSegment(timeline, next.get()).fileName(size));
                    }
                    next.set(number + 1);
                }
            });
        }
        return missing;
    }

    private Finding foreign(String check) throws ArchiverException {
        var foreign = new ArrayList<>(member.wal().strangers());
        for (TimelineId timeline : member.wal().timelines()) {
            member.wal().each(timeline, _ -> {}, foreign::add);
        }
        return foreign.isEmpty()
                ? Finding.ok(check, "there are none among the WAL")
                : Finding.warning(
                        check,
                        Reasons.named(foreign.stream().map(ObjectKey::value).toList())
                                + " is not where a file of the WAL belongs",
                        "Nothing uses it. If it is a segment that was moved, move it back; otherwise remove it.");
    }
}
