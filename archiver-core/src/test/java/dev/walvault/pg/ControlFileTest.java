package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.walvault.ErrorCode;
import dev.walvault.HostException;
import dev.walvault.PostgresException;
import dev.walvault.Seeds;
import dev.walvault.pg.ControlFileData.DatabaseState;
import dev.walvault.pg.ControlFileData.WalLevel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The golden files were written by real servers; what they hold was read by pg_controldata or pg_control_*(). */
class ControlFileTest {

    @ParameterizedTest
    @CsvSource({
        "14, 1300, 202107181, 7710402303953991025, 0/1943190, 2026-11-20T23:38:51Z",
        "16, 1300, 202307071, 7710402306484196734, 0/1720FA0, 2026-11-20T23:38:52Z",
        "17, 1700, 202406281, 7710402308955571595, 0/17238D8, 2026-11-20T23:38:52Z",
        "18, 1800, 202506291, 7710402311438984600, 0/174D288, 2026-11-20T23:38:53Z",
    })
    void aRunningServerOfEachVersionIsReadAsItReadsItself(
            int version,
            int controlVersion,
            int catalogVersion,
            String systemIdentifier,
            String checkpoint,
            Instant time)
            throws Exception {
        assertThat(ControlFile.parse("golden", golden(Integer.toString(version))))
                .isEqualTo(new ControlFile(
                        SystemIdentifier.parse(systemIdentifier),
                        controlVersion,
                        catalogVersion,
                        Optional.of(new ControlFileData(
                                DatabaseState.IN_PRODUCTION,
                                Lsn.parse(checkpoint),
                                Lsn.parse(checkpoint),
                                TimelineId.FIRST,
                                TimelineId.FIRST,
                                true,
                                time,
                                Lsn.ZERO,
                                Optional.empty(),
                                Lsn.ZERO,
                                Lsn.ZERO,
                                WalLevel.REPLICA,
                                Map.of(
                                        "max_connections", 100,
                                        "max_worker_processes", 8,
                                        "max_wal_senders", 10,
                                        "max_prepared_transactions", 0,
                                        "max_locks_per_transaction", 64),
                                8192,
                                131072,
                                8192,
                                WalSegmentSize.DEFAULT,
                                DataChecksums.ON))))
                .extracting(ControlFile::major)
                .isEqualTo(Optional.of(new PgMajor(version)));
    }

    @Test
    void aStandbyTellsHowFarItMustRecover() throws Exception {
        var file = ControlFile.parse("golden", golden("15-standby"));
        var control = file.data().orElseThrow();

        assertThat(file.major()).contains(PgMajor.V15);
        assertThat(control.state()).isEqualTo(DatabaseState.IN_ARCHIVE_RECOVERY).hasToString("in archive recovery");
        assertThat(control.checkpoint()).isEqualTo(Lsn.parse("0/5055CA8"));
        assertThat(control.redo()).isEqualTo(Lsn.parse("0/5055C70"));
        assertThat(control.checkpointTime()).isEqualTo("2026-11-20T23:40:04Z");
        assertThat(control.minRecoveryPoint()).isEqualTo(Lsn.parse("0/5055D48"));
        assertThat(control.minRecoveryTimeline()).contains(TimelineId.FIRST);
        assertThat(control.walSegmentSize().bytes()).isEqualTo(16777216);
    }

    @Test
    void aPromotedServerIsOnItsNewTimeline() throws Exception {
        var control = data("15-promoted");

        assertThat(control.timeline()).isEqualTo(new TimelineId(2));
        assertThat(control.checkpoint()).isEqualTo(Lsn.parse("0/7000060"));
        assertThat(control.redo()).isEqualTo(Lsn.parse("0/7000028"));
    }

    @Test
    void aCleanShutdownIsTold() throws Exception {
        var control = data("15");

        assertThat(control.state()).isEqualTo(DatabaseState.SHUT_DOWN);
        assertThat(control.checkpoint()).isEqualTo(Lsn.parse("0/17414F8"));
    }

    @ParameterizedTest
    @CsvSource({"14, 292", "17, 292", "18, 296"})
    void everyChangedByteIsDetected(String version, int meaningful) throws Exception {
        byte[] golden = golden(version);

        Seeds.forEach(300, random -> {
            byte[] changed = golden.clone();
            changed[random.nextInt(meaningful)] ^= (byte) (1 + random.nextInt(255));

            assertThatThrownBy(() -> ControlFile.parse("golden", changed))
                    .isInstanceOfAny(HostException.class, PostgresException.class);
        });
    }

    @Test
    void aShortFileIsDamaged() throws Exception {
        byte[] golden = golden("18");

        for (int length = 0; length < 296; length++) {
            byte[] cut = Arrays.copyOf(golden, length);
            assertThatThrownBy(() -> ControlFile.parse("x", cut))
                    .hasMessage("control file \"x\" is damaged: it has only " + cut.length + " bytes");
        }
    }

    @Test
    void anUnknownLayoutIsRefusedByItsNumber() throws Exception {
        var golden = ByteBuffer.wrap(golden("15")).order(ByteOrder.LITTLE_ENDIAN);

        assertThatThrownBy(() -> ControlFile.parse("x", golden.putInt(8, 1201).array()))
                .hasMessage("control file \"x\" has version 1201, which is not supported")
                .asInstanceOf(type(PostgresException.class))
                .extracting(PostgresException::code)
                .isEqualTo(ErrorCode.POSTGRES_VERSION);
        assertThatThrownBy(() -> ControlFile.parse(
                        "x", golden.putInt(8, Integer.reverseBytes(1300)).array()))
                .hasMessage("control file \"x\" was written on a machine of the other byte order");
    }

    @Test
    void nonsenseUnderAGoodChecksumIsDamageToo() throws Exception {
        var changed =
                ByteBuffer.wrap(golden("15")).order(ByteOrder.LITTLE_ENDIAN).putInt(16, 7);
        var crc = new CRC32C();
        crc.update(changed.array(), 0, 288);
        changed.putInt(288, (int) crc.getValue());

        assertThatThrownBy(() -> ControlFile.parse("x", changed.array()))
                .hasMessage("control file \"x\" is damaged: it has an unknown database state, number 7");
    }

    @Test
    void itIsFoundInADataDirectory(@TempDir Path directory) throws Exception {
        assertThatThrownBy(() -> ControlFile.read(directory))
                .hasMessage("directory \"" + directory
                        + "\" is not a PostgreSQL data directory: it has no \"global/pg_control\"");

        Files.createDirectory(directory.resolve("global"));
        Files.write(directory.resolve(ControlFile.PATH), Arrays.copyOf(golden("16"), ControlFile.FILE_BYTES));

        assertThat(ControlFile.read(directory)).isEqualTo(ControlFile.parse("golden", golden("16")));
    }

    @Test
    void aFileThatStaysDamagedIsReported(@TempDir Path directory) throws Exception {
        Files.createDirectory(directory.resolve("global"));
        byte[] torn = golden("16");
        torn[40] ^= 1;
        Files.write(directory.resolve(ControlFile.PATH), torn);

        assertThatThrownBy(() -> ControlFile.read(directory)).hasMessageContaining("is damaged: its checksum is");
    }

    @Test
    @Timeout(60)
    void aFifoInItsPlaceIsNotWaitedFor(@TempDir Path directory) throws Exception {
        Files.createDirectory(directory.resolve("global"));
        Path file = directory.resolve(ControlFile.PATH);
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();

        assertThatThrownBy(() -> ControlFile.read(directory))
                .hasMessage("control file \"" + file + "\" is damaged: it is no regular file");
    }

    private static ControlFileData data(String version) throws Exception {
        return ControlFile.parse("golden", golden(version)).data().orElseThrow();
    }

    static byte[] golden(String version) throws Exception {
        try (var in = ControlFileTest.class.getResourceAsStream("pg_control." + version)) {
            if (in == null) {
                throw new IllegalArgumentException("no golden file of version " + version);
            }
            return in.readAllBytes();
        }
    }
}
