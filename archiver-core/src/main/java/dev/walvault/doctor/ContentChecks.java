package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.KeyException;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.MemberVaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Whether what the vault has of one system can be used: its documents, its histories, and the ends of its WAL. */
final class ContentChecks {
    private final MemberVault member;

    ContentChecks(MemberVault member) {
        this.member = member;
    }

    List<Check> all() {
        return List.of(
                new Check("backups", this::backups),
                new Check("restore points", this::points),
                new Check("timeline histories", this::histories),
                new Check("newest WAL", this::newest),
                new Check("WAL without gaps", this::gaps),
                new Check("foreign objects", this::foreign),
                new Check("known places", this::places));
    }

    private Finding backups(String check) throws ArchiverException {
        BackupList backups = MemberVaults.of(member).backups();
        List<ArchiverException> reasons =
                backups.unreadable().stream().map(BackupList.Unreadable::reason).toList();
        if (backups.complete().isEmpty() && reasons.isEmpty()) {
            return noBackups(check);
        }
        return verdict(
                check,
                reasons,
                backups.complete().size() + " can be used",
                "No restore uses them. Copy them from another vault, or remove them and take a new backup.");
    }

    private Finding noBackups(String check) throws ArchiverException {
        MemberKeys keys = member.keys();
        var others = new ArrayList<>(member.vault().systems(keys.cluster(), keys.member()));
        others.remove(keys.system());
        return others.isEmpty()
                ? Finding.ok(check, "there are none yet")
                : Finding.warning(
                        check,
                        "there are none of system " + keys.system() + "; the vault also knows "
                                + SystemIdentifier.listed(others),
                        "Take one with \"walvault backup\". To restore another system, name it with"
                                + " --system-identifier.");
    }

    private Finding points(String check) throws ArchiverException {
        var points = member.restorePoints().all();
        return verdict(
                check,
                points.unreadable(),
                points.points().size() + " can be used",
                "Copy the object from another vault, or remove it; --to-lsn needs no restore point.");
    }

    private Finding histories(String check) throws ArchiverException {
        var unusable = new ArrayList<ArchiverException>();
        int sound = 0;
        List<TimelineId> there = member.wal().histories();
        for (TimelineId timeline : member.wal().timelines()) {
            if (!there.contains(timeline) && member.wal().lastSegment(timeline).isEmpty()) {
                continue;
            }
            try {
                member.wal().history(timeline);
                sound += there.contains(timeline) ? 1 : 0;
            } catch (KeyException _) {
                return Finding.skipped(check, "to read them takes an identity");
            } catch (ArchiverException e) {
                unusable.add(unlessUnreachable(e));
            }
        }
        return verdict(
                check,
                unusable,
                sound == 0 ? "none can be used, and timeline 1 has none" : sound + " can be used",
                "Archive the history from the pg_wal directory of a server that has it; remove a damaged one before that.");
    }

    /** What is under the name of the next segment stops archiving; so it is looked at first. */
    private Finding newest(String check) throws ArchiverException {
        var damaged = new ArrayList<ArchiverException>();
        int sound = 0;
        for (TimelineId timeline : member.wal().timelines()) {
            Optional<WalFile.Segment> last = member.wal().lastSegment(timeline);
            if (last.isPresent()) {
                Optional<ArchiverException> damage = damage(last.get());
                damage.ifPresent(damaged::add);
                sound += damage.isEmpty() ? 1 : 0;
            }
        }
        return verdict(
                check,
                damaged,
                "the last segment is sound on " + sound + (sound == 1 ? " timeline" : " timelines"),
                "If nothing else wrote it, remove the object: the server stores the segment again.");
    }

    /** A restore ends at the first one, unless it begins with a backup that was taken behind it. */
    private Finding gaps(String check) throws ArchiverException {
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
        return missing.isEmpty()
                ? Finding.ok(check, "no segment is missing between two others")
                : Finding.warning(
                        check,
                        named(missing) + " is missing, and later WAL of its timeline is there",
                        "Archive it from a server that has it in pg_wal, or copy it from another vault. If it is lost,"
                                + " take a new backup: nothing older leads to what is behind the gap.");
    }

    private Optional<ArchiverException> damage(WalFile.Segment segment) throws ArchiverException {
        try {
            return member.wal().inspect(segment).flatMap(Inspection::damage);
        } catch (ArchiverException e) {
            return Optional.of(unlessUnreachable(e));
        }
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
                        named(foreign.stream().map(ObjectKey::value).toList())
                                + " is not where a file of the WAL belongs",
                        "Nothing uses it. If it is a segment that was moved, move it back; otherwise remove it.");
    }

    private Finding places(String check) throws ArchiverException {
        List<ArchiverException> unknown = member.unknownPlaces();
        return unknown.isEmpty()
                ? Finding.ok(check, "all objects are where this walvault knows them")
                : Finding.failed(check, unknown.getFirst());
    }

    /** The first one in full, the others by their number: a finding is one line. */
    private static String named(List<String> keys) {
        return "\"" + keys.getFirst() + "\"" + (keys.size() == 1 ? "" : ", with " + (keys.size() - 1) + " more,");
    }

    /**
     * {@code fix}: what to do where the first reason does not say it; one that is not believed is not to be removed.
     */
    private static Finding verdict(String check, List<ArchiverException> reasons, String sound, String fix) {
        if (reasons.isEmpty()) {
            return Finding.ok(check, sound);
        }
        ArchiverException first = reasons.getFirst();
        String seen = first.getMessage()
                + first.detail().map(detail -> ": " + detail).orElse("")
                + (reasons.size() == 1 ? "" : ", and " + (reasons.size() - 1) + " more")
                + "; " + sound;
        return first.code() == ErrorCode.FORMAT_TOO_NEW
                ? Finding.failed(check, first)
                : Finding.failed(check, first.code(), seen, first.hint().orElse(fix));
    }

    private static ArchiverException unlessUnreachable(ArchiverException failure) throws ArchiverException {
        if (failure.code() == ErrorCode.STORE_UNREACHABLE) {
            throw failure;
        }
        return failure;
    }
}
