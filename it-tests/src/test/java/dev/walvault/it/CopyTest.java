package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What was copied is a vault of its own: a server comes back from it alone. */
class CopyTest {

    @Test
    void aServerIsRestoredFromTheCopiedVaultAlone() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup.walSegmentMegabytes(1))) {
            Path copied = site.workspace().path("copied");
            var offsite = site.configured(
                    "offsite",
                    text -> text.replace("file://" + site.vault(), "file://" + copied)
                            .replaceAll("identity_files = .*", ""));
            offsite.run("init").orThrow();
            site.primary().sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
            site.ok("backup");
            site.primary().sql("INSERT INTO t VALUES (2)");
            site.archiveAll();

            // on a host without keys
            offsite.run("copy", "file://" + site.vault(), "1").orThrow();
            assertThat(offsite.run("copy", "file://" + site.vault(), "1")
                            .orThrow()
                            .out())
                    .startsWith("copied 0 objects");
            Path away = Files.move(site.vault(), site.workspace().path("away"));
            assertThat(restoredRows(site, copied, "backup")).containsExactly("1");

            offsite.run("copy", "file://" + away, "1", "--all").orThrow();
            Files.move(away, site.workspace().path("further-away"));
            assertThat(restoredRows(site, copied, "all")).containsExactly("1", "2");
        }
    }

    private static List<String> restoredRows(Site site, Path vault, String name) throws Exception {
        var program = site.configured("of-" + name, text -> text.replace("file://" + site.vault(), "file://" + vault));
        program.run("restore", "-D", site.workspace().path(name).toString(), "--archive-mode", "off")
                .orThrow();
        try (var server = site.open(name, Map.of())) {
            server.start();
            server.awaitPromoted(PATIENCE);
            return server.query("SELECT n FROM t ORDER BY n").stream()
                    .map(List::getFirst)
                    .toList();
        }
    }
}
