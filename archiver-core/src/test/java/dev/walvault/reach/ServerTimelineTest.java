package dev.walvault.reach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.ControlFile;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Wal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which timeline a server is on whose control file says timeline 1. */
class ServerTimelineTest {
    private static final int STATE = 16;
    private static final int SHUT_DOWN_IN_RECOVERY = 2;
    private static final int IN_ARCHIVE_RECOVERY = 5;
    private static final int IN_PRODUCTION = 6;

    @TempDir
    private Path pgdata;

    @BeforeEach
    void aServerThatHasWalOfTimeline2() throws Exception {
        Files.createDirectories(pgdata.resolve("global"));
        Files.createDirectories(pgdata.resolve("pg_wal/archive_status"));
        Files.writeString(pgdata.resolve("pg_wal/00000002.history"), "1\t0/580000\twhy\n");
        Files.createFile(pgdata.resolve("pg_wal/000000020000000000000005"));
    }

    private TimelineId whenIts(int state) throws Exception {
        byte[] control = Wal.controlFile(Fixture.SYSTEM, Fixture.SIZE);
        Files.write(pgdata.resolve(ControlFile.PATH), Wal.controlFile(control, STATE, state));
        return ServerTimeline.of(pgdata, Fixture.SYSTEM).orElseThrow().timeline();
    }

    @Test
    void aStandbyIsOnTheLineThatItFollows() throws Exception {
        assertThat(whenIts(IN_ARCHIVE_RECOVERY)).isEqualTo(new TimelineId(2));
        assertThat(whenIts(SHUT_DOWN_IN_RECOVERY)).isEqualTo(new TimelineId(2));
    }

    @Test
    void aPrimaryIsOnTheLineThatItWrites() throws Exception {
        assertThat(whenIts(IN_PRODUCTION)).isEqualTo(TimelineId.FIRST);
    }

    @Test
    void aHistoryAloneIsNoSignOfIt() throws Exception {
        Files.delete(pgdata.resolve("pg_wal/000000020000000000000005"));

        assertThat(whenIts(IN_ARCHIVE_RECOVERY)).isEqualTo(TimelineId.FIRST);
    }

    @Test
    void whatDoesNotDescendFromItsLineIsNone() throws Exception {
        Files.createFile(pgdata.resolve("pg_wal/000000040000000000000005"));
        Files.writeString(pgdata.resolve("pg_wal/00000004.history"), "3\t0/580000\twhy\n");

        assertThat(whenIts(IN_ARCHIVE_RECOVERY)).isEqualTo(new TimelineId(2));
    }
}
