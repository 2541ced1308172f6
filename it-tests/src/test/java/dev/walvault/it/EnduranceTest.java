package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.Seeds;
import dev.walvault.pg.Lsn;
import dev.walvault.store.s3.Counts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A server under load that archives to S3 in bad weather, is killed, and comes back at a restore point. Half a minute
 * as a test; {@code -Dendurance.minutes=5} makes a trial of it, whose figures are in docs/internals/endurance.md.
 */
class EnduranceTest {
    private static final Duration LOAD = Duration.ofSeconds(Long.getLong("endurance.minutes", 0) * 60 + 30);
    private static final Duration AWAY = LOAD.dividedBy(10);

    @Test
    void nothingAcknowledgedIsMissing() throws Exception {
        Seeds.forEach(1, random -> {
            try (var s3 = S3Site.start(
                    setup -> setup.set("max_wal_size", "512MB"), "deadline=20s", "stall-window=3s", "part-size=5M")) {
                Site site = s3.site();
                PostgresServer primary = site.primary();
                var pgbench = Pgbench.on(primary).orElseThrow();
                pgbench.initialise(5);
                var weather = new BadWeather(random, 0.01).over(s3.proxy());
                var ledger = CommittedLedger.start(primary, 2);
                var acknowledged = new TreeSet<String>();
                var began = Instant.now();

                try (var load = pgbench.start(2, LOAD)) {
                    ledger.awaitMore(50, PATIENCE);
                    site.ok("backup", "--label", "under load");
                    sleepUntil(began.plus(LOAD.multipliedBy(4).dividedBy(10)), s3, acknowledged);
                    s3.proxy().away();
                    sleepUntil(Instant.now().plus(AWAY), s3, acknowledged);
                    s3.proxy().back();
                    sleepUntil(began.plus(LOAD.multipliedBy(7).dividedBy(10)), s3, acknowledged);
                    primary.kill();
                    load.await(PATIENCE);
                }
                primary.start();
                ledger.resume();
                try (var load = pgbench.start(2, LOAD.dividedBy(4))) {
                    sleepUntil(Instant.now().plus(LOAD.dividedBy(5)), s3, acknowledged);
                    load.await(PATIENCE.plus(LOAD));
                }
                Lsn point = Lsn.parse(site.ok("restore-point", "create", "survived", "--output", "json")
                        .replaceAll("(?s).*\"lsn\":\"([0-9A-F/]+)\".*", "$1"));
                ledger.awaitMore(100, PATIENCE);
                ledger.stop();
                acknowledged.addAll(s3.acknowledged());
                primary.kill();
                Duration lasted = Duration.between(began, Instant.now());
                Counts counts = s3.proxy().counts();

                assertThat(s3.segments()).containsAll(acknowledged);
                Path back = site.workspace().path("back");
                Walvault inData = site.walvault().in(primary.dataDirectory());
                for (String segment : acknowledged) {
                    inData.run("archive-get", segment, back.toString()).orThrow();
                }
                var restoring = Instant.now();
                site.restoreOnly("copy", "--to-point", "survived", "--action", "promote", "--archive-mode", "off");
                try (var server = site.open("copy", Map.of())) {
                    server.start();
                    server.awaitPromoted(PATIENCE.plus(LOAD.multipliedBy(3)));
                    Duration restored = Duration.between(restoring, Instant.now());
                    assertThat(ledger.differences(server, new CommittedLedger.Target.AtLsn(point)))
                            .isEmpty();
                    System.out.printf(
                            "endurance: %d s of load; %d transactions in the ledger, all there up to the restore point and none"
                                    + " after it;%n  pgbench rows in the restored history: %s; %d segments acknowledged, all"
                                    + " served; restore and recovery %d s;%n  requests %s; %d MB up, %d MB down;%n  weather %s%n",
                            lasted.toSeconds(),
                            ledger.committed().size(),
                            server.value("SELECT count(*) FROM pgbench_history"),
                            acknowledged.size(),
                            restored.toSeconds(),
                            counts.requests(),
                            counts.bytesUp() >> 20,
                            counts.bytesDown() >> 20,
                            weather.happened());
                }
            }
        });
    }

    /** Waits, and notes meanwhile what the server believes to be safe, before it recycles it. */
    private static void sleepUntil(Instant end, S3Site s3, Set<String> acknowledged) throws Exception {
        while (Instant.now().isBefore(end)) {
            acknowledged.addAll(s3.acknowledged());
            Thread.sleep(250);
        }
    }
}
