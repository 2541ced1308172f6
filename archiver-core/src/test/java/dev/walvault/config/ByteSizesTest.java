package dev.walvault.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSizesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "512B, 512",
        "1k, 1024",
        "20kB, 20480",
        "8M, 8388608",
        "8 MB, 8388608",
        "1G, 1073741824"
    })
    void aSizeIsANumberAndAUnit(String text, long bytes) {
        assertThat(ByteSizes.parse(text)).isEqualTo(bytes);
    }
}
