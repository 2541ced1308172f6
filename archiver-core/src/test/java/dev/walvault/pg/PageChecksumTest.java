package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PageChecksumTest {

    private static final int PAGE = 8192;

    /** Pages 30 and 31 of a table, from a server of version 15. */
    private final byte[] pages = golden();

    @Test
    void pagesOfARealServerAreWhole() {
        assertThat(PageChecksum.verify(pages, 0, PAGE, 30)).isTrue();
        assertThat(PageChecksum.verify(pages, PAGE, PAGE, 31)).isTrue();
    }

    @Test
    void aPageAtThePlaceOfAnotherIsDetected() {
        assertThat(PageChecksum.verify(pages, 0, PAGE, 31)).isFalse();
        assertThat(PageChecksum.verify(pages, PAGE, PAGE, 30)).isFalse();
    }

    @Test
    void everyChangedByteIsDetected() {
        Seeds.forEach(2000, random -> {
            byte[] changed = pages.clone();
            int at = random.nextInt(PAGE);
            changed[PAGE + at] ^= (byte) (1 << random.nextInt(8));

            assertThat(PageChecksum.verify(changed, PAGE, PAGE, 31)).isFalse();
            assertThat(PageChecksum.verify(changed, 0, PAGE, 30)).isTrue();
        });
    }

    @Test
    void aNewPageIsWholeOnlyWhenItIsAllZeros() {
        byte[] page = new byte[PAGE];
        assertThat(PageHeader.isNew(page, 0)).isTrue();
        assertThat(PageChecksum.verify(page, 0, PAGE, 7)).isTrue();

        page[PAGE - 1] = 1;

        assertThat(PageHeader.isNew(page, 0)).isTrue();
        assertThat(PageChecksum.verify(page, 0, PAGE, 7)).isFalse();
    }

    @Test
    void theHeaderIsReadInPlace() {
        assertThat(PageHeader.isNew(pages, PAGE)).isFalse();
        assertThat(PageHeader.checksum(pages, PAGE)).isEqualTo(PageChecksum.compute(pages, PAGE, PAGE, 31));
        assertThat(new Lsn(PageHeader.lsn(pages, PAGE))).isEqualTo(Lsn.parse("0/5078C38"));
        byte[] page = new byte[PAGE];
        page[0] = 0x16;
        page[4] = 0x50;
        page[7] = (byte) 0x80;
        assertThat(new Lsn(PageHeader.lsn(page, 0))).hasToString("16/80000050");
    }

    @Test
    void pagesOfAnySizeHaveAChecksumInRangeThatDoesNotDependOnWhatStandsInItsPlace() {
        Seeds.forEach(100, random -> {
            int size = 1024 << random.nextInt(6);
            byte[] page = new byte[size + 5];
            random.nextBytes(page);
            long block = random.nextLong(1L << 32);

            int checksum = PageChecksum.compute(page, 5, size, block);
            page[5 + 8] = (byte) checksum;
            page[5 + 9] = (byte) (checksum >> 8);

            assertThat(checksum).isBetween(1, 65535);
            assertThat(PageChecksum.verify(page, 5, size, block)).isTrue();
        });
    }

    @Test
    void aPageSizeThatDoesNotDivideIsRefused() {
        assertThatThrownBy(() -> PageChecksum.compute(pages, 0, 100, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PageChecksum.compute(Arrays.copyOf(pages, 4096), 0, PAGE, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static byte[] golden() {
        try (var in = PageChecksumTest.class.getResourceAsStream("relation.15")) {
            if (in == null) {
                throw new IllegalStateException("the golden pages are missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
