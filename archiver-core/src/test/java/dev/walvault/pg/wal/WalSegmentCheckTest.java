package dev.walvault.pg.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.walvault.ErrorCode;
import dev.walvault.IntegrityException;
import dev.walvault.Seeds;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.PgMajor;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalSegmentCheckTest {

    private static final int SIZE = 16 << 20;

    /** The segment that a server of version 15 archived first after its promotion to timeline 2. */
    private static final byte[] AFTER_SWITCH =
            hex("10d106000100000000000005000000000000000000000000" + "64e54cb10ada006b" + "0000000100200000");

    private static final String AFTER_SWITCH_NAME = "000000020000000000000005";

    @ParameterizedTest
    @CsvSource({
        "14, 0dd102000100000000000001000000000000000000000000 71f587420bda006b0000000100200000, 7710402303953991025",
        "16, 13d102000100000000000001000000000000000000000000 7ed557d90bda006b0000000100200000, 7710402306484196734",
        "17, 16d102000100000000000001000000000000000000000000 8b05a66c0cda006b0000000100200000, 7710402308955571595",
        "18, 18d102000100000000000001000000000000000000000000 98e5ab000dda006b0000000100200000, 7710402311438984600",
    })
    void theFirstSegmentOfEachVersionPasses(int version, String start, String systemIdentifier) throws Exception {
        var header = WalSegmentCheck.check(segment("000000010000000000000001"), SIZE, hex(start));

        assertThat(header.major().orElseThrow().number()).isEqualTo(version);
        assertThat(header.timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(header.pageAddress()).isEqualTo(Lsn.parse("0/1000000"));
        assertThat(header.systemIdentifier()).isEqualTo(SystemIdentifier.parse(systemIdentifier));
        assertThat(header.segmentSize().bytes()).isEqualTo(SIZE);
        assertThat(header.blockSize()).isEqualTo(8192);
    }

    @Test
    void theFirstSegmentAfterASwitchMayBeginOnTheTimelineBefore() throws Exception {
        var header = WalSegmentCheck.check(segment(AFTER_SWITCH_NAME), SIZE, AFTER_SWITCH);

        assertThat(header.timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(header.major()).contains(PgMajor.V15);
    }

    @Test
    void aPartialSegmentIsCheckedAsAWholeOne() throws Exception {
        var partial = new WalFile.Partial(segment("000000010000000000000005"));

        assertThat(WalSegmentCheck.check(partial, SIZE, AFTER_SWITCH).pageAddress())
                .isEqualTo(Lsn.parse("0/5000000"));
        assertThatThrownBy(() -> WalSegmentCheck.check(partial, SIZE - 1, AFTER_SWITCH))
                .hasMessageStartingWith("WAL file \"000000010000000000000005.partial\" has 16777215 bytes");
    }

    @Test
    void anEmptyFileIsRefused() {
        refused(AFTER_SWITCH_NAME, 0, new byte[0], "is empty");
    }

    @Test
    void aFileOfAnotherLengthThanItsSegmentSizeIsRefused() {
        refused(
                AFTER_SWITCH_NAME,
                8192,
                AFTER_SWITCH,
                "has 8192 bytes, but its header speaks of segments of 16777216 bytes");
        refused(
                AFTER_SWITCH_NAME,
                39,
                Arrays.copyOf(AFTER_SWITCH, 39),
                "has only 39 bytes, too few for a WAL page header");
    }

    @Test
    void zerosAreRefused() {
        refused(
                AFTER_SWITCH_NAME,
                SIZE,
                new byte[WalPageHeader.BYTES],
                "does not begin with the page header of a WAL segment: the magic is 0000 and the flags are 0000");
    }

    @Test
    void anUnknownMagicIsRefusedByName() {
        refused(
                AFTER_SWITCH_NAME,
                SIZE,
                with(0, 0x7E, 0xD0),
                "has page magic D07E, which no supported version of PostgreSQL writes");
    }

    @Test
    void sizesThatNoServerHasAreRefused() {
        refused(
                AFTER_SWITCH_NAME,
                SIZE,
                with(32, 1),
                "has a page header with an invalid WAL segment size of 16777217 bytes");
        refused(AFTER_SWITCH_NAME, SIZE, with(36, 1), "has a page header with an invalid WAL block size of 8193 bytes");
        refused(AFTER_SWITCH_NAME, SIZE, with(4, 0), "has a page header with timeline 0");
    }

    @Test
    void aSegmentUnderTheNameOfAnotherIsRefused() {
        refused(
                "000000020000000000000006",
                SIZE,
                AFTER_SWITCH,
                "begins at 0/5000000 by its header, but at 0/6000000 by its name");
        refused(
                "000000010000000000000005",
                SIZE,
                with(4, 2),
                "is of timeline 2 by its header, but of timeline 1 by its name");
        refused(
                "000000020000000000000100",
                SIZE,
                AFTER_SWITCH,
                "has a header that speaks of segments of 16MB, which cannot have such a name");
    }

    @Test
    void aChangedHeaderIsNeverTakenForTheSame() throws Exception {
        var segment = segment(AFTER_SWITCH_NAME);
        var original = WalSegmentCheck.check(segment, SIZE, AFTER_SWITCH);

        Seeds.forEach(200, random -> {
            byte[] changed = AFTER_SWITCH.clone();
            int at = random.nextInt(16);
            changed[at < 8 ? at : at + 16] ^= (byte) (1 + random.nextInt(255));

            try {
                assertThat(WalSegmentCheck.check(segment, SIZE, changed)).isNotEqualTo(original);
            } catch (IntegrityException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_WAL);
            }
        });
    }

    private static void refused(String name, long length, byte[] start, String why) {
        assertThatThrownBy(() -> {
                    var file = segment(name);
                    WalSegmentCheck.requireWrittenBy(
                            Optional.empty(), file, WalSegmentCheck.check(file, length, start));
                })
                .hasMessage("WAL file \"" + name + "\" " + why)
                .asInstanceOf(type(IntegrityException.class))
                .extracting(IntegrityException::code)
                .isEqualTo(ErrorCode.NOT_WAL);
    }

    private static byte[] with(int offset, int... bytes) {
        byte[] changed = AFTER_SWITCH.clone();
        for (int i = 0; i < bytes.length; i++) {
            changed[offset + i] = (byte) bytes[i];
        }
        return changed;
    }

    private static WalFile.Segment segment(String name) {
        return (WalFile.Segment) WalFile.parse(name);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }
}
