package dev.walvault.prefetch;

import static dev.walvault.prefetch.Recovery.MB;
import static dev.walvault.prefetch.Recovery.content;
import static dev.walvault.prefetch.Recovery.name;
import static dev.walvault.prefetch.Recovery.segment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.archive.GetOutcome;
import dev.walvault.pg.TimelineId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefetchingGetTest {
    private static final GetOutcome SERVED = new GetOutcome.Served(MB);
    private static final GetOutcome PREFETCHED = new GetOutcome.Prefetched(MB);

    @TempDir
    private Path root;

    private Recovery recovery;

    @BeforeEach
    void aRecovery() throws Exception {
        recovery = new Recovery(root).archive(1, 1, 6);
    }

    /** What a prefetcher would have fetched; it must be there as well for that to count. */
    private void spool(int number, byte[] content) throws Exception {
        var landing = recovery.spool.landing(segment(1, number));
        landing.land(Files.write(landing.begin(), content));
    }

    @Test
    void aSegmentIsServedOutOfTheSpoolOnceAndThenFromTheVault() throws Exception {
        try (var held = recovery.spool.lock().orElseThrow()) {
            assertThat(held).isNotNull();
            spool(2, content(1, 2));

            assertThat(recovery.ask(name(1, 1))).isEqualTo(SERVED);
            assertThat(recovery.ask(name(1, 2))).isEqualTo(PREFETCHED);
            assertThat(recovery.served()).isEqualTo(content(1, 2));
            assertThat(recovery.ask(name(1, 2))).isEqualTo(SERVED);
            assertThat(recovery.served()).isEqualTo(content(1, 2));
        }
        assertThat(recovery.fetched).containsExactly(name(1, 1), name(1, 2));
    }

    @Test
    void whatADeadPrefetcherHasLeftIsNotServedAndDoesNotStay() throws Exception {
        recovery.spool.lock().orElseThrow().close();
        spool(2, content(1, 2));
        Files.createFile(recovery.spool.landing(segment(1, 3)).begin());

        assertThat(recovery.ask(name(1, 2))).isEqualTo(SERVED);
        assertThat(recovery.spoolFiles()).containsExactly("position");
    }

    @Test
    void whatIsDamagedInTheSpoolIsFetched() throws Exception {
        try (var held = recovery.spool.lock().orElseThrow()) {
            assertThat(held).isNotNull();
            spool(2, content(1, 3));

            assertThat(recovery.ask(name(1, 2))).isEqualTo(SERVED);
            assertThat(recovery.served()).isEqualTo(content(1, 2));
        }
        assertThat(recovery.spooled()).isEmpty();
    }

    @Test
    void theSpoolNeverProvesAnAbsence() throws Exception {
        assertThat(recovery.ask(name(1, 6))).isEqualTo(SERVED);
        assertThat(recovery.ask(name(1, 7))).isEqualTo(new GetOutcome.Absent());
        recovery.archive(1, 7, 7);
        assertThat(recovery.ask(name(1, 7))).isEqualTo(SERVED);
    }

    @Test
    void aStoreThatIsUnreachableIsADoubtWhateverIsInTheSpool() throws Exception {
        try (var held = recovery.spool.lock().orElseThrow()) {
            assertThat(held).isNotNull();
            spool(2, content(1, 2));
            recovery.faulty.goAway();

            assertThat(recovery.ask(name(1, 2))).isEqualTo(PREFETCHED);
            Faults.of(() -> recovery.ask(name(1, 3))).is(ErrorCode.STORE_UNREACHABLE);
        }
    }

    @Test
    void aSegmentThatIsOnItsWayIsWaitedFor() throws Exception {
        try (var held = recovery.spool.lock().orElseThrow()) {
            assertThat(held).isNotNull();
            var landing = recovery.spool.landing(segment(1, 2));
            Path begun = Files.createFile(landing.begin());
            var fetcher = Thread.ofPlatform().start(() -> {
                try {
                    Thread.sleep(50);
                    landing.land(Files.write(begun, content(1, 2)));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThat(recovery.ask(name(1, 2))).isEqualTo(PREFETCHED);
            fetcher.join();
        }
    }

    @Test
    void aSegmentThatDoesNotGrowIsFetched() throws Exception {
        try (var held = recovery.spool.lock().orElseThrow()) {
            assertThat(held).isNotNull();
            Files.createFile(recovery.spool.landing(segment(1, 2)).begin());

            assertThat(recovery.ask(name(1, 2))).isEqualTo(SERVED);
        }
    }

    @Test
    void twoSegmentsInARowStartAPrefetcher() throws Exception {
        recovery.ask(name(1, 1));
        assertThat(recovery.starts()).isZero();

        recovery.ask(name(1, 2));
        assertThat(recovery.starts()).isEqualTo(1);
    }

    @Test
    void aPrefetcherThatEndsAtOnceIsNotStartedForEachSegment() throws Exception {
        recovery.ask(name(1, 1));
        recovery.ask(name(1, 2));
        recovery.ask(name(1, 3));
        recovery.ask(name(1, 4));
        assertThat(recovery.starts()).isEqualTo(1);

        recovery.later(Duration.ofSeconds(40));
        recovery.ask(name(1, 5));
        assertThat(recovery.starts()).isEqualTo(2);
    }

    @Test
    void noneIsStartedWhileOneLives() throws Exception {
        try (var held = recovery.spool.lock().orElseThrow()) {
            assertThat(held).isNotNull();
            recovery.ask(name(1, 1));
            recovery.ask(name(1, 2));
        }
        assertThat(recovery.starts()).isZero();
    }

    @Test
    void requestsThatGoBackwardsStartNone() throws Exception {
        for (int number = 6; number > 0; number--) {
            recovery.ask(name(1, number));
        }
        assertThat(recovery.starts()).isZero();
    }

    @Test
    void aStandbyThatWaitsForEachSegmentStartsNone() throws Exception {
        for (int number = 7; number < 12; number++) {
            assertThat(recovery.ask(name(1, number))).isEqualTo(new GetOutcome.Absent());
            assertThat(recovery.ask(name(1, number))).isEqualTo(new GetOutcome.Absent());
            recovery.archive(1, number, number);
            assertThat(recovery.ask(name(1, number))).isEqualTo(SERVED);
        }
        assertThat(recovery.starts()).isZero();
    }

    /** A server reads the last segment once more when it has met the end, and then takes writes. */
    @Test
    void aRecoveryThatEndsLeavesNothing() throws Exception {
        recovery.ask(name(1, 6));
        recovery.ask(name(1, 7));
        recovery.ask(name(1, 6));
        assertThat(recovery.spool.directory()).doesNotExist();

        recovery.ask(name(1, 5));
        recovery.ask(name(1, 5));
        assertThat(recovery.spool.directory()).doesNotExist();
    }

    /** After a prefetcher has ended and taken with it how far the server was. */
    @Test
    void aStandbyThatIsPromotedAfterALongWaitLeavesNothing() throws Exception {
        recovery.history("00000002.history", "1\t0/500000\tx\n");
        recovery.ask("00000002.history");
        recovery.keep("00000002.history");
        recovery.ask(name(1, 6));
        recovery.keep(name(1, 6));
        recovery.spool.remove();

        assertThat(recovery.ask(name(1, 7))).isEqualTo(new GetOutcome.Absent());
        assertThat(recovery.spool.directory()).doesNotExist();
        assertThat(recovery.ask(name(1, 6))).isEqualTo(SERVED);
        assertThat(recovery.ask("00000002.history")).isInstanceOf(GetOutcome.Served.class);
        assertThat(recovery.spool.directory()).doesNotExist();
    }

    @Test
    void aStandbyThatAsksInVainAgainAndAgainLeavesNothing() throws Exception {
        recovery.ask(name(1, 6));
        recovery.ask(name(1, 7));
        recovery.ask(name(1, 7));

        assertThat(recovery.spool.directory()).doesNotExist();
    }

    @Test
    void whatAServerHasLeftThatDidNotComeToItsEndIsRemovedByTheNextOne() throws Exception {
        recovery.ask(name(1, 5));
        recovery.keep(name(1, 5));
        recovery.startServer(1763799999);
        assertThat(recovery.spool.directory()).exists();

        recovery.ask(name(1, 5));

        assertThat(recovery.spool.directory()).doesNotExist();
    }

    @Test
    void whenAPrefetcherEndsWhileItsServerReadsTheLastSegmentAgainNothingIsLeft() throws Exception {
        recovery.ask(name(1, 6));
        recovery.keep(name(1, 6));
        try (var held = recovery.spool.lock().orElseThrow()) {
            assertThat(held).isNotNull();
            recovery.spool.remove();

            recovery.ask(name(1, 6));
        }

        assertThat(recovery.spool.directory()).doesNotExist();
    }

    /** A server that asks for each segment on the newest timeline first, which PostgreSQL did before version 13. */
    @Test
    void theTimelineIsRememberedAcrossARequestInVain() throws Exception {
        recovery.history("00000002.history", "1\t0/500000\tx\n");
        recovery.ask("00000002.history");
        recovery.ask(name(2, 1));
        recovery.ask(name(1, 1));

        assertThat(recovery.spool.position().orElseThrow().target()).contains(new TimelineId(2));
    }

    @Test
    void whatAnotherServerAskedForOnThisDataDirectoryCountsForNothing() throws Exception {
        recovery.ask(name(1, 1));
        recovery.startServer(1763799999);
        recovery.ask(name(1, 2));

        assertThat(recovery.starts()).isZero();
    }

    @Test
    void segmentsForWhichThereIsNoRoomStartNone() throws Exception {
        recovery.ask(name(1, 1), MB - 1);
        recovery.ask(name(1, 2), MB - 1);
        assertThat(recovery.starts()).isZero();

        recovery.ask(name(1, 3), MB);
        assertThat(recovery.starts()).isEqualTo(1);
    }

    @Test
    void aSpoolThatCannotBeMadeIsNoHindrance() throws Exception {
        Files.createDirectories(recovery.stateDirectory);
        Files.createFile(recovery.stateDirectory.resolve("prefetch"));

        assertThat(recovery.ask(name(1, 1))).isEqualTo(SERVED);
        assertThat(recovery.ask(name(1, 2))).isEqualTo(SERVED);
        assertThat(recovery.served()).isEqualTo(content(1, 2));
    }

    @Test
    void historiesAreAlwaysFetched() throws Exception {
        recovery.history("00000002.history", "1\t0/500000\tx\n");
        try (var held = recovery.spool.lock().orElseThrow()) {
            assertThat(held).isNotNull();
            Files.writeString(recovery.spool.directory().resolve("00000002.history"), "1\t0/400000\tx\n");

            recovery.ask("00000002.history");
        }

        assertThat(recovery.data.resolve("pg_wal/RECOVERYHISTORY")).hasContent("1\t0/500000\tx\n");
        assertThat(recovery.ask("00000003.history")).isEqualTo(new GetOutcome.Absent());
    }
}
