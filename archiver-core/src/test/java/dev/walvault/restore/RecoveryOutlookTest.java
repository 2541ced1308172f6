package dev.walvault.restore;

import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.T2;
import static dev.walvault.reach.Fixture.facts;
import static dev.walvault.reach.Fixture.in;
import static dev.walvault.reach.Fixture.time;
import static dev.walvault.restore.Plans.AUTOMATIC;
import static dev.walvault.restore.Plans.LATEST;
import static dev.walvault.restore.Plans.plan;
import static dev.walvault.restore.Plans.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.wal.GeneratedWal;
import dev.walvault.pg.wal.GeneratedWal.Place;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.RecoveryOutlook;
import dev.walvault.reach.RecoveryOutlook.Ending;
import dev.walvault.reach.RecoveryOutlook.Stretch;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.store.FaultyStore;
import dev.walvault.vaults.MemberVaults;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a plan knows of the recovery that it leads to, from records in the segments of a vault. */
class RecoveryOutlookTest {
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    /** The first segment that {@link GeneratedWal} writes; the backup is in it. */
    private static final long FIRST = 4;

    private final GeneratedWal wal = GeneratedWal.of(GeneratedWal.V15);
    private Fixture vault;

    @BeforeEach
    void aBackupWithWalBehindIt() throws Exception {
        vault = new Fixture().at(30).backup(facts(4, T1, FIRST));
        wal.filler(8000);
        wal.switchSegment();
    }

    private Place commit(Instant time) {
        return wal.commit(ChronoUnit.MICROS.between(EPOCH, time));
    }

    /** Stores all that was written; nothing is written behind it. */
    private void store() throws IOException {
        long segments = segments();
        for (int i = 0; i < segments; i++) {
            vault.segment(T1, FIRST + i, wal.segment(i));
        }
    }

    private long segments() {
        if (wal.position().value() % (1 << 20) != 0) {
            wal.switchSegment();
        }
        return ((wal.position().value() - 1) >> 20) - FIRST + 1;
    }

    private static RecoveryTarget at(Instant time) {
        return new RecoveryTarget.AtTime(time, true);
    }

    private static Lsn start(long segment) {
        return new Lsn(segment << 20);
    }

    private static String hint(Throwable e) {
        return ((ArchiverException) e).hint().orElse("");
    }

    @Test
    void aTablespaceIsNamedWithItsOriginalPlaceAlsoIfItIsDroppedAgain() throws Exception {
        Place one = wal.create(16_406, "/ts/one");
        wal.switchSegment();
        Place two = wal.create(16_407, "/ts/two");
        wal.drop(16_406);
        store();

        RestorePlan plan = plan(vault, LATEST);

        assertThat(plan.outlook().created())
                .containsExactly(
                        new WalFacts.Creation(16_406, "/ts/one", one.end()),
                        new WalFacts.Creation(16_407, "/ts/two", two.end()));
        assertThat(plan.outlook().ending()).isEqualTo(Ending.END_OF_WAL);
        assertThat(plan.outlook().unknown()).isEmpty();
    }

    @Test
    void whatIsBehindTheTargetOrBeforeTheBackupIsNotCreated() throws Exception {
        Place one = wal.create(16_406, "/ts/one");
        wal.filler(4000);
        Place point = wal.point("here", 0);
        wal.create(16_407, "/ts/two");
        wal.filler(8000);
        wal.create(16_408, "/ts/three");
        store();
        vault.point("here", T1, point.end());

        for (RecoveryTarget target :
                List.of(new RecoveryTarget.AtName("here"), new RecoveryTarget.AtLsn(one.end(), true))) {
            RestorePlan plan = plan(vault, target);
            assertThat(plan.outlook().created())
                    .extracting(WalFacts.Creation::oid)
                    .containsExactly(16_406L);
            assertThat(plan.outlook().isCertain()).isTrue();
        }
        RestorePlan immediate = plan(vault, new RecoveryTarget.Immediate());
        assertThat(immediate.outlook().created()).isEmpty();
        assertThat(immediate.outlook().isCertain()).isTrue();

        vault.backup(facts(5, T1, FIRST + 1));
        assertThat(plan(vault, LATEST).outlook().created())
                .extracting(WalFacts.Creation::oid)
                .containsExactly(16_406L, 16_407L, 16_408L);
    }

    @Test
    void theFirstRecordOfTheNameEndsARecoveryToAPointThatTheVaultDoesNotKnow() throws Exception {
        wal.create(16_406, "/ts/one");
        wal.point("by sql", 0);
        wal.create(16_407, "/ts/two");
        wal.switchSegment();
        wal.point("by sql", 0);
        store();

        RestorePlan plan = plan(vault, new RecoveryTarget.AtName("by sql"), Optional.of(Fixture.id(4)), AUTOMATIC);

        assertThat(plan.outlook().created()).extracting(WalFacts.Creation::oid).containsExactly(16_406L);
        assertThat(plan.outlook().isCertain()).isTrue();
    }

    @Test
    void aRecoveryToATimeEndsBeforeTheFirstCommitBehindIt() throws Exception {
        wal.create(16_406, "/ts/one");
        commit(time(10));
        wal.create(16_407, "/ts/two");
        commit(time(12));
        wal.create(16_408, "/ts/three");
        wal.switchSegment();
        wal.create(16_409, "/ts/four");
        store();

        RestorePlan plan = plan(vault, at(time(11)));

        assertThat(plan.outlook().ending()).isEqualTo(Ending.AT_TARGET);
        assertThat(plan.outlook().isCertain()).isTrue();
        assertThat(plan.outlook().created()).extracting(WalFacts.Creation::oid).containsExactly(16_406L, 16_407L);
    }

    @Test
    void aTimeBehindTheLastCommitIsRefusedWithTheNearestOneThatIsReached() throws Exception {
        commit(time(10));
        wal.switchSegment();
        commit(time(12));
        wal.filler(4000);
        store();
        Instant nearest = time(12).minus(1, ChronoUnit.MICROS);

        for (Instant tooLate : List.of(time(12), time(13), time(40))) {
            refused(ErrorCode.TARGET, () -> plan(vault, at(tooLate)))
                    .hasMessageContaining("no transaction ended after time")
                    .satisfies(e -> assertThat(Plans.detail(e)).contains(RestorePlanner.ENDED_BEFORE))
                    .satisfies(e -> assertThat(hint(e))
                            .contains("--to-time '2026-11-21 09:59:59.999999+00'. ", "without a target"));
        }
        assertThat(plan(vault, at(nearest)).outlook().ending()).isEqualTo(Ending.AT_TARGET);

        assertThat(plan(vault, new RecoveryTarget.AtTime(time(12), false))
                        .outlook()
                        .ending())
                .isEqualTo(Ending.AT_TARGET);
        refused(ErrorCode.TARGET, () -> plan(vault, new RecoveryTarget.AtTime(time(13), false)))
                .satisfies(
                        e -> assertThat(hint(e)).contains("--to-time '2026-11-21 10:00:00.000000+00' --exclusive. "));
    }

    @Test
    void whereTimesGoBackTheFirstCommitThatIsPastTheTargetCounts() throws Exception {
        commit(time(12));
        wal.switchSegment();
        commit(time(10));
        wal.create(16_406, "/ts/one");
        store();

        RestorePlan plan = plan(vault, at(time(11)));
        assertThat(plan.outlook().ending()).isEqualTo(Ending.AT_TARGET);
        assertThat(plan.outlook().created()).isEmpty();
        refused(ErrorCode.TARGET, () -> plan(vault, at(time(12))))
                .satisfies(e -> assertThat(hint(e)).contains("--to-time '2026-11-21 09:59:59.999999+00'. "));
    }

    @Test
    void aCommitWithinTheBackupThatIsPastTheTimeMakesItUseless() throws Exception {
        var early = GeneratedWal.of(GeneratedWal.V15);
        early.commit(ChronoUnit.MICROS.between(EPOCH, time(8)));
        early.filler(8000);
        early.switchSegment();
        early.commit(ChronoUnit.MICROS.between(EPOCH, time(9)));
        early.switchSegment();
        vault.segment(T1, FIRST, early.segment(0)).segment(T1, FIRST + 1, early.segment(1));

        refused(ErrorCode.TARGET, () -> plan(vault, at(time(6))))
                .satisfies(e -> assertThat(Plans.detail(e)).contains("before consistent recovery point"));
        assertThat(plan(vault, at(time(8))).outlook().ending()).isEqualTo(Ending.AT_TARGET);
    }

    @Test
    void segmentsWithoutFactsAreReadAsLongAsThereAreFew() throws Exception {
        wal.create(16_406, "/ts/one");
        commit(time(10));
        long segments = segments();
        for (int i = 0; i < segments; i++) {
            vault.segment(T1, FIRST + i, wal.segment(i), Optional.empty());
        }

        RestorePlan plan = plan(vault, at(time(9)));

        assertThat(plan.outlook().isCertain()).isTrue();
        assertThat(plan.outlook().created()).extracting(WalFacts.Creation::oid).containsExactly(16_406L);
        refused(ErrorCode.TARGET, () -> plan(vault, at(time(10))));
    }

    @Test
    void whereThereAreManyTheyAreUnknownButTheLastOnesTellThatATimeIsReached() throws Exception {
        for (int i = 0; i < 40; i++) {
            wal.create(16_406 + i, "/ts/" + i);
            wal.switchSegment();
        }
        commit(time(10));
        long segments = segments();
        for (int i = 0; i < segments; i++) {
            vault.segment(T1, FIRST + i, wal.segment(i), Optional.empty());
        }

        RestorePlan plan = plan(vault, at(time(9)));

        assertThat(plan.outlook().ending()).isEqualTo(Ending.AT_TARGET);
        assertThat(plan.outlook().isCertain()).isFalse();
        assertThat(plan.outlook().created()).hasSize(15);
        assertThat(plan.outlook().unknown()).containsExactly(new Stretch(start(20), start(46)));
        assertThat(plan(vault, at(time(11))).outlook().ending()).isEqualTo(Ending.UNKNOWN);
    }

    @Test
    void whatCannotBeReadIsUnknownAndNotNothing() throws Exception {
        commit(time(10));
        store();
        vault.wal(T1, FIRST + 2, FIRST + 3);
        vault.at(31).segment(T1, FIRST + 4, wal.segment(1));

        RestorePlan plan = plan(vault, at(time(11)));

        assertThat(plan.outlook().ending()).isEqualTo(Ending.UNKNOWN);
        assertThat(plan.outlook().unknown()).containsExactly(new Stretch(start(FIRST + 2), start(FIRST + 5)));
        assertThat(plan.outlook().unknownInWords()).contains("0/600000 to 0/900000");
        refused(ErrorCode.TARGET, () -> plan(vault, at(time(40))))
                .hasMessageContaining("the WAL in the vault ends before time")
                .satisfies(e -> assertThat(hint(e)).contains("--to-time '2026-11-21 07:59:59.999999+00'. "));
    }

    @Test
    void ofAnUnfinishedSegmentNothingIsKnown() throws Exception {
        commit(time(10));
        store();
        RecoveryOutlook toTheEnd = plan(vault, LATEST).outlook();
        RecoveryOutlook toATime = plan(vault, at(time(9))).outlook();

        RecoveryOutlook goingOn =
                toTheEnd.goingOn(start(FIRST + 2), start(FIRST + 2).plus(500));

        assertThat(goingOn.ending()).isEqualTo(Ending.UNKNOWN);
        assertThat(goingOn.unknown())
                .containsExactly(new Stretch(start(FIRST + 2), start(FIRST + 2).plus(500)));
        assertThat(toATime.goingOn(start(FIRST + 2), start(FIRST + 3))).isEqualTo(toATime);
    }

    @Test
    void theEndOfARecordWhoseBeginningWasNotThereIsUnknown() throws Exception {
        wal.fillUntilBeforeEnd(16);
        Place cut = commit(time(10));
        wal.filler(4000);
        store();

        RestorePlan plan = plan(vault, at(time(9)));

        assertThat(plan.outlook().ending()).isEqualTo(Ending.UNKNOWN);
        assertThat(plan.outlook().unknown()).first().isEqualTo(new Stretch(start(FIRST + 2), cut.end()));
    }

    @Test
    void ofAForkTheSegmentsOfTheBranchCount() throws Exception {
        wal.create(16_406, "/ts/one");
        wal.switchSegment();
        wal.create(16_407, "/ts/two");
        store();
        var branch = GeneratedWal.of(GeneratedWal.V15);
        branch.filler(8000);
        branch.switchSegment();
        branch.switchSegment();
        branch.create(16_408, "/ts/three");
        branch.switchSegment();
        vault.history(T2, "1\t" + in(FIRST + 2) + "\tno recovery target specified\n")
                .segment(T2, FIRST + 2, branch.segment(2));

        assertThat(plan(vault, LATEST, Optional.empty(), new TimelineChoice.Numbered(T2))
                        .outlook()
                        .created())
                .extracting(WalFacts.Creation::oid, WalFacts.Creation::location)
                .containsExactly(tuple(16_406L, "/ts/one"), tuple(16_408L, "/ts/three"));
    }

    @Test
    void whatIsDamagedInOneVaultIsAskedOfTheNext() throws Exception {
        wal.create(16_406, "/ts/one");
        store();
        var damaged = new FaultyStore(vault.store);
        var key = vault.key(Fixture.segmentName(T1, FIRST + 1));
        damaged.truncate(key, vault.store.head(key).orElseThrow().bytesStored() / 2);
        var first = vault.on(damaged);
        var vaults = MemberVaults.of(List.of(first, vault.member), List.of(first, vault.member));

        RestorePlan plan = Plans.planner(vaults)
                .plan(new RestoreRequest(LATEST, Optional.empty(), AUTOMATIC, Optional.empty(), false, false));

        assertThat(plan.outlook().created()).extracting(WalFacts.Creation::oid).containsExactly(16_406L);
        assertThat(plan.outlook().unknown()).isEmpty();
    }

    @Test
    void noFurtherSegmentIsAskedForThanTheTimeNeeds() throws Exception {
        store();
        for (long number = FIRST + 1; number < FIRST + 200; number++) {
            vault.segment(T1, number, new byte[] {1}, Optional.of(ofOneCommit(number, time(10).plusSeconds(number))));
        }
        var counting = new FaultyStore(vault.store);

        RestorePlan plan = Plans.planner(MemberVaults.of(vault.on(counting)))
                .plan(new RestoreRequest(at(time(10)), Optional.empty(), AUTOMATIC, Optional.empty(), false, false));

        assertThat(plan.outlook().isCertain()).isTrue();
        assertThat(counting.count(FaultyStore.Call.OPEN_RANGE)).isBetween(3, 64);
    }

    private static WalFacts ofOneCommit(long number, Instant time) {
        return new WalFacts(
                start(number),
                start(number + 1),
                start(number),
                start(number + 1),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new WalFacts.TimeRange(time, time)),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }
}
