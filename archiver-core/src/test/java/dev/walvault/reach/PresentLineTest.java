package dev.walvault.reach;

import static dev.walvault.reach.Fixture.NOW;
import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.T2;
import static dev.walvault.reach.Fixture.T3;
import static dev.walvault.reach.Fixture.facts;
import static dev.walvault.reach.Fixture.in;
import static dev.walvault.reach.Fixture.segmentName;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PresentLineTest {
    private static final Optional<TimelineId> UNKNOWN = Optional.empty();

    private static Optional<PresentLine> line(Fixture vault, Optional<TimelineId> server) throws IOException {
        return PresentLine.of(
                vault.member,
                vault.member.backups().list().complete(),
                server.map(timeline -> new ServerTimeline(timeline, true, NOW)));
    }

    private static Optional<String> newest(Fixture vault, Optional<TimelineId> server) throws IOException {
        return line(vault, server).orElseThrow().newest().map(WalFile::name);
    }

    private static Optional<String> hole(Fixture vault, Optional<TimelineId> server) throws IOException {
        return line(vault, server)
                .orElseThrow()
                .hole()
                .map(hole -> hole.first().name() + " " + hole.last().name());
    }

    private static Optional<String> missing(TimelineId timeline, long first, long last) {
        return Optional.of(segmentName(timeline, first) + " " + segmentName(timeline, last));
    }

    @Test
    void anEmptyVaultHasNone() throws IOException {
        assertThat(line(new Fixture(), UNKNOWN)).isEmpty();
    }

    @Test
    void itIsThatOfTheServerWhereThatIsKnown() throws IOException {
        Fixture vault = Fixture.branched();

        assertThat(newest(vault, Optional.of(T1))).contains(segmentName(T1, 30));
        assertThat(newest(vault, Optional.of(T2))).contains(segmentName(T2, 18));
    }

    @Test
    void otherwiseItIsThatOfTheNewestBackup() throws IOException {
        Fixture vault = Fixture.branched();
        assertThat(newest(vault, UNKNOWN)).contains(segmentName(T2, 18));
        assertThat(newest(vault, Optional.of(new TimelineId(9)))).contains(segmentName(T2, 18));

        vault.backup(facts(40, T1, 25));
        assertThat(newest(vault, UNKNOWN)).contains(segmentName(T1, 30));
    }

    @Test
    void whatMerelyContinuesTheTimelineOfTheBackupIsFollowed() throws IOException {
        Fixture vault = new Fixture().wal(T1, 3, 11).backup(facts(3, T1, 3));
        vault.history(T2, "1\t" + in(12) + "\tpromoted\n").wal(T2, 12, 14);
        assertThat(newest(vault, UNKNOWN)).contains(segmentName(T2, 14));

        vault.history(T3, "1\t" + in(12) + "\tpromoted\n2\t" + in(15) + "\tpromoted\n");
        assertThat(newest(vault, UNKNOWN)).contains(segmentName(T2, 14));
    }

    @Test
    void withoutABackupItIsTheNewest() throws IOException {
        Fixture vault = new Fixture()
                .wal(T1, 3, 30)
                .history(T2, "1\t" + in(12) + "\tx\n")
                .wal(T2, 12, 14);

        assertThat(newest(vault, UNKNOWN)).contains(segmentName(T2, 14));
    }

    @Test
    void aHoleIsOneThatNoBackupHasPassed() throws IOException {
        Fixture vault = new Fixture()
                .wal(T1, 3, 12)
                .wal(T1, 16, 20)
                .backup(facts(3, T1, 3))
                .backup(facts(4, T1, 10));
        assertThat(hole(vault, UNKNOWN)).isEqualTo(missing(T1, 13, 15));

        vault.backup(facts(5, T1, 16));
        assertThat(hole(vault, UNKNOWN)).isEmpty();
    }

    @Test
    void whatABackupLacksItselfIsOneWithoutLaterWal() throws IOException {
        Fixture vault = new Fixture().wal(T1, 3, 5).backup(facts(3, T1, 5, 6));

        assertThat(hole(vault, UNKNOWN)).isEqualTo(missing(T1, 6, 6));
    }

    @Test
    void aVaultWithoutABackupHasNone() throws IOException {
        assertThat(hole(new Fixture().wal(T1, 3, 5).wal(T1, 7, 8), UNKNOWN)).isEmpty();
    }

    @Test
    void aHoleOnAnotherBranchIsNone() throws IOException {
        Fixture vault = Fixture.branched().wal(T2, 20, 22);

        assertThat(hole(vault, Optional.of(T1))).isEmpty();
        assertThat(hole(vault, Optional.of(T2))).isEqualTo(missing(T2, 19, 19));
    }

    @Test
    void aTimelineWithoutAHistoryHasItsOwn() throws IOException {
        Fixture vault = Fixture.threeBackups().wal(T2, 12, 14).wal(T2, 16, 18);

        assertThat(hole(vault, Optional.of(T2))).isEqualTo(missing(T2, 15, 15));
    }
}
