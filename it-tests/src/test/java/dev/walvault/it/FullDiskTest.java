package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A disk that is full, on either side. Needs a small file system, and only root can mount one. */
class FullDiskTest {

    @BeforeAll
    static void onlyRootMounts() {
        assumeTrue(ServerUser.current().isDropped(), "a file system of a known size can only be mounted by root");
    }

    private static long temporaryFiles(Path vault) throws Exception {
        try (Stream<Path> files = Files.walk(vault)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".tmp"))
                    .count();
        }
    }

    @Test
    void aFullVaultRefusesWalUntilThereIsSpaceAndNothingIsLost() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15));
                var disk = SmallDisk.mount(site.workspace().directory("small"), 64)) {
            var walvault = onto(site, disk.path().resolve("vault"));
            walvault.run("init").orThrow();
            site.primary().configure("archive_command", walvault.archiveCommand());
            site.primary().reload();
            site.primary().sql("CREATE TABLE t (n int)");
            walvault.run("backup").orThrow();
            disk.fill();

            site.primary().sql("INSERT INTO t SELECT generate_series(1, 10000)");
            String segment = site.primary().switchWal();
            site.primary().awaitLog("no space left on device", PATIENCE);
            var full = walvault.in(site.primary().dataDirectory()).run("archive-push", "pg_wal/" + segment);
            assertThat(full.status()).isEqualTo(32);
            assertThat(full.err()).contains("no space left on device").contains("HINT");
            assertThat(temporaryFiles(disk.path())).isZero();

            disk.free();
            site.primary().awaitArchived(segment, PATIENCE);
            site.primary().stop();
            Path copy = site.workspace().path("copy");
            walvault.run("restore", "-D", copy.toString()).orThrow();
            try (var server = PostgresServer.on(site.primary().binaries(), site.workspace(), copy)) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("10000");
            }
        }
    }

    @Test
    void aBackupThatDoesNotFitLeavesNothing() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15));
                var disk = SmallDisk.mount(site.workspace().directory("small"), 8)) {
            var walvault = onto(site, disk.path().resolve("vault"));
            walvault.run("init").orThrow();
            site.primary()
                    .sql(
                            "CREATE TABLE t AS SELECT gen_random_uuid() u, gen_random_uuid() v FROM generate_series(1, 400000)");

            var full = walvault.run("backup");

            assertThat(full.status()).isEqualTo(32);
            assertThat(full.err()).contains("no space left on device");
            assertThat(walvault.run("info").orThrow().out()).doesNotContain("complete");
            try (Stream<Path> left = Files.walk(disk.path().resolve("vault"))) {
                assertThat(left.filter(Files::isRegularFile).map(Path::toString))
                        .noneMatch(file -> file.contains("/backups/"));
            }
        }
    }

    @Test
    void aRestoreThatDoesNotFitLeavesNothingThatStarts() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15));
                var disk = SmallDisk.mount(site.workspace().directory("small"), 8)) {
            site.ok("backup");
            Path copy = disk.path().resolve("copy");

            var full = site.walvault().run("restore", "-D", copy.toString());

            assertThat(full.status()).isEqualTo(36);
            assertThat(full.err()).contains("no space left on device");
            assertThat(copy.resolve("global/pg_control")).doesNotExist();
            site.restoreOnly("fits");
        }
    }

    private static Walvault onto(Site site, Path vault) throws Exception {
        return site.configured("small", text -> text.replace("file://" + site.vault(), "file://" + vault));
    }
}
