package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalFileTest {

    private static final TimelineId TIMELINE = new TimelineId(0x1A);

    @Test
    void theFourShapesAreTold() {
        var segment = new WalFile.Segment(TIMELINE, 0x16, 0xFE);

        assertThat(WalFile.parse("0000001A00000016000000FE")).isEqualTo(segment);
        assertThat(WalFile.parse("0000001A00000016000000FE.partial")).isEqualTo(new WalFile.Partial(segment));
        assertThat(WalFile.parse("0000001A.history")).isEqualTo(new WalFile.TimelineHistoryFile(TIMELINE));
        assertThat(WalFile.parse("0000001A00000016000000FE.00000028.backup"))
                .isEqualTo(new WalFile.BackupHistoryFile(segment, 0x28));
    }

    @Test
    void theNameOfWhatWasParsedIsTheNameGiven() {
        Seeds.forEach(200, random -> {
            var timeline = new TimelineId(random.nextInt() | 1);
            var segment = new WalFile.Segment(timeline, random.nextLong(1L << 32), random.nextLong(1L << 32));
            WalFile file = switch (random.nextInt(4)) {
                case 0 -> segment;
                case 1 -> new WalFile.Partial(segment);
                case 2 -> new WalFile.TimelineHistoryFile(timeline);
                default -> new WalFile.BackupHistoryFile(segment, random.nextLong(1L << 32));
            };

            assertThat(WalFile.parse(file.name())).isEqualTo(file);
            assertThat(file.timeline()).isEqualTo(timeline);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pg_wal/000000010000000000000001 | it has a path separator",
                "..\\000000010000000000000001 | it has a path separator",
                "00000001000000000000000a | its hexadecimal digits are not in upper case",
                "0000000a.history | its hexadecimal digits are not in upper case",
                "000000000000000000000001 | there is no timeline 0",
                "00000000.history | there is no timeline 0",
            })
    void aBadNameIsRefusedWithTheReason(String name, String reason) {
        assertThatThrownBy(() -> WalFile.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + name + "\" is not the name of a WAL file: " + reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "RECOVERYXLOG",
                "archive_status",
                "00000001000000000000001",
                "0000000100000000000000011",
                "000000010000000000000001.",
                "000000010000000000000001.gz",
                "000000010000000000000001.partial.gz",
                "000000010000000000000001.Partial",
                "000000010000000000000001.28.backup",
                "00000001.HISTORY",
                "000000010000000000000001\n",
                " 000000010000000000000001",
                "00000001000000000000000１",
            })
    void aNameOfAnotherShapeIsRefused(String name) {
        assertThatThrownBy(() -> WalFile.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is neither a segment");
    }

    @Test
    void aLongNameIsRefusedAndCutInTheMessage() {
        assertThatThrownBy(() -> WalFile.parse("0".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "\"" + "0".repeat(64) + "…\" is not the name of a WAL file: it has more than 64 characters");
    }

    @Test
    void aNameBeyondTheLastSegmentOfItsLogIsNoSegmentOfThatSize() {
        var segment = new WalFile.Segment(TIMELINE, 1, 0x40);

        assertThat(segment.toWalSegment(new WalSegmentSize(16 << 20))).isEqualTo(new WalSegment(TIMELINE, 0x140));
        assertThatThrownBy(() -> segment.toWalSegment(new WalSegmentSize(64 << 20)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no WAL segment of 64MB can have the name \"0000001A0000000100000040\": "
                        + "its last eight digits exceed 0000003F");
    }
}
