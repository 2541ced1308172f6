package dev.walvault.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    @Test
    void isPrintedAsPostgresPrintsIt() {
        assertThat(new Lsn(0x16_03002D50L)).hasToString("16/3002D50");
        assertThat(Lsn.ZERO).hasToString("0/0");
        assertThat(new Lsn(-1)).hasToString("FFFFFFFF/FFFFFFFF");
    }

    @Test
    void thePaddedTextOfPostgres19IsTheSamePosition() {
        assertThat(Lsn.parse("16/03002D50")).isEqualTo(Lsn.parse("16/3002D50"));
    }

    @Test
    void parsingWhatWasPrintedGivesTheSamePosition() {
        Seeds.forEach(200, random -> {
            var lsn = new Lsn(random.nextLong() >>> random.nextInt(64));

            assertThat(Lsn.parse(lsn.toString())).isEqualTo(lsn);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "0", "0/", "/0", "0/123456789", "G/0", "-1/0", " 0/0", "0/0 ", "0/0/0"})
    void whatIsNoPositionIsRefused(String text) {
        assertThatThrownBy(() -> Lsn.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("invalid LSN \"" + text + "\"");
    }

    @Test
    void theUpperHalfOfTheRangeComesAfterTheLower() {
        assertThat(new Lsn(Long.MIN_VALUE)).isGreaterThan(new Lsn(Long.MAX_VALUE));
        assertThat(Lsn.parse("1/0").isBefore(Lsn.parse("1/1"))).isTrue();
        assertThat(Lsn.parse("1/0").isAfter(Lsn.parse("0/FFFFFFFF"))).isTrue();
    }

    @Test
    void addingAndSubtractingAreInverse() {
        Seeds.forEach(200, random -> {
            var lsn = new Lsn(random.nextLong());
            long bytes = random.nextInt();

            assertThat(lsn.plus(bytes).minus(lsn)).isEqualTo(bytes);
        });
    }
}
