package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.Retry;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
import dev.walvault.observe.Retrying;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.store.Content;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vaults;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalGetTest {
    private static final WalFile SEGMENT = WalFile.parse("000000010000000000000013");
    private static final WalFile HISTORY = WalFile.parse("00000002.history");
    private static final byte[] CONTENT = Wal.segment(SEGMENT.name(), Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0);
    private static final ObjectKey KEY_OF_SEGMENT =
            new ObjectKey("orders/members/main/17443322110099887766/wal/00000001/00000000/000000010000000000000013");
    private static final ObjectKey VAULT_DOCUMENT = new ObjectKey("vault.json");
    private static final AgeKey KEY = AgeKey.generate();
    private static final AgeKey OTHER_KEY = AgeKey.generate();

    @TempDir
    private Path directory;

    private final MemoryStore store = new MemoryStore();
    private final FaultyStore faulty = new FaultyStore(store);
    private final FakeTime time = new FakeTime(Vaults.NOW);
    private final Heard heard = new Heard();
    private Keyring keyring = Vaults.NO_KEYS;
    private Path destination = Path.of("unset");

    @BeforeEach
    void aVault() throws Exception {
        destination = directory.resolve("RECOVERYXLOG");
        Vaults.plain(store);
    }

    @ParameterizedTest
    @MethodSource("dev.walvault.seal.Codec#written")
    void aSegmentIsServedAsItWasStored(Codec codec) throws Exception {
        put(SEGMENT, CONTENT, codec);

        assertThat(get(SEGMENT)).isEqualTo(new GetOutcome.Served(CONTENT.length));
        assertThat(Files.readAllBytes(destination)).isEqualTo(CONTENT);
        assertThat(left()).containsExactly("RECOVERYXLOG");
    }

    @Test
    void anEncryptedSegmentIsServed() throws Exception {
        encrypted();
        put(SEGMENT, CONTENT);

        assertThat(get(SEGMENT)).isEqualTo(new GetOutcome.Served(CONTENT.length));
        assertThat(Files.readAllBytes(destination)).isEqualTo(CONTENT);
    }

    @Test
    void everyKindOfWalFileIsServed() throws Exception {
        byte[] history = "1\t0/1300000\tx\n".getBytes(US_ASCII);
        var partial = WalFile.parse(SEGMENT.name() + ".partial");
        var backup = WalFile.parse(SEGMENT.name() + ".00000028.backup");
        put(HISTORY, history);
        put(partial, CONTENT);
        put(backup, history);

        assertThat(get(HISTORY)).isEqualTo(new GetOutcome.Served(history.length));
        assertThat(get(partial)).isEqualTo(new GetOutcome.Served(CONTENT.length));
        assertThat(get(backup)).isEqualTo(new GetOutcome.Served(history.length));
    }

    @Test
    void aPartialSegmentIsNeverServedUnderThePlainName() throws Exception {
        put(WalFile.parse(SEGMENT.name() + ".partial"), CONTENT);

        assertThat(get(SEGMENT)).isEqualTo(new GetOutcome.Absent());
    }

    @Test
    void whatIsNotThereIsAbsentAndNothingIsWritten() throws Exception {
        assertThat(get(SEGMENT)).isEqualTo(new GetOutcome.Absent());
        assertThat(get(HISTORY)).isEqualTo(new GetOutcome.Absent());
        assertThat(left()).isEmpty();
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void whatWasLeftAtTheDestinationIsReplaced() throws Exception {
        put(SEGMENT, CONTENT);
        Files.writeString(destination, "of the last recovery");

        get(SEGMENT);

        assertThat(Files.readAllBytes(destination)).isEqualTo(CONTENT);
        assertThat(left()).containsExactly("RECOVERYXLOG");
    }

    @Test
    void aVaultThatGoesAwayBetweenTheProofsIsNeverAnAbsence() throws Exception {
        // opening the vault is the first proof; every later question meets a store that is gone
        for (int answers = 1; answers < 6; answers++) {
            var passing = new FaultyStore(store);
            var opened = new AtomicInteger();
            int allowed = answers;
            passing.before(Call.OPEN, () -> {
                if (opened.incrementAndGet() > allowed) {
                    passing.goAway();
                }
            });

            Faults.of(() -> get(SEGMENT, Duration.ZERO, () -> member(passing))).is(ErrorCode.STORE_UNREACHABLE);
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void aMountThatGoesAwayBetweenTheProofsIsNeverAnAbsence() throws Exception {
        put(SEGMENT, CONTENT);
        // what an unmounted directory looks like: no error, and nothing there
        var member = member(faulty);
        store.keys().forEach(store::delete);

        Faults.of(() -> get(SEGMENT, Duration.ZERO, () -> member))
                .is(ErrorCode.STORE_UNREACHABLE)
                .isRetried(Retry.YES)
                .says("went away while it was read");
    }

    @Test
    void aMountThatComesBackBetweenTheProofsIsNoAbsenceEither() throws Exception {
        put(SEGMENT, CONTENT);
        var member = member(faulty);
        byte[] object = object(KEY_OF_SEGMENT);
        store.delete(KEY_OF_SEGMENT);
        var opened = new AtomicInteger();
        faulty.before(Call.OPEN, () -> {
            // the segment was not found; now the vault's document is read
            if (opened.incrementAndGet() == 2) {
                put(KEY_OF_SEGMENT, object);
            }
        });

        assertThat(get(SEGMENT, Duration.ZERO, () -> member)).isEqualTo(new GetOutcome.Served(CONTENT.length));
    }

    @Test
    void aSystemThatIsNotKnownHasNoAbsentFiles() throws Exception {
        Faults.of(() -> get(
                        SEGMENT,
                        Duration.ZERO,
                        () -> Vaults.opened(store, keyring).of(Vaults.OTHER_SYSTEM)))
                .is(ErrorCode.WRONG_SYSTEM);
    }

    @Test
    void aStoreThatComesBackWithinTheBudgetIsWaitedFor() throws Exception {
        put(SEGMENT, CONTENT);
        faulty.goAway();
        time.next(() -> {}).next(() -> {}).next(faulty::comeBack);

        assertThat(get(SEGMENT, Duration.ofSeconds(60), () -> member(faulty)))
                .isEqualTo(new GetOutcome.Served(CONTENT.length));
        assertThat(time.pauses())
                .containsExactly(Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800));
        assertThat(heard.of(Retrying.class)).hasSize(3);
        assertThat(heard.of(ArchiveEvent.RetryHelped.class)).containsExactly(new ArchiveEvent.RetryHelped(SEGMENT));
    }

    @Test
    void theBudgetIsNeverExceededAndPausesAreBounded() {
        faulty.goAway();

        Faults.of(() -> get(SEGMENT, Duration.ofSeconds(60), () -> member(faulty)))
                .is(ErrorCode.STORE_UNREACHABLE);

        assertThat(Duration.between(Vaults.NOW, time.instant()))
                .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
        assertThat(time.pauses()).allMatch(pause -> pause.compareTo(Duration.ofSeconds(5)) <= 0);
    }

    @Test
    void withoutABudgetThereIsOneAttempt() {
        faulty.goAway();

        Faults.of(() -> get(SEGMENT, Duration.ZERO, () -> member(faulty))).is(ErrorCode.STORE_UNREACHABLE);
        assertThat(time.pauses()).isEmpty();
        assertThat(faulty.count(Call.OPEN)).isEqualTo(1);
    }

    @Test
    void aStreamThatBreaksOffIsTriedAgainFromTheBeginning() throws Exception {
        put(SEGMENT, CONTENT);
        faulty.breakOff(KEY_OF_SEGMENT, 300_000, FaultyStore.unreachable());
        time.next(() -> faulty.truncate(KEY_OF_SEGMENT, Long.MAX_VALUE));

        assertThat(get(SEGMENT, Duration.ofSeconds(60), () -> member(faulty)))
                .isEqualTo(new GetOutcome.Served(CONTENT.length));
        assertThat(Files.readAllBytes(destination)).isEqualTo(CONTENT);
    }

    @Test
    void aFailureAfterTheAnswerIsTriedAgain() throws Exception {
        put(SEGMENT, CONTENT);
        faulty.fail(Call.OPEN, 2, Moment.AFTER, FaultyStore.unreachable());

        assertThat(get(SEGMENT, Duration.ofSeconds(60), () -> member(faulty)))
                .isEqualTo(new GetOutcome.Served(CONTENT.length));
    }

    @Test
    void whatTryingAgainCannotMendIsNotTriedAgain() throws Exception {
        put(SEGMENT, CONTENT);
        store.damage(KEY_OF_SEGMENT, bytes -> Arrays.copyOf(bytes, 10_000));

        Faults.of(() -> get(SEGMENT, Duration.ofSeconds(60), () -> member(faulty)))
                .is(ErrorCode.CORRUPT);
        assertThat(time.pauses()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 511, 512, 600, 300_000, -1})
    void aTruncatedObjectIsNeverServed(int length) throws Exception {
        put(SEGMENT, CONTENT);

        refusesCut(length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 500, 700, 300_000, -1, -17})
    void aTruncatedEncryptedObjectIsNeverServed(int length) throws Exception {
        encrypted();
        put(SEGMENT, CONTENT);

        refusesCut(length);
    }

    @Test
    void anObjectWithABadByteIsNeverServed() throws Exception {
        for (Codec codec : Codec.written()) {
            put(SEGMENT, CONTENT, codec);
            store.damage(KEY_OF_SEGMENT, bytes -> {
                bytes[bytes.length * 2 / 3] ^= 1;
                return bytes;
            });

            refuses(ErrorCode.CORRUPT, SEGMENT);
            store.delete(KEY_OF_SEGMENT);
        }
    }

    @Test
    void anObjectUnderTheNameOfAnotherIsNeverServed() throws Exception {
        put(SEGMENT, CONTENT);
        var next = WalFile.parse("000000010000000000000014");
        put(new ObjectKey(KEY_OF_SEGMENT.value().replaceAll("13$", "14")), object(KEY_OF_SEGMENT));

        refuses(ErrorCode.CORRUPT, next);
    }

    @Test
    void aSegmentOfAnotherSystemUnderTheRightKeyIsNeverServed() throws Exception {
        put(SEGMENT, Wal.segment(SEGMENT.name(), Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE, 0));

        refuses(ErrorCode.WRONG_SYSTEM, SEGMENT);
    }

    @Test
    void aSegmentWithAnotherSegmentsContentIsNeverServed() throws Exception {
        put(SEGMENT, Wal.segment("000000010000000000000014", Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));

        refuses(ErrorCode.NOT_WAL, SEGMENT);
    }

    @Test
    void aShortSegmentIsNeverServed() throws Exception {
        put(SEGMENT, Arrays.copyOf(CONTENT, 8192));

        refuses(ErrorCode.NOT_WAL, SEGMENT);
    }

    @Test
    void aSegmentLargerThanTheSystemsIsRefusedBeforeItIsWritten() throws Exception {
        var large = new WalSegmentSize(64 << 20);
        put(SEGMENT, Wal.segment(SEGMENT.name(), Vaults.SYSTEM, large, 0));
        destination = directory.resolve("not-there").resolve("RECOVERYXLOG");

        refuses(ErrorCode.NOT_WAL, SEGMENT);
    }

    @Test
    void aHistoryOfMegabytesIsNone() throws Exception {
        put(HISTORY, new byte[2 << 20]);

        refuses(ErrorCode.CORRUPT, HISTORY);
    }

    @Test
    void aWalObjectThatSaysNothingOfItsContentIsNeverServed() throws Exception {
        put(SEGMENT, CONTENT, Codec.NONE);
        store.damage(KEY_OF_SEGMENT, bytes -> {
            String frame = new String(bytes, 8, 504, US_ASCII);
            String silent = frame.replaceAll("\"length\":[0-9]+", "\"length\":null")
                    .replaceAll("\"xxh64\":\"[0-9a-f]+\"", "\"xxh64\":null")
                    .stripTrailing();
            byte[] changed = bytes.clone();
            Arrays.fill(changed, 8, 511, (byte) ' ');
            System.arraycopy(silent.getBytes(US_ASCII), 0, changed, 8, silent.length());
            return changed;
        });

        refuses(ErrorCode.CORRUPT, SEGMENT);
    }

    @Test
    void aPlainVaultIsNotBelievedByWhoHasKeys() throws Exception {
        put(SEGMENT, CONTENT);
        for (Keyring keys : List.of(Vaults.keyring(KEY), Vaults.sealOnly(KEY))) {
            keyring = keys;

            Faults.of(() -> get(SEGMENT)).is(ErrorCode.KEY_INVALID).says("is not encrypted", "vault.json");
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void anEmptySegmentIsNeverServed() throws Exception {
        put(SEGMENT, new byte[0]);

        refuses(ErrorCode.NOT_WAL, SEGMENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1\t0/1300000\tx", "2\t0/1300000\tx\n", "garbage\n"})
    void aTimelineHistoryThatIsCutOrNoneIsNeverServed(String content) throws Exception {
        put(HISTORY, content.getBytes(US_ASCII));

        refuses(ErrorCode.NOT_WAL, HISTORY);
    }

    @Test
    void whoHoldsTheWrongKeyIsToldWhichIsNeeded() throws Exception {
        encrypted();
        put(SEGMENT, CONTENT);
        keyring = Vaults.keyring(OTHER_KEY);

        Faults.of(() -> get(SEGMENT)).is(ErrorCode.KEY_WRONG).says(KEY.recipient(), OTHER_KEY.recipient());
        assertThat(left()).isEmpty();
    }

    @Test
    void whoHoldsNoKeyIsToldWhichIsNeeded() throws Exception {
        encrypted();
        put(SEGMENT, CONTENT);
        keyring = Vaults.sealOnly(KEY);

        Faults.of(() -> get(SEGMENT)).is(ErrorCode.KEY_MISSING).says(KEY.recipient());
        assertThat(left()).isEmpty();
    }

    @Test
    void aDirectoryThatIsNotThereIsALocalError() throws Exception {
        put(SEGMENT, CONTENT);
        destination = directory.resolve("gone").resolve("RECOVERYXLOG");

        Faults.of(() -> get(SEGMENT)).is(ErrorCode.LOCAL_FILE).says("could not write");
    }

    @Test
    void aDestinationThatIsADirectoryIsALocalErrorAndLeavesNothing() throws Exception {
        put(SEGMENT, CONTENT);
        Files.createDirectories(destination.resolve("x"));

        Faults.of(() -> get(SEGMENT)).is(ErrorCode.LOCAL_FILE);
        assertThat(left()).containsExactly("RECOVERYXLOG");
    }

    @Test
    void aVaultThatIsNotThereIsNoAbsence() throws Exception {
        store.delete(VAULT_DOCUMENT);

        Faults.of(() -> get(SEGMENT)).is(ErrorCode.VAULT_MISSING);
    }

    private void refusesCut(int length) throws Exception {
        store.damage(KEY_OF_SEGMENT, bytes -> Arrays.copyOf(bytes, length < 0 ? bytes.length + length : length));

        refuses(ErrorCode.CORRUPT, SEGMENT);
    }

    private void refuses(ErrorCode code, WalFile file) throws Exception {
        Faults.of(() -> get(file)).is(code).isRetried(Retry.NO);
        assertThat(left()).isEmpty();
    }

    private void encrypted() throws Exception {
        store.keys().forEach(store::delete);
        keyring = Vaults.keyring(KEY);
        Vaults.created(store, keyring, Vaults.identity());
    }

    private GetOutcome get(WalFile file) throws Exception {
        return get(file, Duration.ZERO, () -> member(faulty));
    }

    private GetOutcome get(WalFile file, Duration budget, WalGet.MemberSource source) throws Exception {
        var vault = new SeveralVaults.Opening("vault", faulty, keyring);
        var nowhere = LocalState.in(Path.of("/nonexistent"), time);
        return new WalGet(budget, nowhere, time, time, heard)
                .get(file, Handover.at(destination), List.of(new WalGet.Source(vault, source)));
    }

    private MemberVault member(FaultyStore where) throws ArchiverException {
        return Vaults.opened(where, keyring).of(Vaults.SYSTEM);
    }

    private void put(WalFile file, byte[] content) throws Exception {
        put(file, content, Codec.ZSTD);
    }

    private void put(WalFile file, byte[] content, Codec codec) throws Exception {
        Vaults.put(member(new FaultyStore(store)).wal(), file, content, new Compression(codec, codec.usualLevel()));
    }

    private void put(ObjectKey key, byte[] object) {
        try {
            store.createIfAbsent(key, Content.of(object));
        } catch (ArchiverException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] object(ObjectKey key) throws Exception {
        try (var in = store.open(key).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    private List<String> left() throws Exception {
        try (var names = Files.list(directory)) {
            return names.map(path -> path.getFileName().toString()).toList();
        }
    }
}
