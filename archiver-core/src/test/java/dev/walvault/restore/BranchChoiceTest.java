package dev.walvault.restore;

import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.T2;
import static dev.walvault.reach.Fixture.T3;
import static dev.walvault.reach.Fixture.facts;
import static dev.walvault.reach.Fixture.id;
import static dev.walvault.reach.Fixture.in;
import static dev.walvault.reach.Fixture.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.RecoveryWindows;
import dev.walvault.reach.ServerTimeline;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.MemberVaults;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Which line a restore follows when nobody names it. */
class BranchChoiceTest {
    private static final RecoveryTarget LATEST = new RecoveryTarget.Latest();
    private static final Optional<ServerTimeline> NO_SERVER = Optional.empty();

    private static Optional<ServerTimeline> running(TimelineId timeline) {
        return Optional.of(new ServerTimeline(timeline, true, time(0)));
    }

    private static Optional<ServerTimeline> stopped(TimelineId timeline, Instant checkpoint) {
        return Optional.of(new ServerTimeline(timeline, false, checkpoint));
    }

    private static RestorePlan plan(Fixture vault, RecoveryTarget target, Optional<ServerTimeline> server)
            throws IOException {
        return Plans.planner(MemberVaults.of(vault.member))
                .plan(new RestoreRequest(
                        target, Optional.empty(), new TimelineChoice.Automatic(), server, false, false));
    }

    private static TimelineId line(Fixture vault, RecoveryTarget target, Optional<ServerTimeline> server)
            throws IOException {
        return plan(vault, target, server).timeline();
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> unclear(
            Fixture vault, RecoveryTarget target, Optional<ServerTimeline> server) {
        return assertThatThrownBy(() -> plan(vault, target, server)).satisfies(e -> {
            assertThat(((ArchiverException) e).code()).isEqualTo(ErrorCode.TARGET);
            assertThat(e).hasMessageContaining("not clear along which timeline");
            assertThat(((ArchiverException) e).hint().orElse("")).contains("--timeline");
        });
    }

    /** A server on timeline 1, with a backup in hour 3, that goes on; its copy left it in segment 12, in hour 14. */
    private static Fixture drill() throws IOException {
        return new Fixture()
                .at(3)
                .wal(T1, 3, 3)
                .backup(facts(3, T1, 3))
                .at(12)
                .wal(T1, 4, 12)
                .at(14)
                .history(T2, "1\t" + in(12) + "\tno recovery target specified\n")
                .wal(T2, 12, 13)
                .at(20)
                .wal(T1, 13, 20);
    }

    private static RecoveryTarget at(Instant time) {
        return new RecoveryTarget.AtTime(time, true);
    }

    @Test
    void aPromotedDrillDoesNotTakeOverTheLineOfTheServer() throws Exception {
        RestorePlan plan = plan(drill(), LATEST, running(T1));

        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.warnings())
                .singleElement()
                .asString()
                .contains("leaves out timeline 2, which left timeline 1 at 0/C01000", "--timeline 2");
        assertThat(line(drill(), LATEST, stopped(T1, time(19)))).isEqualTo(T1);
    }

    @Test
    void withoutAServerTheBackupThatWasTakenAfterTheForkTells() throws Exception {
        Fixture vault = drill().backup(facts(18, T1, 18));

        RestorePlan plan = plan(vault, LATEST, NO_SERVER);

        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.backup().id()).isEqualTo(id(18));
    }

    @Test
    void whereNothingTellsTheChoicesAreNamed() throws Exception {
        unclear(drill(), LATEST, NO_SERVER)
                .satisfies(e -> assertThat(((ArchiverException) e).detail().orElse(""))
                        .contains(
                                "timeline 1, written from 2026-11-21 01:00:00+00 to 2026-11-21 18:00:00+00 by host \"db1\", newest"
                                        + " backup " + id(3),
                                "timeline 2, which left timeline 1 at 0/C01000, written from 2026-11-21 12:00:00+00 to"
                                        + " 2026-11-21 12:00:00+00 by host \"db1\", no backup"));
    }

    @Test
    void aTimeThatNoBranchReachesIsNoQuestionOfBranches() throws Exception {
        assertThatThrownBy(() -> plan(drill(), at(time(30)), NO_SERVER)).satisfies(e -> {
            assertThat(((ArchiverException) e).code()).isEqualTo(ErrorCode.TARGET);
            assertThat(e).hasMessageContaining("the WAL in the vault ends before time");
            assertThat(((ArchiverException) e).detail().orElse(""))
                    .contains("timeline 1, written", "timeline 2, which left");
        });
        unclear(drill(), at(time(19)), NO_SERVER);
    }

    @Test
    void aDirectoryThatWasDeadWhenTheBranchBeganTellsNothing() throws Exception {
        unclear(drill(), LATEST, stopped(T1, time(13)));
    }

    @Test
    void twoBranchesThatWereBothBackedUpAreNotClear() throws Exception {
        Fixture vault = drill().backup(facts(18, T1, 18)).backup(facts(19, T2, 13));

        unclear(vault, LATEST, NO_SERVER);
        assertThat(line(vault, LATEST, running(T1))).isEqualTo(T1);
        assertThat(line(vault, LATEST, running(T2))).isEqualTo(T2);
        unclear(vault, LATEST, stopped(T2, time(15)));
    }

    @Test
    void aForkWithinTheParentsLastSegmentIsOne() throws Exception {
        // restored to an earlier place of the very segment that has what is wanted now
        Fixture vault = new Fixture()
                .at(3)
                .wal(T1, 3, 3)
                .backup(facts(3, T1, 3))
                .at(10)
                .wal(T1, 4, 8)
                .at(14)
                .history(T2, "1\t" + in(8) + "\tbefore 2026-11-21\n")
                .wal(T2, 8, 8);

        assertThat(line(vault, at(time(10)), running(T2))).isEqualTo(T1);
        unclear(vault, new RecoveryTarget.AtLsn(in(8).plus(16), true), running(T2));
        assertThat(line(vault, LATEST, running(T2))).isEqualTo(T2);
    }

    /** Timeline 1 ends in an unfinished segment, behind whose records at 0x1000 timeline 2 went on. */
    private static Fixture leavingATail(Consumer<byte[]> behind) throws IOException {
        byte[] tail = Wal.unfinished(Fixture.segmentName(T1, 9), Fixture.SYSTEM, Fixture.SIZE, 9, 0);
        Arrays.fill(tail, 0x1000, 0x2000, (byte) 0);
        behind.accept(tail);
        var vault = new Fixture()
                .at(3)
                .wal(T1, 3, 3)
                .backup(facts(3, T1, 3))
                .at(10)
                .wal(T1, 4, 8)
                .at(14)
                .history(T2, "1\t" + in(9) + "\tno recovery target specified\n")
                .wal(T2, 9, 9);
        Vaults.put(vault.member.wal(), WalFile.parse(Fixture.segmentName(T1, 9) + ".partial"), tail, Fixture.PLAIN);
        return vault;
    }

    @Test
    void anUnfinishedSegmentThatGoesOnBehindTheForkIsAnotherWay() throws Exception {
        Fixture vault = leavingATail(tail -> Wal.putRecord(tail, 0x1000, 5000));

        unclear(vault, LATEST, NO_SERVER);
        assertThat(line(vault, LATEST, running(T2))).isEqualTo(T2);
        assertThat(line(vault, at(time(9)), running(T2))).isEqualTo(T1);
    }

    @Test
    void whatAPromotionLeavesOfTheSegmentInWhichItHappensIsNone() throws Exception {
        assertThat(line(leavingATail(_ -> {}), LATEST, NO_SERVER)).isEqualTo(T2);
        // half of a record had been received
        assertThat(line(leavingATail(tail -> Wal.putRecord(tail, 0x1000, 90000)), LATEST, NO_SERVER))
                .isEqualTo(T2);
    }

    @Test
    void anUnfinishedSegmentThatIsDamagedIsNoUse() throws Exception {
        Fixture vault = leavingATail(tail -> Wal.putRecord(tail, 0x1000, 5000));
        vault.damage(Fixture.segmentName(T1, 9) + ".partial", object -> {
            object[object.length - 1] ^= 1;
            return object;
        });

        assertThat(line(vault, LATEST, NO_SERVER)).isEqualTo(T2);
    }

    @Test
    void aPlaceThatOnlyAnUnfinishedSegmentHasIsOnItsLine() throws Exception {
        Fixture vault = leavingATail(tail -> Wal.putRecord(tail, 0x1000, 5000));
        RecoveryTarget behind = new RecoveryTarget.AtLsn(Lsn.parse("0/901400"), true);
        // timeline 2 has that place, too
        unclear(vault, behind, NO_SERVER);

        Fixture both = drill();
        byte[] tail = Wal.unfinished(Fixture.segmentName(T1, 21), Fixture.SYSTEM, Fixture.SIZE, 9, 0);
        Vaults.put(both.member.wal(), WalFile.parse(Fixture.segmentName(T1, 21) + ".partial"), tail, Fixture.PLAIN);
        var request = new RestoreRequest(
                new RecoveryTarget.AtLsn(Lsn.parse("0/1501400"), true),
                Optional.empty(),
                new TimelineChoice.Automatic(),
                NO_SERVER,
                false,
                true);
        assertThat(Plans.planner(MemberVaults.of(both.member)).plan(request).timeline())
                .isEqualTo(T1);
    }

    @Test
    void aPlaceThatOneLineHasBehindTheForkLeavesTheOtherOut() throws Exception {
        RestorePlan plan = plan(drill(), new RecoveryTarget.AtLsn(Lsn.parse("0/F00400"), true), running(T2));

        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.warnings()).singleElement().asString().contains("leaves out timeline 2");
        assertThat(plan(drill(), new RecoveryTarget.AtLsn(Lsn.parse("0/500400"), true), running(T2))
                        .warnings())
                .isEmpty();
    }

    @Test
    void aPlaceThatNoLineHasIsAnsweredWithAllOfThem() throws Exception {
        assertThatThrownBy(() -> plan(drill(), new RecoveryTarget.AtLsn(Lsn.parse("0/2501400"), true), NO_SERVER))
                .satisfies(e -> {
                    assertThat(((ArchiverException) e).code()).isEqualTo(ErrorCode.TARGET);
                    assertThat(((ArchiverException) e).detail().orElse(""))
                            .contains("timeline 1, written", "timeline 2, which left");
                });
    }

    /** Timeline 2 has left timeline 1 in segment 8, and nothing of it has been archived but its history. */
    private static Fixture withoutTheFirstSegmentOfABranch() throws IOException {
        return new Fixture()
                .at(3)
                .wal(T1, 3, 3)
                .backup(facts(3, T1, 3))
                .at(10)
                .wal(T1, 4, 8)
                .at(14)
                .history(T2, "1\t" + in(8) + "\tno recovery target specified\n");
    }

    @Test
    void theServerIsNotLedPastAForkByItsAncestorsSegment() throws Exception {
        Fixture vault = withoutTheFirstSegmentOfABranch();

        for (RecoveryTarget target : List.of(LATEST, at(time(13)), new RecoveryTarget.AtXid(5000, true))) {
            assertThatThrownBy(() -> planAlong(vault, T2, target, false)).satisfies(e -> {
                assertThat(((ArchiverException) e).code()).isEqualTo(ErrorCode.GAP);
                assertThat(e).hasMessageContaining(Fixture.segmentName(T2, 8) + "\" is missing");
                assertThat(((ArchiverException) e).detail().orElse(""))
                        .contains("Timeline 1 has this segment, and went on in it behind " + in(8));
                assertThat(((ArchiverException) e).hint().orElse(""))
                        .contains("--timeline 1 --to-lsn " + in(8) + " --exclusive");
            });
        }
        assertThat(planAlong(vault, T1, new RecoveryTarget.AtLsn(in(8), false), false)
                        .timeline())
                .isEqualTo(T1);
    }

    @Test
    void whatIsBeforeTheSegmentOfTheForkCanBeHad() throws Exception {
        Fixture vault = withoutTheFirstSegmentOfABranch();

        assertThat(planAlong(vault, T2, new RecoveryTarget.AtLsn(in(7), true), false)
                        .timeline())
                .isEqualTo(T2);
        RestorePlan accepted = planAlong(vault, T2, LATEST, true);
        assertThat(accepted.wal().upTo()).isEqualTo(new Lsn(8L << 20));
        assertThat(accepted.wal().hole()).containsExactly(Fixture.segmentName(T1, 8), Fixture.segmentName(T2, 8));
    }

    private static RestorePlan planAlong(Fixture vault, TimelineId timeline, RecoveryTarget target, boolean acceptGap)
            throws IOException {
        return Plans.planner(MemberVaults.of(vault.member))
                .plan(new RestoreRequest(
                        target, Optional.empty(), new TimelineChoice.Numbered(timeline), NO_SERVER, acceptGap, false));
    }

    @Test
    void aTimelineThatBeginsWhereItsParentsLastSegmentEndsContinuesIt() throws Exception {
        Fixture vault = new Fixture()
                .at(3)
                .wal(T1, 3, 8)
                .backup(facts(3, T1, 3))
                .at(14)
                .history(T2, "1\t0/900000\tno recovery target specified\n")
                .wal(T2, 9, 9);

        assertThat(line(vault, LATEST, NO_SERVER)).isEqualTo(T2);
    }

    @Test
    void byOneClockABackupTellsAsSoonAsItIsTaken() throws Exception {
        // an attempt was undone; a minute after it had begun the server was backed up by the same host
        Fixture vault = drill().at(14);
        vault.clock.set(time(14).plusSeconds(30));
        BackupFacts soon = facts(14, T1, 14);

        assertThat(soon.stopTime()).isEqualTo(time(14).plusSeconds(60));
        assertThat(line(vault.backup(soon), LATEST, stopped(T1, time(13)))).isEqualTo(T1);
    }

    @Test
    void aBackupFromBeforeTheBranchBeganDoesNotTell() throws Exception {
        // timeline 1 had an accident, was restored to an earlier place, and goes on as timeline 2
        Fixture vault = new Fixture()
                .at(10)
                .wal(T1, 3, 20)
                .backup(facts(3, T1, 3))
                .backup(facts(9, T1, 18))
                .at(11)
                .history(T2, "1\t" + in(12) + "\tbefore the accident\n")
                .wal(T2, 12, 14);

        unclear(vault, LATEST, NO_SERVER);
        assertThat(line(vault, LATEST, stopped(T2, time(12)))).isEqualTo(T2);
        assertThat(line(vault.backup(facts(13, T2, 14)), LATEST, NO_SERVER)).isEqualTo(T2);
    }

    @Test
    void aBranchThatContinuesItsParentIsFollowedUnlessTheServerLivesOnTheParent() throws Exception {
        Fixture vault = new Fixture()
                .at(10)
                .wal(T1, 3, 11)
                .backup(facts(3, T1, 3))
                .at(14)
                .history(T2, "1\t" + in(12) + "\tno recovery target specified\n")
                .wal(T2, 12, 14);

        assertThat(line(vault, LATEST, NO_SERVER)).isEqualTo(T2);
        assertThat(line(vault, LATEST, stopped(T1, time(10)))).isEqualTo(T2);
        assertThat(line(vault, LATEST, running(T1))).isEqualTo(T1);
    }

    @Test
    void aTimeBeforeTheBirthOfABranchBelongsToItsParent() throws Exception {
        // the first attempt was promoted too early, in hour 21; the second asks for hour 19
        Fixture vault = new Fixture()
                .at(3)
                .wal(T1, 3, 3)
                .backup(facts(3, T1, 3))
                .at(20)
                .wal(T1, 4, 20)
                .at(21)
                .history(T2, "1\t" + in(12) + "\tbefore 2026-11-21 10:00:00+00\n")
                .wal(T2, 12, 13);

        assertThat(line(vault, at(time(19)), NO_SERVER)).isEqualTo(T1);
        assertThat(line(vault, at(time(19)), running(T2))).isEqualTo(T1);
        unclear(vault, at(time(21)), running(T2));
        assertThat(line(vault, at(time(21).plusSeconds(300)), running(T2))).isEqualTo(T2);
        unclear(vault, at(time(21).plusSeconds(300)), NO_SERVER);
    }

    @Test
    void aTimeThatTheParentDoesNotReachMayBelongToABranchThatWasArchivedLate() throws Exception {
        Fixture vault = new Fixture()
                .at(3)
                .wal(T1, 3, 20)
                .backup(facts(3, T1, 3))
                .at(21)
                .history(T2, "1\t" + in(12) + "\tbefore the accident\n")
                .wal(T2, 12, 13);

        unclear(vault, at(time(15)), NO_SERVER);
    }

    @Test
    void positionsBeforeAForkAreTheSameOnAllBranches() throws Exception {
        RestorePlan plan = plan(drill(), new RecoveryTarget.AtLsn(in(9), true), NO_SERVER);

        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.warnings()).isEmpty();
    }

    @Test
    void aPositionThatOnlyOneBranchReachesIsOnIt() throws Exception {
        assertThat(line(drill(), new RecoveryTarget.AtLsn(in(19), true), NO_SERVER))
                .isEqualTo(T1);
    }

    @Test
    void aPositionThatSeveralBranchesReachIsClearOnlyOnTheOldest() throws Exception {
        var target = new RecoveryTarget.AtLsn(in(13), true);

        unclear(drill(), target, NO_SERVER);
        unclear(drill(), target, running(T2));
        assertThat(line(drill(), target, running(T1))).isEqualTo(T1);
    }

    @Test
    void aTransactionOfSeveralBranchesIsClearOnlyOnTheOldest() throws Exception {
        var target = new RecoveryTarget.AtXid(5000, true);

        unclear(drill(), target, NO_SERVER);
        unclear(drill(), target, running(T2));
        assertThat(line(drill(), target, running(T1))).isEqualTo(T1);
    }

    @Test
    void ofTwoAttemptsNeitherIsClear() throws Exception {
        Fixture vault = drill().at(21)
                .history(T3, "1\t" + in(15) + "\tsecond attempt\n")
                .wal(T3, 15, 16);

        unclear(vault, LATEST, NO_SERVER);
        unclear(vault, at(time(21)), NO_SERVER);
        assertThat(line(vault, at(time(13)), NO_SERVER)).isEqualTo(T1);
        assertThat(line(vault, LATEST, running(T3))).isEqualTo(T3);
    }

    @Test
    void aBranchThatNoBackupLeadsToIsLeftOut() throws Exception {
        Fixture vault = new Fixture()
                .at(10)
                .wal(T1, 3, 12)
                .backup(facts(8, T1, 8))
                .at(11)
                .history(T2, "1\t" + in(5) + "\tlong ago\n")
                .wal(T2, 5, 6);

        RestorePlan plan = plan(vault, LATEST, NO_SERVER);

        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.warnings()).singleElement().asString().contains("no backup leads to timeline 2");
    }

    @Test
    void aTimelineThatCannotBePlacedIsARivalUntilABackupOutlivesIt() throws Exception {
        Fixture vault = drill().at(21).wal(new TimelineId(15), 1, 1);

        unclear(vault.backup(facts(18, T1, 18)), LATEST, NO_SERVER);
        RestorePlan plan = plan(vault.backup(facts(22, T1, 20)), LATEST, NO_SERVER);
        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.warnings()).anySatisfy(warning -> assertThat(warning).contains("no history of timeline 15"));
    }

    @Test
    void aHistoryThatCannotBeReadHasNothingToMiss() throws Exception {
        Fixture vault = new Fixture()
                .at(10)
                .wal(T1, 3, 12)
                .backup(facts(3, T1, 3))
                .at(11)
                .history(T2, "no history at all");

        RestorePlan plan = plan(vault, LATEST, NO_SERVER);

        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.warnings()).singleElement().asString().contains("timeline 2 is left out of account");
    }

    @Test
    void whatIsNoWalOfALaterTimelineIsNamedWithWhatItDoes() throws Exception {
        Fixture vault =
                new Fixture().at(10).wal(T1, 3, 12).backup(facts(3, T1, 3)).wal(T2, 4, 4);
        vault.damage(Fixture.segmentName(T2, 4), _ -> Fixture.bytes("hi"));

        unclear(vault, LATEST, NO_SERVER)
                .satisfies(e -> assertThat(((ArchiverException) e).detail().orElse(""))
                        .contains("/wal/00000002/00000000/", "is there, and cannot be used"));
        for (TimelineChoice choice : List.of(TimelineChoice.parse("1"), new TimelineChoice.Current())) {
            RestorePlan plan = Plans.planner(MemberVaults.of(vault.member))
                    .plan(new RestoreRequest(
                            LATEST, Optional.of(Fixture.id(3)), choice, Optional.empty(), false, false));

            assertThat(plan.warnings())
                    .singleElement()
                    .asString()
                    .contains(
                            "timeline 2 is left out of account",
                            "/wal/00000002/00000000/" + Fixture.segmentName(T2, 4) + "\" is there, and cannot be used",
                            "may stop at the end of its recovery",
                            "remove the object");
        }
    }

    @Test
    void windowsAreOfEveryBranchAndMarkTheServersOwn() throws Exception {
        Fixture vault = drill().backup(facts(18, T1, 18));

        var windows = RecoveryWindows.of(
                        vault.member, vault.member.backups().list().complete(), running(T1))
                .windows();

        assertThat(windows).extracting(RecoveryWindows.Window::timeline).containsExactly(T1, T2);
        assertThat(windows).extracting(RecoveryWindows.Window::server).containsExactly(true, false);
        assertThat(windows.getFirst().endWritten()).contains(time(20));
        assertThat(windows.getLast().endWritten()).contains(time(14));
    }
}
