package dev.walvault.pg.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.IntegrityException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnfinishedSegmentTest {
    private static final WalFile.Segment SEGMENT = (WalFile.Segment) WalFile.parse("000000010000000000000004");
    private static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
    private static final int PAGE = 8192;
    private static final int PAGES = 9;

    private final byte[] content =
            Wal.unfinished(SEGMENT.name(), SystemIdentifier.parse("7459276829153342812"), SIZE, PAGES, 0);

    private boolean isWholeAt(int offset) throws IOException {
        return UnfinishedSegment.hasWholeRecordAt(at(offset), SEGMENT, new ByteArrayInputStream(content));
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 31, 100, PAGE, 3 * PAGE})
    void aRecordIsThereThroughAsManyPagesAsItTakes(int length) throws Exception {
        Wal.putRecord(content, PAGE + 4096, length);

        assertThat(isWholeAt(PAGE + 4096)).isTrue();
        assertThat(isWholeAt(PAGE + 4090)).as("where the record before ended").isTrue();
        assertThat(isWholeAt(PAGE + 4104)).isFalse();
    }

    @Test
    void itsHeaderMayGoOnInTheNextPage() throws Exception {
        Wal.putRecord(content, 2 * PAGE - 8, 200);

        assertThat(isWholeAt(2 * PAGE - 8)).isTrue();
    }

    @Test
    void theFirstOfAPageIsBehindTheHeaderOfThePage() throws Exception {
        Wal.putRecord(content, 40, 100);
        Wal.putRecord(content, 2 * PAGE + 24, 100);

        assertThat(isWholeAt(0)).isTrue();
        assertThat(isWholeAt(2 * PAGE)).isTrue();
    }

    @Test
    void theRestOfARecordIsNone() throws Exception {
        int end = Wal.putRecord(content, 2 * PAGE - 800, 1000);
        Wal.putRecord(content, (end + 7) / 8 * 8, 100);

        assertThat(isWholeAt(2 * PAGE)).isFalse();
        assertThat(isWholeAt(end)).isTrue();
    }

    @Test
    void anEmptyPlaceHasNone() throws Exception {
        Arrays.fill(content, PAGE + 4096, 2 * PAGE, (byte) 0);

        assertThat(isWholeAt(PAGE + 4096)).isFalse();
    }

    @Test
    void oneWithAWrongByteIsNone() throws Exception {
        Wal.putRecord(content, PAGE + 4096, 10_000);
        content[2 * PAGE + 1000] ^= 1;

        assertThat(isWholeAt(PAGE + 4096)).isFalse();
    }

    @Test
    void oneThatWasOverwrittenByAnotherIsNone() throws Exception {
        Wal.putRecord(content, PAGE + 4096, 10_000);
        Wal.putRecord(content, 2 * PAGE - 80, 10_000);

        assertThat(isWholeAt(PAGE + 4096)).isFalse();
    }

    @Test
    void oneThatGoesOnBehindTheLastPageIsNotWhole() throws Exception {
        Wal.putRecord(content, (PAGES - 1) * PAGE + 4096, 5000);
        content[PAGES * PAGE + 8] ^= 1;
        Wal.putRecord(content, content.length - 80, 80);

        assertThat(isWholeAt((PAGES - 1) * PAGE + 4096)).isFalse();
        assertThat(isWholeAt(content.length - 80)).isFalse();
        assertThat(isWholeAt(content.length)).isFalse();
    }

    private Lsn end() throws IOException {
        return UnfinishedSegment.endOf(SEGMENT, new ByteArrayInputStream(content));
    }

    private static Lsn at(int offset) {
        return SEGMENT.toWalSegment(SIZE).startLsn(SIZE).plus(offset);
    }

    @Test
    void theLastWholeRecordEndsTheWal() throws Exception {
        int first = Wal.putRecord(content, 40, 3 * PAGE);
        int second = Wal.putRecord(content, (first + 7) / 8 * 8, 100);
        Arrays.fill(content, second, content.length, (byte) 0);

        assertThat(end()).isEqualTo(at((second + 7) / 8 * 8));
    }

    @Test
    void whatIsCutOffDoesNotCount() throws Exception {
        int first = Wal.putRecord(content, 40, 500);
        Wal.putRecord(content, (first + 7) / 8 * 8, 2 * PAGE);
        content[2 * PAGE + 100] ^= 1;

        assertThat(end()).isEqualTo(at((first + 7) / 8 * 8));
    }

    @Test
    void theRestOfARecordOfTheSegmentBeforeIsPassed() throws Exception {
        ByteBuffer.wrap(content)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(2, (short)
                        (ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getShort(2) | 1))
                .putInt(16, 100);
        int end = Wal.putRecord(content, 144, 500);
        Arrays.fill(content, end, content.length, (byte) 0);

        assertThat(end()).isEqualTo(at((end + 7) / 8 * 8));
    }

    @Test
    void withoutARecordTheWalEndsWhereTheSegmentBegins() throws Exception {
        Arrays.fill(content, 40, PAGE, (byte) 0);

        assertThat(end()).isEqualTo(at(0));
    }

    @Test
    void whatIsNoSegmentIsRefused() {
        content[2] = 0;

        assertThatThrownBy(() -> isWholeAt(PAGE)).isInstanceOf(IntegrityException.class);
    }
}
