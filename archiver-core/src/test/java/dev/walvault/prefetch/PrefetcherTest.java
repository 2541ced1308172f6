package dev.walvault.prefetch;

import static dev.walvault.prefetch.Recovery.MB;
import static dev.walvault.prefetch.Recovery.await;
import static dev.walvault.prefetch.Recovery.awaitEnd;
import static dev.walvault.prefetch.Recovery.content;
import static dev.walvault.prefetch.Recovery.name;
import static dev.walvault.prefetch.Recovery.segment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.archive.GetOutcome;
import dev.walvault.pg.Wal;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefetcherTest {
    @TempDir
    private Path root;

    @Test
    void itFetchesWhatFollowsAndMovesOnWithTheServer() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 20)) {
            recovery.ask(name(1, 1));
            recovery.prefetch(4 * MB);
            recovery.awaitSpooled(name(1, 2), name(1, 3), name(1, 4), name(1, 5));

            for (int number = 2; number <= 20; number++) {
                int next = number;
                await(() -> recovery.spooled().contains(name(1, next)));
                assertThat(recovery.ask(name(1, number))).isEqualTo(new GetOutcome.Prefetched(MB));
                assertThat(recovery.served()).isEqualTo(content(1, number));
            }
            assertThat(recovery.fetched).containsExactly(name(1, 1));
        }
    }

    @Test
    void itNeverKeepsMoreThanItMay() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 12)) {
            recovery.ask(name(1, 1));
            recovery.prefetch(3 * MB + 500_000);
            for (int number = 2; number <= 12; number++) {
                int next = number;
                await(() -> {
                    assertThat(recovery.spoolFiles().stream().filter(file -> !file.startsWith("position")))
                            .hasSizeLessThanOrEqualTo(3);
                    return recovery.spooled().contains(name(1, next));
                });
                recovery.ask(name(1, number));
            }
        }
    }

    @Test
    void itDoesNothingWithoutRoomForASegment() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 3)) {
            recovery.ask(name(1, 1));

            awaitEnd(recovery.prefetch(MB - 1));

            assertThat(recovery.spooled()).isEmpty();
        }
    }

    @Test
    void itFollowsTheLineOfDescentAcrossASwitch() throws Exception {
        try (var recovery = new Recovery(root)) {
            // the old timeline goes on in the vault, and must not be followed
            recovery.archive(1, 1, 8).archive(2, 4, 6).archive(3, 6, 9);
            recovery.history("00000003.history", "1\t0/488888\tx\n2\t0/688888\tx\n");
            recovery.history("00000002.history", "1\t0/488888\tx\n");
            recovery.ask("00000003.history");
            recovery.keep("00000003.history");
            recovery.ask("00000002.history");
            recovery.keep("00000002.history");
            recovery.ask(name(1, 1));
            recovery.prefetch(8 * MB);

            recovery.awaitSpooled(
                    name(1, 2), name(1, 3), name(2, 4), name(2, 5), name(3, 6), name(3, 7), name(3, 8), name(3, 9));
        }
    }

    @Test
    void aSwitchSegmentThatTheNewTimelineLacksIsNotTakenOfTheOldOne() throws Exception {
        try (var recovery = new Recovery(root)) {
            recovery.archive(1, 1, 4);
            recovery.history("00000002.history", "1\t0/488888\tx\n");
            recovery.ask("00000002.history");
            recovery.keep("00000002.history");
            recovery.ask(name(1, 1));
            recovery.prefetch(8 * MB);
            recovery.awaitSpooled(name(1, 2), name(1, 3));

            recovery.ask(name(1, 2));
            recovery.ask(name(1, 3));
            Faults.of(() -> recovery.ask(name(2, 4))).is(ErrorCode.GAP).says(name(1, 4));
            assertThat(recovery.ask(name(1, 4))).isEqualTo(new GetOutcome.Served(MB));
        }
    }

    @Test
    void aSwitchThatWasNotForeseenIsFollowedAllTheSame() throws Exception {
        try (var recovery = new Recovery(root)) {
            recovery.archive(1, 1, 8).archive(2, 3, 6);
            recovery.ask(name(1, 1));
            recovery.prefetch(4 * MB);
            recovery.awaitSpooled(name(1, 2), name(1, 3), name(1, 4), name(1, 5));

            recovery.ask(name(1, 2));
            assertThat(recovery.ask(name(2, 3))).isEqualTo(new GetOutcome.Served(MB));

            recovery.awaitSpooled(name(2, 4), name(2, 5), name(2, 6));
        }
    }

    @Test
    void whatIsNotThereYetIsAskedForAgainWhenTheServerHasPassedIt() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 3)) {
            recovery.ask(name(1, 1));
            recovery.prefetch(8 * MB);
            recovery.awaitSpooled(name(1, 2), name(1, 3));
            recovery.awaitStandstill();
            recovery.archive(1, 4, 7);

            recovery.ask(name(1, 2));
            recovery.ask(name(1, 3));
            assertThat(recovery.ask(name(1, 4))).isEqualTo(new GetOutcome.Served(MB));

            recovery.awaitSpooled(name(1, 5), name(1, 6), name(1, 7));
        }
    }

    @Test
    void beyondWhatCannotBeFetchedItGoesWhenTheServerHasPassedIt() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 6)) {
            var third = new ObjectKey("orders/members/main/17443322110099887766/wal/00000001/00000000/" + name(1, 3));
            recovery.store.delete(third);
            recovery.put(name(1, 3), Wal.segment(name(1, 3), Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE, 0));
            recovery.ask(name(1, 1));
            recovery.prefetch(2 * MB);
            recovery.awaitSpooled(name(1, 2));
            assertThat(recovery.ask(name(1, 2))).isEqualTo(new GetOutcome.Prefetched(MB));

            // the operator is told by the server's own request, and mends it
            Faults.of(() -> recovery.ask(name(1, 3))).is(ErrorCode.WRONG_SYSTEM);
            recovery.store.delete(third);
            recovery.archive(1, 3, 3);
            assertThat(recovery.ask(name(1, 3))).isEqualTo(new GetOutcome.Served(MB));

            recovery.awaitSpooled(name(1, 4), name(1, 5));
        }
    }

    @Test
    void aServerThatGoesBackwardsOrLeapsEndsIt() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 20)) {
            recovery.ask(name(1, 5));
            Thread first = recovery.prefetch(2 * MB);
            recovery.awaitSpooled(name(1, 6), name(1, 7));
            recovery.ask(name(1, 4));
            awaitEnd(first);
            assertThat(recovery.spool.directory()).doesNotExist();

            recovery.ask(name(1, 4));
            Thread second = recovery.prefetch(2 * MB);
            recovery.awaitSpooled(name(1, 5), name(1, 6));
            recovery.ask(name(1, 17));
            awaitEnd(second);
            assertThat(recovery.spool.directory()).doesNotExist();
        }
    }

    @Test
    void itEndsAndRemovesAllWhenTheServerHasRecovered() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 20)) {
            recovery.ask(name(1, 1));
            Thread prefetcher = recovery.prefetch(2 * MB);
            recovery.awaitSpooled(name(1, 2), name(1, 3));

            Files.delete(recovery.data.resolve("recovery.signal"));

            awaitEnd(prefetcher);
            assertThat(recovery.spool.directory()).doesNotExist();
        }
    }

    @Test
    void itEndsWhenTheServerStopsAndWhenAnotherIsStarted() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 20)) {
            recovery.ask(name(1, 1));
            Thread first = recovery.prefetch(2 * MB);
            recovery.awaitSpooled(name(1, 2), name(1, 3));
            recovery.startServer(1763799999);
            awaitEnd(first);

            recovery.ask(name(1, 1));
            Thread second = recovery.prefetch(2 * MB);
            recovery.awaitSpooled(name(1, 2), name(1, 3));
            Files.delete(recovery.data.resolve("postmaster.pid"));
            awaitEnd(second);
            assertThat(recovery.spool.directory()).doesNotExist();
        }
    }

    @Test
    void itEndsWhenNothingIsAskedForAnyMore() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 20)) {
            recovery.ask(name(1, 1));
            Thread prefetcher = recovery.prefetch(2 * MB);
            recovery.awaitSpooled(name(1, 2), name(1, 3));

            recovery.later(Duration.ofSeconds(30));
            Thread.sleep(100);
            assertThat(prefetcher.isAlive()).isTrue();
            recovery.later(Duration.ofSeconds(40));

            awaitEnd(prefetcher);
            assertThat(recovery.spool.directory()).doesNotExist();
        }
    }

    @Test
    void itEndsSoonerAtTheEndOfTheVaultsWal() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 2)) {
            recovery.ask(name(1, 1));
            Thread prefetcher = recovery.prefetch(2 * MB);
            recovery.awaitSpooled(name(1, 2));
            recovery.ask(name(1, 2));
            assertThat(recovery.ask(name(1, 3))).isEqualTo(new GetOutcome.Absent());
            // as a standby does
            assertThat(recovery.ask(name(1, 3))).isEqualTo(new GetOutcome.Absent());

            recovery.later(Duration.ofSeconds(20));

            awaitEnd(prefetcher);
            assertThat(recovery.spool.directory()).doesNotExist();
        }
    }

    @Test
    void aSecondOneEndsAtOnceAndLeavesTheFirstInPeace() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 20)) {
            recovery.ask(name(1, 1));
            recovery.prefetch(2 * MB);
            recovery.awaitSpooled(name(1, 2), name(1, 3));

            awaitEnd(recovery.prefetch(2 * MB));

            assertThat(recovery.spooled()).containsExactly(name(1, 2), name(1, 3));
        }
    }

    @Test
    void whatAKilledOneHasLeftIsRemoved() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 2)) {
            recovery.ask(name(1, 1));
            Files.createFile(recovery.spool.landing(segment(1, 9)).begin());
            Files.writeString(recovery.spool.directory().resolve(name(1, 2) + ".1048576.000000000000abcd"), "planted");
            Files.writeString(recovery.spool.directory().resolve("foreign"), "planted");

            recovery.prefetch(2 * MB);

            await(() -> recovery.spoolFiles().size() == 2 && recovery.spooled().equals(List.of(name(1, 2))));
            assertThat(recovery.ask(name(1, 2))).isEqualTo(new GetOutcome.Prefetched(MB));
            assertThat(recovery.served()).isEqualTo(content(1, 2));
        }
    }

    @Test
    void aWishToStopLeavesNothingButThePosition() throws Exception {
        try (var recovery = new Recovery(root).archive(1, 1, 20)) {
            recovery.ask(name(1, 1));
            recovery.faulty.slow(Call.OPEN, Duration.ofMillis(200));
            Thread prefetcher = recovery.prefetch(4 * MB);
            await(() -> recovery.spoolFiles().size() > 1);

            recovery.cancel();

            awaitEnd(prefetcher);
            assertThat(recovery.spoolFiles()).containsExactly("position");
        }
    }

    @Test
    void twoDataDirectoriesDoNotDisturbEachOther() throws Exception {
        try (var one = new Recovery(root, "one").archive(1, 1, 9);
                var two = new Recovery(root, "two").archive(1, 1, 9)) {
            one.ask(name(1, 1));
            two.ask(name(1, 5));
            one.prefetch(2 * MB);
            Thread second = two.prefetch(2 * MB);
            one.awaitSpooled(name(1, 2), name(1, 3));
            two.awaitSpooled(name(1, 6), name(1, 7));

            Files.delete(two.data.resolve("recovery.signal"));
            awaitEnd(second);

            assertThat(one.spooled()).containsExactly(name(1, 2), name(1, 3));
            assertThat(one.ask(name(1, 2))).isEqualTo(new GetOutcome.Prefetched(MB));
        }
    }
}
