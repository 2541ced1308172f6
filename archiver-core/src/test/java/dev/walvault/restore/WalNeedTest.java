package dev.walvault.restore;

import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.T2;
import static dev.walvault.reach.Fixture.T3;
import static dev.walvault.reach.Fixture.branched;
import static dev.walvault.reach.Fixture.facts;
import static dev.walvault.reach.Fixture.id;
import static dev.walvault.reach.Fixture.in;
import static dev.walvault.reach.Fixture.segmentName;
import static dev.walvault.reach.Fixture.threeBackups;
import static dev.walvault.reach.Fixture.time;
import static dev.walvault.restore.Plans.AUTOMATIC;
import static dev.walvault.restore.Plans.LATEST;
import static dev.walvault.restore.Plans.detail;
import static dev.walvault.restore.Plans.plan;
import static dev.walvault.restore.Plans.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalFile;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.RecoveryWindows;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.IndexedWal;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.MemberVaults;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which WAL a restore needs, and what is said of WAL that is not there. */
class WalNeedTest {
    @Test
    void anLsnBehindTheEndOfAllWalIsNoMissingSegment() throws Exception {
        refused(ErrorCode.TARGET, () -> plan(threeBackups(), new RecoveryTarget.AtLsn(in(40), true)))
                .hasMessageContaining("the WAL in the vault ends before LSN " + in(40))
                .satisfies(e -> assertThat(detail(e)).contains("goes up to 0/1F00000"));
    }

    @Test
    void theRecordAtTheEndOfTheWalIsInTheNextSegment() {
        refused(ErrorCode.TARGET, () -> plan(threeBackups(), new RecoveryTarget.AtLsn(Lsn.parse("0/1F00000"), true)))
                .satisfies(e -> assertThat(detail(e))
                        .contains("goes up to 0/1F00000, and a record that begins there is in the next segment"));
    }

    @Test
    void thereIsNoWalAtTheEndOfAllPositions() throws Exception {
        for (String last : List.of("FFFFFFFF/FFFFFFFF", "FFFFFFFF/FFF00000", "FFFFFFFF/0")) {
            var target = new RecoveryTarget.AtLsn(Lsn.parse(last), true);
            refused(ErrorCode.TARGET, () -> plan(threeBackups(), target)).hasMessageContaining(last);
            refused(ErrorCode.TARGET, () -> plan(branched(), target)).hasMessageContaining(last);
        }
    }

    @Test
    void anotherBranchIsHintedAtOnlyWhereThereIsOne() throws Exception {
        refused(ErrorCode.TARGET, () -> plan(threeBackups(), new RecoveryTarget.AtTime(time(1), true)))
                .satisfies(e -> assertThat(((ArchiverException) e).hint()).contains("Choose a later target."));
        refused(
                        ErrorCode.TARGET,
                        () -> plan(
                                branched(),
                                new RecoveryTarget.AtTime(time(1), true),
                                Optional.empty(),
                                new TimelineChoice.Numbered(T2)))
                .satisfies(e -> assertThat(((ArchiverException) e).hint().orElse(""))
                        .contains("another branch with --timeline"));
    }

    @Test
    void recoveryAcrossTwoPromotionsNeedsTheSegmentsOfEach() throws Exception {
        Fixture vault = new Fixture()
                .backup(facts(3, T1, 3))
                .wal(T1, 3, 4)
                .history(T2, "1\t" + in(5) + "\ta\n")
                .wal(T2, 5, 7)
                .history(T3, "1\t" + in(5) + "\ta\n2\t" + in(8) + "\tb\n")
                .wal(T3, 8, 9);

        assertThat(plan(vault, LATEST).wal().upTo()).isEqualTo(new Lsn(10L << 20));
    }

    @Test
    void noServerIsGivenTheSegmentOfASwitchOfTheOlderTimeline() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5).history(T2, "1\t" + in(5) + "\ta\n");

        var second = new TimelineChoice.Numbered(T2);
        refused(ErrorCode.GAP, () -> plan(vault, LATEST, Optional.empty(), second))
                .hasMessageContaining(segmentName(T2, 5));
        assertThat(plan(vault, new RecoveryTarget.AtLsn(Lsn.parse("0/4FFFF8"), true), Optional.empty(), second)
                        .timeline())
                .isEqualTo(T2);
        refused(
                        ErrorCode.GAP,
                        () -> plan(vault, new RecoveryTarget.AtLsn(in(5).plus(-8), true), Optional.empty(), second))
                .hasMessageContaining(segmentName(T2, 5));
        // nobody has named the timeline, and the older one has the place
        assertThat(plan(vault, new RecoveryTarget.AtLsn(in(5).plus(-8), true)).timeline())
                .isEqualTo(T1);
        refused(ErrorCode.GAP, () -> plan(vault, new RecoveryTarget.AtLsn(in(5), true), Optional.empty(), second))
                .hasMessageContaining(segmentName(T2, 5));
    }

    @Test
    void walThatTheBackupItselfNeedsMustBeThere() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3, 5)).wal(T1, 3, 3).wal(T1, 5, 6);

        refused(ErrorCode.GAP, () -> plan(vault, LATEST)).hasMessageContaining(segmentName(T1, 4));
    }

    @Test
    void aTargetBeyondAGapIsRefusedAndAnotherOneWarned() throws Exception {
        Fixture vault = new Fixture()
                .backup(facts(3, T1, 3))
                .wal(T1, 3, 5)
                .wal(T1, 7, 9)
                .point("p", T1, in(8))
                .point("q", T1, in(5));

        refused(ErrorCode.GAP, () -> plan(vault, new RecoveryTarget.AtLsn(in(8), true)))
                .hasMessageContaining(segmentName(T1, 6));
        refused(ErrorCode.GAP, () -> plan(vault, new RecoveryTarget.AtName("p")));
        assertThat(plan(vault, new RecoveryTarget.AtName("q")).backup().id()).isEqualTo(id(3));
        assertThat(plan(vault, new RecoveryTarget.AtXid(301, true)).warnings())
                .anySatisfy(warning -> assertThat(warning).contains(segmentName(T1, 6), "cannot go past it"));
    }

    @Test
    void aHoleIsNotTakenForTheEndUnlessItIsAccepted() throws Exception {
        Fixture vault =
                new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5).at(7).wal(T1, 7, 9);

        refused(ErrorCode.GAP, () -> plan(vault, LATEST))
                .hasMessageContaining(segmentName(T1, 6))
                .satisfies(e -> assertThat(detail(e)).contains("would end at 0/600000", "2026-11-20 22:00:00+00"))
                .satisfies(e ->
                        assertThat(((ArchiverException) e).hint().orElse("")).contains("--accept-gap"));

        RestorePlan accepted = Plans.planner(MemberVaults.of(vault.member))
                .plan(new RestoreRequest(LATEST, Optional.empty(), AUTOMATIC, Optional.empty(), true, false));

        assertThat(accepted.warnings()).singleElement().asString().contains(segmentName(T1, 6), "ends at 0/600000");
        assertThat(accepted.wal().endingAtHole("get %f %p"))
                .isEqualTo("case %f in " + segmentName(T1, 6) + ") exit 1;; esac; get %f %p");
    }

    @Test
    void aBackupThatEndedBehindTheLastSegmentShowsThatThereWasMore() throws Exception {
        Fixture vault = new Fixture()
                .backup(facts(3, T1, 3))
                .wal(T1, 3, 5)
                .backup(facts(7, T1, 7))
                .at(7);
        Optional<BackupId> first = Optional.of(Fixture.id(3));

        refused(
                        ErrorCode.GAP,
                        () -> plan(vault, new RestoreRequest(LATEST, first, AUTOMATIC, Optional.empty(), false, false)))
                .hasMessageContaining(segmentName(T1, 6))
                .satisfies(e -> assertThat(detail(e)).contains("backup " + Fixture.id(7) + " ended later"));

        RestorePlan accepted = plan(vault, new RestoreRequest(LATEST, first, AUTOMATIC, Optional.empty(), true, false));
        assertThat(accepted.wal().hole()).containsExactly(segmentName(T1, 6));
    }

    /** Each is a trace of a segment that the server has finished, and that the vault has not got. */
    @Test
    void otherFilesShowThatThereWasMore() throws Exception {
        Fixture partial = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5);
        put(partial, segmentName(T1, 8) + ".partial");
        Fixture backup = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5);
        put(backup, segmentName(T1, 7) + ".00000028.backup");

        for (Fixture vault : List.of(partial, backup)) {
            refused(ErrorCode.GAP, () -> plan(vault, LATEST))
                    .hasMessageContaining(segmentName(T1, 6))
                    .satisfies(
                            e -> assertThat(detail(e)).contains("segment \"" + segmentName(T1, 7) + "\" was written"));
            assertThat(plan(
                                    vault,
                                    new RestoreRequest(
                                            LATEST, Optional.empty(), AUTOMATIC, Optional.empty(), true, false))
                            .wal()
                            .hole())
                    .containsExactly(segmentName(T1, 6));
        }
        Fixture indexed = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5);
        indexed.member
                .indexedWal()
                .add(new IndexedWal.Run(
                        (WalFile.Segment) WalFile.parse(segmentName(T1, 3)),
                        (WalFile.Segment) WalFile.parse(segmentName(T1, 6)),
                        false));
        refused(ErrorCode.GAP, () -> plan(indexed, LATEST))
                .satisfies(e -> assertThat(detail(e)).contains(segmentName(T1, 6) + "\" was there"));
    }

    /** What is stored of the segment behind the last one, and the file of a backup before the end. */
    @Test
    void whatLeadsNoFurtherShowsNothing() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5);
        put(vault, segmentName(T1, 6) + ".partial");
        put(vault, segmentName(T1, 5) + ".00000028.backup");

        assertThat(plan(vault, LATEST).wal().upTo()).isEqualTo(new Lsn(6L << 20));
    }

    private static void put(Fixture vault, String name) throws Exception {
        Vaults.put(vault.member.wal(), WalFile.parse(name), Fixture.bytes("x"), new Compression(Codec.ZSTD, 1));
    }

    @Test
    void aRestorePointBehindTheWalIsToldOf() throws Exception {
        Fixture vault = new Fixture()
                .wal(T1, 3, 5)
                .backup(facts(3, T1, 3))
                .point("reached", T1, in(5))
                .point("lost", T1, in(6));

        RestorePlan plan =
                plan(vault, new RestoreRequest(LATEST, Optional.empty(), AUTOMATIC, Optional.empty(), false, false));

        assertThat(plan.warnings())
                .singleElement()
                .asString()
                .contains("restore point \"lost\" is behind the WAL", "walvault salvage");
    }

    @Test
    void aTimeBehindAHoleIsRefused() throws Exception {
        Fixture vault =
                new Fixture().backup(facts(3, T1, 3)).at(5).wal(T1, 3, 5).at(8).wal(T1, 7, 9);

        refused(ErrorCode.GAP, () -> plan(vault, new RecoveryTarget.AtTime(time(6), true)))
                .hasMessageContaining(segmentName(T1, 6));
        assertThat(plan(vault, new RecoveryTarget.AtTime(time(4), true)).warnings())
                .singleElement()
                .asString()
                .contains("cannot go past it");
    }

    @Test
    void aTargetThatIsNotYetArchivedIsRefused() throws Exception {
        Fixture vault = threeBackups().point("p", T1, in(31));

        refused(ErrorCode.TARGET, () -> plan(vault, new RecoveryTarget.AtLsn(new Lsn(31L << 20), false)))
                .hasMessageContaining("the WAL in the vault ends before LSN 0/1F00000");
        refused(ErrorCode.GAP, () -> plan(vault, new RecoveryTarget.AtName("p")))
                .hasMessageContaining(segmentName(T1, 31));
    }

    @Test
    void aTimeAfterTheLastWalWasWrittenIsRefused() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).at(9).wal(T1, 3, 9);

        refused(ErrorCode.TARGET, () -> plan(vault, new RecoveryTarget.AtTime(time(10), true)))
                .satisfies(e -> assertThat(detail(e))
                        .contains(
                                "written at 2026-11-21 07:00:00+00",
                                "recovery ended before configured recovery target"));
        RestorePlan plan = plan(vault, new RecoveryTarget.AtTime(time(9).plusSeconds(60), true));
        assertThat(plan.wal().written()).contains(time(9));
    }

    @Test
    void aTimelineWhoseHistoryIsMissingIsNotPassedOver() throws Exception {
        Fixture vault = threeBackups().at(40).wal(T3, 31, 31);

        refused(ErrorCode.TARGET, () -> plan(vault, LATEST))
                .satisfies(e -> assertThat(detail(e)).contains("no history of timeline 3"));
        refused(ErrorCode.GAP, () -> plan(vault, LATEST, Optional.empty(), TimelineChoice.parse("3")))
                .hasMessageContaining("no history of timeline 3");
        assertThat(plan(vault, LATEST, Optional.empty(), TimelineChoice.parse("1"))
                        .timeline())
                .isEqualTo(T1);
        assertThat(RecoveryWindows.of(
                                vault.member, vault.member.backups().list().complete(), Optional.empty())
                        .backups())
                .allMatch(RecoveryWindows.BackupWal::usable);
    }
}
