package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.walvault.ErrorCode;
import dev.walvault.IntegrityException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupLabelTest {

    /** From a server of version 15. */
    private static final String TEXT = """
            START WAL LOCATION: 0/7000028 (file 000000020000000000000007)
            CHECKPOINT LOCATION: 0/7000060
            BACKUP METHOD: streamed
            BACKUP FROM: primary
            START TIME: 2026-11-20 23:40:08 UTC
            LABEL: a label: with a colon
            START TIMELINE: 2
            """;

    @Test
    void aServersLabelIsRead() throws Exception {
        assertThat(BackupLabel.parse(TEXT))
                .isEqualTo(new BackupLabel(
                        Lsn.parse("0/7000028"),
                        (WalFile.Segment) WalFile.parse("000000020000000000000007"),
                        Lsn.parse("0/7000060"),
                        "streamed",
                        "primary",
                        "2026-11-20 23:40:08 UTC",
                        "a label: with a colon",
                        new TimelineId(2),
                        Optional.empty()));
    }

    @Test
    void anIncrementalBackupNamesTheStartOfTheEarlierOne() throws Exception {
        var label = BackupLabel.parse(TEXT + "INCREMENTAL FROM LSN: 0/2000028\nINCREMENTAL FROM TLI: 1\n");

        assertThat(label.incrementalFrom()).contains(Lsn.parse("0/2000028"));
    }

    @Test
    void aLabelMayBeEmptyOrHaveLineBreaks() throws Exception {
        assertThat(BackupLabel.parse(TEXT.replace("a label: with a colon", "")).label())
                .isEmpty();
        assertThat(BackupLabel.parse(TEXT.replace("a label:", "x\nBACKUP FROM: standby\n:"))
                        .from())
                .isEqualTo("primary");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "START WAL LOCATION",
                "CHECKPOINT LOCATION",
                "BACKUP METHOD",
                "BACKUP FROM",
                "START TIME",
                "LABEL",
            })
    void aMissingLineIsNamed(String key) {
        assertThatThrownBy(() -> BackupLabel.parse(TEXT.replace(key + ": ", "X: ")))
                .hasMessage("backup label cannot be used: it has no line \"" + key + "\"")
                .asInstanceOf(type(IntegrityException.class))
                .extracting(IntegrityException::code)
                .isEqualTo(ErrorCode.CORRUPT);
    }

    @ParameterizedTest
    @CsvSource({
        "0/7000028, 0-7000028",
        "000000020000000000000007, 00000002000000000000007",
        "TIMELINE: 2, TIMELINE: 3",
        "0/7000060, x",
    })
    void whatContradictsItselfOrCannotBeReadIsRefused(String before, String after) {
        assertThatThrownBy(() -> BackupLabel.parse(TEXT.replace(before, after)))
                .isInstanceOf(IntegrityException.class)
                .hasMessageStartingWith("backup label cannot be used: ");
    }
}
