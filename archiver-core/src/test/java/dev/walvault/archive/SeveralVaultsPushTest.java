package dev.walvault.archive;

import static dev.walvault.archive.SeveralVaults.SEGMENT;
import static dev.walvault.archive.SeveralVaults.key;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import dev.walvault.Retry;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.store.Content;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.MemoryStore;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeveralVaultsPushTest {
    private static final String NEXT = "000000010000000000000014";

    @TempDir
    private Path root;

    private SeveralVaults site;

    @BeforeEach
    void threeVaults() throws Exception {
        site = new SeveralVaults(root, 3).write(SEGMENT, 0).write(NEXT, 0);
    }

    @Test
    void everyVaultGetsTheSameBytesAndNothingIsRemembered() throws Exception {
        assertThat(site.push(3, SEGMENT)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.object(2, SEGMENT)).isEqualTo(site.object(1, SEGMENT));
        assertThat(site.object(3, SEGMENT)).isEqualTo(site.object(1, SEGMENT));
        assertThat(site.stateIsUntouched()).isTrue();
        assertThat(site.heard.warnings()).isEmpty();
    }

    @Test
    void encryptedBytesAreTheSameInEveryVaultToo() throws Exception {
        site = new SeveralVaults(root.resolve("encrypted"), 2, Vaults.sealOnly(AgeKey.generate())).write(SEGMENT, 0);

        site.push(2, SEGMENT);

        assertThat(site.object(2, SEGMENT)).isEqualTo(site.object(1, SEGMENT));
    }

    @Test
    void pushingAgainSucceedsAndCompletesWhatWasMissing() throws Exception {
        site.push(3, SEGMENT);
        assertThat(site.push(3, SEGMENT)).isEqualTo(new PushOutcome.AlreadyArchived());

        site.stores.get(1).delete(key(SEGMENT));

        assertThat(site.push(3, SEGMENT)).isEqualTo(new PushOutcome.Archived());
        assertThat(site.has(2, SEGMENT)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aVaultThatIsDemandedAndAwayIsAFailureThatNamesIt(int away) {
        site.faulty.get(away - 1).goAway();

        Faults.of(() -> site.push(3, SEGMENT))
                .is(ErrorCode.STORE_UNREACHABLE)
                .isRetried(Retry.YES)
                .says("vault \"vault" + away + "\": could not reach the store");
        for (int vault = 1; vault <= 3; vault++) {
            assertThat(site.has(vault, SEGMENT)).isEqualTo(vault != away);
        }
    }

    @Test
    void everyFailureIsTold() {
        site.faulty.get(0).goAway();
        site.faulty.get(2).fail(Call.CREATE, 1, Moment.BEFORE, full());

        Faults.of(() -> site.push(2, SEGMENT)).says("vault \"vault1\": could not reach", "vault \"vault3\": no space");
    }

    @Test
    void aVaultThatIsUnreachableAndNotDemandedIsADebt() throws Exception {
        site.faulty.get(1).goAway();

        assertThat(site.push(2, SEGMENT)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.debts(2)).containsExactly(SEGMENT);
        assertThat(site.debts(1)).isEmpty();
        assertThat(site.heard.warnings())
                .singleElement()
                .asString()
                .contains(SEGMENT, "brought there later", "vault \"vault2\": could not reach the store");
    }

    /** A segment that cannot be read from pg_wal is no vault's fault, and no vault can do without it. */
    @Test
    void aTroubleOfThisHostIsNoVaults() throws ArchiverException {
        site.faulty
                .get(1)
                .fail(
                        Call.CREATE,
                        1,
                        Moment.BEFORE,
                        Fault.of(ErrorCode.LOCAL_FILE, "could not read the segment")
                                .host());

        Faults.of(() -> site.push(1, SEGMENT)).is(ErrorCode.LOCAL_FILE).says("could not read the segment");

        assertThat(site.state.vaults().away().lately(site.vaults.get(1))).isFalse();
        assertThat(site.debts(2)).isEmpty();
    }

    /** An option of one vault's URL stops archiving into that vault alone. */
    @Test
    void aVaultThatIsConfiguredWronglyAndNotDemandedIsADebt() throws Exception {
        site.faulty
                .get(1)
                .fail(
                        Call.CREATE,
                        1,
                        Moment.BEFORE,
                        Fault.of(ErrorCode.CONFIGURATION, "the region of the bucket is not known")
                                .configuration());

        assertThat(site.push(2, SEGMENT)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.debts(2)).containsExactly(SEGMENT);
    }

    @Test
    void aFullVaultThatIsNotDemandedIsADebtToo() throws Exception {
        site.faulty.get(2).fail(Call.CREATE, 1, Moment.BEFORE, full());

        site.push(1, SEGMENT);

        assertThat(site.debts(3)).containsExactly(SEGMENT);
        assertThat(site.heard.warnings()).singleElement().asString().contains("no space left");
    }

    @Test
    void aMountThatIsNotThereIsADebt() throws Exception {
        site.stores.get(2).keys().forEach(site.stores.get(2)::delete);

        site.push(2, SEGMENT);

        assertThat(site.debts(3)).containsExactly(SEGMENT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aConflictInAnyVaultIsNeverSuccess(int conflicting) throws Exception {
        site.write(SEGMENT, 1);
        Vaults.put(
                site.member(conflicting).wal(),
                WalFile.parse(SEGMENT),
                Files.readAllBytes(site.data.resolve("pg_wal").resolve(SEGMENT)),
                SeveralVaults.ZSTD);
        byte[] theirs = site.object(conflicting, SEGMENT);
        site.write(SEGMENT, 0);

        Faults.of(() -> site.push(1, SEGMENT))
                .is(ErrorCode.CONFLICT)
                .says("vault \"vault" + conflicting + "\": ", "other content; nothing was overwritten");
        assertThat(site.object(conflicting, SEGMENT)).isEqualTo(theirs);
        assertThat(site.stateIsUntouched()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"junk\n", "age-encryption.org/v1\n", "age-encryption.org/v1\n-> walvault/meta 1\n"})
    void whatIsNoObjectAtAllUnderTheNameIsNeverSuccess(String junk) throws Exception {
        site.write(SEGMENT, 0);
        site.stores.get(1).createIfAbsent(SeveralVaults.key(SEGMENT), Content.of(junk.getBytes(US_ASCII)));

        Faults.of(() -> site.push(1, SEGMENT)).is(ErrorCode.CORRUPT).says("vault \"vault2\": ");
        assertThat(site.object(2, SEGMENT)).isEqualTo(junk.getBytes(US_ASCII));
        assertThat(site.stateIsUntouched()).isTrue();
    }

    @Test
    void aConflictIsTheGravestOfSeveralFailures() throws Exception {
        aConflictInAnyVaultIsNeverSuccess(2);
        site.faulty.get(0).goAway();

        Faults.of(() -> site.push(1, SEGMENT)).is(ErrorCode.CONFLICT).says("vault \"vault1\": could not reach");
    }

    @Test
    void aVaultThatDoesNotKnowTheSystemIsRefused() throws Exception {
        var strange = new MemoryStore();
        Vaults.created(
                strange, Vaults.NO_KEYS, Vaults.identity(Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE), Vaults.author(9));
        site.vaults.set(2, new SeveralVaults.Opening("strange", strange, Vaults.NO_KEYS));

        Faults.of(() -> site.push(1, SEGMENT)).is(ErrorCode.WRONG_SYSTEM).says("vault \"strange\": ", "walvault init");
    }

    @Test
    void vaultsThatDoNotAgreeOnEncryptionAreRefused() throws Exception {
        var encrypted = new MemoryStore();
        Vaults.created(encrypted, Vaults.keyring(AgeKey.generate()), Vaults.identity(), Vaults.author(9));
        site.vaults.set(2, new SeveralVaults.Opening("encrypted", encrypted, Vaults.NO_KEYS));

        Faults.of(() -> site.push(1, SEGMENT)).is(ErrorCode.KEY_MISSING).says("vault \"encrypted\": ");
    }

    @Test
    void twoNamesOfOneVaultAreNotTwoCopies() {
        site.vaults.set(2, new SeveralVaults.Opening("again", site.stores.get(0), Vaults.NO_KEYS));

        Faults.of(() -> site.push(3, SEGMENT)).is(ErrorCode.CONFIGURATION).says("are the same vault");
    }

    @Test
    void aVaultThatDoesNotAnswerIsNotWaitedForWhenTheOthersHaveIt() throws Exception {
        var stuck = new CountDownLatch(1);
        site.faulty.get(0).before(Call.CREATE, () -> await(stuck));
        try {
            site.hasty(2).push(Path.of(SEGMENT), site.data);

            assertThat(site.debts(1)).containsExactly(SEGMENT);
            assertThat(site.heard.warnings()).singleElement().asString().contains("vault \"vault1\": no answer");
        } finally {
            stuck.countDown();
        }
    }

    @Test
    void aVaultThatIsLateButWithinItsGraceIsNoDebt() throws Exception {
        var others = new CountDownLatch(2);
        site.faulty.get(1).before(Call.CREATE, others::countDown);
        site.faulty.get(2).before(Call.CREATE, others::countDown);
        site.faulty.get(0).before(Call.CREATE, () -> await(others));

        site.push(2, SEGMENT);

        assertThat(site.has(1, SEGMENT)).isTrue();
        assertThat(site.debts(1)).isEmpty();
    }

    @Test
    void aVaultThatWasUnreachableAMomentAgoIsSparedAndThenAskedAgain() throws Exception {
        site.faulty.get(1).goAway();
        site.push(2, SEGMENT);
        int asked = site.faulty.get(1).count(Call.OPEN);

        site.push(2, NEXT);

        assertThat(site.faulty.get(1).count(Call.OPEN)).isEqualTo(asked);
        assertThat(site.debts(2)).containsExactly(SEGMENT, NEXT);

        site.faulty.get(1).comeBack();
        site.later();
        site.push(2, NEXT);

        assertThat(site.has(2, NEXT)).isTrue();
        assertThat(site.has(2, SEGMENT)).isTrue();
        assertThat(site.debts(2)).isEmpty();
        assertThat(site.debtFiles()).isEmpty();
    }

    @Test
    void aVaultThatWasUnreachableAMomentAgoIsAskedAllTheSameWhenItIsDemanded() throws Exception {
        site.faulty.get(1).goAway();
        site.push(2, SEGMENT);
        site.faulty.get(1).comeBack();
        site.faulty.get(0).goAway();

        site.push(2, NEXT);

        assertThat(site.has(2, NEXT)).isTrue();
        assertThat(site.has(3, NEXT)).isTrue();
        assertThat(site.debts(1)).containsExactly(NEXT);
    }

    @Test
    void withoutAPlaceForDebtsThereIsNoSuccess() throws Exception {
        Files.writeString(site.stateDirectory, "a file where the directory would be");
        site.faulty.get(1).goAway();

        Faults.of(() -> site.push(2, SEGMENT))
                .is(ErrorCode.LOCAL_FILE)
                .says("could not write down that the vault at \"vault2\" still lacks \"" + SEGMENT, "state_directory");

        // where no debt must be written none is needed
        site.faulty.get(1).comeBack();
        assertThat(site.push(2, SEGMENT)).isEqualTo(new PushOutcome.Archived());
    }

    @Test
    void theStateDirectoryIsForItsOwnerOnly() throws Exception {
        site.faulty.get(1).goAway();
        site.push(2, SEGMENT);

        for (Path path : site.debtFiles()) {
            String expected = Files.isDirectory(path) ? "rwx------" : "rw-------";
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo(expected);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(site.stateDirectory)))
                .isEqualTo("rwx------");
    }

    @Test
    void aSegmentThatIsStreamedReachesEveryVaultThatCanTakeIt() throws Exception {
        site.faulty.get(1).fail(Call.WRITE, 2, Moment.BEFORE, FaultyStore.unreachable());
        var push = new WalPush(
                site.vaults,
                2,
                site.state,
                SeveralVaults.ZSTD,
                LookAheadLimits.none(),
                site.heard,
                1 << 16,
                Duration.ofSeconds(20));

        assertThat(push.push(Path.of(SEGMENT), site.data)).isEqualTo(new PushOutcome.Archived());

        for (int vault : new int[] {1, 3}) {
            try (var unsealed =
                    site.member(vault).wal().open(WalFile.parse(SEGMENT)).orElseThrow()) {
                assertThat(unsealed.content().readAllBytes())
                        .isEqualTo(
                                Files.readAllBytes(site.data.resolve("pg_wal").resolve(SEGMENT)));
            }
        }
        assertThat(site.debts(2)).containsExactly(SEGMENT);
    }

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"CREATE", "OPEN"})
    void acknowledgedMeansStoredAsOftenAsDemandedAndOwedElsewhere(Call call) throws Exception {
        // every vault fails at every place in turn, alone and together with another one, before and after its work
        for (int failing = 0; failing < 9; failing++) {
            for (Moment moment : Moment.values()) {
                for (int nth = 1; nth <= 3; nth++) {
                    var one = new SeveralVaults(root.resolve(call + "-" + failing + moment + nth), 3).write(SEGMENT, 0);
                    one.faulty.get(failing / 3).fail(call, nth, moment, FaultyStore.unreachable());
                    one.faulty.get(failing % 3).fail(call, nth, moment, full());
                    for (int copies = 1; copies <= 3; copies++) {
                        boolean acknowledged = succeeds(one, copies);
                        requireInvariant(one, acknowledged ? copies : 0);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aDebtThatCannotBeWrittenLeavesNothingAcknowledged(int copies) throws Exception {
        site.faulty.get(2).goAway();
        Path place = site.stateDirectory.resolve("debts");
        Files.createDirectories(place.getParent());
        Files.createFile(place);

        assertThat(succeeds(site, copies)).isFalse();
        Files.delete(place);
        assertThat(succeeds(site, copies)).isTrue();
        requireInvariant(site, copies);
    }

    private static boolean succeeds(SeveralVaults site, int copies) {
        return catchThrowable(() -> site.push(copies, SEGMENT)) == null;
    }

    private static void requireInvariant(SeveralVaults site, int acknowledged) throws Exception {
        if (acknowledged == 0) {
            return;
        }
        int stored = 0;
        for (int vault = 1; vault <= 3; vault++) {
            boolean has = site.has(vault, SEGMENT);
            stored += has ? 1 : 0;
            assertThat(has || site.debts(vault).contains(SEGMENT))
                    .as("vault %d has it, or owes it", vault)
                    .isTrue();
        }
        assertThat(stored).isGreaterThanOrEqualTo(acknowledged);
    }

    @Test
    void aDamagedCopyInOneVaultIsStoredAgain() throws Exception {
        site.push(3, SEGMENT);
        site.stores.get(1).damage(key(SEGMENT), bytes -> Arrays.copyOf(bytes, bytes.length - 100));

        assertThat(site.push(3, SEGMENT)).isEqualTo(new PushOutcome.Repaired());
        assertThat(site.member(2)
                        .wal()
                        .inspect(WalFile.parse(SEGMENT))
                        .orElseThrow()
                        .damage())
                .isEmpty();
    }

    private static dev.walvault.StoreException full() {
        return Fault.of(ErrorCode.STORE_FULL, "no space left").store();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
