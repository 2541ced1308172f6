package dev.walvault.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Progress;
import dev.walvault.pg.Checkpoint;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Wal;
import dev.walvault.pg.link.ArchiverFacts;
import dev.walvault.store.Content;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups that are refused, fail or are called off, and that nothing is left of them. */
class BaseBackupFailureTest extends ServerToBackUp {
    @Test
    void aDirectoryThatTheServerWasMovedAwayFromIsNotBackedUp() {
        server = new FakeServer(data) {
            @Override
            public Checkpoint latestCheckpoint() throws ArchiverException {
                return new Checkpoint(
                        Lsn.parse("0/1300060"), super.latestCheckpoint().time());
            }
        };

        refusesAndLeavesNothing(ErrorCode.WRONG_SYSTEM, "is not the server's data directory, but a copy of it");
    }

    @Test
    void aCloneWhoseCheckpointsAreAtTheSamePlacesIsNotBackedUp() {
        server = new FakeServer(data) {
            @Override
            public Checkpoint latestCheckpoint() throws ArchiverException {
                Checkpoint ours = super.latestCheckpoint();
                return new Checkpoint(ours.position(), ours.time().plusSeconds(1));
            }
        };

        refusesAndLeavesNothing(ErrorCode.WRONG_SYSTEM, "is not the server's data directory, but a copy of it");
    }

    @Test
    void aCheckpointBetweenTheTwoLooksIsNoOtherDirectory() throws Exception {
        var looks = new AtomicInteger();
        server = new FakeServer(data) {
            @Override
            public Checkpoint latestCheckpoint() throws ArchiverException {
                Checkpoint latest = super.latestCheckpoint();
                return looks.incrementAndGet() == 1 ? new Checkpoint(Lsn.parse("0/7"), latest.time()) : latest;
            }
        };
        server.onStop = this::archive;

        take();

        assertThat(looks).hasValue(2);
    }

    @Test
    void walThatDoesNotArriveInTimeLeavesNothing() {
        server.onStop = () -> {};
        server.archiverFailed("000000010000000000000015");

        refusesAndLeavesNothing(
                ErrorCode.TIMED_OUT, "the archiver failed 3 times, the last time with \"000000010000000000000015\"");
    }

    @Test
    void everySegmentBetweenStartAndStopIsNeeded() {
        server.onStop = () -> {
            archive();
            store.keys().stream()
                    .filter(key -> key.name().equals(FakeServer.SEGMENTS.get(1)))
                    .forEach(store::delete);
        };

        refusesAndLeavesNothing(ErrorCode.TIMED_OUT, FakeServer.SEGMENTS.get(1));
    }

    @Test
    void aSegmentThatIsDamagedInTheVaultFailsTheBackup() {
        server.onStop = () -> {
            archive();
            store.keys().stream()
                    .filter(key -> key.name().equals(FakeServer.SEGMENTS.get(2)))
                    .forEach(key -> store.damage(key, bytes -> {
                        bytes[bytes.length - 9] ^= 1;
                        return bytes;
                    }));
        };

        refusesAndLeavesNothing(ErrorCode.CORRUPT, FakeServer.SEGMENTS.get(2));
    }

    @Test
    void aServerWithNothingToArchiveWithIsRefusedBeforeItBegins() {
        server.archiver = new ArchiverFacts(
                "on", "", "", 0, OptionalLong.of(0), OptionalLong.empty(), 0, 0, Optional.empty(), Optional.empty());

        refusesAndLeavesNothing(ErrorCode.POSTGRES_SETTINGS, "archive_command is empty");
        assertThat(server.calls).containsExactly("lock");
    }

    @Test
    void anArchiverThatFailsIsFoundOutBeforeAnythingIsCopied() {
        server.archiverFailed("000000010000000000000012");
        server.onArchiver = this::failToArchive;
        faulty.before(Call.BEGIN_UPLOAD, () -> {
            throw new AssertionError("nothing is to be copied");
        });

        Faults.of(() -> take(faulty))
                .is(ErrorCode.POSTGRES_SETTINGS)
                .says("does not archive", "000000010000000000000012");
        nothingIsLeft();
    }

    @Test
    void anArchiverThatFailsWhileFilesAreCopiedStopsThat() {
        var looks = new CountDownLatch(3);
        faulty.before(Call.BEGIN_UPLOAD, () -> {
            server.onArchiver = () -> {
                failToArchive();
                looks.countDown();
            };
            await(looks);
        });

        Faults.of(() -> take(faulty)).is(ErrorCode.POSTGRES_SETTINGS).says("does not archive");
        assertThat(server.calls).containsExactly("lock", "start nightly fast");
        nothingIsLeft();
    }

    @Test
    void anArchiverThatHasRecoveredIsBelieved() throws Exception {
        server.archiverFailed("000000010000000000000012");
        time.next(() -> server.archiver = healthy(server.archiver.archived() + 1));

        assertThat(take()).isNotNull();
    }

    @Test
    void aBackupWhoseCompletionWasNotAcknowledgedDoesNotCount() {
        faulty.fail(Call.CREATE, 1, Moment.AFTER, FaultyStore.unreachable());

        Faults.of(() -> take(faulty)).is(ErrorCode.STORE_UNREACHABLE);
        nothingIsLeft();
    }

    @Test
    void whetherABackupCountsIsSaidToBeUnknownWhereNobodyCanTell() {
        faulty.fail(Call.CREATE, 1, Moment.AFTER, FaultyStore.unreachable());
        faulty.fail(Call.DELETE, 1, Moment.BEFORE, FaultyStore.unreachable());

        Faults.of(() -> take(faulty))
                .is(ErrorCode.STORE_UNREACHABLE)
                .says("it is not known whether backup 20261120T221530Z is complete", "walvault info");
        assertThat(store.keys()).anyMatch(key -> key.name().equals("complete.json"));
    }

    @Test
    void aSecondBackupOfTheServerIsLockedOut() {
        server.holder = Optional.of("process 4711 since 22:10");

        refusesAndLeavesNothing(ErrorCode.LOCKED, "process 4711 since 22:10");
        assertThat(server.calls).containsExactly("lock");
    }

    @Test
    void aServerOfAnotherSystemThanTheDataDirectoryIsRefused() {
        server.system = Vaults.OTHER_SYSTEM;

        refusesAndLeavesNothing(ErrorCode.WRONG_SYSTEM, "the server is system 7710402303953991025");
        assertThat(server.calls).isEmpty();
    }

    @Test
    void aSystemThatTheVaultDoesNotKnowIsRefused() throws Exception {
        server.system = Vaults.OTHER_SYSTEM;
        server.write("global/pg_control", Wal.controlFile(Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE));

        refusesAndLeavesNothing(ErrorCode.WRONG_SYSTEM, "is not known");
    }

    @Test
    void aServerInRecoveryIsRefused() {
        server.inRecovery = true;

        refusesAndLeavesNothing(ErrorCode.POSTGRES_SETTINGS, "the server is in recovery");
    }

    @Test
    void aServerThatDoesNotArchiveIsRefused() {
        server.archiveMode = "off";

        refusesAndLeavesNothing(ErrorCode.POSTGRES_SETTINGS, "archive_mode is \"off\"");
    }

    @Test
    void aServerWithMinimalWalIsRefused() {
        server.walLevel = "minimal";

        refusesAndLeavesNothing(ErrorCode.POSTGRES_SETTINGS, "wal_level is \"minimal\"");
    }

    @Test
    void aServerThatChangesItsTimelineMeanwhileIsRefused() {
        server.onStart = () -> write(
                "global/pg_control",
                Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE, new TimelineId(2), true, 131072));

        refusesAndLeavesNothing(ErrorCode.POSTGRES_SETTINGS, "went from timeline 1 to 2");
    }

    @ParameterizedTest
    @CsvSource({
        "BEGIN_UPLOAD, 1, BEFORE, 1",
        "BEGIN_UPLOAD, 2, BEFORE, 1",
        "WRITE, 1, BEFORE, 1",
        "WRITE, 4, BEFORE, 1",
        "COMMIT, 1, BEFORE, 1",
        "COMMIT, 1, AFTER, 1",
        "COMMIT, 2, BEFORE, 1",
        "COMMIT, 3, BEFORE, 1",
        "COMMIT, 3, AFTER, 1",
        "HEAD, 2, BEFORE, 1",
        "CREATE, 1, BEFORE, 1",
        "BEGIN_UPLOAD, 2, BEFORE, 4",
        "WRITE, 3, BEFORE, 4",
        "COMMIT, 2, AFTER, 4",
    })
    void aStoreThatFailsInTheMiddleLeavesNothing(Call call, int nth, Moment moment, int workers) throws Exception {
        jobs = workers;
        for (int i = 0; i < 10; i++) {
            server.write("base/5/" + (16384 + i), Pages.file(Pages.page(0, BEFORE)));
        }
        faulty.fail(call, nth, moment, FaultyStore.unreachable());

        Faults.of(() -> take(faulty)).is(ErrorCode.STORE_UNREACHABLE);

        nothingIsLeft();
        assertThat(take().id()).hasToString("20261120T221530Z");
    }

    @Test
    void whatCannotBeRemovedAfterAFailureIsAWarningAndTheFailureIsTold() throws Exception {
        faulty.fail(Call.COMMIT, 2, Moment.BEFORE, FaultyStore.unreachable())
                .fail(Call.DELETE_ALL, 1, Moment.BEFORE, FaultyStore.unreachable());

        Faults.of(() -> take(faulty)).is(ErrorCode.STORE_UNREACHABLE);
        assertThat(heard.warnings()).singleElement().asString().contains("could not remove what the failed backup");
        assertThat(member().backups().list().complete()).isEmpty();
    }

    @Test
    void housekeepingThatFailsDoesNotFailABackupThatIsComplete() throws Exception {
        faulty.fail(Call.DISCARD, 1, Moment.BEFORE, FaultyStore.unreachable());

        Backup backup = take(faulty);

        assertThat(member().backups().list().complete()).containsExactly(backup);
        assertThat(heard.warnings()).singleElement().asString().contains("could not reach the store");
    }

    @ParameterizedTest
    @CsvSource({"packs/000001", "manifest"})
    void theObjectsOfAnotherBackupOfTheSameIdAreLeftAlone(String object) throws Exception {
        // a copy of this server, in the same second
        var key = new ObjectKey(BACKUPS + "20261120T221530Z/" + object);
        var others = Content.of("of the other one".getBytes(US_ASCII));
        server.onStart = () -> create(key, others);

        Faults.of(this::take).is(ErrorCode.CONFLICT).says("Another backup with the same id is being taken");

        assertThat(store.head(key)).isPresent();
        assertThat(member().backups().list().complete()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void aBackupThatIsCalledOffLeavesNothing(int workers) throws Exception {
        jobs = workers;
        for (int i = 0; i < 50; i++) {
            server.write("base/5/" + (16384 + i), Pages.file(Pages.page(0, BEFORE)));
        }
        Listener impatient = event -> {
            if (event instanceof Progress progress && progress.filesDone() > 20) {
                cancellation.cancel();
            }
        };

        Faults.of(() -> backup(store, impatient).take(data, options())).is(ErrorCode.CANCELLED);

        nothingIsLeft();
    }

    @Test
    void aFailureOfOneWorkerEndsTheOthers() throws Exception {
        jobs = 2;
        for (int i = 0; i < 2000; i++) {
            server.write("base/5/" + (16384 + i), "x");
        }
        faulty.fail(Call.BEGIN_UPLOAD, 1, Moment.BEFORE, FaultyStore.unreachable());

        Faults.of(() -> take(faulty)).is(ErrorCode.STORE_UNREACHABLE);

        assertThat(heard.of(Progress.class)).hasSizeLessThan(1000);
        nothingIsLeft();
    }

    @Test
    void aFileThatMayNotBeReadIsAnErrorThatNamesIt() throws Exception {
        if (Files.getOwner(data).getName().equals("root")) {
            return;
        }
        server.write("base/5/16384", "x");
        Files.setAttribute(data.resolve("base/5/16384"), "unix:mode", 0);

        refusesAndLeavesNothing(ErrorCode.LOCAL_FILE, "base/5/16384");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb"})
    void aLabelThatTheServerWouldRefuseIsRefusedBefore(String label) {
        assertThatThrownBy(() ->
                        new BackupOptions(label, Map.of(), 1, true, ZSTD, Duration.ZERO, directory, false, diskReads))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a label has");
    }

    private void refusesAndLeavesNothing(ErrorCode code, String why) {
        Faults.of(this::take).is(code).says(why);
        nothingIsLeft();
    }

    private void failToArchive() {
        server.archiverFailed("000000010000000000000012", server.archiver.failed() + 1);
    }

    private static ArchiverFacts healthy(long archived) {
        return new ArchiverFacts(
                "on",
                "true",
                "",
                0,
                OptionalLong.of(0),
                OptionalLong.empty(),
                archived,
                0,
                Optional.empty(),
                Optional.empty());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void create(ObjectKey key, Content content) {
        try {
            store.createIfAbsent(key, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
