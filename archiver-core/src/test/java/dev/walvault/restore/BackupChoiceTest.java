package dev.walvault.restore;

import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.T2;
import static dev.walvault.reach.Fixture.branched;
import static dev.walvault.reach.Fixture.facts;
import static dev.walvault.reach.Fixture.id;
import static dev.walvault.reach.Fixture.in;
import static dev.walvault.reach.Fixture.threeBackups;
import static dev.walvault.reach.Fixture.time;
import static dev.walvault.restore.Plans.AUTOMATIC;
import static dev.walvault.restore.Plans.LATEST;
import static dev.walvault.restore.Plans.detail;
import static dev.walvault.restore.Plans.plan;
import static dev.walvault.restore.Plans.planner;
import static dev.walvault.restore.Plans.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.pg.Lsn;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vaults.MemberVaults;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which backup a restore begins with, and along which line it goes on. */
class BackupChoiceTest {
    @Test
    void theLatestTargetTakesTheNewestBackup() throws Exception {
        RestorePlan plan = plan(threeBackups(), LATEST);

        assertThat(plan.backup().id()).isEqualTo(id(20));
        assertThat(plan.nextBest()).contains(id(10));
        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.wal().upTo()).isEqualTo(new Lsn(31L << 20));
        assertThat(plan.warnings()).isEmpty();
    }

    @Test
    void anLsnTakesTheNewestBackupThatEndedBeforeIt() throws Exception {
        Fixture vault = threeBackups();

        assertThat(plan(vault, new RecoveryTarget.AtLsn(in(20), true)).backup().id())
                .isEqualTo(id(20));
        assertThat(plan(vault, new RecoveryTarget.AtLsn(in(20).plus(-1), true))
                        .backup()
                        .id())
                .isEqualTo(id(10));
    }

    @Test
    void aTimeTakesTheNewestBackupThatEndedBeforeIt() throws Exception {
        Fixture vault = threeBackups();

        assertThat(plan(vault, new RecoveryTarget.AtTime(time(10).plusSeconds(60), true))
                        .backup()
                        .id())
                .isEqualTo(id(10));
        assertThat(plan(vault, new RecoveryTarget.AtTime(time(10).plusSeconds(59), true))
                        .backup()
                        .id())
                .isEqualTo(id(3));
    }

    @Test
    void aTimeThatASetBackClockRepeatsIsAskedFor() throws Exception {
        Fixture vault = new Fixture()
                .at(12)
                .wal(T1, 3, 20)
                .backup(facts(3, T1, 3))
                .backup(facts(10, T1, 10))
                .backup(facts(7, T1, 15));

        for (var each : Map.of(8L, 3L, 11L, 10L).entrySet()) {
            var target = new RecoveryTarget.AtTime(time(each.getKey()), true);
            BackupId first = id(each.getValue());

            refused(ErrorCode.TARGET, () -> plan(vault, target))
                    .hasMessageContaining("may have come twice")
                    .satisfies(e -> assertThat(((ArchiverException) e).hint().orElseThrow())
                            .contains("--backup " + first + " for the first", "--backup " + id(7) + " for the second"));
            for (BackupId named : List.of(first, id(7))) {
                assertThat(plan(vault, target, Optional.of(named), AUTOMATIC)
                                .backup()
                                .id())
                        .isEqualTo(named);
            }
        }
        // it is as good as any for what no clock decides
        assertThat(plan(vault, LATEST).backup().id()).isEqualTo(id(7));
    }

    @Test
    void aTimeThatABackupHadSeenIsNotBehindTheWalAfterTheClockWasSetBack() throws Exception {
        Fixture vault =
                new Fixture().at(8).wal(T1, 3, 9).backup(facts(3, T1, 3)).backup(facts(20, T1, 5));

        assertThat(plan(vault, new RecoveryTarget.AtTime(time(19), true))
                        .backup()
                        .id())
                .isEqualTo(id(3));
    }

    @Test
    void aTransactionTakesTheNewestBackupThatEndedBeforeIt() throws Exception {
        Fixture vault = threeBackups();

        assertThat(plan(vault, new RecoveryTarget.AtXid(1000, true)).backup().id())
                .isEqualTo(id(10));
        assertThat(plan(vault, new RecoveryTarget.AtXid(999, true)).backup().id())
                .isEqualTo(id(3));
    }

    @Test
    void aTransactionThatNoBackupHasSeenEndMayNotBeThere() throws Exception {
        Fixture vault = threeBackups();

        assertThat(plan(vault, new RecoveryTarget.AtXid(1000, true)).warnings()).isEmpty();
        assertThat(plan(vault, new RecoveryTarget.AtXid(5_000_000, true)).warnings())
                .singleElement()
                .asString()
                .contains("does not know whether transaction 5000000 is in its WAL", "recovery ended before");
    }

    @Test
    void aRestorePointTakesTheNewestBackupThatEndedBeforeIt() throws Exception {
        Fixture vault = threeBackups().point("p", T1, in(15)).point("q", T1, in(10));

        assertThat(plan(vault, new RecoveryTarget.AtName("p")).backup().id()).isEqualTo(id(10));
        assertThat(plan(vault, new RecoveryTarget.AtName("q")).backup().id()).isEqualTo(id(3));
    }

    @Test
    void aTargetBeforeEveryBackupsEndIsRefusedWithTheEarliestPlace() throws Exception {
        Fixture vault = threeBackups();

        refused(ErrorCode.TARGET, () -> plan(vault, new RecoveryTarget.AtLsn(in(2), true)))
                .satisfies(e -> assertThat(detail(e)).contains(id(3).toString(), "0/301000"));
        refused(ErrorCode.TARGET, () -> plan(vault, new RecoveryTarget.AtTime(time(1), true)));
        refused(ErrorCode.TARGET, () -> plan(vault, new RecoveryTarget.AtXid(250, true)));
    }

    @Test
    void aVaultWithoutBackupsIsRefused() throws Exception {
        Fixture vault = new Fixture().wal(T1, 1, 2);

        refused(ErrorCode.TARGET, () -> plan(vault, LATEST));
    }

    @Test
    void aNamedBackupIsTakenOrRefusedWithTheReason() throws Exception {
        Fixture vault = threeBackups();

        assertThat(plan(vault, LATEST, Optional.of(id(3)), AUTOMATIC).backup().id())
                .isEqualTo(id(3));
        refused(
                        ErrorCode.TARGET,
                        () -> plan(vault, new RecoveryTarget.AtLsn(in(12), true), Optional.of(id(20)), AUTOMATIC))
                .satisfies(e -> assertThat(detail(e)).contains("it ended at 0/1401000"));
        refused(ErrorCode.TARGET, () -> plan(vault, LATEST, Optional.of(id(4)), AUTOMATIC))
                .satisfies(e -> assertThat(detail(e)).contains(id(3).toString(), id(20).toString()));
    }

    @Test
    void anUnknownRestorePointNeedsANamedBackup() throws Exception {
        Fixture vault = threeBackups();
        var target = new RecoveryTarget.AtName("made by hand");

        refused(ErrorCode.TARGET, () -> plan(vault, target));
        RestorePlan plan = plan(vault, target, Optional.of(id(10)), AUTOMATIC);
        assertThat(plan.warnings()).singleElement().asString().contains("made by hand");
    }

    @Test
    void aRestorePointInTwoPlacesIsRefusedUnlessTheTimelineTells() throws Exception {
        Fixture vault = branched().point("p", T1, in(15)).point("p", T2, in(14));
        var target = new RecoveryTarget.AtName("p");

        refused(ErrorCode.TARGET, () -> plan(vault, target))
                .satisfies(e -> assertThat(detail(e)).contains("timeline 1", "timeline 2"));
        assertThat(plan(vault, target, Optional.empty(), new TimelineChoice.Numbered(T2))
                        .timeline())
                .isEqualTo(T2);
    }

    @Test
    void aNameThatIsUsedTwiceOnOneLineIsRefusedWithTheWayToEach() throws Exception {
        Fixture vault =
                threeBackups().point("p", T1, in(15)).point("p", T1, in(25)).point("p", T1, in(27));

        refused(ErrorCode.TARGET, () -> plan(vault, new RecoveryTarget.AtName("p")))
                .hasMessageContaining("is in more than one place")
                .satisfies(e -> assertThat(detail(e))
                        .contains(
                                "at " + in(15) + " on timeline 1, 2026-11-20 22:00:00+00 (--timeline 1 --backup "
                                        + id(10) + ")",
                                "(--timeline 1 --backup " + id(20) + ")",
                                "(--timeline 1 --to-lsn " + in(27) + " --exclusive instead of --to-point)"));
    }

    @Test
    void fromANamedBackupTheFirstOfOneNameIsTheTarget() throws Exception {
        Fixture vault = threeBackups().point("p", T1, in(15)).point("p", T1, in(25));
        var target = new RecoveryTarget.AtName("p");

        assertThat(plan(vault, target, Optional.of(id(3)), AUTOMATIC).warnings())
                .singleElement()
                .asString()
                .contains("2 records of restore point \"p\"", "stops at the first that it meets, at " + in(15));
        assertThat(plan(vault, target, Optional.of(id(20)), AUTOMATIC).warnings())
                .singleElement()
                .asString()
                .contains("at " + in(25));
    }

    @Test
    void aRecordOfTheNameThatWasWrittenWhileTheBackupWasTakenIsMetFirst() throws Exception {
        Fixture vault = threeBackups()
                .backup(facts(22, T1, 22, 24))
                .point("p", T1, in(23))
                .point("p", T1, in(25));

        refused(ErrorCode.TARGET, () -> plan(vault, new RecoveryTarget.AtName("p"), Optional.of(id(22)), AUTOMATIC))
                .satisfies(e -> assertThat(detail(e)).contains("the restore point is at " + in(23)));
    }

    @Test
    void aRestorePointThatTheIndexDoesNotHaveIsATarget() throws Exception {
        Fixture vault = threeBackups();
        var found = new RestorePoint("p", in(15), T1, Fixture.NOW);
        var request = new RestoreRequest(
                new RecoveryTarget.AtName("p"), Optional.empty(), AUTOMATIC, Optional.empty(), false, false);

        RestorePlan plan =
                planner(MemberVaults.of(vault.member)).with(List.of(found)).plan(request);

        assertThat(plan.backup().id()).isEqualTo(id(10));
        assertThat(plan.warnings()).isEmpty();
    }

    @Test
    void theTimelineOfTheNewestBackupIsFollowedWithAWarningAboutTheOthers() throws Exception {
        RestorePlan plan = plan(branched(), LATEST);

        assertThat(plan.timeline()).isEqualTo(T2);
        assertThat(plan.backup().id()).isEqualTo(id(30));
        assertThat(plan.wal().upTo()).isEqualTo(new Lsn(19L << 20));
        assertThat(plan.warnings()).singleElement().asString().contains("follows timeline 2", "leaves out timeline 1,");
    }

    @Test
    void aBackupTakenAfterTheBranchPointIsNoCandidate() throws Exception {
        RestorePlan plan = plan(
                branched(), new RecoveryTarget.AtLsn(in(14), true), Optional.empty(), new TimelineChoice.Numbered(T2));

        assertThat(plan.backup().id()).isEqualTo(id(10));
        assertThat(plan.timeline()).isEqualTo(T2);
    }

    @Test
    void aPromotionWithoutABranchIsNoReasonToWarn() throws Exception {
        Fixture vault = new Fixture()
                .wal(T1, 3, 11)
                .backup(facts(3, T1, 3))
                .history(T2, "1\t" + in(12) + "\treason\n")
                .wal(T2, 12, 14);

        RestorePlan plan = plan(vault, LATEST);

        assertThat(plan.warnings()).isEmpty();
        assertThat(plan.wal().upTo()).isEqualTo(new Lsn(15L << 20));
    }

    @Test
    void theTimelineCanBeChosen() throws Exception {
        Fixture vault = branched();

        RestorePlan one = plan(vault, LATEST, Optional.empty(), TimelineChoice.parse("1"));
        assertThat(one.timeline()).isEqualTo(T1);
        assertThat(one.backup().id()).isEqualTo(id(20));
        assertThat(one.warnings()).isEmpty();

        RestorePlan current = plan(vault, LATEST, Optional.of(id(20)), TimelineChoice.parse("current"));
        assertThat(current.timeline()).isEqualTo(T1);

        assertThat(plan(vault, LATEST, Optional.empty(), TimelineChoice.parse("latest"))
                        .timeline())
                .isEqualTo(T2);
        refused(ErrorCode.TARGET, () -> plan(vault, LATEST, Optional.empty(), TimelineChoice.parse("9")))
                .satisfies(e -> assertThat(detail(e)).contains("1, 2"));
        refused(ErrorCode.TARGET, () -> plan(vault, LATEST, Optional.of(id(20)), TimelineChoice.parse("latest")))
                .satisfies(e -> assertThat(detail(e)).contains("had left"));
    }

    @Test
    void aNamedBackupIsFollowedAlongTheNewestTimelineItLeadsTo() throws Exception {
        Fixture vault = branched();

        assertThat(plan(vault, LATEST, Optional.of(id(20)), AUTOMATIC).timeline())
                .isEqualTo(T1);
        assertThat(plan(vault, LATEST, Optional.of(id(10)), AUTOMATIC).timeline())
                .isEqualTo(T2);
    }

    @Test
    void aRestorePointIsReachedOnItsOwnTimeline() throws Exception {
        Fixture vault = branched().point("old", T1, in(25));

        RestorePlan plan = plan(vault, new RecoveryTarget.AtName("old"));

        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.backup().id()).isEqualTo(id(20));
    }

    @Test
    void aRestorePointOnAnotherBranchIsNotReachedAlongTheBackupsOwn() throws Exception {
        Fixture vault = branched().point("p", T2, in(17));

        refused(
                        ErrorCode.TARGET,
                        () -> plan(
                                vault,
                                new RecoveryTarget.AtName("p"),
                                Optional.of(id(10)),
                                TimelineChoice.parse("current")))
                .satisfies(e -> assertThat(detail(e)).contains("no part of timeline 1"));
        assertThat(plan(vault, new RecoveryTarget.AtName("p"), Optional.empty(), TimelineChoice.parse("current"))
                        .timeline())
                .isEqualTo(T2);
    }
}
