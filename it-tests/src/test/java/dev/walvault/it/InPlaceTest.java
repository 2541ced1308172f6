package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.walvault.Seeds;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A restore over a server's own directory, with all that lies outside of it, and the way back. */
class InPlaceTest {

    /**
     * A server whose data directory is reached by a link, with its WAL and a tablespace elsewhere, a backup and later
     * rows.
     */
    private static Site spreadSite() throws Exception {
        var site = Site.start(PostgresBinaries.of(15));
        var primary = site.primary();
        Path tablespace = site.workspace().directory("ts/one");
        primary.sql(
                "CREATE TABLESPACE one LOCATION '" + tablespace + "'",
                "CREATE TABLE t TABLESPACE one AS SELECT generate_series(1, 1000) n");
        primary.stop();
        Path volume = site.workspace().directory("volume");
        Path wal = volume.resolve("wal");
        Files.move(primary.dataDirectory().resolve("pg_wal"), wal);
        Files.createSymbolicLink(primary.dataDirectory().resolve("pg_wal"), wal);
        Files.move(primary.dataDirectory(), volume.resolve("data"));
        Files.createSymbolicLink(primary.dataDirectory(), volume.resolve("data"));
        primary.start();
        site.ok("backup");
        primary.sql("INSERT INTO t VALUES (1001)");
        site.ok("restore-point", "create", "good");
        primary.sql("DELETE FROM t", "CREATE TABLE later AS SELECT 1");
        site.archiveAll();
        return site;
    }

    private static Ran inPlace(Site site, String... options) throws Exception {
        return run(site, "--in-place", options);
    }

    private static Ran run(Site site, String task, String... options) throws Exception {
        var words = new ArrayList<>(
                List.of("restore", task, "-D", site.primary().dataDirectory().toString()));
        words.addAll(List.of(options));
        return site.walvault().run(words.toArray(String[]::new));
    }

    /** Every file and link of the server, wherever it lies, and nothing else. */
    private static Map<String, String> all(Site site) throws IOException {
        var all = new TreeMap<String, String>();
        for (String part : List.of("volume", "ts")) {
            Path root = site.workspace().path(part);
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    String content = attributes.isSymbolicLink()
                            ? "-> " + Files.readSymbolicLink(file)
                            : String.valueOf(Arrays.hashCode(Files.readAllBytes(file)));
                    all.put(part + "/" + root.relativize(file), content);
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return all;
    }

    @Test
    void aStoppedServerIsRestoredOverAndComesBack() throws Exception {
        try (var site = spreadSite()) {
            var primary = site.primary();
            Ran refused = inPlace(site);
            assertThat(refused.status()).isEqualTo(37);
            assertThat(refused.err()).contains("a server runs");
            primary.stop();
            Map<String, String> before = all(site);

            String out = inPlace(site, "--to-point", "good", "--action", "promote")
                    .orThrow()
                    .out();
            assertThat(out)
                    .contains("volume/data.before-restore-", "volume/wal.before-restore-", "ts/one.before-restore-");
            assertThat(primary.dataDirectory()).isSymbolicLink();
            assertThat(Files.readSymbolicLink(primary.dataDirectory().resolve("pg_wal")))
                    .isEqualTo(site.workspace().path("volume/wal"));
            primary.start();
            primary.awaitPromoted(PATIENCE);
            assertThat(primary.value("SELECT count(*) FROM t")).isEqualTo("1001");
            primary.stop();

            Ran promoted = run(site, "--undo-in-place");
            assertThat(promoted.status()).isEqualTo(37);
            assertThat(promoted.err()).contains("promoted", "--discard-restored");
            run(site, "--undo-in-place", "--discard-restored").orThrow();
            assertThat(all(site)).isEqualTo(before);
            Ran undone = run(site, "--undo-in-place");
            assertThat(undone.status()).isEqualTo(39);
            assertThat(undone.err()).contains("there is nothing to undo");
            primary.start();
            assertThat(primary.value("SELECT count(*) FROM t")).isEqualTo("0");
            assertThat(primary.value("SELECT count(*) FROM later")).isEqualTo("1");
            site.archiveAll();
        }
    }

    @Test
    void aSecondCallIsKeptOutWhileTheFirstIsAtWork() throws Exception {
        try (var site = spreadSite()) {
            site.primary().stop();
            String data = site.primary().dataDirectory().toString();
            try (var first = site.walvault()
                    .start(
                            "restore",
                            "--in-place",
                            "-D",
                            data,
                            "--to-point",
                            "good",
                            "--action",
                            "promote",
                            "--limit-disk-write",
                            "4M")) {
                Condition.await(
                        "the restore itself", PATIENCE, () -> first.err().contains("restoring backup"));

                assertThat(run(site, "--undo-in-place").status()).isEqualTo(60);
                assertThat(inPlace(site, "--to-point", "good").status()).isEqualTo(60);
                first.await(PATIENCE).orThrow();
            }
            site.primary().start();
            site.primary().awaitPromoted(PATIENCE);
            assertThat(site.primary().value("SELECT count(*) FROM t")).isEqualTo("1001");
        }
    }

    @Test
    void whatIsNotMountedIsNotRestoredOver() throws Exception {
        try (var site = spreadSite()) {
            site.primary().stop();
            for (String volume : List.of("ts/one", "volume/wal")) {
                Path place = site.workspace().path(volume);
                Path away = site.workspace().path("away");
                Files.move(place, away);
                Files.createDirectory(place);

                Ran ran = inPlace(site, "--to-point", "good");

                assertThat(ran.status()).as(volume + ": " + ran).isIn(35, 37);
                assertThat(ran.err())
                        .containsAnyOf("where nothing of the server is", "Is the volume of pg_wal mounted?");
                Files.delete(place);
                Files.move(away, place);
            }
            site.primary().start();
            assertThat(site.primary().value("SELECT count(*) FROM later")).isEqualTo("1");
        }
    }

    /** Its pg_wal elsewhere has no WAL yet, and is mounted all the same. */
    @Test
    void oneThatWasNeverStartedIsRestoredOverOnceMore() throws Exception {
        try (var site = spreadSite()) {
            site.primary().stop();
            Map<String, String> old = all(site);

            inPlace(site, "--to-point", "good").orThrow();
            inPlace(site, "--to-point", "good").orThrow();

            run(site, "--undo-in-place").orThrow();
            run(site, "--undo-in-place").orThrow();
            assertThat(all(site)).isEqualTo(old);
            assertThat(run(site, "--undo-in-place").status()).isEqualTo(39);
            site.primary().start();
            assertThat(run(site, "--undo-in-place").status()).isEqualTo(39);
        }
    }

    @Test
    void whatWasMovedAsideIsRemovedOnRequestWhileTheServerRuns() throws Exception {
        try (var site = spreadSite()) {
            site.primary().stop();
            inPlace(site, "--to-point", "good", "--action", "promote").orThrow();
            site.primary().start();
            site.primary().awaitPromoted(PATIENCE);

            run(site, "--remove-set-aside").orThrow();

            assertThat(all(site).keySet()).noneMatch(name -> name.contains("before-restore"));
            assertThat(site.primary().value("SELECT count(*) FROM t")).isEqualTo("1001");
        }
    }

    @Test
    void rowsThatWereNotArchivedAreSalvagedFirst() throws Exception {
        try (var site = spreadSite()) {
            var primary = site.primary();
            primary.configure("archive_command", "false");
            primary.reload();
            primary.sql("INSERT INTO t VALUES (2001)");
            primary.switchWal();
            primary.kill();

            Ran ran = inPlace(site);
            assertThat(ran.err()).contains("postmaster.pid");
            ran.orThrow();

            primary.start();
            primary.awaitPromoted(PATIENCE);
            assertThat(primary.value("SELECT count(*) FROM t")).isEqualTo("1");
        }
    }

    @Test
    void aFailingSalvageStopsTheRestoreUnlessTold() throws Exception {
        try (var site = spreadSite()) {
            site.primary().stop();
            Path history = site.primary().dataDirectory().resolve("pg_wal/0000000A.history");
            Files.writeString(history, "not a history");
            Map<String, String> before = all(site);

            Ran ran = inPlace(site, "--to-point", "good");

            assertThat(ran.status()).isNotZero();
            assertThat(ran.err()).contains("--no-salvage");
            assertThat(all(site)).isEqualTo(before);
            inPlace(site, "--to-point", "good", "--no-salvage").orThrow();
        }
    }

    @Test
    void aDamagedBackupBringsTheOldBack() throws Exception {
        try (var site = spreadSite()) {
            site.primary().stop();
            Path pack;
            try (Stream<Path> files = Files.walk(site.vault())) {
                pack = files.filter(file -> file.toString().contains("/backups/") && Files.isRegularFile(file))
                        .max((one, other) -> Long.compare(
                                one.toFile().length(), other.toFile().length()))
                        .orElseThrow();
            }
            byte[] content = Files.readAllBytes(pack);
            content[content.length / 2] ^= 1;
            Files.write(pack, content);
            Map<String, String> before = all(site);

            Ran ran = inPlace(site, "--to-point", "good");

            assertThat(ran.status()).isEqualTo(21);
            assertThat(ran.err()).contains("the old data directory is back");
            assertThat(all(site)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vault/tablespaces, 37, is inside of the vault",
        "full, 37, does not belong to the server",
        "closed/one, 35, this user may not write to"
    })
    void aPlaceThatIsRefusedIsRefusedBeforeTheOldIsRemoved(String place, int status, String reason) throws Exception {
        try (var site = spreadSite()) {
            site.primary().stop();
            site.workspace().directory("full");
            site.workspace().write("full/letter", "dear");
            Files.setPosixFilePermissions(
                    site.workspace().directory("closed"), PosixFilePermissions.fromString("r-xr-xr-x"));
            Path old = site.workspace().path("ts/one");
            Map<String, String> before = all(site);

            Ran ran = inPlace(
                    site,
                    "--replace",
                    "--tablespace-mapping",
                    old + "=" + site.workspace().path(place));

            assertThat(ran.status()).as(ran.toString()).isEqualTo(status);
            assertThat(ran.err()).contains(reason).doesNotContain("removing");
            assertThat(all(site)).isEqualTo(before);
        }
    }

    /** Nobody is allowed to make one there, but it can be moved there. */
    @Test
    void aVaultWithinTheOldDirectoryIsNotRemovedWithIt() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            site.ok("backup");
            site.primary().stop();
            Path data = site.primary().dataDirectory();
            Path inside = Files.move(site.vault(), data.resolve("vault"));
            Walvault walvault =
                    site.configured("inside", text -> text.replace(site.vault().toString(), inside.toString()));

            Ran ran = walvault.run("restore", "--in-place", "--replace", "-D", data.toString());

            assertThat(ran.status()).as(ran.toString()).isEqualTo(37);
            assertThat(ran.err()).contains("the vault", "is inside of").doesNotContain("removing");
            assertThat(inside.resolve("vault.json")).exists();
        }
    }

    @Test
    void aDirectoryOfAnotherSystemIsRefused() throws Exception {
        try (var site = spreadSite();
                var other = PostgresServer.with(PostgresBinaries.of(15)).create(site.workspace(), "other")) {
            Path control = other.dataDirectory().resolve("global/pg_control");
            byte[] before = Files.readAllBytes(control);

            Ran ran = site.walvault()
                    .run("restore", "--in-place", "-D", other.dataDirectory().toString());

            assertThat(ran.status()).isEqualTo(52);
            assertThat(ran.err()).contains("belongs to system", "--other-system");
            assertThat(control).hasBinaryContent(before);
        }
    }

    /** {@code kill -9} at a change to the disk, anywhere from the first to beyond the last. */
    @Test
    void aKilledRestoreIsUndoneByTheNextCall() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "strace kills the program at a system call");
        try (var site = spreadSite()) {
            site.primary().stop();
            Map<String, String> before = all(site);
            Seeds.forEach(8, random -> {
                boolean killed = false;
                for (String task : List.of("--in-place", "--undo-in-place")) {
                    int changes = random.nextInt(random.nextBoolean() ? 60 : 1200) + 1;
                    killed |= runAndKill(site, task, changes);
                }
                // with nothing to undo where the second call was killed behind its last change, or begun before the
                // first
                assertThat(run(site, "--undo-in-place").status()).isIn(0, 39);
                if (killed && !all(site).equals(before)) {
                    // complete before the first call was killed, and put back by the last
                    run(site, "--undo-in-place").orThrow();
                }
                assertThat(all(site)).isEqualTo(before);
            });
        }
    }

    private static boolean runAndKill(Site site, String task, int changes) throws Exception {
        String calls = "rename,mkdir,symlink,unlink,rmdir,fsync";
        Ran ran = Program.of(
                        "/usr/bin/strace",
                        "-f",
                        "-qq",
                        "-o",
                        "/dev/null",
                        "-e",
                        "trace=" + calls,
                        "-e",
                        "inject=" + calls + ":signal=KILL:when=" + changes,
                        Walvault.launcher().toString(),
                        "restore",
                        task,
                        "-D",
                        site.primary().dataDirectory().toString())
                .with("WALVAULT_CONFIG", site.walvault().config().toString())
                .run();
        return ran.status() != 0;
    }

    @Test
    void whatIsMountedStaysOnItsVolume() throws Exception {
        assumeTrue(ServerUser.current().isDropped(), "a file system of a known size can only be mounted by root");
        try (var site = Site.start(PostgresBinaries.of(15));
                var data = SmallDisk.mount(site.workspace().directory("data"), 256)) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t AS SELECT generate_series(1, 1000) n");
            primary.stop();
            move(primary.dataDirectory(), data.path());
            Path wal = data.path().resolve("pg_wal");
            Path former = site.workspace().path("former-wal");
            shell("mv \"" + wal + "\" \"" + former + "\"");
            Files.createDirectory(wal);
            try (var walDisk = SmallDisk.mount(wal, 128)) {
                move(former, walDisk.path());
                Files.createDirectory(walDisk.path().resolve("lost+found"));
                try (var server = PostgresServer.on(primary.binaries(), site.workspace(), data.path())) {
                    var walvault = site.configured(
                            "mounted",
                            text -> text.replace(
                                            primary.dataDirectory().toString(),
                                            data.path().toString())
                                    .replace("port = " + primary.port(), "port = " + server.port()));
                    server.start();
                    walvault.run("backup").orThrow();
                    server.sql("INSERT INTO t VALUES (1001)");
                    walvault.run("restore-point", "create", "good").orThrow();
                    server.sql("DELETE FROM t");
                    server.awaitArchived(server.switchWal(), PATIENCE);
                    server.stop();

                    walvault.run("restore", "--in-place", "--to-point", "good", "--action", "promote")
                            .orThrow();
                    assertThat(walDisk.path()).isDirectoryContaining("glob:**/.walvault-aside-*");
                    assertThat(data.path()).isDirectoryContaining("glob:**/.walvault-aside-*");
                    server.start();
                    server.awaitPromoted(PATIENCE);
                    assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("1001");
                    walvault.run("backup").orThrow();
                    server.stop();

                    walvault.run("restore", "--undo-in-place", "--discard-restored")
                            .orThrow();
                    server.start();
                    assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("0");
                }
            }
        }
    }

    private static void move(Path from, Path to) throws Exception {
        shell("mv \"" + from + "\"/* \"" + to + "\"/ && chmod 700 \"" + to + "\"");
    }

    /** From one file system to another, which Java does not do with directories. */
    private static void shell(String command) throws Exception {
        Program.of("sh", "-c", command).run().orThrow();
    }

    @Test
    void whatDoesNotFitBesideTheOldReplacesItWhenTold() throws Exception {
        assumeTrue(ServerUser.current().isDropped(), "a file system of a known size can only be mounted by root");
        try (var site = Site.start(PostgresBinaries.of(15));
                var disk = SmallDisk.mount(site.workspace().directory("small"), 256)) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t AS SELECT n, repeat('x', 400) FROM generate_series(1, 60000) n");
            site.ok("backup");
            primary.stop();
            Path data = disk.path().resolve("data");
            Files.createDirectory(data);
            ServerUser.current().own(data);
            shell("cp -a \"" + primary.dataDirectory() + "\"/. \"" + data + "\"/");
            disk.leaveFree(30);

            var tooLarge = site.walvault().run("restore", "--in-place", "-D", data.toString());
            assertThat(tooLarge.status()).isEqualTo(36);
            assertThat(tooLarge.err()).contains("does not fit", "--replace");
            assertThat(data.resolve("global/pg_control")).exists();

            site.walvault()
                    .run("restore", "--in-place", "--replace", "-D", data.toString())
                    .orThrow();
            try (var server = PostgresServer.on(primary.binaries(), site.workspace(), data)) {
                server.start();
                server.awaitPromoted(PATIENCE);
                assertThat(server.value("SELECT count(*) FROM t")).isEqualTo("60000");
            }
        }
    }
}
