package dev.walvault.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteRangeTest {

    @Test
    void aRangeHasAtLeastOneByteAndAnEndThatCanBeNamed() {
        assertThatThrownBy(() -> ByteRange.of(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ByteRange.of(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ByteRange.of(2, Long.MAX_VALUE - 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ByteRange.last(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
