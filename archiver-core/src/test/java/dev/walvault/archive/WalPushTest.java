package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.IntegrityException;
import dev.walvault.Retry;
import dev.walvault.observe.Heard;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pipe.AgeKey;
import dev.walvault.pipe.Codec;
import dev.walvault.pipe.Compression;
import dev.walvault.pipe.ContentDigest;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalPushTest {
    private static final String SEGMENT = "000000010000000000000013";
    private static final String WAL = "orders/main/17443322110099887766/wal/00000001/00000000/";
    private static final Compression ZSTD = new Compression(Codec.ZSTD, 1);
    private static final AgeKey KEY = AgeKey.generate();
    private static final byte[] BACKUP_HISTORY =
            "START WAL LOCATION: 0/1300028 (file 000000010000000000000013)\n".getBytes(US_ASCII);

    @TempDir
    private Path data;

    private final MemoryStore store = new MemoryStore();
    private final FaultyStore faulty = new FaultyStore(store);
    private final Heard heard = new Heard();
    private Keyring keyring = Vaults.NO_KEYS;

    @BeforeEach
    void aServerAndItsVault() throws Exception {
        Files.createDirectories(data.resolve("pg_wal"));
        Files.createDirectories(data.resolve("global"));
        Files.write(data.resolve("global/pg_control"), Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE));
        Vaults.plain(store);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void aSegmentIsStoredAsItIs(Codec codec) throws Exception {
        byte[] content = segment(SEGMENT, 0);
        write(SEGMENT, content);

        var push = Pushes.to(access(store), new Compression(codec, codec.usualLevel()), heard);

        assertThat(push.push(Path.of("pg_wal", SEGMENT), data)).isEqualTo(new PushOutcome.Archived());
        assertThat(stored(SEGMENT)).isEqualTo(content);
    }

    @Test
    void pushingTheSameSegmentTwiceSucceeds() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);
        byte[] first = object(WAL + SEGMENT);

        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(object(WAL + SEGMENT)).isEqualTo(first);
    }

    @Test
    void theSameSegmentSealedInAnotherWayIsTheSame() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);

        var push = Pushes.to(access(store), new Compression(Codec.LZ4, 1), heard);

        assertThat(push.push(Path.of("pg_wal", SEGMENT), data)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void anotherContentUnderTheSameNameIsRefusedAndExplained() throws Exception {
        byte[] ours = segment(SEGMENT, 0);
        write(SEGMENT, ours);
        push(SEGMENT);
        byte[] before = object(WAL + SEGMENT);
        byte[] theirs = ours.clone();
        theirs[0x2468] ^= 1;
        write(SEGMENT, theirs);

        Faults.of(() -> push(SEGMENT))
                .is(ErrorCode.CONFLICT)
                .isRetried(Retry.NO)
                .says(
                        "\"" + SEGMENT + "\" is in the vault already, with other content; nothing was overwritten",
                        "host \"db1\" at 2026-11-20T22:15:30.123Z (walvault 0.1.0)",
                        "XXH64 " + ContentDigest.of(ours).hex(),
                        "XXH64 " + ContentDigest.of(theirs).hex(),
                        "first differ at byte 9320, WAL location 0/1302468",
                        WAL + SEGMENT);
        assertThat(object(WAL + SEGMENT)).isEqualTo(before);
    }

    @Test
    void aHostWithoutIdentityExplainsAConflictFromTheHeader() throws Exception {
        encrypted();
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);
        keyring = Vaults.sealOnly(KEY);
        write(SEGMENT, segment(SEGMENT, 1));

        Faults.of(() -> push(SEGMENT))
                .is(ErrorCode.CONFLICT)
                .says("host \"db1\"", "where they differ cannot be told here", "no identity was given");
    }

    @Test
    void aHostWithoutIdentityRecognisesWhatItHasStored() throws Exception {
        encrypted();
        keyring = Vaults.sealOnly(KEY);
        write(SEGMENT, segment(SEGMENT, 0));

        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.Archived());
        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncated", "flipped", "longer", "empty"})
    void aDamagedCopyIsStoredAgainWhenOursIsTheOne(String damage) throws Exception {
        byte[] content = segment(SEGMENT, 0);
        write(SEGMENT, content);
        push(SEGMENT);
        damage(damage);

        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.Repaired());
        assertThat(stored(SEGMENT)).isEqualTo(content);
        assertThat(heard.warnings()).singleElement().asString().contains(SEGMENT, "was damaged", "stored again");
    }

    @ParameterizedTest
    @CsvSource({"truncated, false", "longer, false", "empty, false", "flipped, true"})
    void aDamagedEncryptedCopyIsStoredAgainWhenOursIsTheOne(String damage, boolean identity) throws Exception {
        encrypted();
        keyring = identity ? Vaults.keyring(KEY) : Vaults.sealOnly(KEY);
        byte[] content = segment(SEGMENT, 0);
        write(SEGMENT, content);
        push(SEGMENT);
        damage(damage);

        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.Repaired());
        keyring = Vaults.keyring(KEY);
        assertThat(stored(SEGMENT)).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncated", "flipped", "longer"})
    void aDamagedCopyOfSomethingElseIsLeftAlone(String damage) throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);
        damage(damage);
        byte[] before = object(WAL + SEGMENT);
        write(SEGMENT, segment(SEGMENT, 1));

        Faults.of(() -> push(SEGMENT)).is(ErrorCode.CORRUPT);
        assertThat(object(WAL + SEGMENT)).isEqualTo(before);
    }

    @Test
    void anEmptyObjectIsNotSomebodysContent() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);
        damage("empty");
        write(SEGMENT, segment(SEGMENT, 1));

        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.Repaired());
    }

    @Test
    void aCopyWhoseHeaderIsGoneIsLeftAloneBecauseNobodyKnowsWhatItWas() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);
        store.damage(new ObjectKey(WAL + SEGMENT), bytes -> Arrays.copyOf(bytes, 511));

        Faults.of(() -> push(SEGMENT)).is(ErrorCode.CORRUPT).says("metadata frame is cut");
    }

    @Test
    void whatANewerWalvaultStoredIsLeftAlone() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);
        store.damage(new ObjectKey(WAL + SEGMENT), bytes -> {
            bytes[20] = '2';
            return bytes;
        });

        Faults.of(() -> push(SEGMENT)).is(ErrorCode.FORMAT_TOO_NEW);
    }

    @Test
    void aSegmentOfAnotherSystemThanTheDataDirectoryIsRefused() throws Exception {
        write(SEGMENT, Wal.segment(SEGMENT, Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE, 0));

        Faults.of(() -> push(SEGMENT))
                .is(ErrorCode.WRONG_SYSTEM)
                .says("is of system 7710402303953991025, but the data directory is of system 17443322110099887766");
    }

    @Test
    void aSystemThatTheVaultDoesNotKnowIsRefused() throws Exception {
        serverIs(Vaults.OTHER_SYSTEM);
        write(SEGMENT, Wal.segment(SEGMENT, Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE, 0));
        int before = store.keys().size();

        Faults.of(() -> push(SEGMENT))
                .is(ErrorCode.WRONG_SYSTEM)
                .says("system 7710402303953991025 is not known", "17443322110099887766");
        assertThat(store.keys()).hasSize(before);
    }

    @Test
    void aSegmentOfAnotherSizeThanTheSystemsIsRefused() throws Exception {
        write(SEGMENT, Wal.segment(SEGMENT, Vaults.SYSTEM, new WalSegmentSize(2 << 20), 0));

        Faults.of(() -> push(SEGMENT))
                .is(ErrorCode.NOT_WAL)
                .says("has 2097152 bytes, but system 17443322110099887766 has segments of 1048576 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "0, is empty",
        "39, 'has only 39 bytes'",
        "40, 'has 40 bytes, but its header speaks of segments of 1048576 bytes'",
        "1048575, has 1048575 bytes",
        "1048577, has 1048577 bytes",
    })
    void aSegmentOfTheWrongLengthIsRefused(int length, String why) throws Exception {
        write(SEGMENT, Arrays.copyOf(segment(SEGMENT, 0), length));

        Faults.of(() -> push(SEGMENT)).is(ErrorCode.NOT_WAL).says(why);
        assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
    }

    @Test
    void aSegmentWithTheMagicOfNoVersionIsRefused() throws Exception {
        byte[] content = segment(SEGMENT, 0);
        content[0] ^= 0x40;
        write(SEGMENT, content);

        Faults.of(() -> push(SEGMENT)).is(ErrorCode.NOT_WAL).says("page magic");
    }

    @Test
    void aSegmentUnderTheNameOfAnotherIsRefused() throws Exception {
        write(SEGMENT, segment("000000010000000000000014", 0));

        Faults.of(() -> push(SEGMENT))
                .is(ErrorCode.NOT_WAL)
                .says("begins at 0/1400000 by its header, but at 0/1300000 by its name");
    }

    @Test
    void aPartialSegmentIsStoredBesideTheWholeOne() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        write(SEGMENT + ".partial", segment(SEGMENT, 1));

        assertThat(push(SEGMENT + ".partial")).isEqualTo(new PushOutcome.Archived());
        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.Archived());
        assertThat(stored(SEGMENT + ".partial")).isEqualTo(segment(SEGMENT, 1));
    }

    @Test
    void aTimelineHistoryIsStored() throws Exception {
        byte[] content = "1\t0/1300000\tno recovery target specified\n".getBytes(US_ASCII);
        write("00000002.history", content);

        assertThat(push("00000002.history")).isEqualTo(new PushOutcome.Archived());
        assertThat(push("00000002.history")).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(stored("00000002.history")).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1\t0/1300000\tno reason", "1\t0/13", "2\t0/1300000\tself\n", "garbage\n", "\n"})
    void aTimelineHistoryThatIsCutOrNoneIsRefused(String content) throws Exception {
        write("00000002.history", content.getBytes(US_ASCII));

        Faults.of(() -> push("00000002.history")).is(ErrorCode.NOT_WAL);
    }

    @Test
    void aConflictOfHistoriesTellsWhereTheShorterEnds() throws Exception {
        write("00000003.history", "1\t0/1300000\tx\n".getBytes(US_ASCII));
        push("00000003.history");
        write("00000003.history", "1\t0/1300000\tx\n2\t0/1500000\ty\n".getBytes(US_ASCII));

        Faults.of(() -> push("00000003.history"))
                .is(ErrorCode.CONFLICT)
                .says("they first differ at byte 14, where the shorter one ends");
    }

    @Test
    void aBackupHistoryIsStored() throws Exception {
        String name = SEGMENT + ".00000028.backup";
        write(name, BACKUP_HISTORY);

        assertThat(push(name)).isEqualTo(new PushOutcome.Archived());
        assertThat(stored(name)).isEqualTo(BACKUP_HISTORY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "START WAL LOCATION: ", "START WAL LOCATION: 0/13", "something else\n"})
    void aBackupHistoryThatIsCutOrNoneIsRefused(String content) throws Exception {
        String name = SEGMENT + ".00000028.backup";
        write(name, content.getBytes(US_ASCII));

        Faults.of(() -> push(name)).is(ErrorCode.NOT_WAL);
    }

    @Test
    void aHistoryOutsideOfADataDirectoryIsOfNobodyKnowsWhichSystem() throws Exception {
        Files.delete(data.resolve("global/pg_control"));
        write("00000002.history", "1\t0/1300000\tx\n".getBytes(US_ASCII));

        Faults.of(() -> push("00000002.history")).is(ErrorCode.WRONG_SYSTEM).says("not known which system");
    }

    @Test
    void aSegmentOutsideOfADataDirectoryTellsItsSystemItself() throws Exception {
        Files.delete(data.resolve("global/pg_control"));
        write(SEGMENT, segment(SEGMENT, 0));

        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.Archived());
    }

    @Test
    void theBareNameIsFoundInPgWal() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));

        assertThat(pusher(store).push(Path.of(SEGMENT), data)).isEqualTo(new PushOutcome.Archived());
    }

    @Test
    void anAbsolutePathFindsItsOwnDataDirectory(@TempDir Path elsewhere) throws Exception {
        serverIs(Vaults.OTHER_SYSTEM);
        write(SEGMENT, segment(SEGMENT, 0));
        Path absolute = data.resolve("pg_wal").resolve(SEGMENT).toAbsolutePath();

        Faults.of(() -> pusher(store).push(absolute, elsewhere)).is(ErrorCode.WRONG_SYSTEM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg_wal/archive_status",
                "pg_wal/RECOVERYXLOG",
                "00000001000000000000001",
                "0000000100000000000000130",
                "000000010000000000000013.gz",
                "00000001000000000000001g",
                "00000002.HISTORY",
                "..",
                "/",
                "pg_wal/"
            })
    void whatIsNotTheNameOfAWalFileIsRefused(String path) {
        Faults.of(() -> pusher(store).push(Path.of(path), data)).is(ErrorCode.NOT_WAL);
    }

    @Test
    void aNameThatIsTooLongIsRefusedAndCutInTheMessage() {
        Faults.of(() -> WalNames.parse("0".repeat(5000)))
                .is(ErrorCode.NOT_WAL)
                .says("more than 64 characters", "0".repeat(64) + "…");
        Faults.of(() -> WalNames.parse("../000000010000000000000013")).is(ErrorCode.NOT_WAL);
    }

    @Test
    void aFileThatIsNotThereIsSaidToBeMissing() {
        Faults.of(() -> push(SEGMENT)).is(ErrorCode.LOCAL_FILE).says(SEGMENT, "there is no such file");
    }

    @Test
    void aSegmentLargerThanMemoryAllowsIsStreamed() throws Exception {
        var size = new WalSegmentSize(128 << 20);
        String name = "000000010000000000000003";
        serverIs(Vaults.OTHER_SYSTEM);
        access(store).of(Vaults.OTHER_SYSTEM).introduce(Vaults.identity(Vaults.OTHER_SYSTEM, size));
        try (var file =
                new RandomAccessFile(data.resolve("pg_wal").resolve(name).toFile(), "rw")) {
            file.write(Wal.header(name, Vaults.OTHER_SYSTEM, size));
            file.setLength(size.bytes());
        }

        assertThat(push(name)).isEqualTo(new PushOutcome.Archived());
        assertThat(push(name)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void aStreamedSegmentIsTheSameAsOneSealedInMemory() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));

        assertThat(streaming(store).push(Path.of(SEGMENT), data)).isEqualTo(new PushOutcome.Archived());
        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(stored(SEGMENT)).isEqualTo(segment(SEGMENT, 0));
    }

    @Test
    void aStreamedSegmentThatConflictsIsExplained() throws Exception {
        byte[] content = segment(SEGMENT, 0);
        write(SEGMENT, content);
        push(SEGMENT);
        content[content.length - 1] ^= 1;
        write(SEGMENT, content);

        Faults.of(() -> streaming(store).push(Path.of(SEGMENT), data))
                .is(ErrorCode.CONFLICT)
                .says("first differ at byte 1048575, WAL location 0/13FFFFF");
    }

    @Test
    void aSegmentThatIsCutBeforeItsDigestIsTakenIsNotStored() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        var push = streaming(faulty);
        faulty.before(Call.OPEN, () -> cut(SEGMENT, 100_000));

        Faults.of(() -> push.push(Path.of(SEGMENT), data)).is(ErrorCode.NOT_WAL).says("changed while it was read");
        assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
    }

    @Test
    void aSegmentThatChangesWhileItIsStreamedIsNotStored() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        faulty.before(Call.BEGIN_UPLOAD, () -> write(SEGMENT, segment(SEGMENT, 1)));

        Faults.of(() -> streaming(faulty).push(Path.of(SEGMENT), data))
                .is(ErrorCode.CORRUPT)
                .says("has changed while it was written");
        assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
    }

    @Test
    void aSegmentThatWasReplacedAfterItWasProvenIsNotStored() throws Exception {
        for (var push : List.of(pusher(faulty), streaming(faulty))) {
            write(SEGMENT, segment(SEGMENT, 0));
            faulty.before(Call.OPEN, () -> write(SEGMENT, segment("000000010000000000000099", 0)));

            Faults.of(() -> push.push(Path.of(SEGMENT), data))
                    .is(ErrorCode.NOT_WAL)
                    .says("changed while it was read");
            assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
        }
    }

    @Test
    void aSegmentThatIsCutAfterItWasProvenIsNotStored() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        var push = pusher(faulty);
        faulty.before(Call.OPEN, () -> cut(SEGMENT, 100_000));

        Faults.of(() -> push.push(Path.of(SEGMENT), data)).is(ErrorCode.CORRUPT).says("has changed while it was read");
        assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"CREATE, BEFORE, Archived", "CREATE, AFTER, AlreadyArchived"})
    void whatFailedIsPushedAgainAndSucceeds(Call call, Moment moment, String outcome) throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        faulty.fail(call, 1, moment, FaultyStore.unreachable());
        var push = pusher(faulty);

        Faults.of(() -> push.push(Path.of(SEGMENT), data)).is(ErrorCode.STORE_UNREACHABLE);
        assertThat(push.push(Path.of(SEGMENT), data).getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(stored(SEGMENT)).isEqualTo(segment(SEGMENT, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "WRITE, BEFORE, Archived",
        "COMMIT, BEFORE, Archived",
        "COMMIT, AFTER, AlreadyArchived",
        "BEGIN_UPLOAD, BEFORE, Archived"
    })
    void whatFailedInAStreamIsPushedAgainAndSucceeds(Call call, Moment moment, String outcome) throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        faulty.fail(call, 1, moment, FaultyStore.unreachable());
        var push = streaming(faulty);

        Faults.of(() -> push.push(Path.of(SEGMENT), data)).is(ErrorCode.STORE_UNREACHABLE);
        assertThat(push.push(Path.of(SEGMENT), data).getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(stored(SEGMENT)).isEqualTo(segment(SEGMENT, 0));
    }

    @ParameterizedTest
    @CsvSource({"DELETE, BEFORE", "DELETE, AFTER", "CREATE, BEFORE", "CREATE, AFTER"})
    void aRepairThatFailsHalfwayIsFinishedByTheNextPush(Call call, Moment moment) throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);
        damage("flipped");
        // the first attempt to create finds the damaged one
        faulty.fail(call, call == Call.CREATE ? 2 : 1, moment, FaultyStore.unreachable());
        var push = pusher(faulty);

        Faults.of(() -> push.push(Path.of(SEGMENT), data)).is(ErrorCode.STORE_UNREACHABLE);
        push.push(Path.of(SEGMENT), data);

        assertThat(stored(SEGMENT)).isEqualTo(segment(SEGMENT, 0));
    }

    @Test
    void aCopyThatVanishesWhileItIsComparedIsAFailureThatMayPass() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);
        faulty.before(Call.HEAD, () -> delete(WAL + SEGMENT));

        Faults.of(() -> pusher(faulty).push(Path.of(SEGMENT), data))
                .is(ErrorCode.STORE_UNREACHABLE)
                .isRetried(Retry.YES);
    }

    @RepeatedTest(5)
    void twoServersWithTheSameBytesBothSucceed(@TempDir Path other) throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        Files.write(other.resolve(SEGMENT), segment(SEGMENT, 0));

        List<Future<PushOutcome>> outcomes = both(
                () -> pusher(faulty).push(Path.of(SEGMENT), data),
                () -> pusher(faulty).push(Path.of(SEGMENT), other));

        assertThat(List.of(outcomes.get(0).get(), outcomes.get(1).get()))
                .containsExactlyInAnyOrder(new PushOutcome.Archived(), new PushOutcome.AlreadyArchived());
    }

    @RepeatedTest(5)
    void ofTwoServersWithDifferentBytesExactlyOneWins(@TempDir Path other) throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        Files.write(other.resolve(SEGMENT), segment(SEGMENT, 1));

        List<Future<PushOutcome>> outcomes = both(
                () -> pusher(faulty).push(Path.of(SEGMENT), data),
                () -> pusher(faulty).push(Path.of(SEGMENT), other));

        int winner = outcomes.get(0).state() == Future.State.SUCCESS ? 0 : 1;
        assertThat(outcomes.get(winner).get()).isEqualTo(new PushOutcome.Archived());
        assertThat(outcomes.get(1 - winner).exceptionNow())
                .isInstanceOfSatisfying(
                        IntegrityException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThat(stored(SEGMENT)).isEqualTo(segment(SEGMENT, winner));
    }

    /** Lets both come to the point of creating before either creates. */
    private List<Future<PushOutcome>> both(Callable<PushOutcome> one, Callable<PushOutcome> two)
            throws InterruptedException {
        var together = new CyclicBarrier(2);
        faulty.before(Call.CREATE, () -> {
            try {
                together.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IllegalStateException(e);
            }
        });
        try (var threads = Executors.newFixedThreadPool(2)) {
            return threads.invokeAll(List.of(one, two));
        }
    }

    private void serverIs(SystemIdentifier system) throws IOException {
        Files.write(data.resolve("global/pg_control"), Wal.controlFile(system, Vaults.SEGMENT_SIZE));
    }

    private void encrypted() throws Exception {
        store.keys().forEach(key -> delete(key.value()));
        keyring = Vaults.keyring(KEY);
        Vaults.created(store, keyring, Vaults.identity());
    }

    private PushOutcome push(String name) throws Exception {
        return pusher(store).push(Path.of("pg_wal", name), data);
    }

    private WalPush pusher(ObjectStore where) throws Exception {
        return Pushes.to(access(where), ZSTD, heard);
    }

    private WalPush streaming(ObjectStore where) throws Exception {
        return Pushes.to(access(where), ZSTD, heard, 1 << 16);
    }

    private MemberAccess access(ObjectStore where) throws Exception {
        return Vaults.opened(where, keyring);
    }

    private static byte[] segment(String name, int variant) {
        return Wal.segment(name, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, variant);
    }

    private void write(String name, byte[] content) {
        try {
            Files.write(data.resolve("pg_wal").resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void cut(String name, int length) {
        try (var file =
                new RandomAccessFile(data.resolve("pg_wal").resolve(name).toFile(), "rw")) {
            file.setLength(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void damage(String how) {
        store.damage(new ObjectKey(WAL + SEGMENT), bytes -> switch (how) {
            case "empty" -> new byte[0];
            case "truncated" -> Arrays.copyOf(bytes, bytes.length - 1000);
            case "longer" -> Arrays.copyOf(bytes, bytes.length + 1);
            default -> {
                bytes[bytes.length / 2] ^= 1;
                yield bytes;
            }
        });
    }

    private void delete(String key) {
        store.delete(new ObjectKey(key));
    }

    private byte[] object(String key) throws IOException {
        try (var in = store.open(new ObjectKey(key)).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    private byte[] stored(String name) throws Exception {
        try (var unsealed =
                access(store).of(Vaults.SYSTEM).wal().open(WalFile.parse(name)).orElseThrow()) {
            return unsealed.content().readAllBytes();
        }
    }
}
