package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.StockTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A vault is read without walvault, by the very commands that docs/FORMAT.md gives. */
class StockToolsTest {
    private static final String SECTION = "\n## Reading a vault without walvault\n";
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
            site.ok("backup");
            primary.sql("INSERT INTO here VALUES (1001)", "INSERT INTO there VALUES (1001)");
            site.archiveAll();
            String oid = primary.value("SELECT oid FROM pg_tablespace WHERE spcname = 'ts'");
            String system = primary.value("SELECT system_identifier FROM pg_control_system()");
            primary.stop();
            Files.move(place, site.workspace().path("ts.old"));
            Path member = site.vault().resolve("it/main").resolve(system);
            Path newPlace = site.workspace().path("new-place");

            run(site, member, Map.of("OID", oid, "NEW_PLACE", newPlace.toString()));

            Path data = site.workspace().path("data");
            var settings = Map.of("archive_mode", "off");
            try (var server = PostgresServer.on(primary.binaries(), site.workspace(), data, settings)) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(server.value("SELECT count(*) FROM here")).isEqualTo("1001");
                assertThat(server.value("SELECT count(*) FROM there")).isEqualTo("1001");
            }
            assertThat(newPlace).isNotEmptyDirectory();
            Path byWalvault = site.workspace().path("by-walvault");
            site.walvault()
                    .in(primary.dataDirectory())
                    .run("archive-get", "000000010000000000000001", byWalvault.toString())
                    .orThrow();
            assertThat(site.workspace().path("segment")).hasSameBinaryContentAs(byWalvault);
        }
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
                .with(
                        "PATH",
                        StockTools.find("age").getParent() + ":"
                                + StockTools.find("zstd").getParent() + ":" + System.getenv("PATH"))
                .run()
                .orThrow();
    }

    private static List<String> commands() throws Exception {
        String page = Files.readString(Project.directory().resolve("docs/FORMAT.md"));
        String from = page.substring(page.indexOf(SECTION) + SECTION.length());
        int end = from.indexOf("\n## ");
        var found = new ArrayList<String>();
        var match = COMMANDS.matcher(end < 0 ? from : from.substring(0, end));
        while (match.find()) {
            found.add(match.group().replaceAll("(?m)^    ", ""));
        }
        assertThat(found).hasSize(7);
        return found;
    }
}
