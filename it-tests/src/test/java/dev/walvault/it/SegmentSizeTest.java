package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments that are not 16 MB, up to those that are too large to be sealed in memory. */
class SegmentSizeTest {

    @ParameterizedTest
    @ValueSource(ints = {64, 256})
    void aServerWithLargeSegmentsComesBack(int megabytes) throws Exception {
        try (var site = Site.start(
                PostgresBinaries.of(15),
                setup -> setup.walSegmentMegabytes(megabytes)
                        .set("max_wal_size", "2GB")
                        .set("min_wal_size", "512MB"))) {
            var primary = site.primary();
            var ledger = CommittedLedger.start(primary, 2);
            ledger.awaitMore(50, PATIENCE);
            site.ok("backup");
            ledger.awaitMore(50, PATIENCE);
            ledger.stop();
            site.archiveAll();
            primary.stop();

            try (var server = site.restore("copy")) {
                assertThat(ledger.differences(server, new CommittedLedger.Target.Latest()))
                        .isEqualTo(List.of());
            }
        }
    }
}
