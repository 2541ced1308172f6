package dev.walvault.reach;

import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.T2;
import static dev.walvault.reach.Fixture.T3;
import static dev.walvault.reach.Fixture.facts;
import static dev.walvault.reach.Fixture.id;
import static dev.walvault.reach.Fixture.in;
import static dev.walvault.reach.Fixture.segmentName;
import static dev.walvault.reach.Fixture.threeBackups;
import static dev.walvault.reach.Fixture.windows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** From when to when the backups and the WAL of a vault reach. */
class RecoveryWindowsTest {
    @Test
    void whatBranchesHaveInCommonIsOneWindow() throws Exception {
        Fixture vault = new Fixture()
                .backup(facts(3, T1, 3))
                .wal(T1, 3, 5)
                .backup(facts(8, T1, 8))
                .wal(T1, 8, 20)
                .history(T2, "1\t" + in(12) + "\treason\n")
                .wal(T2, 12, 14);

        assertThat(windows(vault).windows())
                .extracting(
                        window -> window.timeline() + " from " + window.oldest().id() + " to " + window.end())
                .containsExactly(
                        "1 from " + id(3) + " to 0/600000",
                        "1 from " + id(8) + " to 0/1500000",
                        "2 from " + id(8) + " to 0/F00000");
    }

    @Test
    void branchesThatEndAtTheSamePlaceAreTwoWindows() throws Exception {
        Fixture vault = threeBackups().history(T2, "1\t" + in(12) + "\twhy\n").wal(T2, 12, 30);

        assertThat(windows(vault).windows())
                .extracting(RecoveryWindows.Window::timeline)
                .containsExactly(T1, T2);
    }

    @Test
    void ofBranchesThatHaveTheSameTheServersIsShown() throws Exception {
        Fixture vault = threeBackups().history(T2, "1\t0/1F00000\twhy\n").history(T3, "1\t0/1F00000\twhy\n");
        var server = new ServerTimeline(T3, true, Fixture.time(30));

        assertThat(RecoveryWindows.of(
                                vault.member, vault.member.backups().list().complete(), Optional.of(server))
                        .windows())
                .singleElement()
                .satisfies(window -> assertThat(window.timeline()).isEqualTo(T3))
                .satisfies(window -> assertThat(window.server()).isTrue());
    }

    @Test
    void whatOnlyTheParentHasOfTheSegmentWithTheForkIsInNoWindowOfTheChild() throws Exception {
        Fixture vault = threeBackups().history(T2, "1\t" + in(12) + "\twhy\n");

        assertThat(windows(vault).windows())
                .last()
                .satisfies(window -> assertThat(window.timeline()).isEqualTo(T2))
                .satisfies(window -> assertThat(window.end()).isEqualTo(Lsn.parse("0/C00000")));
    }

    @Test
    void aTimelineWhoseHistoryCannotBeReadIsTold() throws Exception {
        Fixture vault = threeBackups().wal(T2, 12, 14);

        assertThat(windows(vault).timelines())
                .extracting(wal -> wal.unplaced().isPresent())
                .containsExactly(false, true);
    }

    @Test
    void theUnfinishedSegmentBehindTheLastOneIsTold() throws Exception {
        Fixture vault = threeBackups();
        var partial = new WalFile.Partial(new WalSegment(T1, 31).file(Fixture.SIZE));
        Vaults.put(vault.member.wal(), partial, new byte[] {1}, Fixture.PLAIN);

        assertThat(windows(vault).timelines())
                .singleElement()
                .satisfies(timeline -> assertThat(timeline.unfinished()).containsExactly(partial));
    }

    @Test
    void windowsTellFromWhenToWhen() throws Exception {
        Fixture vault = new Fixture()
                .backup(facts(3, T1, 3))
                .backup(facts(5, T1, 5, 6))
                .backup(facts(8, T1, 8))
                .backup(facts(9, T1, 9))
                .wal(T1, 3, 5)
                .wal(T1, 8, 12);

        RecoveryWindows windows =
                RecoveryWindows.of(vault.member, vault.member.backups().list().complete(), Optional.empty());

        assertThat(windows.timelines()).singleElement().satisfies(timeline -> {
            assertThat(timeline.first().name()).isEqualTo(segmentName(T1, 3));
            assertThat(timeline.last().name()).isEqualTo(segmentName(T1, 12));
            assertThat(timeline.gaps()).singleElement().satisfies(gap -> {
                assertThat(gap.first().name()).isEqualTo(segmentName(T1, 6));
                assertThat(gap.last().name()).isEqualTo(segmentName(T1, 7));
            });
        });
        assertThat(windows.backups())
                .extracting(RecoveryWindows.BackupWal::usable)
                .containsExactly(true, false, true, true);
        assertThat(windows.windows()).extracting(window -> window.oldest().id()).containsExactly(id(3), id(8));
        assertThat(windows.windows().getLast().begin()).isEqualTo(in(8));
        assertThat(windows.windows().getLast().end()).isEqualTo(new Lsn(13L << 20));
        assertThat(windows.windows().getLast().endWritten()).isPresent();
    }

    @Test
    void aRunOfWalIsAsLargeInMemoryAsItsGaps() throws Exception {
        WalCoverage stored = WalCoverage.of(
                new Fixture().wal(T1, 1, 300).wal(T1, 302, 303).member.wal(), T1, Fixture.SIZE);

        assertThat(stored.runs()).containsExactly(new WalCoverage.Run(1, 300), new WalCoverage.Run(302, 303));
        assertThat(stored.gaps()).containsExactly(new WalCoverage.Run(301, 301));
    }

    @Test
    void aTimelineOfWhichVaultsHoldDifferentBranchesHasNoWindow() throws IOException {
        Fixture vault = Fixture.branched();

        RecoveryWindows windows = RecoveryWindows.of(
                vault.member, vault.member.backups().list().complete(), Optional.empty(), Set.of(T2));

        assertThat(windows.windows())
                .isNotEmpty()
                .noneMatch(window -> window.timeline().equals(T2));
        assertThat(Fixture.windows(vault).windows())
                .anyMatch(window -> window.timeline().equals(T2));
    }
}
