package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.archive.Pushes;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vaults;
import dev.walvault.vault.WalProof;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalWaitTest {
    private static final String NAME = FakeServer.SEGMENTS.getFirst();
    private static final WalFile.Segment SEGMENT = (WalFile.Segment) WalFile.parse(NAME);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AgeKey KEY = AgeKey.generate();

    @TempDir
    private Path data;

    private final MemoryStore store = new MemoryStore();
    private final FakeTime time = new FakeTime(Vaults.NOW);
    private final Cancellation cancellation = new Cancellation();
    private final Heard heard = new Heard();
    private Keyring keyring = Vaults.NO_KEYS;
    private FakeServer server = new FakeServer(Path.of("unset"));

    @BeforeEach
    void aServerAndItsVault() throws Exception {
        server = FakeServer.create(data);
        Vaults.plain(store);
    }

    @Test
    void aSegmentThatIsThereIsProvenByItsContent() throws Exception {
        push();

        assertThat(await()).isEqualTo(WalProof.CONTENT);
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void aSegmentThatComesLaterIsWaitedFor() throws Exception {
        time.next(() -> {}).next(() -> {}).next(this::push);

        assertThat(await()).isEqualTo(WalProof.CONTENT);
        assertThat(time.pauses())
                .containsExactly(Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(200));
    }

    @Test
    void aHostWithoutIdentityProvesTheHeaderAgainstTheServersOwnSegment() throws Exception {
        encrypted();
        push();

        assertThat(await()).isEqualTo(WalProof.HEADER);
    }

    @Test
    void aHostWithoutIdentityIsContentWithTheHeaderOnceTheServerHasRecycledTheSegment() throws Exception {
        encrypted();
        push();
        Files.delete(data.resolve("pg_wal").resolve(NAME));

        assertThat(await()).isEqualTo(WalProof.HEADER);
    }

    @Test
    void aHostWithoutIdentityRefusesAnotherSegmentThanTheServers() throws Exception {
        encrypted();
        push();
        server.write("pg_wal/" + NAME, Wal.segment(NAME, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 1));

        Faults.of(this::await).is(ErrorCode.CORRUPT).says("is not the one in", "pg_wal");
    }

    @Test
    void aSoundSegmentOfAnotherServerIsRefused() throws Exception {
        push();
        server.write("pg_wal/" + NAME, Wal.segment(NAME, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 1));

        Faults.of(this::await).is(ErrorCode.CORRUPT).says("is not the one in", "Another server may archive");
    }

    @Test
    void aDamagedSegmentIsRefused() throws Exception {
        push();
        store.keys().stream()
                .filter(key -> key.name().equals(NAME))
                .forEach(key -> store.damage(key, bytes -> {
                    bytes[bytes.length - 100] ^= 1;
                    return bytes;
                }));

        Faults.of(this::await).is(ErrorCode.CORRUPT);
    }

    @Test
    void aSegmentThatWasDamagedOnItsWayOnlyIsReadAgain() throws Exception {
        push();
        ObjectKey key = store.keys().stream()
                .filter(each -> each.name().equals(NAME))
                .findFirst()
                .orElseThrow();
        var faulty = new FaultyStore(store).flipByte(key, 200);
        MemberVault member = Vaults.opened(faulty, keyring).of(Vaults.SYSTEM);
        member.requireIdentity();
        var reads = new AtomicInteger();
        faulty.before(FaultyStore.Call.OPEN, () -> {
            if (reads.incrementAndGet() == 2) {
                faulty.heal(key);
            }
        });

        WalProof proof = new WalWait(member, ArchiverWatch.begin(server), time, time, cancellation, heard)
                .await(SEGMENT, data.resolve("pg_wal"), Vaults.NOW.plus(PATIENCE));

        assertThat(proof).isEqualTo(WalProof.CONTENT);
        assertThat(reads.get()).isGreaterThan(1);
    }

    @Test
    void aSegmentThatNeverComesTimesOutWithTheArchiversTrouble() {
        server.archiverFailed(NAME);

        Faults.of(this::await)
                .is(ErrorCode.TIMED_OUT)
                .says(
                        "\"" + NAME + "\" did not reach the vault in time",
                        "the last time with \"" + NAME,
                        "archive-push");
        assertThat(Duration.between(Vaults.NOW, time.instant())).isBetween(PATIENCE, PATIENCE.plusSeconds(2));
    }

    @Test
    void anArchiverWithoutTroubleIsMentionedToo() {
        time.next(() -> server.archiverSucceeded());

        Faults.of(this::await).is(ErrorCode.TIMED_OUT).says("the archiver has reported no failure");
    }

    @Test
    void ofAnArchiverThatReportsNothingTheServersLogTells() {
        Faults.of(this::await)
                .is(ErrorCode.TIMED_OUT)
                .says("neither success nor failure since the wait began: the server's log tells why", "126 or 127");
    }

    @Test
    void aShortWaitIsNotTold() throws Exception {
        time.next(() -> {}).next(this::push);

        await();

        assertThat(heard.warnings()).isEmpty();
    }

    @Test
    void aLongWaitIsToldOnce() {
        Faults.of(this::await).is(ErrorCode.TIMED_OUT);

        assertThat(heard.warnings())
                .singleElement()
                .asString()
                .contains("still waiting for WAL segment \"" + NAME, "the server's log tells why");
    }

    @Test
    void waitingStopsWhenItIsCalledOff() {
        time.next(() -> {}).next(cancellation::cancel);

        Faults.of(this::await).is(ErrorCode.CANCELLED);
        assertThat(time.pauses()).hasSize(2);
    }

    private WalProof await() throws Exception {
        return new WalWait(member(), ArchiverWatch.begin(server), time, time, cancellation, heard)
                .await(SEGMENT, data.resolve("pg_wal"), Vaults.NOW.plus(PATIENCE));
    }

    private void encrypted() throws Exception {
        store.keys().forEach(store::delete);
        Vaults.created(store, Vaults.keyring(KEY), Vaults.identity());
        keyring = Vaults.sealOnly(KEY);
    }

    private MemberVault member() throws Exception {
        return Vaults.opened(store, keyring).of(Vaults.SYSTEM);
    }

    private void push() {
        try {
            Pushes.to(Vaults.opened(store, keyring), new Compression(Codec.ZSTD, 1), event -> {})
                    .push(Path.of("pg_wal", NAME), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
