package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.vault.Vaults;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one call stores, and in which order. */
class LookAheadTest extends QueuedSegments {
    @Test
    void whatIsQueuedBehindIsStoredInTheSameCall() throws Exception {
        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(stored()).containsExactly(SEGMENTS);
        assertThat(acknowledged()).containsExactly(Arrays.copyOfRange(SEGMENTS, 1, SEGMENTS.length));
        for (String segment : SEGMENTS) {
            try (var unsealed =
                    site.member(1).wal().open(WalFile.parse(segment)).orElseThrow()) {
                assertThat(unsealed.content().readAllBytes()).isEqualTo(Files.readAllBytes(file(segment)));
            }
        }
    }

    @Test
    void theNextCallsAnswerWithoutAskingTheVaultForTheFile() throws Exception {
        push(FIRST);
        int created = site.faulty.getFirst().count(Call.CREATE);
        int looked = site.faulty.getFirst().count(Call.HEAD);

        for (String segment : Arrays.copyOfRange(SEGMENTS, 1, SEGMENTS.length)) {
            assertThat(push(segment)).isEqualTo(new PushOutcome.ArchivedAhead());
        }

        assertThat(site.faulty.getFirst().count(Call.CREATE)).isEqualTo(created);
        assertThat(site.faulty.getFirst().count(Call.HEAD)).isEqualTo(looked);
        assertThat(acknowledged()).isEmpty();
        assertThat(site.heard.warnings()).isEmpty();
    }

    @Test
    void whoAsksAgainHasItComparedWithWhatIsStored() throws Exception {
        push(FIRST);
        push(SECOND);

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void withLookAheadOffOnlyWhatIsAskedForIsStored() throws Exception {
        push(LookAheadLimits.none(), FIRST);

        assertThat(stored()).containsExactly(FIRST);
        assertThat(site.stateIsUntouched()).isTrue();
    }

    @Test
    void whereNothingIsQueuedNothingIsRemembered() throws Exception {
        unqueue(Arrays.copyOfRange(SEGMENTS, 1, SEGMENTS.length));

        push(FIRST);

        assertThat(stored()).containsExactly(FIRST);
        assertThat(site.stateIsUntouched()).isTrue();
    }

    @Test
    void whatTheServerHasNotQueuedItselfIsPushedAlone() throws Exception {
        unqueue(FIRST);

        push(FIRST);

        assertThat(stored()).containsExactly(FIRST);
    }

    @Test
    void withoutADirectoryOfTheServersQueueTheFileIsPushedAlone() throws Exception {
        unqueue(SEGMENTS);
        Files.delete(file("archive_status"));

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());
        assertThat(site.heard.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"2, 1073741824, 2", "100, 3145728, 3", "100, 3145727, 2", "100, 0, 0"})
    void noMoreIsStoredAheadThanTheLimitsAllow(int files, long bytes, int ahead) throws Exception {
        push(new LookAheadLimits(files, 2, bytes), FIRST);

        assertThat(acknowledged()).containsExactly(Arrays.copyOfRange(SEGMENTS, 1, 1 + ahead));
        assertThat(stored()).hasSize(1 + ahead);
    }

    @Test
    void whatIsAcknowledgedAndNotAskedForYetCountsForTheLimit() throws Exception {
        push(LookAheadLimits.of(2, 1), FIRST);
        unqueue(FIRST);
        String older = "000000010000000000000012";
        site.write(older, 0).queue(older);
        int before = site.faulty.getFirst().count(Call.CREATE);

        assertThat(push(LookAheadLimits.of(2, 1), older)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.faulty.getFirst().count(Call.CREATE)).isEqualTo(before + 1);
        assertThat(acknowledged()).containsExactly(SECOND, SEGMENTS[2]);
        assertThat(stored()).doesNotContain(SEGMENTS[3]);
    }

    @ParameterizedTest
    @CsvSource({
        "16, 100, 8, 4096, 8",
        "16, 100, 8, 256, 4",
        "16, 100, 16, 4096, 8",
        "1, 3, 8, 4096, 3",
        "64, 100, 8, 4096, 2",
        "64, 100, 8, 128, 1",
        "1024, 100, 8, 4096, 1",
        "0, 9, 8, 4096, 8"
    })
    void asManyThreadsRunAsMemoryAllows(long each, int files, int threads, long memory, int expected) {
        assertThat(LookAheadLimits.of(100, threads).threadsFor(files, each << 20, memory << 20))
                .isEqualTo(expected);
    }

    @Test
    void severalAreStoredAtTheSameTimeAndNoMoreThanThat() throws Exception {
        var together = new CyclicBarrier(2);
        var calls = new AtomicInteger();
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        site.faulty.getFirst().before(Call.CREATE, () -> {
            if (calls.getAndIncrement() == 0) {
                return; // the one that is asked for
            }
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            meet(together);
            now.decrementAndGet();
        });

        push(LookAheadLimits.of(100, 2), FIRST);

        assertThat(stored()).containsExactly(SEGMENTS);
        assertThat(most).hasValue(2);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void noneIsBegunWhenTheTimeIsOver() throws Exception {
        var ahead = new LookAhead(
                new StoredAhead(site.vaults, 1, site.state),
                site.state,
                FAR,
                64 << 20,
                Duration.ofNanos(-1),
                site.heard);
        site.push(1, FIRST);
        var begun = new ArrayList<Path>();
        var delivered = new Delivered(
                WalFile.parse(FIRST),
                SeveralVaults.KEYS,
                List.of(new Delivered.Stored(site.vaults.getFirst(), "id", new PushOutcome.Archived())));

        ahead.storeWhatFollows(file(FIRST), WalFile.parse(FIRST), delivered, file -> {
            begun.add(file);
            return delivered;
        });

        assertThat(begun).isEmpty();
    }

    @Test
    void theOldestIsStoredFirst() throws Exception {
        assertThat(storedInOrder(FIRST)).containsExactly(SEGMENTS);
    }

    @Test
    void historiesOfTimelinesComeBeforeSegments() throws Exception {
        site.writeHistory("00000002.history").writeHistory("00000003.history");
        site.queue("00000003.history", "00000002.history");

        assertThat(storedInOrder(FIRST))
                .containsExactly(
                        FIRST, "00000002.history", "00000003.history", SECOND, SEGMENTS[2], SEGMENTS[3], SEGMENTS[4]);
        assertThat(push("00000002.history")).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @Test
    void whatIsOnAnotherTimelineWaitsForACallOfItsOwn() throws Exception {
        String other = "000000020000000000000016";
        site.write(other, 0).queue(other);

        push(FIRST);

        assertThat(stored()).contains(SEGMENTS).doesNotContain(other);
    }

    @Test
    void aTimelinesSegmentsWaitUntilItsHistoryIsAccepted() throws Exception {
        String asked = "000000020000000000000016";
        String next = "000000020000000000000017";
        site.write(asked, 0).write(next, 0).writeHistory("00000002.history").queue(asked, next, "00000002.history");

        push(asked);

        assertThat(stored()).containsExactly("00000002.history", asked);
    }

    @Test
    void aTimelinesSegmentsFollowItsHistory() throws Exception {
        String other = "000000020000000000000016";
        site.write(other, 0).writeHistory("00000002.history").queue(other, "00000002.history");

        assertThat(storedInOrder("00000002.history")).containsExactly("00000002.history", other);
    }

    @Test
    void partialSegmentsAndBackupHistoriesAreStoredAheadToo() throws Exception {
        String partial = SEGMENTS[4] + ".partial";
        String backup = SECOND + ".00000028.backup";
        Files.write(file(partial), Wal.segment(SEGMENTS[4], Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 7));
        Files.writeString(file(backup), "START WAL LOCATION: 0/1400028 (file " + SECOND + ")\n");
        site.queue(partial, backup);

        push(FIRST);

        assertThat(push(partial)).isEqualTo(new PushOutcome.ArchivedAhead());
        assertThat(push(backup)).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @ParameterizedTest
    @ValueSource(strings = {".partial", ".00000028.backup"})
    void nothingFollowsWhatHasNoPlaceInTheOrderOfSegments(String suffix) throws Exception {
        String name = FIRST + suffix;
        Files.write(
                file(name),
                suffix.equals(".partial")
                        ? Wal.segment(FIRST, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 7)
                        : "START WAL LOCATION: 0/1300028\n".getBytes(StandardCharsets.US_ASCII));
        site.queue(name);

        push(name);

        assertThat(stored()).containsExactly(name);
    }

    @Test
    void aServerFromOldFilesIsRefusedBeforeAnythingOfItsOwnIsIn() throws Exception {
        // the true server has archived the first two; the other one has the same first, and differs from then on
        push(LookAheadLimits.none(), FIRST);
        push(LookAheadLimits.none(), SECOND);
        for (String segment : Arrays.copyOfRange(SEGMENTS, 1, SEGMENTS.length)) {
            site.write(segment, 1);
        }

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.AlreadyArchived());
        Faults.of(() -> push(SECOND)).is(ErrorCode.CONFLICT);

        assertThat(stored()).containsExactly(FIRST, SECOND);
        assertThat(acknowledged()).isEmpty();
    }

    @Test
    void aFileThatFailsAheadIsToldWhenItIsAskedFor() throws Exception {
        Files.write(file(SECOND), new byte[1 << 20]);

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.heard.warnings()).isEmpty();
        Faults.of(() -> push(SECOND)).is(ErrorCode.NOT_WAL).says(SECOND);
    }

    @Test
    void aFileThatIsNotThereEndsTheLookAhead() throws Exception {
        Files.delete(file(SEGMENTS[2]));

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(stored()).containsExactly(FIRST, SECOND);
        assertThat(site.heard.warnings()).isEmpty();
    }

    @Test
    void aFileThatFailsAheadLetsNoFurtherOneBegin() throws Exception {
        site.faulty.getFirst().fail(Call.CREATE, 3, Moment.BEFORE, FaultyStore.unreachable());

        assertThat(push(ONE_BY_ONE, FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(stored()).containsExactly(FIRST, SECOND);
        assertThat(acknowledged()).containsExactly(SECOND);
    }

    @Test
    void whatIsStoredButNotToldSoIsNotAcknowledged() throws Exception {
        site.faulty.getFirst().fail(Call.CREATE, 2, Moment.AFTER, FaultyStore.unreachable());

        push(ONE_BY_ONE, FIRST);

        assertThat(acknowledged()).isEmpty();
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void aFailureOfTheFileThatIsAskedForIsToldAndNothingFollows() throws Exception {
        site.faulty.getFirst().fail(Call.CREATE, 1, Moment.BEFORE, FaultyStore.unreachable());

        Faults.of(() -> push(FIRST)).is(ErrorCode.STORE_UNREACHABLE);

        assertThat(stored()).isEmpty();
    }

    @Test
    void anErrorOfTheProgramItselfIsToldAndDoesNotConcernTheFileThatWasAskedFor() throws Exception {
        var calls = new AtomicInteger();
        site.faulty.getFirst().before(Call.CREATE, () -> {
            if (calls.getAndIncrement() > 0) {
                throw new IllegalStateException("a bug");
            }
        });

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.heard.warnings()).singleElement().asString().contains("a bug");
        assertThat(acknowledged()).isEmpty();
    }

    @Test
    void aDamagedCopyThatIsReplacedAheadIsToldByName() throws Exception {
        push(LookAheadLimits.none(), SECOND);
        site.stores.getFirst().damage(SeveralVaults.key(SECOND), bytes -> Arrays.copyOf(bytes, 1000));

        push(FIRST);

        assertThat(site.heard.warnings()).singleElement().asString().contains(SECOND, "was damaged");
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.ArchivedAhead());
    }
}
