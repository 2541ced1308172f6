package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The only identity is lost, and its place is taken by another one. */
class KeyChangeTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void aBackupOfAPromotedServerWithANewKeyIsRestoredWithThatKeyAlone() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.primary().sql("CREATE TABLE t (i int)", "INSERT INTO t VALUES (1)");
            site.ok("backup");
            site.archiveAll();
            site.primary().stop();
            try (var promoted = site.restore("promoted", "--archive-mode", "preserve")) {
                promoted.sql("INSERT INTO t VALUES (2)");
                promoted.awaitArchived(promoted.switchWal(), PATIENCE);

                Walvault changed = withANewKey(site, promoted);
                promoted.configure("archive_command", changed.archiveCommand());
                promoted.reload();
                changed.run(Duration.ofMinutes(5), "backup").orThrow();
                promoted.sql("INSERT INTO t VALUES (3)");
                promoted.awaitArchived(promoted.switchWal(), PATIENCE);

                Path copy = site.workspace().path("copy");
                changed.run(Duration.ofMinutes(5), "restore", "-D", copy.toString())
                        .orThrow();
                try (var server = site.open("copy", Map.of())) {
                    server.start();
                    server.awaitPromoted(PATIENCE);
                    assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("3");
                }
            }
        }
    }

    /**
     * A restored server asks for the history of the branch, to find a number of its own, and the lost key had sealed
     * it.
     */
    @Test
    void aBranchThatWasGivenUpDoesNotKeepTheNewKeyFromOpeningABackup() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (i int)", "INSERT INTO t VALUES (1)");
            site.ok("backup");
            site.ok("restore-point", "create", "fork");
            site.archiveAll();
            Path history;
            try (var branch =
                    site.restore("branch", "--to-point", "fork", "--action", "promote", "--archive-mode", "preserve")) {
                branch.awaitArchived(branch.switchWal(), PATIENCE);
                history = Files.copy(
                        branch.dataDirectory().resolve("pg_wal/00000002.history"),
                        site.workspace().path("history"));
                Files.setPosixFilePermissions(history, PosixFilePermissions.fromString("rw-r--r--"));
            }
            Walvault changed = withANewKey(site, primary);
            primary.configure("archive_command", changed.archiveCommand());
            primary.reload();

            Ran warned = changed.run(Duration.ofMinutes(5), "backup");
            assertThat(warned.err()).contains("the history of timeline 2 is not encrypted to today's recipients");
            Files.copy(history, primary.dataDirectory().resolve("pg_wal/00000002.history"));
            assertThat(changed.run(Duration.ofMinutes(5), "backup").orThrow().err())
                    .doesNotContain("today's recipients");
            primary.sql("INSERT INTO t VALUES (2)");
            primary.awaitArchived(primary.switchWal(), PATIENCE);

            Path copy = site.workspace().path("copy");
            changed.run(Duration.ofMinutes(5), "restore", "-D", copy.toString()).orThrow();
            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("2");
            }
        }
    }

    private static Walvault withANewKey(Site site, PostgresServer promoted) throws Exception {
        Path lost = site.workspace().path("identity.age");
        Path identity = site.workspace().path("new.age");
        String recipient = VaultConfiguration.recipientOf(site.ok("keygen", "-o", identity.toString()));
        Walvault changed = site.configured(
                "changed",
                text -> text.replaceAll("recipients = .*", "recipients = [\"" + recipient + "\"]")
                        .replace(lost.toString(), identity.toString())
                        .replace("port = " + site.primary().port(), "port = " + promoted.port())
                        .replace(
                                site.primary().dataDirectory().toString(),
                                promoted.dataDirectory().toString()));
        Files.delete(lost);
        return changed;
    }
}
