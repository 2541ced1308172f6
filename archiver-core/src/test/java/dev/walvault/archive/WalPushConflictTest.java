package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.IntegrityException;
import dev.walvault.Retry;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Author;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Vault;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a push does when the vault has something under that name already. */
class WalPushConflictTest extends ServerAndVault {
    private static final AgeKey KEY = AgeKey.generate();

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
                        "stored by this host \"db1\" at 2026-11-20 22:15:30+00, 0 s ago (walvault 0.1.0)",
                        "XXH64 " + ContentDigest.of(ours).hex(),
                        "XXH64 " + ContentDigest.of(theirs).hex(),
                        "first differ at byte 9320, WAL location 0/1302468",
                        WAL + SEGMENT);
        assertThat(object(WAL + SEGMENT)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "db1, 61, '61 s ago', 'stored the segment by hand before the server had finished it'",
        "db1, 7200, '2 h ago', 'stored the segment by hand before the server had finished it'",
        "db2, 3600, '60 min ago', 'Two servers may be writing one timeline'",
        "db2, -5, '30+00 (walvault', 'Two servers may be writing one timeline'",
    })
    void aConflictTellsItsOwnHostFromAnother(String host, long later, String age, String hint) throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);
        write(SEGMENT, segment(SEGMENT, 1));
        var author = new Author(host, "0.1.0", Clock.fixed(Vaults.NOW.plusSeconds(later), ZoneOffset.UTC), () -> 7);
        var here = new MemberAccess(Vault.open(store), Vaults.CLUSTER, Vaults.MEMBER, keyring, author);

        Faults.of(() -> Pushes.to(here, ZSTD, heard).push(Path.of(SEGMENT), data))
                .is(ErrorCode.CONFLICT)
                .says(age, hint);
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
                .says("this host \"db1\"", "where they differ cannot be told here", "no identity was given");
    }

    @Test
    void aHostWithoutIdentityRecognisesWhatItHasStored() throws Exception {
        encrypted();
        keyring = Vaults.sealOnly(KEY);
        write(SEGMENT, segment(SEGMENT, 0));

        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.Archived());
        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.AlreadyArchived());
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
    @CsvSource({"truncated, false", "longer, false", "empty, false", "flipped, true", "flipped, false"})
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

    @Test
    void aHostWithoutIdentityIsSureOfAnObjectWithADigest() throws Exception {
        encrypted();
        keyring = Vaults.sealOnly(KEY);
        write(SEGMENT, segment(SEGMENT, 0));
        push(SEGMENT);

        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(heard.steps()).isEmpty();
    }

    @Test
    void aHostWithoutIdentitySaysWhatItDoesNotKnowOfAStreamedSegment() throws Exception {
        encrypted();
        keyring = Vaults.sealOnly(KEY);
        write(SEGMENT, segment(SEGMENT, 0));
        streaming(store).push(Path.of("pg_wal", SEGMENT), data);

        assertThat(streaming(store).push(Path.of("pg_wal", SEGMENT), data))
                .isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(heard.steps())
                .containsExactly(
                        "\"" + SEGMENT + "\" is in the vault already, by its header and its length; whether its"
                                + " content is sound only a host with an identity can tell");
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

    private void encrypted() throws Exception {
        store.keys().forEach(key -> delete(key.value()));
        keyring = Vaults.keyring(KEY);
        Vaults.created(store, keyring, Vaults.identity());
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
}
