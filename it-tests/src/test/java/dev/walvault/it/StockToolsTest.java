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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
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

            run(site, member, Map.of("OID", oid, "NEW_PLACE", newPlace.toString()));

            Path data = site.workspace().path("data");
            assertThat(Files.mismatch(data.resolve("above-one-gigabyte"), cut)).isNegative();
            assertThat(Files.getLastModifiedTime(data.resolve("above-one-gigabyte"))
                            .toInstant())
                    .isEqualTo(Files.getLastModifiedTime(cut).toInstant().truncatedTo(ChronoUnit.SECONDS));
            assertThat(data.resolve("walvault-parts")).doesNotExist();
            var settings = Map.of("archive_mode", "off");
            try (var server = PostgresServer.on(primary.binaries(), site.workspace(), data, settings)) {
                server.start();
                server.awaitPromoted(PATIENCE);
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
        String script = "set -eu\n"
                + commands()
                        .get(1)
                        .replace(
                                "age -d -i \"$IDENTITY\" \"$1\"",
                                kind.equals("age") ? "age -d -i \"$IDENTITY\" \"$1\"" : "cat \"$1\"")
                        .replace("zstd -dcq", program)
                + "BACKUP=$(ls \"$MEMBER/backups\" | tail -n 1)\n"
                + commands().get(5);
        Path member;
        try (var systems = Files.list(vault.resolve("it/members/main"))) {
            member = systems.findFirst().orElseThrow();
        }
        shell(site, unpacking, member, site.workspace().write("unpack.sh", script));
        return unpacking.resolve("data");
    }

    private static void shell(Site site, Path directory, Path member, Path script) throws Exception {
        Program.of("sh", script.toString())
                .in(directory)
                .with("MEMBER", member.toString())
                .with("IDENTITY", site.workspace().path("identity.age").toString())
                .with("PATH", path())
                .run()
                .orThrow();
    }

    private static String path() {
        return StockTools.find("age").getParent() + ":"
                + StockTools.find("zstd").getParent() + ":" + System.getenv("PATH");
    }

    /** The page's commands in their order, in the workspace. The first block sets the example's values, not ours. */
    private static void run(Site site, Path member, Map<String, String> variables) throws Exception {
        var script = new StringBuilder("set -eu\n");
        var blocks = commands();
        for (String block : blocks.subList(1, blocks.size())) {
            script.append(block);
        }
        String backup = Program.of("ls", member.resolve("backups").toString())
                .run()
                .orThrow()
                .out()
                .strip();
        Path file = site.workspace().write("by-hand.sh", script.toString());
        Program.of("sh", file.toString())
                .in(site.workspace().root())
                .with(variables)
                .with("MEMBER", member.toString())
                .with("IDENTITY", site.workspace().path("identity.age").toString())
                .with("BACKUP", backup)
                .with("SEGMENT", "000000010000000000000001")
                .with("PATH", path())
                .run()
                .orThrow();
    }

    private static List<String> commands() throws Exception {
        var found = new ArrayList<String>();
        var match = COMMANDS.matcher(section());
        while (match.find()) {
            found.add(match.group().replaceAll("(?m)^    ", ""));
        }
        assertThat(found).hasSize(9);
        return found;
    }

    private static String section() throws Exception {
        String page = Files.readString(Project.directory().resolve("docs/FORMAT.md"));
        String from = page.substring(page.indexOf(SECTION) + SECTION.length());
        int end = from.indexOf("\n## ");
        return end < 0 ? from : from.substring(0, end);
    }
}
