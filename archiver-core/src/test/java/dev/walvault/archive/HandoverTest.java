package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.host.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With processes of its own: 100 is a postmaster, 200 its process for recovery, 300 a launcher, 400 this program. */
class HandoverTest {
    @TempDir
    private Path root;

    private Path proc;
    private Path data;
    private Path destination;
    private Path fetched;

    @BeforeEach
    void aServerThatRecovers() throws Exception {
        proc = Files.createDirectory(root.resolve("proc"));
        data = Files.createDirectory(root.resolve("data"));
        destination = Files.createDirectory(data.resolve("pg_wal")).resolve("RECOVERYXLOG");
        fetched = Files.writeString(root.resolve("fetched"), "fetched");
        process(1, 0);
        process(100, 1);
        process(200, 100);
        process(300, 200);
        process(400, 300);
        Files.createSymbolicLink(proc.resolve("self"), proc.resolve("400"));
        server(100, "1763712345");
    }

    private void process(long id, long parent) throws Exception {
        process(id, parent, id);
    }

    private void process(long id, long parent, long started) throws Exception {
        Files.createDirectories(proc.resolve(Long.toString(id)));
        Files.writeString(
                proc.resolve(id + "/stat"),
                id + " (a (b) c) S " + parent + " 7 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 " + started
                        + " 10 11 18446744073709551615 1 1\n");
    }

    private void dies(long id) throws Exception {
        Files.delete(proc.resolve(id + "/stat"));
        Files.delete(proc.resolve(Long.toString(id)));
    }

    private void server(long id, String started) throws Exception {
        Files.writeString(data.resolve("postmaster.pid"), id + "\n" + data + "\n" + started + "\n5432\n");
    }

    private Handover asked() {
        return Handover.at(destination, new Processes(proc));
    }

    private void appears(Handover handover) throws Exception {
        handover.give(fetched);
        assertThat(destination).hasContent("fetched");
        assertThat(fetched).doesNotExist();
    }

    private void isRefused(Handover handover, ErrorCode code) {
        Faults.of(() -> handover.give(fetched)).is(code);
        assertThat(destination).doesNotExist();
    }

    @Test
    void aServerThatWaitsIsGivenIt() throws Exception {
        appears(asked());
    }

    @Test
    void whoeverTheServerDescendsFromMayGo() throws Exception {
        process(50, 1);
        process(100, 50, 100);
        Handover handover = asked();
        dies(50);
        process(100, 1, 100);

        appears(handover);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 50, 100})
    void aCallThatLostTheProcessWhichStartedItGivesNothing(long adoptedBy) throws Exception {
        process(50, 1);
        Handover handover = asked();
        dies(200);
        process(300, adoptedBy);

        isRefused(handover, ErrorCode.POSTGRES_UNREACHABLE);
    }

    @Test
    void aLauncherThatIsGoneIsTheSame() throws Exception {
        Handover handover = asked();
        dies(300);
        process(400, 1);

        isRefused(handover, ErrorCode.POSTGRES_UNREACHABLE);
    }

    @Test
    void anotherProcessOfTheSameNumberIsNotTheOneThatAsked() throws Exception {
        Handover handover = asked();
        process(200, 100, 201);

        isRefused(handover, ErrorCode.POSTGRES_UNREACHABLE);
    }

    @Test
    void aServerThatWasStartedAgainHasNotAsked() throws Exception {
        Handover handover = asked();
        server(100, "1763712346");

        isRefused(handover, ErrorCode.POSTGRES_UNREACHABLE);
    }

    @Test
    void aServerThatHasStoppedDoesNotWait() throws Exception {
        Handover handover = asked();
        Files.delete(data.resolve("postmaster.pid"));

        isRefused(handover, ErrorCode.POSTGRES_UNREACHABLE);
    }

    @Test
    void aCallThatBeganAsAnOrphanGivesNothingToTheServerThatRunsNow() throws Exception {
        process(300, 1);
        Handover handover = asked();

        isRefused(handover, ErrorCode.POSTGRES_REFUSED);
        assertThat(fetched).exists();
    }

    @Test
    void aCallThatBeganBetweenTwoServersGivesNothingToTheSecond() throws Exception {
        Files.delete(data.resolve("postmaster.pid"));
        process(300, 1);
        Handover handover = asked();
        server(100, "1763712346");

        isRefused(handover, ErrorCode.POSTGRES_UNREACHABLE);
    }

    @Test
    void whatAKilledServerHasLeftBehindHindersNobody() throws Exception {
        process(300, 1);
        dies(200);
        dies(100);

        appears(asked());
    }

    @Test
    void whereTheParentsCannotBeSeenTheServerHasToBeTheSame() throws Exception {
        dies(300);
        Handover handover = asked();

        appears(handover);
    }

    @Test
    void whoFetchesByHandOrRewindsNeedsNoServer() throws Exception {
        Files.delete(data.resolve("postmaster.pid"));
        process(300, 1);
        for (String name : new String[] {"pg_wal/RECOVERYXLOG", "pg_wal/000000010000000000000003", "anywhere"}) {
            destination = data.resolve(name);
            fetched = Files.writeString(root.resolve("fetched"), "fetched");
            Files.writeString(destination, "of yesterday");

            appears(asked());
        }
    }

    @Test
    void whatIsForAServerNeverTakesThePlaceOfAnotherFile() throws Exception {
        Handover late = asked();
        Files.writeString(destination, "what the server asked for");

        Faults.of(() -> late.give(fetched)).is(ErrorCode.LOCAL_FILE).says("is there already");

        assertThat(destination).hasContent("what the server asked for");
    }

    @Test
    void whatWasNotThereAtFirstIsNotReplacedForAnybody() throws Exception {
        Files.delete(data.resolve("postmaster.pid"));
        Handover late = asked();
        Files.writeString(destination, "of another call");

        Faults.of(() -> late.give(fetched)).is(ErrorCode.LOCAL_FILE);

        assertThat(destination).hasContent("of another call");
    }

    @Test
    void itAppearsFromAnotherFileSystemToo() throws Exception {
        // /dev/shm is a file system of its own on every Linux
        Path elsewhere = Files.createTempDirectory(Path.of("/dev/shm"), "walvault-test");
        try {
            fetched = Files.writeString(elsewhere.resolve("x"), "fetched");

            appears(asked());

            assertThat(destination.getParent()).isDirectoryNotContaining(path -> !path.equals(destination));
        } finally {
            Files.deleteIfExists(fetched);
            Files.delete(elsewhere);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "pg_wal/RECOVERYXLOG, true",
        "/data/pg_wal/RECOVERYXLOG, true",
        "pg_wal/RECOVERYHISTORY, true",
        "pg_wal/000000010000000000000003, false",
        "RECOVERYXLOG, false",
    })
    void recoveryAsksAtPlacesOfItsOwn(Path place, boolean recovery) {
        assertThat(Handover.isForRecovery(place)).isEqualTo(recovery);
    }
}
