package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.JudgedFacts;
import dev.walvault.pg.wal.LastPages;
import dev.walvault.pg.wal.WalDump;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.pg.wal.WalFactsReader;
import dev.walvault.pg.wal.WalPageHeader;
import dev.walvault.pg.wal.WalStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The WAL of every supported server, read by us and by the server's own means: {@code pg_waldump} where it is
 * installed, {@code pg_walinspect} from 16 on. Version 14 has neither here; what SQL tells must do.
 */
class WalReaderTest {
    private static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);

    /** The first version whose {@code pg_walinspect} tells of blocks. */
    private static final int INSPECTED_FROM = 16;

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void everyRecordAndEveryFactIsReadAsTheServerReadsIt(int major) throws Exception {
        var binaries = PostgresBinaries.of(major);
        try (var workspace = Workspace.create("it");
                var server = PostgresServer.with(binaries)
                        .walSegmentMegabytes(SIZE.bytes() >> 20)
                        .set("wal_level", "logical")
                        .set("wal_keep_size", "1GB")
                        .set("autovacuum", "off")
                        .set("max_prepared_transactions", "10")
                        .set("track_commit_timestamp", "on")
                        .set("timezone", "UTC")
                        .create(workspace, "primary")
                        .start();
                var ledger = CommittedLedger.start(server, 4)) {
            ledger.stop();
            if (major >= INSPECTED_FROM) {
                server.sql("CREATE EXTENSION pg_walinspect");
            }
            server.switchWal();
            Lsn start = Lsn.parse(server.value("SELECT pg_current_wal_insert_lsn()"));
            Map<String, Lsn> points = new HashMap<>();
            for (String compression : compressions(server)) {
                load(server, ledger, workspace, compression, points);
            }
            promote(server);
            load(server, ledger, workspace, "off", points);
            String last = server.value("SELECT (pg_last_committed_xact()).timestamp AT TIME ZONE 'UTC'");
            Lsn end = Lsn.parse(server.value("SELECT pg_current_wal_insert_lsn()"));
            server.sql("SELECT pg_switch_wal()");
            Optional<List<String>> inspected = inspected(server, major, start, end);
            server.stop();

            Map<Long, Path> line = line(server.dataDirectory().resolve("pg_wal"), start, end);
            Optional<List<String>> printed = binaries.find("pg_waldump").isPresent()
                    ? Optional.of(printed(binaries, line, start, end))
                    : inspected;
            List<WalFacts> facts = facts(line, end);
            if (printed.isPresent()) {
                assertSame(records(line, start, end), printed.get());
                assertThat(JudgedFacts.of(facts)).isEqualTo(JudgedFacts.ofPrinted(printed.get()));
            }
            Map<String, Lsn> found = new HashMap<>();
            facts.forEach(each -> each.points().forEach(point -> found.put(point.name(), point.lsn())));
            assertThat(found).isEqualTo(points).hasSizeGreaterThan(2);
            assertThat(JudgedFacts.of(facts).switches()).containsExactly("1 to 2");
            assertThat(JudgedFacts.of(facts).created()).hasSameSizeAs(points.keySet());
            assertThat(JudgedFacts.of(facts).dropped()).hasSameSizeAs(points.keySet());
            assertThat(JudgedFacts.of(facts).transactionEnds().orElseThrow().latest())
                    .isEqualTo(Instant.parse(last.replace(' ', 'T') + "Z"));
        }
    }

    /** One by one: thousands of records are no message. */
    private static void assertSame(List<String> records, List<String> printed) {
        List<String> expected = printed.stream()
                .map(WalDump::expected)
                .flatMap(Optional::stream)
                .toList();
        for (int i = 0; i < Math.min(records.size(), expected.size()); i++) {
            assertThat(records.get(i)).isEqualTo(expected.get(i));
        }
        assertThat(records.size()).isGreaterThan(1000).isEqualTo(expected.size());
    }

    private static List<String> compressions(PostgresServer server) throws SQLException {
        String choices =
                server.value("SELECT array_to_string(enumvals, ' ') FROM pg_settings WHERE name = 'wal_compression'");
        return choices.equals("null")
                ? List.of("off", "on")
                : Stream.of(choices.split(" ", -1))
                        .filter(each -> !each.equals("on"))
                        .toList();
    }

    /** A little of all that servers write. */
    private static void load(
            PostgresServer server,
            CommittedLedger ledger,
            Workspace workspace,
            String compression,
            Map<String, Lsn> points)
            throws Exception {
        String name = "p%d_%s".formatted(points.size(), compression);
        Path space = workspace.directory("ts/" + name);
        server.sql("ALTER SYSTEM SET wal_compression = '" + compression + "'", "SELECT pg_reload_conf()");
        server.sql(
                "CREATE TABLESPACE " + name + " LOCATION '" + space + "'",
                "CREATE TABLE " + name + "(a int PRIMARY KEY, b text) TABLESPACE " + name,
                "INSERT INTO " + name + " SELECT i, repeat(md5(i::text), 9) FROM generate_series(1, 3000) i",
                "CHECKPOINT",
                "UPDATE " + name + " SET b = b || 'x' WHERE a % 7 = 0",
                "CREATE INDEX ON " + name + "(b)",
                "CREATE DATABASE " + name,
                "DROP DATABASE " + name);
        points.put(name, Lsn.parse(server.value("SELECT pg_create_restore_point('" + name + "')")));
        server.sql(
                "BEGIN",
                "DELETE FROM " + name + " WHERE a = 1",
                "PREPARE TRANSACTION 'kept'",
                "COMMIT PREPARED 'kept'",
                "BEGIN",
                "DELETE FROM " + name + " WHERE a = 2",
                "PREPARE TRANSACTION 'not'",
                "ROLLBACK PREPARED 'not'",
                "BEGIN",
                "SAVEPOINT s",
                "DELETE FROM " + name + " WHERE a = 3",
                "ROLLBACK TO s",
                "SAVEPOINT t",
                "DELETE FROM " + name + " WHERE a = 4",
                "RELEASE t",
                "COMMIT",
                "BEGIN",
                "DELETE FROM " + name + " WHERE a = 5",
                "ROLLBACK",
                // through several segments
                "SELECT pg_logical_emit_message(false, 'm', repeat('m', 2500000))",
                "SELECT pg_logical_emit_message(true, 'm', 'm')",
                "SELECT pg_switch_wal()");
        ledger.resume();
        ledger.awaitMore(400, PATIENCE);
        ledger.stop();
        server.sql("DROP TABLE " + name, "DROP TABLESPACE " + name, "CREATE TABLE " + name + "()");
    }

    private static void promote(PostgresServer server) throws Exception {
        server.stop();
        Files.createFile(server.dataDirectory().resolve("standby.signal"));
        server.start();
        server.sql("SELECT pg_promote()");
        server.awaitPromoted(PATIENCE);
    }

    private static Optional<List<String>> inspected(PostgresServer server, int major, Lsn start, Lsn end)
            throws SQLException {
        if (major < INSPECTED_FROM) {
            return Optional.empty();
        }
        return Optional.of(
                server.query(inspected(start, end)).stream().map(List::getFirst).toList());
    }

    /** The segments that a server on the newest timeline has behind it, by their number. */
    private static Map<Long, Path> line(Path walDirectory, Lsn start, Lsn end) throws IOException {
        Map<Long, Path> line = new TreeMap<>();
        try (Stream<Path> files = Files.list(walDirectory)) {
            for (Path file : files.sorted().toList()) {
                if (file.getFileName().toString().length() == 24
                        && WalFile.parse(file.getFileName().toString()) instanceof WalFile.Segment segment) {
                    var place = segment.toWalSegment(SIZE);
                    if (place.endLsn(SIZE).isAfter(start)
                            && place.startLsn(SIZE).isBefore(end)) {
                        line.put(place.number(), file);
                    }
                }
            }
        }
        return line;
    }

    private static List<String> printed(PostgresBinaries binaries, Map<Long, Path> line, Lsn start, Lsn end)
            throws Exception {
        var printed = new ArrayList<String>();
        List<Path> files = List.copyOf(line.values());
        Path branch = files.stream()
                .filter(file -> file.getFileName().toString().startsWith("00000002"))
                .findFirst()
                .orElseThrow();
        // its beginning is a copy of the same segment on the timeline before
        Path old = branch.resolveSibling(branch.getFileName().toString().replaceFirst("00000002", "00000001"));
        Lsn fork = WalPageHeader.readLong("branch", Files.readAllBytes(branch)).pageAddress();
        for (List<Path> ends : List.of(List.of(files.getFirst(), old), List.of(branch, files.getLast()))) {
            var command = new ArrayList<>(List.of(binaries.require("pg_waldump").toString()));
            ends.forEach(file -> command.add(file.toString()));
            // it ends with an error where the WAL does
            String out = Program.of(command).with("TZ", "UTC").run().out();
            for (String text : out.lines().toList()) {
                Lsn place = place(text);
                boolean wanted = ends.contains(old) ? place.isBefore(fork) : !place.isBefore(fork);
                if (wanted && !place.isBefore(start) && place.isBefore(end)) {
                    printed.add(text);
                }
            }
        }
        return printed;
    }

    private static Lsn place(String printed) {
        return Lsn.parse(printed.replaceFirst(".* lsn: ([0-9A-F/]+), prev .*", "$1"));
    }

    private static List<String> records(Map<Long, Path> line, Lsn start, Lsn end) throws IOException {
        var dump = new WalDump();
        WalStream stream = null;
        for (Path file : line.values()) {
            byte[] segment = Files.readAllBytes(file);
            WalPageHeader header = WalPageHeader.readLong(file.toString(), segment);
            if (stream == null) {
                stream = new WalStream(header, header.pageAddress(), start, dump);
            }
            stream.update(segment, 0, segment.length);
        }
        return dump.lines().stream()
                .filter(text -> Lsn.parse(text.replaceFirst(".* lsn ([0-9A-F/]+) prev .*", "$1"))
                        .isBefore(end))
                .toList();
    }

    /** All but the last are read to their end, and only a record of more than two segments hides where it begins. */
    private static List<WalFacts> facts(Map<Long, Path> line, Lsn end) throws IOException {
        var all = new ArrayList<WalFacts>();
        for (long number : line.keySet()) {
            byte[] segment = Files.readAllBytes(line.get(number));
            WalPageHeader header = WalPageHeader.readLong("segment", segment);
            Path before = line.get(number - 1);
            byte[] pages = new byte[0];
            if (before != null && header.remaining() > 0) {
                try (var channel = Files.newByteChannel(before)) {
                    pages = LastPages.read(channel, header).orElse(pages);
                }
            }
            var reader = new WalFactsReader(header, pages);
            reader.update(segment, 0, segment.length);
            WalFacts facts = reader.facts();
            boolean goesOn = !all.isEmpty() && all.getLast().firstBegin().isEmpty();
            assertThat(goesOn || facts.from().equals(facts.begin()))
                    .as("%s", facts)
                    .isTrue();
            assertThat(facts.to().equals(facts.end()) || !facts.end().isBefore(end))
                    .as("%s", facts)
                    .isTrue();
            all.add(facts);
        }
        return all;
    }

    /** What {@code pg_walinspect} says of each record, in the form in which {@code pg_waldump} prints it. */
    private static String inspected(Lsn start, Lsn end) {
        return """
            SELECT format('rmgr: %%s len (rec/tot): %%s/%%s, tx: %%s, lsn: %%s, prev %%s, desc: %%s %%s%%s',
                resource_manager, record_length - fpi_length, record_length, xid, start_lsn, prev_lsn,
                record_type, description, coalesce(', ' || block_ref, ''))
            FROM pg_get_wal_records_info('%s', '%s')""".formatted(start, end);
    }
}
