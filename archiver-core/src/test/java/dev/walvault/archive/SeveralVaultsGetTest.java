package dev.walvault.archive;

import static dev.walvault.archive.SeveralVaults.SEGMENT;
import static dev.walvault.archive.SeveralVaults.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.Retry;
import dev.walvault.pg.WalFile;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.Divergence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeveralVaultsGetTest {
    private static final WalFile ABSENT = WalFile.parse("000000010000000000000099");

    @TempDir
    private Path root;

    private SeveralVaults site;
    private Path destination = Path.of("unset");

    @BeforeEach
    void aSegmentInTwoVaults() throws Exception {
        site = new SeveralVaults(root, 2).write(SEGMENT, 0);
        site.push(2, SEGMENT);
        destination = root.resolve("RECOVERYXLOG");
    }

    private GetOutcome get(WalFile file, Duration budget) throws Exception {
        List<WalGet.Source> sources = site.vaults.stream()
                .map(vault -> new WalGet.Source(vault, () -> vault.open().of(Vaults.SYSTEM)))
                .toList();
        return new WalGet(budget, site.state, site.time, site.time, site.heard)
                .get(file, Handover.at(destination), sources);
    }

    private GetOutcome get(WalFile file) throws Exception {
        return get(file, Duration.ZERO);
    }

    private void isServed() throws Exception {
        assertThat(get(WalFile.parse(SEGMENT))).isInstanceOf(GetOutcome.Served.class);
        assertThat(destination)
                .hasSameBinaryContentAs(site.data.resolve("pg_wal").resolve(SEGMENT));
    }

    private void flip(int vault) {
        site.stores.get(vault - 1).damage(key(SEGMENT), bytes -> {
            bytes[bytes.length / 2] ^= 1;
            return bytes;
        });
    }

    @Test
    void theFirstVaultServesAndTheSecondIsNotAsked() throws Exception {
        int opened = site.faulty.get(1).count(Call.OPEN);

        isServed();

        assertThat(site.faulty.get(1).count(Call.OPEN)).isEqualTo(opened);
        assertThat(site.heard.warnings()).isEmpty();
    }

    @Test
    void whatTheFirstVaultLacksComesFromTheSecond() throws Exception {
        site.stores.get(0).delete(key(SEGMENT));

        isServed();
    }

    @Test
    void whatIsDamagedInTheFirstComesFromTheSecondWithAWarning() throws Exception {
        flip(1);

        isServed();

        assertThat(site.heard.warnings())
                .singleElement()
                .asString()
                .contains(SEGMENT, "comes from another vault", "vault \"vault1\": ", "damaged");
    }

    @Test
    void aVaultThatIsUnreachableIsPassedOverAndThenAskedLast() throws Exception {
        site.faulty.get(0).goAway();
        isServed();
        assertThat(site.heard.warnings()).singleElement().asString().contains("vault \"vault1\": could not reach");
        int asked = site.faulty.get(0).count(Call.OPEN);

        isServed();
        assertThat(site.faulty.get(0).count(Call.OPEN)).isEqualTo(asked);

        site.later();
        isServed();
        assertThat(site.faulty.get(0).count(Call.OPEN)).isEqualTo(asked + 1);
    }

    @Test
    void absenceNeedsTheProofOfEveryVault() throws Exception {
        assertThat(get(ABSENT)).isEqualTo(new GetOutcome.Absent());
        int[] before = {site.faulty.get(0).count(Call.OPEN), site.faulty.get(1).count(Call.OPEN)};

        get(ABSENT);

        // vault.json and, twice, the segment, each time with vault.json and identity.json behind it
        assertThat(site.faulty.get(0).count(Call.OPEN) - before[0]).isEqualTo(7);
        assertThat(site.faulty.get(1).count(Call.OPEN) - before[1]).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void oneVaultInDoubtAndNobodyWithTheFileIsDoubt(int doubtful) {
        site.faulty.get(doubtful - 1).goAway();

        Faults.of(() -> get(ABSENT))
                .is(ErrorCode.STORE_UNREACHABLE)
                .isRetried(Retry.YES)
                .says("vault \"vault" + doubtful + "\": ");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aVaultThatGoesAwayBetweenItsProofsIsDoubt(int doubtful) {
        var passing = site.faulty.get(doubtful - 1);
        int already = passing.count(Call.OPEN);
        for (int answers = 1; answers < 7; answers++) {
            var opened = new AtomicInteger();
            int allowed = answers;
            passing.comeBack();
            passing.before(Call.OPEN, () -> {
                if (opened.incrementAndGet() > allowed) {
                    passing.goAway();
                }
            });

            Faults.of(() -> get(ABSENT)).is(ErrorCode.STORE_UNREACHABLE);
        }
        assertThat(passing.count(Call.OPEN)).isGreaterThan(already);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void damagedHereAndAbsentThereIsDoubt(int damaged) throws Exception {
        flip(damaged);
        site.stores.get(2 - damaged).delete(key(SEGMENT));

        Faults.of(() -> get(WalFile.parse(SEGMENT))).is(ErrorCode.CORRUPT).isRetried(Retry.NO);
        assertThat(destination).doesNotExist();
    }

    @Test
    void everyDoubtIsTold() throws Exception {
        flip(1);
        site.faulty.get(1).goAway();

        Faults.of(() -> get(WalFile.parse(SEGMENT)))
                .is(ErrorCode.CORRUPT)
                .isRetried(Retry.YES)
                .says("vault \"vault1\": ", "vault \"vault2\": could not reach the store");
    }

    @Test
    void aVaultThatComesBackWithinTheBudgetEndsTheDoubt() throws Exception {
        flip(1);
        site.faulty.get(1).goAway();
        site.time.next(() -> {}).next(site.faulty.get(1)::comeBack);

        assertThat(get(WalFile.parse(SEGMENT), Duration.ofSeconds(60))).isInstanceOf(GetOutcome.Served.class);
    }

    @Test
    void whatWasDamagedOnItsWayOnlyIsReadOnceMore() throws Exception {
        site.stores.get(1).delete(key(SEGMENT));
        site.faulty.get(0).flipByte(key(SEGMENT), 5000);
        // the second vault says that it has none; by then the wire is well again
        site.faulty.get(1).before(Call.OPEN, () -> site.faulty.get(0).truncate(key(SEGMENT), Long.MAX_VALUE));

        isServed();
    }

    @Test
    void aDestinationThatCannotBeWrittenIsNoVaultsFault() {
        destination = root.resolve("gone").resolve("RECOVERYXLOG");

        Faults.of(() -> get(WalFile.parse(SEGMENT))).is(ErrorCode.LOCAL_FILE);
        assertThat(site.stateIsUntouched()).isTrue();
    }

    @Test
    void aStateDirectoryThatCannotBeWrittenDoesNotStopRecovery() throws Exception {
        Files.writeString(site.stateDirectory, "a file where the directory would be");
        site.faulty
                .get(0)
                .fail(
                        Call.OPEN,
                        site.faulty.get(0).count(Call.OPEN) + 1,
                        FaultyStore.Moment.BEFORE,
                        FaultyStore.unreachable());

        isServed();
    }

    private static String segment(int number) {
        return "0000000100000000000000%02X".formatted(number);
    }

    /** Into one vault, as a server does from whose list the other one was taken. */
    private void pushTo(int vault, String name, int variant) throws Exception {
        site.write(name, variant);
        new WalPush(
                        List.of(site.vaults.get(vault - 1)),
                        1,
                        site.state,
                        SeveralVaults.ZSTD,
                        LookAheadLimits.none(),
                        site.heard,
                        64 << 20,
                        Duration.ofSeconds(20))
                .push(Path.of("pg_wal", name), site.data);
    }

    private void isDoubt(String file, String differing) {
        Faults.of(() -> get(WalFile.parse(file), Duration.ofSeconds(60)))
                .is(ErrorCode.CONFLICT)
                .isRetried(Retry.NO)
                .says("memory:", "hold different branches as timeline 1", differing)
                .hints(Divergence.SET_LIST);
        assertThat(destination).doesNotExist();
    }

    @Test
    void whatAnotherBranchHasNextIsNotServedBehindTheFirstVaults() throws Exception {
        pushTo(1, segment(0x14), 1);
        pushTo(2, segment(0x14), 2);
        pushTo(2, segment(0x15), 2);

        assertThat(get(WalFile.parse(segment(0x14)))).isInstanceOf(GetOutcome.Served.class);
        Files.delete(destination);

        isDoubt(segment(0x15), segment(0x14));
    }

    @Test
    void whatTheFirstVaultHasBehindIsComparedWhereItLacksOne() throws Exception {
        pushTo(2, segment(0x14), 2);
        pushTo(1, segment(0x15), 1);
        pushTo(2, segment(0x15), 2);

        isDoubt(segment(0x14), segment(0x15));
    }

    /** However long each of them is, and however often it is asked for. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theEndOfTwoBranchesIsNone(int longer) throws Exception {
        pushTo(1, segment(0x14), 1);
        pushTo(2, segment(0x14), 2);
        pushTo(longer, segment(0x15), longer);

        isDoubt(segment(0x16), segment(0x14));
        isDoubt(segment(0x16), segment(0x14));
    }

    @Test
    void whatIsDamagedIsNotReplacedOutOfAnotherBranch() throws Exception {
        pushTo(1, segment(0x14), 1);
        pushTo(2, segment(0x14), 2);
        site.push(2, SEGMENT);
        flip(1);

        isDoubt(SEGMENT, segment(0x14));
    }

    @Test
    void whatHasNothingInCommonContradictsNothing() throws Exception {
        site.stores.get(0).delete(key(SEGMENT));
        pushTo(1, segment(0x12), 1);
        pushTo(2, segment(0x14), 2);

        isServed();
    }

    @Test
    void theFirstVaultThatComesBackIsComparedWithTheOneThatServedMeanwhile() throws Exception {
        pushTo(1, segment(0x14), 1);
        pushTo(2, segment(0x14), 2);
        pushTo(1, segment(0x15), 1);
        site.faulty.get(0).goAway();
        assertThat(get(WalFile.parse(segment(0x14)))).isInstanceOf(GetOutcome.Served.class);
        Files.delete(destination);
        site.faulty.get(0).comeBack();
        site.later();

        isDoubt(segment(0x15), segment(0x14));
    }

    @Test
    void theFirstVaultThatComesBackWithTheSameGoesOn() throws Exception {
        site.faulty.get(0).goAway();
        isServed();
        site.faulty.get(0).comeBack();
        site.later();
        isServed();
        int opened = site.faulty.get(1).count(Call.OPEN);

        isServed();

        assertThat(site.faulty.get(1).count(Call.OPEN)).isEqualTo(opened);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHistoryThatIsAnotherInTheNextVaultIsDoubt(boolean away) throws Exception {
        WalFile history = WalFile.parse("00000002.history");
        for (int vault = 1; vault <= 2; vault++) {
            byte[] line = "1\t0/1%d00000\tno recovery target specified\n"
                    .formatted(vault)
                    .getBytes(UTF_8);
            Vaults.put(site.member(vault).wal(), history, line, SeveralVaults.ZSTD);
        }
        if (away) {
            site.faulty.get(1).goAway();
            assertThat(get(history)).isInstanceOf(GetOutcome.Served.class);
            return;
        }

        Faults.of(() -> get(history))
                .is(ErrorCode.CONFLICT)
                .says("hold different branches as timeline 2", "\"00000002.history\" is not the same in both");
    }
}
