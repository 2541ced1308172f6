package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.ContentDigest;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is brought to the vault of a server that died: all of it, and nothing under a name that it does not deserve. */
class SalvageTest extends ServerAndVault {
    /** The low half of ControlFileData.checkPointCopy.redo. */
    private static final int REDO_AT = 40;

    private static final String QUEUED = SEGMENT;
    private static final String FINISHED = "000000010000000000000014";
    private static final String TAIL = "000000010000000000000015";
    private static final String RECYCLED = "000000010000000000000016";

    @TempDir
    Path elsewhere;

    @BeforeEach
    void aServerDiedWhileItWroteAndTheVaultWasUnreachable() throws Exception {
        Files.createDirectories(data.resolve("pg_wal/archive_status"));
        write(QUEUED, segment(QUEUED, 0));
        mark(QUEUED + ".ready");
        write(FINISHED, segment(FINISHED, 0));
        write(TAIL, tail(5, 0));
        write(RECYCLED, segment("000000010000000000000011", 0));
        lastCheckpointIn(QUEUED);
    }

    private void lastCheckpointIn(String segment) throws IOException {
        int redo = Integer.parseInt(segment.substring(16), 16) << 20 | 40;
        Files.write(
                data.resolve("global/pg_control"),
                Wal.controlFile(Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE), REDO_AT, redo));
    }

    @Test
    void aDirectoryWithoutTheWalThatItsServerNeedsIsNotAllThatTheServerHad() throws Exception {
        lastCheckpointIn("000000010000000000000012");

        SalvageReport report = salvage();

        assertThat(names(report.stored())).contains(QUEUED, FINISHED);
        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(ErrorCode.LOCAL_FILE);
            assertThat(problem).hasMessageContaining("000000010000000000000012\" is missing");
            assertThat(problem.detail().orElse("")).contains("Is the volume of pg_wal mounted?");
        });
    }

    @Test
    void aDirectoryThatWasRestoredAndNotStartedHasNoWalYet() throws Exception {
        lastCheckpointIn("000000010000000000000012");
        Files.createFile(data.resolve("backup_label"));

        assertThat(salvage().problems()).isEmpty();
    }

    /** Its last whole record ends 8240 bytes behind the beginning, in its second page. */
    private static byte[] tail(int pages, int variant) {
        byte[] content = Wal.unfinished(TAIL, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, pages, variant);
        Wal.putRecord(content, 40, 8176);
        return content;
    }

    private void mark(String name) throws IOException {
        Files.writeString(data.resolve("pg_wal/archive_status").resolve(name), "");
    }

    private SalvageReport salvage() throws Exception {
        return salvage(data);
    }

    private SalvageReport salvage(Path directory) throws Exception {
        return new Salvage(
                        List.of(Pushes.opened(access(faulty))),
                        1,
                        LocalState.in(elsewhere.resolve("state"), InstantSource.system()),
                        ZSTD,
                        heard,
                        new Cancellation())
                .run(directory);
    }

    private static List<String> names(List<WalFile> files) {
        return files.stream().map(WalFile::name).toList();
    }

    private boolean has(String name) {
        return store.head(new ObjectKey(WAL + name)).isPresent();
    }

    @Test
    void whatIsFinishedIsStoredUnderItsNameAndTheTailUnderItsOwn() throws Exception {
        SalvageReport report = salvage();

        assertThat(names(report.stored())).containsExactly(QUEUED, FINISHED, TAIL + ".partial");
        assertThat(report.problems()).isEmpty();
        assertThat(report.tails()).singleElement().satisfies(tail -> {
            assertThat(tail.segment().name()).isEqualTo(TAIL);
            assertThat(tail.end()).isEqualTo(Lsn.parse("0/1502030"));
        });
        assertThat(report.reach())
                .containsExactly(new SalvageReport.Reach(TimelineId.FIRST, Lsn.parse("0/1502030"), false));
        assertThat(stored(TAIL + ".partial")).isEqualTo(tail(5, 0));
        assertThat(has(TAIL)).isFalse();
        assertThat(has(RECYCLED)).isFalse();
    }

    @Test
    void aDirectoryOfAnotherSystemIsRefusedBeforeAnything() throws Exception {
        Files.write(data.resolve("global/pg_control"), Wal.controlFile(Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE));

        Faults.of(this::salvage)
                .is(ErrorCode.WRONG_SYSTEM)
                .says("belongs to system " + Vaults.OTHER_SYSTEM, "known: system " + Vaults.SYSTEM);

        for (String name : List.of(QUEUED, FINISHED, TAIL, RECYCLED)) {
            Files.delete(data.resolve("pg_wal").resolve(name));
        }
        Faults.of(this::salvage).is(ErrorCode.WRONG_SYSTEM).says("nothing of it is stored");
        assertThat(heard.warnings()).isEmpty();
    }

    @Test
    void whatIsWrongWithAllFilesIsToldOnce() throws Exception {
        Files.delete(data.resolve("global/pg_control"));
        for (String name : List.of(QUEUED, FINISHED, TAIL)) {
            write(name, Wal.segment(name, Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE, 0));
        }

        SalvageReport report = salvage();

        assertThat(report.stored()).isEmpty();
        assertThat(report.worst()).contains(ErrorCode.WRONG_SYSTEM);
        assertThat(heard.warnings()).singleElement().asString().contains("is not known as member");
    }

    @Test
    void aSecondSalvageFindsAllOfItThere() throws Exception {
        salvage();

        SalvageReport again = salvage();

        assertThat(again.stored()).isEmpty();
        assertThat(again.there()).isEqualTo(3);
        assertThat(again.tails())
                .singleElement()
                .satisfies(tail -> assertThat(tail.storedAs().name()).isEqualTo(TAIL + ".partial"));
    }

    @Test
    void theDirectoryIsLeftAsItWas() throws Exception {
        List<String> before = listing();

        salvage();

        assertThat(listing()).isEqualTo(before);
    }

    private List<String> listing() throws IOException {
        try (var files = Files.walk(data)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file + " " + digest(file))
                    .sorted()
                    .toList();
        }
    }

    private static String digest(Path file) {
        try {
            return ContentDigest.of(Files.readAllBytes(file)).hex();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theServerThatIsStartedAgainArchivesTheFinishedSegment() throws Exception {
        salvage();
        byte[] finished = segment(TAIL, 7);
        write(TAIL, finished);
        mark(TAIL + ".ready");

        assertThat(push(TAIL)).isEqualTo(new PushOutcome.Archived());
        assertThat(stored(TAIL)).isEqualTo(finished);
        assertThat(stored(TAIL + ".partial")).isEqualTo(tail(5, 0));
    }

    @Test
    void aTailThatGrewIsKeptBesideTheOlderOne() throws Exception {
        salvage();
        byte[] grown = tail(9, 1);
        write(TAIL, grown);

        SalvageReport report = salvage();

        String name = TAIL + "." + ContentDigest.of(grown).hex() + ".partial";
        assertThat(names(report.stored())).containsExactly(name);
        assertThat(stored(name)).isEqualTo(grown);
        assertThat(stored(TAIL + ".partial")).isEqualTo(tail(5, 0));
        assertThat(salvage().stored()).isEmpty();
    }

    @Test
    void aTailIsKeptBesideWhatIsNoObjectOfAVault() throws Exception {
        salvage();
        store.damage(new ObjectKey(WAL + TAIL + ".partial"), _ -> "junk".getBytes(US_ASCII));

        SalvageReport report = salvage();

        String name = TAIL + "." + ContentDigest.of(tail(5, 0)).hex() + ".partial";
        assertThat(report.problems()).isEmpty();
        assertThat(names(report.stored())).containsExactly(name);
        assertThat(stored(name)).isEqualTo(tail(5, 0));
        assertThat(heard.warnings())
                .anySatisfy(warning -> assertThat(warning)
                        .contains(
                                "stored beside what is in the place of \"" + TAIL + ".partial\"",
                                "remove that object"));
    }

    @Test
    void aPromotionIsNotHeldUpByASalvagedTail() throws Exception {
        salvage();
        byte[] promoted = tail(3, 2);
        write(TAIL + ".partial", promoted);
        mark(TAIL + ".partial.ready");

        assertThat(push(TAIL + ".partial")).isEqualTo(new PushOutcome.Archived());
        assertThat(push(TAIL + ".partial")).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(stored(TAIL + "." + ContentDigest.of(promoted).hex() + ".partial"))
                .isEqualTo(promoted);
    }

    @Test
    void historiesComeFirst() throws Exception {
        write("00000002.history", "1\t0/1300000\tx\n".getBytes(US_ASCII));

        assertThat(names(salvage().stored())).startsWith("00000002.history", QUEUED);
    }

    @Test
    void nothingFollowsASegmentThatIsAnotherServersInTheVault() throws Exception {
        byte[] ours = segment(QUEUED, 0);
        write(QUEUED, segment(QUEUED, 1));
        push(QUEUED);
        write(QUEUED, ours);

        SalvageReport report = salvage();

        assertThat(report.worst()).contains(ErrorCode.CONFLICT);
        assertThat(names(report.leftOut())).containsExactly(FINISHED, TAIL);
        assertThat(report.stored()).isEmpty();
        assertThat(has(FINISHED)).isFalse();
        assertThat(report.reach())
                .containsExactly(new SalvageReport.Reach(TimelineId.FIRST, Lsn.parse("0/1300000"), true));
    }

    @Test
    void whatFollowsASegmentThatTheVaultLacksIsNotReached() throws Exception {
        write(FINISHED, segment(FINISHED, 0));
        mark(FINISHED + ".ready");
        write(FINISHED, new byte[100]);

        assertThat(salvage().reach())
                .containsExactly(new SalvageReport.Reach(TimelineId.FIRST, Lsn.parse("0/1400000"), false));
    }

    @Test
    void ofATimelineWithAnotherHistoryInTheVaultNothingIsReached() throws Exception {
        String segment = "000000020000000000000013";
        write("00000002.history", "1\t0/1200000\tx\n".getBytes(US_ASCII));
        push("00000002.history");
        write("00000002.history", "1\t0/1300000\tx\n".getBytes(US_ASCII));
        write(segment, segment(segment, 0));
        mark(segment + ".ready");

        SalvageReport report = salvage();

        assertThat(report.reach().getLast()).isEqualTo(new SalvageReport.Reach(new TimelineId(2), Lsn.ZERO, true));
        assertThat(names(report.leftOut())).containsExactly(segment);
    }

    @Test
    void whatTheServerTookForArchivedIsComparedAsWell() throws Exception {
        Files.delete(data.resolve("pg_wal/archive_status").resolve(QUEUED + ".ready"));
        mark(QUEUED + ".done");

        assertThat(names(salvage().stored())).contains(QUEUED);
    }

    @Test
    void aQueuedFileThatIsNoWalIsAProblemAndTheOthersAreStored() throws Exception {
        write(QUEUED, new byte[100]);

        SalvageReport report = salvage();

        assertThat(report.worst()).contains(ErrorCode.NOT_WAL);
        assertThat(names(report.stored())).containsExactly(FINISHED, TAIL + ".partial");
    }

    @Test
    void aDamagedControlFileIsNoObstacle() throws Exception {
        Files.write(data.resolve("global/pg_control"), new byte[100]);

        assertThat(names(salvage().stored())).containsExactly(QUEUED, FINISHED, TAIL + ".partial");
    }

    @Test
    void aServerThatRunsIsLeftAlone() throws Exception {
        Path postgres = elsewhere.resolve("postgres");
        Files.copy(Path.of("/bin/sleep"), postgres);
        Process server = new ProcessBuilder(postgres.toString(), "600").start();
        try {
            Files.writeString(data.resolve("postmaster.pid"), server.pid() + "\n" + data + "\n");

            Faults.of(this::salvage).is(ErrorCode.DIRECTORY_IN_USE).says("a server runs in");
            assertThat(has(QUEUED)).isFalse();
        } finally {
            server.destroyForcibly().waitFor();
        }
        assertThat(salvage().stored()).hasSize(3);
    }

    @Test
    void theNumberOfADeadServerMayBeAnotherPrograms() throws Exception {
        Files.writeString(
                data.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n" + data + "\n");

        assertThat(salvage().stored()).hasSize(3);
    }

    @Test
    void aVaultThatIsUnreachableEndsItAndTheNextOneGoesOn() throws Exception {
        faulty.fail(Call.CREATE, 2, Moment.BEFORE, FaultyStore.unreachable());

        Faults.of(this::salvage).is(ErrorCode.STORE_UNREACHABLE);
        assertThat(has(QUEUED)).isTrue();
        SalvageReport report = salvage();
        assertThat(report.there()).isEqualTo(1);
        assertThat(names(report.stored())).containsExactly(FINISHED, TAIL + ".partial");
    }

    @Test
    void whatIsNoDataDirectoryIsRefused() {
        Faults.of(() -> salvage(elsewhere)).is(ErrorCode.LOCAL_FILE).says("it has no \"pg_wal\"");
    }

    @Test
    void aDirectoryThatCannotBeLookedAtIsNotSaidToHaveNoWal() throws Exception {
        Path loop = Files.createSymbolicLink(elsewhere.resolve("loop"), elsewhere.resolve("loop"));

        Faults.of(() -> salvage(loop)).is(ErrorCode.LOCAL_FILE).says("could not read", "symbolic links");
    }

    @Test
    void theSegmentThatIsBeingWrittenIsNotPushedUnderItsName() throws Exception {
        Faults.of(() -> push(TAIL))
                .is(ErrorCode.UNFINISHED)
                .says("was not finished when the server that wrote it ended", "neither", "walvault salvage");
        assertThat(has(TAIL)).isFalse();
    }

    @Test
    void besideALiveServerTheMessageSaysThatItIsBeingWritten() throws Exception {
        Path postgres = elsewhere.resolve("postgres");
        Files.copy(Path.of("/bin/sleep"), postgres);
        Process server = new ProcessBuilder(postgres.toString(), "600").start();
        try {
            Files.writeString(data.resolve("postmaster.pid"), server.pid() + "\n" + data + "\n");

            Faults.of(() -> push(TAIL))
                    .is(ErrorCode.UNFINISHED)
                    .says("is the one that the server is writing", "SELECT pg_switch_wal()");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void aFinishedSegmentThatIsNotQueuedYetIsPushed() throws Exception {
        assertThat(push(FINISHED)).isEqualTo(new PushOutcome.Archived());
    }
}
