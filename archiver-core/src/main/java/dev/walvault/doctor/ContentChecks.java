package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.points.KnownPoints;
import dev.walvault.points.PointIndex;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vaults.MemberVaults;
import java.util.ArrayList;
import java.util.List;

/** Whether the documents can be used that the vault has of one system. */
final class ContentChecks {
    private final MemberVault member;

    ContentChecks(MemberVault member) {
        this.member = member;
    }

    List<Check> all() {
        return List.of(
                new Check("backups", this::backups),
                new Check("restore points", this::points),
                new Check("known places", this::places));
    }

    private Finding backups(String check) throws ArchiverException {
        BackupList backups = MemberVaults.of(member).backups();
        List<ArchiverException> reasons =
                backups.unreadable().stream().map(BackupList.Unreadable::reason).toList();
        if (backups.complete().isEmpty() && reasons.isEmpty()) {
            return noBackups(check);
        }
        return Reasons.verdict(
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
        KnownPoints known = PointIndex.ofIndex(MemberVaults.of(member));
        List<RestorePoint> all = known.oldestFirst();
        List<RestorePoint> behind =
                all.stream().filter(known.withoutWal()::contains).toList();
        String sound = all.size() - behind.size() + " can be used";
        return known.list().unreadable().isEmpty() && !behind.isEmpty()
                ? Finding.warning(
                        check,
                        sound + "; " + behind(behind) + ": its WAL was not archived, or is lost",
                        "If the server still has that WAL in pg_wal, archive it; SELECT pg_switch_wal() has a running"
                                + " server archive what it wrote last. If it is lost, no restore comes to that point.")
                : Reasons.verdict(
                        check,
                        known.list().unreadable(),
                        sound,
                        "Copy the object from another vault, or remove it; --to-lsn needs no restore point.");
    }

    private static String behind(List<RestorePoint> points) {
        RestorePoint first = points.getFirst();
        String named = "\"" + first.name() + "\" at " + first.lsn();
        return points.size() == 1
                ? "restore point " + named + " lies behind the WAL that the vault has"
                : points.size() + " restore points lie behind the WAL that the vault has, the first is " + named;
    }

    private Finding places(String check) throws ArchiverException {
        List<ArchiverException> unknown = member.unknownPlaces();
        return unknown.isEmpty()
                ? Finding.ok(check, "all objects are where this walvault knows them")
                : Finding.failed(check, unknown.getFirst());
    }
}
