package dev.walvault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
    @Test
    void everyTimeOfAYearWithFourDigitsIsRead() {
        assertThat(Timestamps.parse("0001-01-01T00:00:00Z")).isEqualTo(Timestamps.EARLIEST);
        assertThat(Timestamps.parse("9999-12-31T23:59:59.999999999Z")).isEqualTo(Timestamps.LATEST);
        assertThat(Timestamps.parse("2026-11-20T22:15:30.123Z")).isEqualTo(Instant.ofEpochMilli(1795212930123L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1000000000-12-31T23:59:59Z",
                "-1000000000-01-01T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "0000-12-31T23:59:59Z",
                "yesterday",
                ""
            })
    void whatNoClockShowsIsRefused(String text) {
        assertThatThrownBy(() -> Timestamps.parse(text)).isInstanceOf(DateTimeException.class);
    }
}
