package dev.walvault.archive;

import static dev.walvault.archive.SeveralVaults.KEYS;
import static dev.walvault.archive.SeveralVaults.SEGMENT;
import static dev.walvault.archive.SeveralVaults.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.MemoryStore;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Name;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.CatchUp;
import dev.walvault.vaults.ConfiguredVault;
import dev.walvault.vaults.Debts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatchUpTest {
    @TempDir
    private Path root;

    private SeveralVaults site;

    @BeforeEach
    void twoVaults() throws Exception {
        site = new SeveralVaults(root, 2);
    }

    private static String segment(int number) {
        return String.format(Locale.ROOT, "0000000100000000%08X", number);
    }

    /** Segments of which only the first vault knows. */
    private void owe(int first, int last) throws Exception {
        site.faulty.get(1).goAway();
        for (int number = first; number <= last; number++) {
            site.write(segment(number), 0);
            site.push(1, segment(number));
        }
        site.faulty.get(1).comeBack();
        site.later();
    }

    @Test
    void aVaultThatHasComeBackAMomentAgoIsCaughtUpAllTheSame() throws Exception {
        site.faulty.get(1).goAway();
        site.write(segment(1), 0);
        site.push(1, segment(1));
        site.faulty.get(1).comeBack();

        assertThat(all()).isEqualTo(1);
        assertThat(site.has(2, segment(1))).isTrue();
    }

    private long all() throws Exception {
        return new CatchUp(site.vaults, site.state.vaults(), site.heard, new Cancellation()).all(KEYS);
    }

    @Test
    void pushesPayAFewDebtsEachOldestFirst() throws Exception {
        owe(1, 20);
        site.write(segment(21), 0);
        site.write(segment(22), 0);

        site.push(1, segment(21));

        assertThat(site.debts(2)).hasSize(12).startsWith(segment(9)).doesNotContain(segment(21));
        assertThat(site.has(2, segment(8))).isTrue();
        assertThat(site.has(2, segment(9))).isFalse();

        site.push(1, segment(22));
        assertThat(site.debts(2)).hasSize(4);
    }

    @Test
    void aVaultThatLacksFilesAndHasNoneOfThemIsGivenNewOnesWithoutASource() throws Exception {
        owe(1, 3);
        site.faulty.get(0).goAway();
        for (int number = 4; number <= 6; number++) {
            site.write(segment(number), 0);
            site.push(1, segment(number));
            assertThat(site.has(2, segment(number))).isTrue();
        }
    }

    @Test
    void aVaultOfWhichThatIsNotKnownIsComparedFirst() throws Exception {
        owe(1, 20);
        site.member(2).wal().copyFrom(site.member(1).wal(), WalFile.parse(segment(15)));
        site.write(segment(21), 0);

        site.push(2, segment(21));

        assertThat(site.debts(2)).isEmpty();
        assertThat(site.has(2, segment(21))).isTrue();
    }

    /** As another host stores it, which does not reach the first vault. */
    private void another(int number) throws Exception {
        String name = segment(number);
        Vaults.put(
                site.member(2).wal(),
                WalFile.parse(name),
                Wal.segment(name, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 1),
                SeveralVaults.ZSTD);
    }

    @Test
    void nothingFollowsAConflictUntilItIsSettled() throws Exception {
        owe(1, 6);
        another(3);

        assertThat(all()).isEqualTo(3);

        assertThat(site.setAside(2)).extracting(Debts.Failed::file).containsExactly(segment(3));
        assertThat(site.setAside(2).getFirst().reason()).contains("nothing that follows on timeline 1 is stored there");
        assertThat(site.debts(2)).containsExactly(segment(4), segment(5), segment(6));
        assertThat(site.has(2, segment(2))).isTrue();
        assertThat(site.has(2, segment(4))).isFalse();

        site.stores.get(1).delete(key(segment(3)));
        all();
        assertThat(site.debts(2)).isEmpty();
        assertThat(site.object(2, segment(6))).isEqualTo(site.object(1, segment(6)));
    }

    @Test
    void otherTimelinesAreCaughtUpAllTheSame() throws Exception {
        owe(1, 3);
        another(1);
        site.state.vaults().debts().record(site.vaults.get(1), KEYS, WalFile.parse("000000020000000000000009"));
        Vaults.put(
                site.member(1).wal(),
                WalFile.parse("000000020000000000000009"),
                Wal.segment("000000020000000000000009", Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0),
                SeveralVaults.ZSTD);

        all();

        assertThat(site.has(2, "000000020000000000000009")).isTrue();
        assertThat(site.debts(2)).containsExactly(segment(2), segment(3));
    }

    @Test
    void aPushStoresNothingBehindAConflictThatADebtMeetsLater() throws Exception {
        owe(1, 3);
        another(2);
        for (int number = 4; number <= 6; number++) {
            site.write(segment(number), 0);
            site.push(1, segment(number));
            assertThat(site.has(2, segment(number))).isFalse();
        }

        assertThat(site.debts(2)).containsExactly(segment(3), segment(4), segment(5), segment(6));
        assertThat(site.has(1, segment(6))).isTrue();
        assertThat(site.heard.warnings().getLast())
                .contains(segment(6), "vault \"vault2\"", "another server's WAL of timeline 1");
        site.write(segment(7), 0);
        Faults.of(() -> site.push(2, segment(7)))
                .is(ErrorCode.STORE_UNREACHABLE)
                .says("another server's WAL of timeline 1");
        assertThat(site.has(2, segment(7))).isFalse();
    }

    @Test
    void whatIsStoredAheadIsNotStoredBehindAConflictEither() throws Exception {
        owe(1, 1);
        another(1);
        site.queue(segment(2), segment(3), segment(4));
        for (int number = 2; number <= 4; number++) {
            site.write(segment(number), 0);
        }

        site.ahead(1, LookAheadLimits.of(4, 2)).push(Path.of("pg_wal", segment(2)), site.data);

        assertThat(site.has(1, segment(4))).isTrue();
        assertThat(site.has(2, segment(2))).isFalse();
        assertThat(site.has(2, segment(4))).isFalse();
    }

    @Test
    void aVaultThatRefusesKeepsThePushFromBeingAcknowledged() throws Exception {
        another(1);
        site.write(segment(1), 0);
        site.write(segment(2), 0);
        site.queue(segment(1), segment(2));

        Faults.of(() -> site.ahead(1, LookAheadLimits.of(4, 2)).push(Path.of("pg_wal", segment(1)), site.data))
                .is(ErrorCode.CONFLICT);

        assertThat(site.has(1, segment(1))).isTrue();
        assertThat(site.has(1, segment(2))).isFalse();
        assertThat(site.has(2, segment(2))).isFalse();
    }

    @Test
    void historiesComeFirst() throws Exception {
        owe(1, 9);
        site.faulty.get(1).goAway();
        site.writeHistory("00000002.history");
        site.push(1, "00000002.history");
        site.faulty.get(1).comeBack();
        site.later();

        assertThat(site.debts(2)).hasSize(10).startsWith("00000002.history", segment(1));
    }

    @Test
    void everythingIsPaidByteForByteWithoutKeys() throws Exception {
        site = new SeveralVaults(root.resolve("encrypted"), 2, Vaults.sealOnly(AgeKey.generate()));
        owe(1, 3);

        assertThat(all()).isEqualTo(3);

        for (int number = 1; number <= 3; number++) {
            assertThat(site.object(2, segment(number))).isEqualTo(site.object(1, segment(number)));
        }
        assertThat(site.debtFiles()).isEmpty();
        assertThat(all()).isZero();
    }

    @Test
    void whoeverCallsItOffIsNotTroubleOfAVault() throws Exception {
        owe(1, 3);
        var calledOff = new Cancellation();
        calledOff.cancel();
        int heard = site.heard.warnings().size();

        new CatchUp(site.vaults, site.state.vaults(), site.heard, calledOff).some(KEYS, Duration.ofSeconds(10));

        assertThat(site.heard.warnings()).hasSize(heard);
        assertThat(site.debts(2)).hasSize(3);
    }

    @Test
    void aVaultThatHasItByNowIsLeftAlone() throws Exception {
        owe(0x13, 0x13);
        var late = new WalPush(
                List.of(site.vaults.get(1)), 1, site.state, SeveralVaults.ZSTD, LookAheadLimits.none(), site.heard);
        late.push(Path.of(SEGMENT), site.data);
        byte[] before = site.object(2, SEGMENT);

        all();

        assertThat(site.object(2, SEGMENT)).isEqualTo(before);
        assertThat(site.debts(2)).isEmpty();
        assertThat(site.heard.warnings()).hasSize(1); // that of the push
    }

    @ParameterizedTest
    @CsvSource({"BEGIN_UPLOAD, BEFORE", "WRITE, BEFORE", "COMMIT, BEFORE", "COMMIT, AFTER", "HEAD, BEFORE"})
    void aCatchUpThatDiesIsMadeGoodByTheNext(Call call, Moment moment) throws Exception {
        owe(0x13, 0x13);
        site.faulty.get(1).fail(call, site.faulty.get(1).count(call) + 1, moment, FaultyStore.unreachable());

        all();
        assertThat(site.debts(2)).containsExactly(SEGMENT);
        all();

        assertThat(site.debts(2)).isEmpty();
        assertThat(site.object(2, SEGMENT)).isEqualTo(site.object(1, SEGMENT));
    }

    @Test
    void aVaultThatCannotBeReachedIsToldAlsoWhereNothingIsOwed() throws Exception {
        site.faulty.get(1).goAway();

        all();

        assertThat(site.heard.warnings())
                .singleElement()
                .asString()
                .contains("vault \"vault2\" cannot be used now, and is caught up later");
    }

    @Test
    void whileNobodyElseCanBeAskedTheDebtStays() throws Exception {
        owe(0x13, 0x13);
        site.faulty.get(0).goAway();

        assertThat(all()).isZero();

        assertThat(site.debts(2)).containsExactly(SEGMENT);
        assertThat(site.setAside(2)).isEmpty();
        assertThat(site.heard.warnings().getLast()).contains("vault \"vault2\" is behind", "could not reach the store");
    }

    @Test
    void aConflictIsKeptAndToldAndNothingIsOverwritten() throws Exception {
        owe(0x13, 0x13);
        site.write(SEGMENT, 1);
        Vaults.put(
                site.member(2).wal(),
                WalFile.parse(SEGMENT),
                Files.readAllBytes(site.data.resolve("pg_wal").resolve(SEGMENT)),
                SeveralVaults.ZSTD);
        byte[] theirs = site.object(2, SEGMENT);

        all();

        assertThat(site.object(2, SEGMENT)).isEqualTo(theirs);
        assertThat(site.debts(2)).isEmpty();
        assertThat(site.setAside(2)).singleElement().satisfies(failed -> {
            assertThat(failed.file()).isEqualTo(SEGMENT);
            assertThat(failed.reason()).contains("other content", "nothing was overwritten");
        });
        // until somebody has removed the wrong one
        site.stores.get(1).delete(key(SEGMENT));
        all();
        assertThat(site.setAside(2)).isEmpty();
        assertThat(site.object(2, SEGMENT)).isEqualTo(site.object(1, SEGMENT));
    }

    @Test
    void whatFailedForGoodDoesNotStandInTheWayOfTheRest() throws Exception {
        owe(1, 10);
        site.stores.get(0).delete(key(segment(1)));
        site.write(segment(11), 0);

        site.push(1, segment(11));

        assertThat(site.setAside(2))
                .singleElement()
                .extracting(Debts.Failed::reason)
                .asString()
                .contains("no vault has \"" + segment(1) + "\" any more");
        assertThat(site.debts(2)).containsExactly(segment(9), segment(10));
    }

    @Test
    void aDamagedSourceIsNotCopiedButAnotherOneIs() throws Exception {
        site = new SeveralVaults(root.resolve("three"), 3);
        site.write(SEGMENT, 0);
        site.faulty.get(2).goAway();
        site.push(2, SEGMENT);
        site.faulty.get(2).comeBack();
        site.later();
        site.stores.get(0).damage(key(SEGMENT), bytes -> {
            bytes[bytes.length / 2] ^= 1;
            return bytes;
        });

        assertThat(all()).isEqualTo(1);

        assertThat(site.object(3, SEGMENT)).isEqualTo(site.object(2, SEGMENT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"flipped", "cut"})
    void aDamagedTargetIsReplacedWhenItWasTheSame(String damage) throws Exception {
        owe(0x13, 0x13);
        site.member(2).wal().copyFrom(site.member(1).wal(), WalFile.parse(SEGMENT));
        site.stores.get(1).damage(key(SEGMENT), bytes -> {
            bytes[bytes.length / 2] ^= 1;
            return damage.equals("cut") ? Arrays.copyOf(bytes, 700) : bytes;
        });

        all();

        assertThat(site.object(2, SEGMENT)).isEqualTo(site.object(1, SEGMENT));
        assertThat(site.debts(2)).isEmpty();
    }

    @Test
    void twoAtOncePayEachDebtOnce() throws Exception {
        owe(0x13, 0x13);
        var together = new CyclicBarrier(2);
        site.faulty.get(1).before(Call.COMMIT, () -> {
            try {
                together.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IllegalStateException(e);
            }
        });
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (var done : threads.invokeAll(List.of(this::all, this::all))) {
                assertThat(done.get()).isEqualTo(1L);
            }
        }

        assertThat(site.debtFiles()).isEmpty();
        assertThat(site.setAside(2)).isEmpty();
        assertThat(site.object(2, SEGMENT)).isEqualTo(site.object(1, SEGMENT));
    }

    @Test
    void serversThatShareTheDirectoryDoNotMeet() throws Exception {
        owe(0x13, 0x13);
        var other = new MemberKeys(Vaults.CLUSTER, new Name("other"), Vaults.SYSTEM);

        assertThat(site.state.vaults().debts().any(site.vaults.get(1), other)).isFalse();
        site.state.vaults().debts().record(site.vaults.get(1), other, WalFile.parse(SEGMENT));
        all();

        assertThat(site.state.vaults().debts().count(site.vaults.get(1), other)).isEqualTo(1);
        assertThat(site.state.vaults().debts().count(site.vaults.get(1), KEYS)).isZero();
    }

    @Test
    void debtsThatComeAndGoAtOnceAreNeitherLostNorInvented() throws Exception {
        // one thread takes directories away that another is about to write into
        ConfiguredVault vault = site.vaults.get(1);
        WalFile here = WalFile.parse(segment(1));
        WalFile there = WalFile.parse(segment(2));
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (var done : threads.invokeAll(
                    List.<Callable<Boolean>>of(() -> comeAndGo(vault, here), () -> comeAndGo(vault, there)))) {
                assertThat(done.get()).isTrue();
            }
        }
        assertThat(site.debtFiles()).isEmpty();
    }

    private boolean comeAndGo(ConfiguredVault vault, WalFile file) throws Exception {
        for (int i = 0; i < 200; i++) {
            site.state.vaults().debts().record(vault, KEYS, file);
            if (!site.state.vaults().debts().oldest(vault, KEYS, 10).contains(file)) {
                return false;
            }
            site.state.vaults().debts().settle(vault, KEYS, file);
        }
        return true;
    }

    @Test
    void aVaultOfAnotherKindOfEncryptionNeverGetsACopy() throws Exception {
        owe(0x13, 0x13);
        var encrypted = new MemoryStore();
        var keyring = Vaults.keyring(AgeKey.generate());
        var target = Vaults.created(encrypted, keyring, Vaults.identity(), Vaults.author(9))
                .of(Vaults.SYSTEM);

        Faults.of(() -> target.wal().copyFrom(site.member(1).wal(), WalFile.parse(SEGMENT)))
                .is(ErrorCode.CONFIGURATION)
                .says("do not agree on encryption");
        assertThat(encrypted.head(key(SEGMENT))).isEmpty();
    }
}
