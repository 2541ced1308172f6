package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a DBA does wrong, or has to live with: a clear sentence, the right exit status, nothing lost. */
class TroubleTest {

    /** Slowly: after three failures a backup gives up by itself. */
    private static final String FAILING = "sleep 4; false";

    private static void requireRefused(Ran ran, int status, String... words) {
        assertThat(ran.status()).as(ran.toString()).isEqualTo(status);
        assertThat(ran.err()).contains(words).doesNotContain("Exception").doesNotContain("\tat ");
    }

    @Test
    void ofTwoBackupsAtOnceTheSecondIsRefusedAndTheFirstCompletes() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.primary().configure("archive_command", FAILING);
            site.primary().reload();
            try (var first = site.walvault().start("backup", "--label", "first")) {
                Condition.await(
                        "the lock of the first backup",
                        PATIENCE,
                        () -> site.primary()
                                .value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
                                .equals("1"));

                requireRefused(site.walvault().run("backup", "--label", "second"), 60, "another backup", "HINT");

                site.primary().configure("archive_command", site.walvault().archiveCommand());
                site.primary().reload();
                first.await(PATIENCE).orThrow();
            }
            assertThat(site.ok("info")).contains("first").doesNotContain("second");
        }
    }

    @Test
    void aBackupWhoseWalIsNotArchivedSaysWhyAndLeavesNothing() throws Exception {
        try (var site = Site.start(
                PostgresBinaries.of(15), setup -> setup.walSegmentMegabytes(1), "[backup]\nwal_timeout = \"5s\"")) {
            site.primary().configure("archive_command", FAILING);
            site.primary().reload();

            var ran = site.walvault().run("backup");

            requireRefused(ran, 61, "did not reach the vault in time", "archiver failed", "HINT");
            requireNoBackups(site);
        }
    }

    private static void requireNoBackups(Site site) throws Exception {
        assertThat(site.files()).noneMatch(file -> file.toString().contains("/backups/"));
    }

    @Test
    void anInterruptedBackupCleansUpAfterItself() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.primary().configure("archive_command", FAILING);
            site.primary().reload();
            try (var backup = site.walvault().start("backup")) {
                Condition.await("the wait for WAL", PATIENCE, () -> backup.err().contains("waiting for WAL"));
                backup.terminate();
                var ran = backup.await(Duration.ofSeconds(30));
                assertThat(ran.status()).isNotZero();
                assertThat(ran.err()).contains("interrupted");
            }
            requireNoBackups(site);
        }
    }

    @Test
    void aBackupThatIsInterruptedWhileItWaitsForACheckpointDoesNotKeepTheServerWaiting() throws Exception {
        String inStart =
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_backup_start%' AND pid <> pg_backend_pid()";
        try (var site = Site.start(PostgresBinaries.of(15))) {
            // a checkpoint that is spread takes minutes where there is something to write
            site.primary().sql("CREATE TABLE t AS SELECT n, repeat('x', 500) FROM generate_series(1, 50000) n");
            try (var backup = site.walvault().start("backup", "--spread")) {
                Condition.await(
                        "pg_backup_start",
                        PATIENCE,
                        () -> site.primary().value(inStart).equals("1"));
                backup.terminate();
                Ran ran = backup.await(PATIENCE);
                requireRefused(ran, 62, "interrupted");
            }
            Condition.await(
                    "the end of its session",
                    PATIENCE,
                    () -> site.primary().value(inStart).equals("0"));
            requireNoBackups(site);
        }
    }

    @Test
    void aServerThatDoesNotArchiveIsNotBackedUp() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.primary().stop();
            site.primary().configure("archive_mode", "off");
            site.primary().start();

            requireRefused(site.walvault().run("backup"), 54, "archive_mode", "HINT");
        }
    }

    @Test
    void aServerInRecoveryIsNotBackedUp() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.ok("backup");
            site.archiveAll();
            site.primary().stop();
            site.restoreOnly("standby", "--standby");
            try (var standby = site.open("standby", Map.of())) {
                standby.start();
                var other = site.configured(
                        "standby",
                        text -> text.replace("port = " + site.primary().port(), "port = " + standby.port())
                                .replace(
                                        "pgdata = \"" + site.primary().dataDirectory(),
                                        "pgdata = \"" + standby.dataDirectory()));

                requireRefused(other.run("backup"), 54, "in recovery", "HINT");
            }
        }
    }

    @Test
    void aServerThatIsNotTheDataDirectorysIsNotBackedUp() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15));
                var other = PostgresServer.with(PostgresBinaries.of(15)).create(site.workspace(), "other")) {
            other.start();
            var mixed = site.configured(
                    "mixed", text -> text.replace("port = " + site.primary().port(), "port = " + other.port()));

            requireRefused(mixed.run("backup"), 52, "the server is system", "HINT");
            other.stop();
            requireRefused(mixed.run("backup"), 50, "could not connect", "HINT");
        }
    }

    @Test
    void aDirectoryThatTheServerWasMovedAwayFromIsNotBackedUp() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            primary.stop();
            Path there = site.workspace().path("moved");
            Program.of("cp", "-a", primary.dataDirectory().toString(), there.toString())
                    .run()
                    .orThrow();
            try (var moved = PostgresServer.on(primary.binaries(), site.workspace(), there)) {
                moved.start();
                var stale = site.configured(
                        "stale", text -> text.replace("port = " + primary.port(), "port = " + moved.port()));

                requireRefused(stale.run("backup"), 52, "a copy of it", there.toString(), "HINT");
                requireRefused(stale.run("restore-point", "create", "p"), 52, "a copy of it");
                requireNoBackups(site);
            }
        }
    }

    @Test
    void anotherServerWithACopiedConfigurationCannotArchive() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15));
                var other = PostgresServer.with(PostgresBinaries.of(15))
                        .walSegmentMegabytes(1)
                        .set("archive_mode", "on")
                        .set("archive_command", site.walvault().archiveCommand())
                        .create(site.workspace(), "other")) {
            other.start();
            String segment = other.switchWal();

            other.awaitLog("is not known as member", PATIENCE);
            requireRefused(
                    site.walvault().in(other.dataDirectory()).run("archive-push", "pg_wal/" + segment),
                    52,
                    "is not known as member",
                    "walvault init");
        }
    }

    @Test
    void aRestoreRefusesADirectoryInUseAndATargetNobodyReaches() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            String before = site.primary().value("SELECT pg_current_wal_lsn()");
            var walvault = site.walvault();
            String copy = site.workspace().path("copy").toString();
            requireRefused(walvault.run("restore", "-D", copy), 26, "no complete backup");
            site.ok("backup", "--label", "only");
            site.archiveAll();

            requireRefused(
                    walvault.run("restore", "-D", site.primary().dataDirectory().toString()), 37, "postmaster.pid");
            site.workspace().directory("full");
            site.workspace().write("full/file", "mine");
            requireRefused(
                    walvault.run("restore", "-D", site.workspace().path("full").toString()), 37, "not empty");
            assertThat(site.workspace().path("full/file")).hasContent("mine");
            requireRefused(walvault.run("restore", "-D", copy, "--to-lsn", before), 26, "HINT");
            requireRefused(walvault.run("restore", "-D", copy, "--to-time", "2001-01-01T00:00:00Z"), 26, "HINT");
            requireRefused(walvault.run("restore", "-D", copy, "--to-point", "nobody-made-it"), 26, "nobody-made-it");
            requireRefused(walvault.run("restore", "-D", copy, "--to-lsn", "FF/0"), 26, "ends before LSN FF/0");
            requireRefused(walvault.run("restore", "-D", copy, "--backup", "20010101T000000Z"), 26, "20010101T000000Z");
            requireRefused(walvault.run("restore", "-D", copy, "--to-lsn", "junk"), 2, "junk");
            requireRefused(walvault.run("restore", "-D", copy, "--to-lsn", before, "--to-xid", "5"), 2, "--to-");
            assertThat(Path.of(copy)).doesNotExist();
        }
    }

    @Test
    void aDamagedBackupIsRefusedAndLeavesNothingThatStarts() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.ok("backup");
            site.archiveAll();
            Path pack;
            try (Stream<Path> files = Files.walk(site.vault())) {
                pack = files.filter(file -> file.endsWith("packs/000001"))
                        .findFirst()
                        .orElseThrow();
            }
            byte[] sound = Files.readAllBytes(pack);
            Path copy = site.workspace().path("copy");

            byte[] flipped = sound.clone();
            flipped[flipped.length / 3] ^= 4;
            Files.write(pack, flipped);
            requireRefused(site.walvault().run("restore", "-D", copy.toString()), 21, "damaged");
            assertThat(copy.resolve("global/pg_control")).doesNotExist();
            Files.write(pack, Arrays.copyOf(sound, sound.length - 1));
            requireRefused(site.walvault().run("restore", "-D", copy.toString()), 21, "damaged");
            Files.delete(pack);
            requireRefused(site.walvault().run("restore", "-D", copy.toString()), 21, "missing");
            assertThat(copy.resolve("global/pg_control")).doesNotExist();

            Files.write(pack, sound);
            site.restoreOnly("copy");
        }
    }

    @Test
    void restorePointNamesAreUsedOnce() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.ok("restore-point", "create", "ünïque/.. 100%");

            requireRefused(
                    site.walvault().run("restore-point", "create", "ünïque/.. 100%"), 20, "is taken", "another name");
            requireRefused(site.walvault().run("restore-point", "create", "x".repeat(64)), 2, "63");
            assertThat(site.ok("restore-point", "list")).contains("ünïque/.. 100%");
        }
    }

    @Test
    void withoutTheRightKeyNothingIsRestoredAndTheMessageNamesTheKey() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            site.ok("backup");
            site.archiveAll();
            site.ok("keygen", "-o", site.workspace().path("other.age").toString());
            String config = Files.readString(site.workspace().path("walvault.toml"));
            String recipient = config.replaceAll("(?s).*(age1[0-9a-z]+).*", "$1");
            String copy = site.workspace().path("copy").toString();

            var wrong = site.configured("wrong", text -> text.replace("identity.age", "other.age"));
            requireRefused(wrong.run("restore", "-D", copy), 41, recipient);
            var none = site.configured("none", text -> text.replaceAll("identity_files = .*", ""));
            requireRefused(none.run("restore", "-D", copy), 40, recipient);
            requireRefused(
                    none.in(site.primary().dataDirectory()).run("archive-get", "000000010000000000000001", "x"),
                    255,
                    recipient);

            // the database host needs no private key: pushing and backing up go on
            none.run("backup", "--label", "without a key").orThrow();
            assertThat(site.ok("info")).contains("without a key");
            site.restoreOnly("copy");
        }
    }

    @Test
    void aSecretThatOthersCanReadIsWarnedOf() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            Files.setPosixFilePermissions(
                    site.workspace().path("identity.age"), PosixFilePermissions.fromString("rw-r--r--"));
            site.ok("backup");
            site.archiveAll();

            var ran = site.walvault()
                    .run("restore", "-D", site.workspace().path("copy").toString())
                    .orThrow();

            assertThat(ran.err()).contains("WARNING").contains("identity.age");
        }
    }

    @Test
    void aVaultThatCannotBeUsedIsToldApartAndNothingIsLost() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15), setup -> setup)) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t AS SELECT 1 AS n");
            var inData = site.walvault().in(primary.dataDirectory());
            Path document = site.vault().resolve("vault.json");
            String written = Files.readString(document);
            String known = "000000010000000000000001";
            primary.switchWal();
            primary.awaitArchived(known, PATIENCE);
            primary.configure("archive_command", "");
            primary.reload();
            String segment = "pg_wal/" + primary.switchWal();

            withMode(site.vault(), "---------", () -> {
                requireRefused(inData.run("archive-push", segment), 31, "permission denied", "HINT");
                requireRefused(inData.run("archive-get", known, "out"), 255, "permission denied", "recovery must stop");
            });
            try (Stream<Path> files = Files.walk(site.vault())) {
                Path log = files.filter(file -> file.endsWith("00000001/00000000"))
                        .findFirst()
                        .orElseThrow();
                withMode(
                        log,
                        "r-xr-x---",
                        () -> requireRefused(inData.run("archive-push", segment), 31, "permission denied", "HINT"));
            }
            Files.writeString(document, written.replace("\"walvault\":1", "\"walvault\":2"));
            requireRefused(inData.run("archive-push", segment), 23, "vault format 2", "HINT");
            requireRefused(inData.run("archive-get", known, "out"), 255, "vault format 2");
            requireRefused(inData.run("info"), 23, "vault format 2");
            Files.delete(document);
            requireRefused(inData.run("archive-push", segment), 33, "there is no vault", "HINT");
            requireRefused(inData.run("archive-get", known, "out"), 255, "there is no vault", "recovery must stop");
            Files.writeString(document, written);

            inData.run("archive-push", segment).orThrow();
            inData.run("archive-get", known, "out").orThrow();
        }
    }

    @Test
    void rootIsToldToRestoreAsTheServersUser() throws Exception {
        assumeTrue(ServerUser.current().isDropped(), "only root can be refused for being root");
        var restore = new ProcessBuilder(
                        Walvault.launcher().toString(), "restore", "-D", "/nowhere/at/all", "--to-point", "x")
                .redirectErrorStream(true)
                .start();
        String said = new String(restore.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(restore.waitFor()).isEqualTo(2);
        assertThat(said).contains("must not be run as root", "sudo -u postgres walvault restore");
    }

    private interface Attempt {
        void run() throws Exception;
    }

    /** As the owner sees it, who is not root even where the tests are run by root. */
    private static void withMode(Path directory, String mode, Attempt attempt) throws Exception {
        var former = Files.getPosixFilePermissions(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
        try {
            attempt.run();
        } finally {
            Files.setPosixFilePermissions(directory, former);
        }
    }
}
