package dev.walvault.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.examine.Finding.Verdict;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.Wal;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CutOffRecoveryTest {
    /** DBState of pg_control.h, and where it stands. */
    private static final int STATE_AT = 16;

    private static final int SHUT_DOWN_IN_RECOVERY = 2;
    private static final int IN_ARCHIVE_RECOVERY = 5;
    private static final int IN_PRODUCTION = 6;

    @TempDir
    Path data;

    private Finding found(int state) throws Exception {
        Path file = data.resolve(ControlFile.PATH);
        Files.createDirectories(data.resolve("global"));
        Files.write(file, Wal.controlFile(Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE), STATE_AT, state));
        var examiner = new Examiner(new Cancellation(), _ -> {});
        examiner.run(List.of(CutOffRecovery.of(data)));
        return examiner.findings().getFirst();
    }

    @ParameterizedTest
    @ValueSource(ints = {SHUT_DOWN_IN_RECOVERY, IN_ARCHIVE_RECOVERY})
    void aRecoveryWithoutItsSignalFileWouldGoOnElsewhere(int state) throws Exception {
        Finding finding = found(state);

        assertThat(finding.code()).contains(ErrorCode.POSTGRES_SETTINGS);
        assertThat(finding.seen()).contains("along timeline 1");
        assertThat(finding.fix().orElseThrow())
                .contains(data.resolve("recovery.signal").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"recovery.signal", "standby.signal"})
    void withItItGoesOnWhereItWas(String signal) throws Exception {
        Files.createFile(data.resolve(signal));

        assertThat(found(IN_ARCHIVE_RECOVERY).verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void aServerThatWasInProductionHasNone() throws Exception {
        assertThat(found(IN_PRODUCTION).verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void whatADeadServerLeftBehindIsNoRunningServer() throws Exception {
        // its number is this test's by now
        Files.writeString(
                data.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n");

        assertThat(found(IN_ARCHIVE_RECOVERY).verdict()).isEqualTo(Verdict.FAILED);
    }
}
