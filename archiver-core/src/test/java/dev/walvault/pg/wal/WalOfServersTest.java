package dev.walvault.pg.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.Lsn;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Segments that servers have written, and what the {@code pg_waldump} of their version prints of them. Version 15
 * compressed its full-page images with lz4 in the first and zstd in the second, 17 and 18 with pglz.
 */
class WalOfServersTest {
    private static byte[] resource(String name) throws IOException {
        try (InputStream in =
                new GZIPInputStream(Objects.requireNonNull(WalOfServersTest.class.getResourceAsStream(name + ".gz")))) {
            return in.readAllBytes();
        }
    }

    private static List<String> printed(String name) throws IOException {
        return new String(resource(name + ".waldump"), UTF_8).lines().toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "15.000000010000000000000009",
                "15.00000001000000000000000A",
                "17.000000010000000000000007",
                "18.000000010000000000000009"
            })
    void everyRecordIsReadAsTheServersOwnProgramReadsIt(String name) throws Exception {
        byte[] segment = resource(name);
        List<String> printed = printed(name);
        WalPageHeader header = WalPageHeader.readLong(name, segment);
        var dump = new WalDump();

        new WalStream(header, header.pageAddress(), Lsn.ZERO, dump).update(segment, 0, segment.length);

        assertThat(dump.lines())
                .hasSizeGreaterThan(50)
                .isEqualTo(printed.stream()
                        .map(WalDump::expected)
                        .flatMap(Optional::stream)
                        .toList());
        assertThat(printed).anyMatch(line -> line.endsWith(" FPW"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "15.000000010000000000000009",
                "15.00000001000000000000000A",
                "17.000000010000000000000007",
                "18.000000010000000000000009"
            })
    void theFactsAreWhatTheServersOwnProgramSays(String name) throws Exception {
        byte[] segment = resource(name);
        var reader = new WalFactsReader(WalPageHeader.readLong(name, segment));

        reader.update(segment, 0, segment.length);

        WalFacts facts = reader.facts();
        assertThat(facts.isComplete()).isTrue();
        assertThat(JudgedFacts.of(List.of(facts))).isEqualTo(JudgedFacts.ofPrinted(printed(name)));
        assertThat(facts.points()).hasSize(2);
        assertThat(facts.created()).hasSize(1);
        assertThat(facts.dropped()).hasSize(1);
        assertThat(facts.transactionEnds()).isPresent();
    }
}
