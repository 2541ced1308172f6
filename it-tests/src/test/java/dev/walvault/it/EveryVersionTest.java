package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.it.CommittedLedger.Committed;
import dev.walvault.it.CommittedLedger.Target;
import dev.walvault.pg.Lsn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job on every supported server: archive, back up and restore under load, to each kind of target. */
class EveryVersionTest {
    private static final Pattern POINT_LSN = Pattern.compile("\\b([0-9A-F]{1,8}/[0-9A-F]{1,8})\\b");

    /** The kinds of target on every version; what only varies a kind, on these. */
    private static final List<Integer> THOROUGH = List.of(15, 18);

    private static final Pattern STOP_LSN = Pattern.compile("\"stopLsn\":\"([0-9A-F/]+)\"");

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void everyCommittedTransactionUpToTheTargetComesBackAndNoOther(int major) throws Exception {
        try (var site = Site.start(PostgresBinaries.of(major), setup -> setup)) {
            var primary = site.primary();
            var ledger = CommittedLedger.start(primary, 3);
            ledger.awaitMore(200, PATIENCE);
            site.ok("backup", "--label", "early", "--jobs", "2");
            ledger.awaitMore(200, PATIENCE);

            Lsn point = lsnOf(site.ok("restore-point", "create", "here"));
            ledger.awaitMore(200, PATIENCE);
            var time = Instant.now().truncatedTo(ChronoUnit.MICROS);
            ledger.awaitMore(200, PATIENCE);
            Lsn lsn = Lsn.parse(primary.value("SELECT pg_current_wal_insert_lsn()"));
            ledger.awaitMore(200, PATIENCE);
            List<Committed> soFar = ledger.committed();
            long xid = soFar.getLast().xid();
            ledger.awaitMore(200, PATIENCE);
            site.ok("backup", "--label", "late");
            ledger.awaitMore(200, PATIENCE);
            ledger.stop();
            site.archiveAll();
            primary.stop();

            check(site, ledger, new Target.AtLsn(point), "--to-point", "here");
            check(site, ledger, new Target.AtTime(time), "--to-time", time.toString());
            check(site, ledger, new Target.AtLsn(lsn), "--to-lsn", lsn.toString());
            check(site, ledger, new Target.AtXid(xid), "--to-xid", String.valueOf(xid));
            if (THOROUGH.contains(major)) {
                check(site, ledger, new Target.BeforeXid(xid), "--to-xid", String.valueOf(xid), "--exclusive");
            }
            check(site, ledger, new Target.AtLsn(endOfNewestBackup(site)), "--immediate");
            checkLatest(site, ledger);
        }
    }

    private static Lsn lsnOf(String output) {
        var match = POINT_LSN.matcher(output);
        assertThat(match.find()).as("an LSN in: %s", output).isTrue();
        return Lsn.parse(match.group(1));
    }

    private static Lsn endOfNewestBackup(Site site) throws Exception {
        var stop = STOP_LSN.matcher(site.ok("info", "--output", "json"));
        assertThat(stop.results().count()).as("backups").isEqualTo(2);
        return Lsn.parse(stop.reset().results().toList().getLast().group(1));
    }

    private static void check(Site site, CommittedLedger ledger, Target expected, String... target) throws Exception {
        String name = String.join("", target).replaceAll("[^a-z]", "");
        var options = new ArrayList<>(List.of(target));
        // a copy that archived would add a branch, which the next restore would follow
        options.addAll(List.of("--action", "promote", "--archive-mode", "off"));
        try (var server = site.restore(name, options.toArray(String[]::new))) {
            assertThat(ledger.differences(server, expected)).as("%s", options).isEmpty();
        }
    }

    private static void checkLatest(Site site, CommittedLedger ledger) throws Exception {
        Path directory = site.restoreOnly("latest", "--jobs", "1", "--archive-mode", "off");
        if (site.primary().binaries().major() <= 16) {
            // 15's pg_verifybackup reads manifests of version 1, which servers up to 16 write
            verify("--no-parse-wal", directory.toString());
        }
        if (site.primary().binaries().major() == 15) {
            // its pg_waldump reads the WAL of its own version, here as archive-get serves it
            verify("--wal-directory=" + servedWal(site), directory.toString());
        }
        try (var server = site.open("latest", Map.of())) {
            server.start();
            server.awaitPromoted(PATIENCE);
            assertThat(ledger.differences(server, new Target.Latest())).isEmpty();
        }
    }

    private static void verify(String... arguments) throws Exception {
        var command = new ArrayList<>(
                List.of(PostgresBinaries.of(15).require("pg_verifybackup").toString()));
        command.addAll(List.of(arguments));
        Program.of(command).run().orThrow();
    }

    private static Path servedWal(Site site) throws Exception {
        Path served = site.workspace().directory("served-wal");
        List<String> names;
        try (Stream<Path> files = Files.walk(site.vault())) {
            names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9A-F]{24}"))
                    .toList();
        }
        var inData = site.walvault().in(site.primary().dataDirectory());
        for (String name : names) {
            inData.run("archive-get", name, served.resolve(name).toString()).orThrow();
        }
        return served;
    }
}
