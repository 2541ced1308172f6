package dev.walvault.restore;

import static dev.walvault.restore.Fixture.T1;
import static dev.walvault.restore.Fixture.T2;
import static dev.walvault.restore.Fixture.T3;
import static dev.walvault.restore.Fixture.facts;
import static dev.walvault.restore.Fixture.id;
import static dev.walvault.restore.Fixture.in;
import static dev.walvault.restore.Fixture.segmentName;
import static dev.walvault.restore.Fixture.time;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.StoreException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.store.Content;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.MemberVaults;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.RestorePointList;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RestorePlannerTest {

    private static final TimelineChoice AUTOMATIC = new TimelineChoice.Automatic();
    private static final RecoveryTarget LATEST = new RecoveryTarget.Latest();

    private static RestorePlan plan(Fixture vault, RecoveryTarget target) throws IOException {
        return plan(vault, target, Optional.empty(), AUTOMATIC);
    }

    private static RestorePlan plan(
            Fixture vault, RecoveryTarget target, Optional<BackupId> backup, TimelineChoice timeline)
            throws IOException {
        return new RestorePlanner(MemberVaults.of(vault.member))
                .plan(new RestoreRequest(target, backup, timeline, Optional.empty(), false, false));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(ErrorCode code, ThrowingCallable planning) {
        return assertThatThrownBy(planning)
                .satisfies(e -> assertThat(((ArchiverException) e).code()).isEqualTo(code));
    }

    private static String detail(Throwable e) {
        return ((ArchiverException) e).detail().orElse("");
    }

    /** Backups in segments 3, 10 and 20 of timeline 1, in hours 3, 10 and 20, and WAL from 3 to 30, of hour 24. */
    private static Fixture threeBackups() throws IOException {
        return new Fixture()
                .at(24)
                .wal(T1, 3, 30)
                .backup(facts(3, T1, 3))
                .backup(facts(10, T1, 10))
                .backup(facts(20, T1, 20));
    }

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
    void aBackupWhoseDocumentIsDamagedIsLeftOutAndSpokenOf() throws Exception {
        Fixture vault = threeBackups();
        vault.store.keys().stream()
                .filter(key -> key.value().endsWith(id(20) + "/complete.json"))
                .forEach(key -> vault.store.damage(key, bytes -> Arrays.copyOf(bytes, bytes.length / 2)));

        RestorePlan plan = plan(vault, LATEST);

        assertThat(plan.backup().id()).isEqualTo(id(10));
        assertThat(plan.warnings()).singleElement().asString().contains(id(20).toString(), "is damaged");
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
    void anLsnBehindTheEndOfAllWalIsNoMissingSegment() throws Exception {
        refused(ErrorCode.TARGET, () -> plan(threeBackups(), new RecoveryTarget.AtLsn(in(40), true)))
                .hasMessageContaining("the WAL in the vault ends before LSN " + in(40))
                .satisfies(e -> assertThat(detail(e)).contains("goes up to 0/1F00000"));
    }

    @Test
    void whatBranchesHaveInCommonIsOneWindow() throws Exception {
        Fixture vault = new Fixture()
                .backup(facts(3, T1, 3))
                .wal(T1, 3, 5)
                .backup(facts(8, T1, 8))
                .wal(T1, 8, 20)
                .history(T2, "1\t" + in(12) + "\treason\n")
                .wal(T2, 12, 14);

        assertThat(windows(vault).windows())
                .extracting(
                        window -> window.timeline() + " from " + window.oldest().id() + " to " + window.end())
                .containsExactly(
                        "1 from " + id(3) + " to 0/600000",
                        "1 from " + id(8) + " to 0/1500000",
                        "2 from " + id(8) + " to 0/F00000");
    }

    @Test
    void theUnfinishedSegmentBehindTheLastOneIsTold() throws Exception {
        Fixture vault = threeBackups();
        var partial = new WalFile.Partial(new WalSegment(T1, 31).file(Fixture.SIZE));
        Vaults.put(vault.member.wal(), partial, new byte[] {1}, Fixture.PLAIN);

        assertThat(windows(vault).timelines())
                .singleElement()
                .satisfies(timeline -> assertThat(timeline.unfinished()).containsExactly(partial));
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

    /**
     * Timeline 2 left timeline 1 in segment 12, in hour 25; both went on. Backups in 3, 10 and 20 of timeline 1, in 16 of
     * timeline 2.
     */
    private static Fixture branched() throws IOException {
        return threeBackups()
                .at(25)
                .history(T2, "1\t" + in(12) + "\tno recovery target specified\n")
                .wal(T2, 12, 18)
                .backup(facts(30, T2, 16));
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
    void theSegmentOfASwitchMayComeFromTheOlderTimelineUpToTheSwitch() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5).history(T2, "1\t" + in(5) + "\ta\n");

        var second = new TimelineChoice.Numbered(T2);
        refused(ErrorCode.GAP, () -> plan(vault, LATEST, Optional.empty(), second))
                .hasMessageContaining(segmentName(T2, 5));
        assertThat(plan(vault, new RecoveryTarget.AtLsn(in(5).plus(-8), true), Optional.empty(), second)
                        .timeline())
                .isEqualTo(T2);
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

        RestorePlan accepted = new RestorePlanner(MemberVaults.of(vault.member))
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

    private static RestorePlan plan(Fixture vault, RestoreRequest request) throws IOException {
        return new RestorePlanner(MemberVaults.of(vault.member)).plan(request);
    }

    @Test
    void aBackupOfAVersionThatNeverWasIsDamagedAndBlocksNoOther() throws Exception {
        Fixture vault = new Fixture().wal(T1, 3, 9).backup(facts(3, T1, 3)).backup(facts(7, T1, 7));
        vault.damage(
                Fixture.id(7) + "/complete.json",
                bytes -> new String(bytes, UTF_8)
                        .replace("\"serverVersionNum\":150006", "\"serverVersionNum\":-1")
                        .getBytes(UTF_8));

        assertThat(plan(vault, LATEST).backup().id()).isEqualTo(Fixture.id(3));
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
    void aDamagedBackupIsNamedWhereItsAbsenceIsTheReason() throws Exception {
        Fixture vault = threeBackups();
        vault.damage(id(3) + "/complete.json", bytes -> Arrays.copyOf(bytes, bytes.length / 2));

        refused(ErrorCode.TARGET, () -> plan(vault, new RecoveryTarget.AtLsn(in(5), true)))
                .satisfies(e -> assertThat(detail(e)).contains(id(3) + " cannot be used", "is damaged"));
        refused(ErrorCode.TARGET, () -> plan(vault, LATEST, Optional.of(id(3)), AUTOMATIC))
                .satisfies(e -> assertThat(detail(e)).contains(id(3) + " cannot be used", "is damaged"));
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
    void windowsTellFromWhenToWhen() throws Exception {
        Fixture vault = new Fixture()
                .backup(facts(3, T1, 3))
                .backup(facts(5, T1, 5, 6))
                .backup(facts(8, T1, 8))
                .backup(facts(9, T1, 9))
                .wal(T1, 3, 5)
                .wal(T1, 8, 12);

        RecoveryWindows windows =
                RecoveryWindows.of(vault.member, vault.member.backups().list().complete(), Optional.empty());

        assertThat(windows.timelines()).singleElement().satisfies(timeline -> {
            assertThat(timeline.first().name()).isEqualTo(segmentName(T1, 3));
            assertThat(timeline.last().name()).isEqualTo(segmentName(T1, 12));
            assertThat(timeline.gaps()).singleElement().satisfies(gap -> {
                assertThat(gap.first().name()).isEqualTo(segmentName(T1, 6));
                assertThat(gap.last().name()).isEqualTo(segmentName(T1, 7));
            });
        });
        assertThat(windows.backups())
                .extracting(RecoveryWindows.BackupWal::usable)
                .containsExactly(true, false, true, true);
        assertThat(windows.windows()).extracting(window -> window.oldest().id()).containsExactly(id(3), id(8));
        assertThat(windows.windows().getLast().begin()).isEqualTo(in(8));
        assertThat(windows.windows().getLast().end()).isEqualTo(new Lsn(13L << 20));
        assertThat(windows.windows().getLast().endWritten()).isPresent();
    }

    @Test
    void aRunOfWalIsAsLargeInMemoryAsItsGaps() throws Exception {
        WalCoverage stored = WalCoverage.of(
                new Fixture().wal(T1, 1, 300).wal(T1, 302, 303).member.wal(), T1, Fixture.SIZE);

        assertThat(stored.runs()).containsExactly(new WalCoverage.Run(1, 300), new WalCoverage.Run(302, 303));
        assertThat(stored.gaps()).containsExactly(new WalCoverage.Run(301, 301));
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

    private static void plant(Fixture vault, String key, String content) throws IOException {
        vault.store.createIfAbsent(
                new ObjectKey(vault.member.keys().root() + "/" + key), Content.of(Fixture.bytes(content)));
    }

    private static RecoveryWindows windows(Fixture vault) throws IOException {
        return RecoveryWindows.of(vault.member, vault.member.backups().list().complete(), Optional.empty());
    }

    @Test
    void aBackupWithoutItsObjectsIsPassedOver() throws Exception {
        Fixture vault = threeBackups();
        vault.store.delete(vault.key(id(20) + "/manifest"));

        RestorePlan plan = plan(vault, LATEST);

        assertThat(plan.backup().id()).isEqualTo(id(10));
        assertThat(plan.warnings())
                .singleElement()
                .asString()
                .contains("backup " + id(20) + " is left out of account", id(20) + "/manifest\" is missing");
    }

    @Test
    void aBackupThatPromisesMorePacksThanAnyHasIsPassedOver() throws Exception {
        Fixture vault = threeBackups();
        vault.damage(
                id(20) + "/complete.json",
                document -> new String(document, UTF_8)
                        .replace("\"packs\":0", "\"packs\":" + Integer.MAX_VALUE)
                        .getBytes(UTF_8));

        assertThat(plan(vault, LATEST).warnings())
                .singleElement()
                .asString()
                .contains("packs/000001\" is missing", "and 2147483646 more");
    }

    @Test
    void objectsThatAreNoWalAreNotCountedAndNamed() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5);
        List<String> foreign = List.of(
                "wal/00000001/00000000.x/" + segmentName(T1, 6),
                "wal/00000001/00000001/00000000/" + segmentName(T1, 7),
                "wal/0000000F/foo",
                "wal/lost+found",
                "history/notes");
        for (String key : foreign) {
            plant(vault, key, "x");
        }

        RestorePlan plan = plan(vault, LATEST);

        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.wal().upTo()).isEqualTo(new Lsn(6L << 20));
        assertThat(windows(vault).foreign())
                .hasSameSizeAs(foreign)
                .allSatisfy(key -> assertThat(foreign).anyMatch(key::endsWith));
        assertThat(windows(vault).timelines())
                .singleElement()
                .satisfies(timeline -> assertThat(timeline.last().name()).isEqualTo(segmentName(T1, 5)));
    }

    @Test
    void aDamagedRestorePointHidesNoOther() throws Exception {
        Fixture vault = threeBackups().point("p", T1, in(15)).point("q", T1, in(16));
        vault.damage("/points/q/" + String.format(Locale.ROOT, "%016X", in(16).value()) + ".json", _ -> new byte[3]);

        RestorePointList listed = vault.member.restorePoints().all();

        assertThat(listed.points()).extracting(RestorePoint::name).containsExactly("p");
        assertThat(listed.unreadable())
                .singleElement()
                .satisfies(reason -> assertThat(reason).hasMessageContaining("/points/q/"));
        refused(ErrorCode.CORRUPT, () -> plan(vault, new RecoveryTarget.AtName("q")));
    }

    @Test
    void aDocumentThatMayNotBeReadBlocksNoOther() throws Exception {
        Fixture vault = threeBackups();
        var faulty = new FaultyStore(vault.store);
        faulty.fail(
                FaultyStore.Call.OPEN,
                3,
                FaultyStore.Moment.BEFORE,
                Fault.of(ErrorCode.STORE_DENIED, "permission denied").store());
        var member = vault.on(faulty);

        BackupList listed = member.backups().list();

        assertThat(listed.complete()).hasSize(2);
        assertThat(listed.unreadable())
                .singleElement()
                .satisfies(unreadable -> assertThat(unreadable.reason().code()).isEqualTo(ErrorCode.STORE_DENIED));
    }

    @Test
    void whatIsNoWalUnderALaterNameIsNamedWithItsRemoval() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5).wal(T1, 9, 9);

        refused(ErrorCode.GAP, () -> plan(vault, LATEST))
                .satisfies(e -> assertThat(detail(e)).contains(segmentName(T1, 9) + "\" is there", "would end at"));

        vault.damage(segmentName(T1, 9), _ -> Fixture.bytes("hello"));

        refused(ErrorCode.GAP, () -> plan(vault, LATEST))
                .satisfies(e -> assertThat(detail(e)).contains("cannot be used", segmentName(T1, 9)))
                .satisfies(e -> assertThat(((ArchiverException) e).hint().orElse(""))
                        .contains(
                                "If no server wrote the object \"c/main/",
                                segmentName(T1, 9) + "\", remove it: the WAL then ends at 0/600000"));
    }

    @Test
    void aCopyUnderALaterNameIsNoWalEither() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5);
        ObjectKey third = vault.key(segmentName(T1, 3));
        try (InputStream stored = vault.store.open(third).orElseThrow()) {
            vault.store.createIfAbsent(
                    new ObjectKey(third.value().replace(segmentName(T1, 3), segmentName(T1, 9))),
                    Content.of(stored.readAllBytes()));
        }

        refused(ErrorCode.GAP, () -> plan(vault, LATEST))
                .satisfies(e -> assertThat(detail(e)).contains("it says that it is", segmentName(T1, 3)));
    }

    @Test
    void aLastSegmentThatCannotBeUsedIsToldOf() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 6);
        vault.damage(segmentName(T1, 6), _ -> Fixture.bytes("hello"));

        assertThat(plan(vault, LATEST).warnings())
                .singleElement()
                .asString()
                .contains("recovery stops before WAL segment \"" + segmentName(T1, 6), "remove the object");
        assertThat(plan(vault, new RecoveryTarget.AtLsn(in(5), true)).warnings())
                .isEmpty();
    }

    private static StoreException obstructed(ObjectKey key) {
        return Fault.of(ErrorCode.CONFLICT, "\"" + key + "\" cannot be an object: it is a directory")
                .store();
    }

    @Test
    void aDirectoryInThePlaceOfABackupOrAHistoryBlocksNoOther() throws Exception {
        Fixture vault = threeBackups();
        plant(vault, "history/00000009.history", "x");
        var faulty = new FaultyStore(vault.store);
        List.of(vault.key(id(20) + "/complete.json"), vault.key("00000009.history"))
                .forEach(key -> faulty.refuse(key, obstructed(key)));

        RestorePlan plan = new RestorePlanner(MemberVaults.of(vault.on(faulty)))
                .plan(new RestoreRequest(LATEST, Optional.empty(), AUTOMATIC, Optional.empty(), false, false));

        assertThat(plan.backup().id()).isEqualTo(id(10));
        assertThat(plan.warnings())
                .anySatisfy(warning -> assertThat(warning).contains(id(20) + "/complete.json\" cannot be an object"))
                .anySatisfy(warning -> assertThat(warning).contains("00000009.history\" cannot be an object"));
    }

    @Test
    void aBackupWhoseObjectsMayNotBeListedBlocksNoOther() throws Exception {
        Fixture vault = threeBackups();
        var faulty = new FaultyStore(vault.store);
        faulty.refuseToList(
                vault.member.keys().packs(id(20)),
                Fault.of(ErrorCode.STORE_DENIED, "permission denied").store());

        assertThat(MemberVaults.of(vault.on(faulty)).backups().unreadable())
                .singleElement()
                .satisfies(unreadable -> assertThat(unreadable.id()).isEqualTo(id(20)));
    }

    @Test
    void aRestorePointThatMayNotBeListedHidesNoOther() throws Exception {
        Fixture vault = threeBackups().point("p", T1, in(15)).point("q", T1, in(40));
        var faulty = new FaultyStore(vault.store);
        ObjectKey closed = vault.member.keys().points().child("q");
        faulty.refuseToList(
                closed,
                Fault.of(ErrorCode.STORE_DENIED, "could not list directory \"" + closed + "\"")
                        .store());
        MemberVault member = vault.on(faulty);

        RestorePointList listed = member.restorePoints().all();

        assertThat(listed.points()).extracting(RestorePoint::name).containsExactly("p");
        assertThat(listed.unreadable())
                .singleElement()
                .satisfies(reason -> assertThat(reason).hasMessageContaining("/points/q"));
        assertThat(new RestorePlanner(MemberVaults.of(member))
                        .plan(new RestoreRequest(LATEST, Optional.empty(), AUTOMATIC, Optional.empty(), false, false))
                        .warnings())
                .singleElement()
                .asString()
                .contains("a restore point is left out of account", "/points/q");
    }
}
