package dev.walvault.doctor;

import static dev.walvault.reach.Fixture.NOW;
import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.T2;
import static dev.walvault.reach.Fixture.facts;
import static dev.walvault.reach.Fixture.in;
import static dev.walvault.reach.Fixture.segmentName;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.examine.Finding.Verdict;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.ServerTimeline;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.SigningKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Remedies;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.FallThroughStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the doctor says of the way to the present. */
class PresentDoctorTest {
    private Keyring keyring = Keyring.none();
    private Optional<TimelineId> server = Optional.empty();
    private Optional<ObjectStore> other = Optional.empty();

    private List<Finding> findings(Fixture vault) throws IOException {
        var examiner = new Examiner(new Cancellation(), _ -> {});
        var patient = new VaultDoctor.Patient(
                () -> vault.store,
                vault.member.keys().cluster(),
                vault.member.keys().member(),
                Optional.of(Fixture.SYSTEM),
                server.map(timeline -> new ServerTimeline(timeline, true, NOW)),
                other.map(store -> () -> new FallThroughStore(List.of(vault.store, store), (_, _) -> {})),
                Optional.empty(),
                keyring,
                List.of(),
                Optional.empty());
        var remedies = new Remedies("a", "b", "c", "d", "e");
        var _ = new VaultDoctor(patient, remedies, vault.author, examiner).examine(List.of());
        return examiner.findings();
    }

    private Finding finding(Fixture vault, String check) throws IOException {
        return findings(vault).stream()
                .filter(each -> each.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    /** Segments 13 to 15 are missing, and the newest backup is in 10. */
    private static Fixture withHole() throws IOException {
        return new Fixture().wal(T1, 3, 12).wal(T1, 16, 20).backup(facts(3, T1, 10));
    }

    @Test
    void aHoleThatNoBackupHasPassedFails() throws IOException {
        Fixture vault = withHole();

        Finding gaps = finding(vault, "WAL without gaps");

        assertThat(gaps.code()).contains(ErrorCode.GAP);
        assertThat(gaps.seen())
                .startsWith("\"" + segmentName(T1, 13) + "\" to \"" + segmentName(T1, 15) + "\" are missing");
        assertThat(gaps.fix().orElseThrow())
                .contains("walvault archive-push pg_wal/" + segmentName(T1, 13), "walvault backup");

        vault.backup(facts(5, T1, 17));
        assertThat(finding(vault, "WAL without gaps").verdict()).isEqualTo(Verdict.WARNING);
    }

    @Test
    void aHoleThatAnotherVaultFillsIsWarnedOf() throws IOException {
        Fixture copy = withHole();
        Fixture vault = withHole();
        other = Optional.of(copy.store);
        assertThat(finding(vault, "WAL without gaps").code()).contains(ErrorCode.GAP);

        copy.wal(T1, 13, 15);
        assertThat(finding(vault, "WAL without gaps").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding(vault, "WAL without gaps").fix().orElseThrow()).contains("walvault copy");
    }

    @Test
    void aTimelineWhoseFirstSegmentIsNotStoredYetIsWarnedOf() throws IOException {
        Fixture vault = new Fixture()
                .wal(T1, 3, 9)
                .backup(facts(3, T1, 3))
                .history(T2, "1\t" + in(6) + "\tno recovery target specified\n");
        server = Optional.of(T2);
        assertThat(finding(vault, "WAL without gaps").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding(vault, "WAL without gaps").seen()).contains(segmentName(T2, 6), "refused");

        vault.wal(T2, 6, 6);
        assertThat(finding(vault, "WAL without gaps").verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void whatOnlyALostKeyOpensOnADeadBranchIsNoFailure() throws IOException {
        AgeKey lost = AgeKey.generate();
        AgeKey key = AgeKey.generate();
        var before = new Fixture(Vaults.keyring(lost));
        before.wal(T1, 3, 9).history(T2, "1\t" + in(6) + "\tpromoted\n").wal(T2, 6, 8);
        keyring = Vaults.keyring(key);
        Fixture after = before.by(before.on(before.store, keyring));
        after.wal(T1, 10, 12).backup(facts(3, T1, 11));

        assertThat(findings(after)).noneMatch(each -> each.verdict() == Verdict.FAILED);
        assertThat(finding(after, "stored WAL").seen()).contains(segmentName(T1, 12));
        assertThat(finding(after, "timeline histories").verdict()).isEqualTo(Verdict.WARNING);

        server = Optional.of(T2);
        assertThat(finding(after, "stored WAL").code()).contains(ErrorCode.KEY_WRONG);
        assertThat(finding(after, "timeline histories").code()).contains(ErrorCode.KEY_WRONG);
    }

    @Test
    void damageOnAnotherBranchIsWarnedOf() throws IOException {
        Fixture vault = Fixture.branched();
        vault.damage(segmentName(T2, 18), _ -> new byte[] {1});
        server = Optional.of(T1);
        assertThat(finding(vault, "newest WAL").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding(vault, "newest WAL").seen()).contains("not on the way", segmentName(T2, 18));

        server = Optional.of(T2);
        assertThat(finding(vault, "newest WAL").code()).contains(ErrorCode.CORRUPT);
    }

    /**
     * What the first timeline has behind the fork, or before the newest backup, nobody needs who goes to the present.
     */
    @Test
    void theEndOfAnAncestorIsNotOnTheWay() throws IOException {
        Fixture vault = Fixture.branched();
        vault.damage(segmentName(T1, 30), _ -> new byte[] {1});
        server = Optional.of(T2);
        assertThat(finding(vault, "newest WAL").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding(vault, "newest WAL").seen()).contains("not on the way", segmentName(T1, 30));

        Fixture before = new Fixture()
                .wal(T1, 3, 9)
                .history(T2, "1\t" + in(10) + "\tpromoted\n")
                .wal(T2, 10, 14)
                .backup(facts(3, T1, 3));
        before.damage(segmentName(T1, 9), _ -> new byte[] {1});
        assertThat(finding(before, "newest WAL").code()).contains(ErrorCode.CORRUPT);
        before.backup(facts(5, T2, 12));
        assertThat(finding(before, "newest WAL").verdict()).isEqualTo(Verdict.WARNING);
    }

    @Test
    void theWritersOfTheNewestWalAndBackupAreToldApart() throws IOException {
        var key = SigningKey.generate();
        Fixture vault = new Fixture().wal(T1, 3, 5).backup(facts(3, T1, 3));
        assertThat(finding(vault, "writers").seen()).isEqualTo("the newest WAL and the newest backup are not signed");

        Fixture signing = vault.by(vault.on(vault.store, Keyring.none().signingBy(key)));
        signing.wal(T1, 6, 6);
        assertThat(finding(vault, "writers").seen())
                .startsWith("the newest WAL is signed by " + key.writer() + ", the newest backup is not signed");

        signing.backup(facts(4, T1, 5));
        assertThat(finding(vault, "writers").seen())
                .startsWith("the newest WAL and the newest backup are signed by " + key.writer());
    }

    @Test
    void theWriterOfAnotherBranchIsNotLookedAt() throws IOException {
        Fixture vault = Fixture.branched();
        Fixture signing = vault.by(vault.on(vault.store, Keyring.none().signingBy(SigningKey.generate())));
        signing.wal(T2, 19, 19);
        server = Optional.of(T1);

        assertThat(finding(vault, "writers").seen()).isEqualTo("the newest WAL and the newest backup are not signed");
    }

    @Test
    void restorePointsBehindTheWalAreWarnedOf() throws IOException {
        Fixture vault = new Fixture().wal(T1, 3, 9).point("there", T1, in(5)).point("whole", T1, new Lsn(10L << 20));
        assertThat(finding(vault, "restore points").seen()).isEqualTo("2 can be used");

        vault.point("lost", T1, in(12));
        Finding one = finding(vault, "restore points");
        assertThat(one.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(one.seen())
                .isEqualTo("2 can be used; restore point \"lost\" at " + in(12)
                        + " lies behind the WAL that the vault has: its WAL was not archived, or is lost");

        vault.point("too", T1, in(13));
        assertThat(finding(vault, "restore points").seen())
                .startsWith("2 can be used; 2 restore points lie behind the WAL that the vault has, the first is \"");
    }

    @Test
    void theCopyOfALaterTimelineHasThePoint() throws IOException {
        Fixture vault = new Fixture()
                .wal(T1, 3, 9)
                .point("before", T1, new Lsn((10L << 20) + 100))
                .point("after", T1, new Lsn((10L << 20) + 9000))
                .history(T2, "1\t" + in(10) + "\tpromoted\n")
                .wal(T2, 10, 11);

        assertThat(finding(vault, "restore points").seen()).startsWith("1 can be used; restore point \"after\"");
    }
}
