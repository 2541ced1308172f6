package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments have 1 MB; timeline 2 begins in the middle of segment 5. */
class ForkGuardTest {
    private static final ForkGuard.Fetch SERVED = () -> new GetOutcome.Served(1);
    private static final ForkGuard.Fetch ABSENT = GetOutcome.Absent::new;
    private static final ForkGuard.Fetch DOUBT = () -> {
        throw Fault.of(ErrorCode.STORE_UNREACHABLE, "the vault is unreachable").store();
    };

    @TempDir
    private Path root;

    private final FakeTime time = new FakeTime(Vaults.NOW);
    private final Heard heard = new Heard();

    @BeforeEach
    void aServerThatRecoversAlongTimeline2() throws Exception {
        Path control = root.resolve("data/global/pg_control");
        Files.createDirectories(control.getParent());
        Files.write(control, Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE));
        Files.createDirectories(root.resolve("data/pg_wal"));
        history(2, "1\t0/580000\tbefore it was dropped\n");
    }

    private void history(int timeline, String text) throws Exception {
        Files.writeString(root.resolve("data/pg_wal/%08X.history".formatted(timeline)), text);
    }

    private static WalFile segment(int timeline, int number) {
        return WalFile.parse("%08X00000000%08X".formatted(timeline, number));
    }

    private GetOutcome ask(WalFile file, ForkGuard.Fetch fetch) throws ArchiverException {
        return new ForkGuard(LocalState.in(root.resolve("state"), time), root.resolve("data/pg_wal"), heard)
                .get(file, fetch);
    }

    private void isKept(WalFile file) throws ArchiverException {
        assertThat(ask(file, SERVED)).isEqualTo(new GetOutcome.Absent());
        assertThat(heard.warnings()).last().asString().contains(file.name(), "kept from the server");
    }

    private void isServed(WalFile file) throws ArchiverException {
        assertThat(ask(file, SERVED)).isEqualTo(new GetOutcome.Served(1));
    }

    @Test
    void whoCouldNotHaveTheFirstSegmentOfATimelineDoesNotGetItsParents() throws Exception {
        ask(segment(2, 5), ABSENT);

        isKept(segment(1, 5));
        isServed(segment(2, 5));
    }

    @Test
    void neitherDoesAStandbyThatWasToldOfADoubt() throws Exception {
        assertThatThrownBy(() -> ask(segment(2, 5), DOUBT)).isInstanceOf(ArchiverException.class);

        isKept(segment(1, 5));
    }

    @Test
    void grandparentsGoPastTheForkAsWell() throws Exception {
        history(3, "1\t0/510000\ta\n2\t0/580000\tb\n");

        ask(segment(3, 5), ABSENT);
        isKept(segment(2, 5));
        isKept(segment(1, 5));
    }

    @Test
    void segmentsBeforeTheForkAreServed() throws Exception {
        ask(segment(2, 4), ABSENT);

        isServed(segment(1, 4));
    }

    @Test
    void aForkBetweenTwoSegmentsIsNotGonePast() throws Exception {
        history(2, "1\t0/500000\tbefore it was dropped\n");
        ask(segment(2, 5), ABSENT);

        isKept(segment(1, 5));
        isServed(segment(1, 4));
    }

    @Test
    void whereNothingCanBeNotedAnAncestorsSegmentIsInDoubt() throws Exception {
        Files.createDirectories(root.resolve("state"));
        Files.setPosixFilePermissions(root.resolve("state"), PosixFilePermissions.fromString("rwxrwxrwx"));

        isServed(segment(2, 5));
        isServed(segment(1, 4));
        Faults.of(() -> ask(segment(1, 5), SERVED)).is(ErrorCode.LOCAL_FILE).says("is kept from the server");
        Files.delete(root.resolve("data/pg_wal/00000002.history"));
        isServed(segment(1, 5));
    }

    @Test
    void aServerThatRecoversAlongTheParentIsServed() throws Exception {
        isServed(segment(1, 5));
    }

    @Test
    void whatWasAskedForBeforeAnotherStartDoesNotCount() throws Exception {
        ask(segment(2, 5), ABSENT);
        time.sleep(Duration.ofMinutes(2));

        isServed(segment(1, 5));
    }

    @Test
    void whatAnEarlierStartWasRefusedDoesNotCountHoweverShortlyAgo() throws Exception {
        Files.writeString(root.resolve("data/postmaster.pid"), "100\n/data\n1764000000\n");
        assertThatThrownBy(() -> ask(segment(2, 5), DOUBT)).isInstanceOf(ArchiverException.class);
        isKept(segment(1, 5));

        Files.writeString(root.resolve("data/postmaster.pid"), "100\n/data\n1764000003\n");
        isServed(segment(1, 5));
    }

    @Test
    void whoHasNotGotTheHistoryAnyMoreIsOnAnotherLine() throws Exception {
        ask(segment(2, 5), ABSENT);
        Files.delete(root.resolve("data/pg_wal/00000002.history"));

        isServed(segment(1, 5));
    }

    @Test
    void aTimelineWhoseHistoryTheServerHasNotGotIsNotItsOwn() throws Exception {
        ask(segment(4, 5), ABSENT);

        isServed(segment(1, 5));
    }
}
