package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.StockTools;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A vault is read without walvault, by the very commands that docs/FORMAT.md gives. */
class StockToolsTest {
    private static final String SECTION = "\n## Reading a vault without walvault\n";
    private static final Pattern LISTED_PACK =
            Pattern.compile("\"pack\":\"([0-9]+)\",\"length\":([0-9]+),\"sha256\":\"([0-9a-f]{64})\"");
    private static final Pattern ASSIGNMENT = Pattern.compile("(?m)^((?:export )?([A-Z_]+)=).*$");
    private static final Pattern COMMANDS = Pattern.compile("(?m)(?:^    .*\n)+");

    @Test
    void aBackupWithATablespaceIsRestoredAndRecoveredByAgeZstdAndTar() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            Path place = site.workspace().directory("ts");
            primary.sql(
                    "CREATE TABLESPACE ts LOCATION '" + place + "'",
                    "CREATE TABLE here AS SELECT generate_series(1, 1000) n",
                    "CREATE TABLE there TABLESPACE ts AS SELECT generate_series(1, 1000) n");
            Path cut = primary.dataDirectory().resolve("above-one-gigabyte");
            makeSparse(cut, (1L << 30) + 4711);
            site.ok("backup");
            primary.sql("INSERT INTO here VALUES (1001)", "INSERT INTO there VALUES (1001)");
            site.archiveAll();
            String oid = primary.value("SELECT oid FROM pg_tablespace WHERE spcname = 'ts'");
            String system = primary.value("SELECT system_identifier FROM pg_control_system()");
            primary.stop();
            Files.move(place, site.workspace().path("ts.old"));
            Path member = site.vault().resolve("it/members/main").resolve(system);
            Path newPlace = site.workspace().path("new-place");

            run(site, member, commands(), Map.of("OID", oid, "NEW_PLACE", newPlace.toString()));

            Path data = site.workspace().path("data");
            assertThat(Files.mismatch(data.resolve("above-one-gigabyte"), cut)).isNegative();
            assertThat(Files.getLastModifiedTime(data.resolve("above-one-gigabyte"))
                            .toInstant())
                    .isEqualTo(Files.getLastModifiedTime(cut).toInstant().truncatedTo(ChronoUnit.SECONDS));
            assertThat(data.resolve("walvault-parts")).doesNotExist();
            try (var server = PostgresServer.on(primary.binaries(), site.workspace(), data, Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(server.value("SHOW archive_mode")).isEqualTo("off");
                assertThat(server.value("SELECT count(*) FROM here")).isEqualTo("1001");
                assertThat(server.value("SELECT count(*) FROM there")).isEqualTo("1001");
            }
            assertThat(newPlace).isNotEmptyDirectory();
            requireListedDigests(member);
            Path byWalvault = site.workspace().path("by-walvault");
            site.walvault()
                    .in(primary.dataDirectory())
                    .run("archive-get", "000000010000000000000001", byWalvault.toString())
                    .orThrow();
            assertThat(site.workspace().path("segment")).hasSameBinaryContentAs(byWalvault);
        }
    }

    @Test
    void aBranchThatWasUndoneIsNotFollowed() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            site.writeBehindPoint("early");
            primary.stop();
            site.ok("restore", "--in-place", "--to-point", "early", "--action", "promote");
            primary.start();
            primary.awaitPromoted(PATIENCE);
            site.archiveAll();
            primary.stop();
            site.ok("restore", "--undo-in-place", "--discard-restored");

            run(site, member(site.vault()), withoutTablespaces(), Map.of());

            try (var server = site.open("data", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(server.value("SELECT count(*) FROM t WHERE n = 666")).isEqualTo("1");
            }
        }
    }

    @Test
    void aHoleStopsRecovery() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)");
            site.ok("backup");
            primary.sql("INSERT INTO t VALUES (1)");
            String lost = primary.switchWal();
            primary.sql("INSERT INTO t VALUES (2)");
            site.archiveAll();
            primary.stop();
            Path member = member(site.vault());
            Path stored = member.resolve("wal/" + lost.substring(0, 8) + "/" + lost.substring(8, 16) + "/" + lost);
            Path aside = Files.move(stored, site.workspace().path("aside"));
            run(site, member, withoutTablespaces(), Map.of());
            var server = site.open("data", Map.of());

            assertThat(server.expectStartFailure(PATIENCE)).contains("exit code 255");

            Files.move(aside, stored);
            server.start();
            server.awaitPromoted(PATIENCE);
            assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("2");
        }
    }

    /** What a backup says of its packs as they are stored, by a program that knows nothing of vaults. */
    private static void requireListedDigests(Path member) throws Exception {
        Path list;
        try (Stream<Path> files = Files.walk(member)) {
            list = files.filter(file -> file.endsWith("packs.jsonl"))
                    .findFirst()
                    .orElseThrow();
        }
        List<MatchResult> packs =
                LISTED_PACK.matcher(Files.readString(list)).results().toList();
        assertThat(packs).hasSizeGreaterThan(1);
        for (MatchResult pack : packs) {
            Path stored = list.resolveSibling("packs").resolve(pack.group(1));
            assertThat(stored).hasSize(Long.parseLong(pack.group(2)));
            assertThat(Program.of("sha256sum", stored.toString())
                            .run()
                            .orThrow()
                            .out())
                    .startsWith(pack.group(3) + " ");
        }
    }

    private static void makeSparse(Path file, long size) throws IOException {
        try (var content = new RandomAccessFile(file.toFile(), "rw")) {
            content.writeUTF("begins");
            content.seek(size - 8);
            content.writeLong(0x0123456789ABCDEFL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"age", "plain"})
    void aBackupOfEachCodecIsUnpackedByItsStockProgram(String kind) throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t AS SELECT generate_series(1, 10000) n");
            Path vault = kind.equals("age") ? site.vault() : site.workspace().directory("plain-vault");
            UnaryOperator<String> intoVault = text -> kind.equals("age") ? text : plain(text, vault);
            if (kind.equals("plain")) {
                Walvault plain = site.configured("plain", intoVault);
                plain.run("init").orThrow();
                primary.sql(
                        "ALTER SYSTEM SET archive_command = '"
                                + plain.archiveCommand().replace("'", "''") + "'",
                        "SELECT pg_reload_conf()");
            }
            for (var codec : codecs().entrySet()) {
                Walvault walvault = site.configured(
                        codec.getKey(),
                        text -> intoVault.apply(text) + "\n[backup]\ncodec = \"" + codec.getKey() + "\"\n");
                walvault.run(PATIENCE, "backup").orThrow();
                Path restored = site.workspace().path(kind + "-" + codec.getKey());
                walvault.run(PATIENCE, "restore", "-D", restored.toString()).orThrow();
                Path unpacked = unpack(site, vault, kind, codec.getValue());
                Program.of(
                                "diff",
                                "-r",
                                "--no-dereference",
                                "--exclude=postgresql.auto.conf",
                                "--exclude=backup_manifest",
                                "--exclude=recovery.signal",
                                unpacked.toString(),
                                restored.toString())
                        .run()
                        .orThrow();
                Workspace.delete(restored);
                Workspace.delete(unpacked);
            }
        }
    }

    /** The same configuration for a vault without keys in another place. */
    private static String plain(String configuration, Path vault) {
        return configuration
                .replaceFirst("(?m)^vault = .*$", "vault = \"file://" + vault + "\"")
                .replaceFirst("(?s)\\[encryption].*?(?=\\n\\[)", "");
    }

    /** What the page says of each codec: its program. */
    private static Map<String, String> codecs() throws Exception {
        var programs = new LinkedHashMap<String, String>();
        var rows = Pattern.compile("(?m)^\\| (zstd|lz4|gzip|xz|none) \\| `(.+)` \\|$")
                .matcher(section());
        while (rows.find()) {
            programs.put(rows.group(1), rows.group(2).replace("\\|", "|"));
        }
        assertThat(programs).hasSize(5);
        return programs;
    }

    /** The newest backup, by the page's own loop. */
    private static Path unpack(Site site, Path vault, String kind, String program) throws Exception {
        Path unpacking = site.workspace().directory("unpacking");
        String open = commands()
                .get(1)
                .replace(
                        "age -d -i \"$IDENTITY\" \"$1\"",
                        kind.equals("age") ? "age -d -i \"$IDENTITY\" \"$1\"" : "cat \"$1\"")
                .replace("zstd -dcq", program);
        run(site, member(vault), List.of(commands().get(0), open, commands().get(5)), Map.of(), unpacking);
        return unpacking.resolve("data");
    }

    private static Path member(Path vault) throws IOException {
        try (var systems = Files.list(vault.resolve("it/members/main"))) {
            return systems.findFirst().orElseThrow();
        }
    }

    private static String path() {
        return StockTools.find("age").getParent() + ":"
                + StockTools.find("zstd").getParent() + ":" + System.getenv("PATH");
    }

    /** All that restores a backup without tablespaces. */
    private static List<String> withoutTablespaces() throws Exception {
        return Stream.of(0, 1, 5, 6, 8).map(commands()::get).toList();
    }

    /** The page's commands, in the workspace. */
    private static void run(Site site, Path member, List<String> blocks, Map<String, String> values) throws Exception {
        run(site, member, blocks, values, site.workspace().root());
    }

    /** As one script, with the values of what the page assigns replaced by ours. */
    private static void run(Site site, Path member, List<String> blocks, Map<String, String> more, Path directory)
            throws Exception {
        var values = new LinkedHashMap<>(more);
        values.put("MEMBER", member.toString());
        values.put("IDENTITY", site.workspace().path("identity.age").toString());
        values.put("BACKUP", newestBackup(member));
        values.put("SEGMENT", "000000010000000000000001");
        String script = ASSIGNMENT
                .matcher(String.join("", blocks))
                .replaceAll(found ->
                        Matcher.quoteReplacement(found.group(1) + Objects.requireNonNull(values.get(found.group(2)))));
        Path file = site.workspace().write("by-hand.sh", "set -eu\n" + script);
        Program.of("sh", file.toString())
                .in(directory)
                .with("PATH", path())
                .run()
                .orThrow();
    }

    private static String newestBackup(Path member) throws IOException {
        try (var backups = Files.list(member.resolve("backups"))) {
            return backups.map(backup -> backup.getFileName().toString())
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    /** What leads to a server that can be started; turning on its archiving comes when it was promoted. */
    private static List<String> commands() throws Exception {
        var found = new ArrayList<String>();
        var match = COMMANDS.matcher(section());
        while (match.find()) {
            found.add(match.group().replaceAll("(?m)^    ", ""));
        }
        assertThat(found).hasSize(10);
        return found.subList(0, 9);
    }

    private static String section() throws Exception {
        String page = Files.readString(Project.directory().resolve("docs/FORMAT.md"));
        String from = page.substring(page.indexOf(SECTION) + SECTION.length());
        int end = from.indexOf("\n## ");
        return end < 0 ? from : from.substring(0, end);
    }
}
