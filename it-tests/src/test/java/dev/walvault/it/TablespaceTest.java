package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.FileNames;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tablespaces and links: where files that belong to a server need not lie in its data directory. */
class TablespaceTest {

    private static Site withTwoTablespaces() throws Exception {
        var site = Site.start(PostgresBinaries.of(15));
        var primary = site.primary();
        for (String name : new String[] {"one", "two"}) {
            Path place = site.workspace().directory("ts/" + name);
            primary.sql(
                    "CREATE TABLESPACE " + name + " LOCATION '" + place + "'",
                    "CREATE TABLE in_" + name + " TABLESPACE " + name + " AS SELECT generate_series(1, 1000) n");
        }
        site.ok("backup");
        primary.sql("INSERT INTO in_one VALUES (1001)", "INSERT INTO in_two VALUES (1001)");
        site.archiveAll();
        return site;
    }

    private static void requireRows(PostgresServer server) throws Exception {
        assertThat(server.value("SELECT count(*) FROM in_one")).isEqualTo("1001");
        assertThat(server.value("SELECT count(*) FROM in_two")).isEqualTo("1001");
    }

    private static String oid(Site site, String name) throws Exception {
        return site.primary().value("SELECT oid FROM pg_tablespace WHERE spcname = '" + name + "'");
    }

    @Test
    void eachTablespaceGoesWhereItIsMapped() throws Exception {
        try (var site = withTwoTablespaces()) {
            Path ts = site.workspace().path("ts");
            Path one = site.workspace().path("moved-one");
            Path two = site.workspace().path("moved-two");

            try (var server =
                    site.restore("copy", "-T", ts.resolve("one") + "=" + one, "-T", oid(site, "two") + "=" + two)) {
                requireRows(server);
                assertThat(server.dataDirectory().resolve("pg_tblspc").resolve(oid(site, "one")))
                        .isSymbolicLink();
                assertThat(Files.readSymbolicLink(
                                server.dataDirectory().resolve("pg_tblspc").resolve(oid(site, "one"))))
                        .isEqualTo(one);
                assertThat(two).isNotEmptyDirectory();
            }
            requireRows(site.primary());
        }
    }

    @Test
    void allTablespacesGoBelowOneDirectory() throws Exception {
        try (var site = withTwoTablespaces()) {
            Path all = site.workspace().path("all");

            try (var server = site.restore("copy", "--tablespace-all", all.toString())) {
                requireRows(server);
                assertThat(all.resolve(oid(site, "one"))).isNotEmptyDirectory();
                assertThat(all.resolve(oid(site, "two"))).isNotEmptyDirectory();
            }
        }
    }

    @Test
    void unmappedTablespacesAreRefusedWhileTheirPlaceIsInUseAndTakenOnceItIsFree() throws Exception {
        try (var site = withTwoTablespaces()) {
            var refused = site.walvault()
                    .run("restore", "-D", site.workspace().path("copy").toString());
            assertThat(refused.status()).isEqualTo(37);
            assertThat(refused.err()).contains("ts/one");
            assertThat(site.workspace().path("copy"))
                    .satisfiesAnyOf(
                            path -> assertThat(path).doesNotExist(),
                            path -> assertThat(path).isEmptyDirectory());

            site.primary().stop();
            for (String name : new String[] {"one", "two"}) {
                Files.move(site.workspace().path("ts/" + name), site.workspace().path("ts/" + name + ".old"));
            }
            try (var server = site.restore("copy")) {
                requireRows(server);
            }
        }
    }

    @Test
    void aTablespaceThatIsCreatedWhileFilesAreCopiedIsMadeByReplay() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            Path place = site.workspace().directory("ts/late");
            try (var backup = site.walvault().start("backup", "--jobs", "1")) {
                stopWhenCopying(backup);
                primary.sql(
                        "CREATE TABLESPACE late LOCATION '" + place + "'",
                        "CREATE TABLE in_late TABLESPACE late AS SELECT generate_series(1, 1000) n",
                        "CHECKPOINT");
                signal("CONT", backup);
                backup.await(Site.PATIENCE).orThrow();
            }
            String oid = oid(site, "late");
            site.archiveAll();
            primary.stop();

            Ran refused = site.walvault()
                    .run("restore", "-D", site.workspace().path("copy").toString());
            assertThat(refused.status()).isEqualTo(37);
            assertThat(refused.err()).contains(oid + " at \"" + place + "\"", "--accept-tablespaces " + oid);
            Files.move(place, site.workspace().path("ts/late.old"));
            site.workspace().directory("ts/late");

            Path copy = site.restoreOnly("copy");

            assertThat(copy.resolve("pg_tblspc").resolve(oid)).doesNotExist();
            verifyBackup(copy);
            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(Site.PATIENCE);
                assertThat(server.value("SELECT count(*) FROM in_late")).isEqualTo("1000");
            }
        }
    }

    @Test
    void aVolumeThatIsNotMountedMeansThatThereIsNoBackup() throws Exception {
        try (var site = withTwoTablespaces()) {
            Path place = site.workspace().path("ts/one");
            Path mounted = site.workspace().path("ts/one.unmounted");
            site.primary().sql("CHECKPOINT");

            Files.move(place, mounted);
            var dangling = site.walvault().run("backup");
            site.workspace().directory("ts/one");
            var empty = site.walvault().run("backup");
            Files.delete(place);
            Files.move(mounted, place);

            for (var refused : List.of(dangling, empty)) {
                assertThat(refused.status()).isEqualTo(35);
                assertThat(refused.out()).isEmpty();
                assertThat(refused.err()).contains("\"one\"", place.toString(), "Mount the volume");
            }
            assertThat(site.ok("info", "--output", "json")).containsOnlyOnce("\"stopLsn\"");
            site.ok("backup");
        }
    }

    @Test
    void namesAreBytes() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            Path ts = site.workspace().directory("ts");
            Files.move(site.workspace().directory("ts/plain"), ts.resolve(FileNames.path("latin-\uDCE9")));
            site.workspace().directory("ts/line\nfeed");
            primary.sql(
                    "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
                    "CREATE TABLESPACE fed LOCATION '" + ts + "/line\nfeed'",
                    "CREATE TABLE in_fed TABLESPACE fed AS SELECT 1 AS n");
            try (var connection = DriverManager.getConnection(primary.jdbcUrl("latin"));
                    var statement = connection.createStatement()) {
                // the server writes it in the encoding of the database
                statement.execute("CREATE TABLESPACE latin LOCATION '" + ts + "/latin-é'");
                statement.execute("CREATE TABLE in_latin TABLESPACE latin AS SELECT 2 AS n");
            }
            for (String name : List.of("core-\uDCE9", "core-\uDCE8")) {
                Path core = primary.dataDirectory().resolve(FileNames.path(name));
                Files.writeString(core, name.endsWith("\uDCE9") ? "one" : "two");
                ServerUser.current().own(core);
            }
            site.ok("backup");
            site.archiveAll();
            String fedOid = oid(site, "fed");
            String latinOid = oid(site, "latin");
            String all = site.workspace().path("all").toString();

            Path copy = site.restoreOnly("copy", "--tablespace-all", all);

            assertThat(copy.resolve(FileNames.path("core-\uDCE9"))).hasContent("one");
            assertThat(copy.resolve(FileNames.path("core-\uDCE8"))).hasContent("two");
            verifyBackup(copy);
            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(Site.PATIENCE);
                assertThat(server.value("SELECT n FROM in_fed")).isEqualTo("1");
            }
            primary.stop();
            for (String name : List.of("latin-\uDCE9", "line\nfeed")) {
                Path place = ts.resolve(FileNames.path(name));
                Files.move(place, site.workspace().path("old-" + name.substring(0, 3)));
            }
            Path back = site.restoreOnly(
                    "back", "-T", fedOid + "=" + site.workspace().path("fed"));
            assertThat(FileNames.text(
                            Files.readSymbolicLink(back.resolve("pg_tblspc").resolve(latinOid))))
                    .isEqualTo(ts + "/latin-\uDCE9");
        }
    }

    @Test
    void aLinkOfPeopleIsKeptAsALinkAndDataOfTheServerIsFollowed() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            Path data = primary.dataDirectory();
            site.workspace().directory("etc");
            Path extra = site.workspace().write("etc/extra.conf", "work_mem = '7MB'\n");
            primary.configure("include_if_exists", "extra.conf");
            Files.createSymbolicLink(data.resolve("extra.conf"), extra);
            Files.createSymbolicLink(data.resolve("nowhere"), Path.of("/there/is/nothing"));
            Files.createSymbolicLink(data.resolve("itself"), Path.of("itself"));
            primary.sql("CREATE TABLE t AS SELECT 1 AS n");
            primary.stop();
            Path fast = site.workspace().path("fast");
            Files.move(data.resolve("pg_xact"), fast);
            Files.createSymbolicLink(data.resolve("pg_xact"), fast);
            primary.start();
            var taken = site.walvault().run("backup").orThrow();
            assertThat(taken.err()).contains("\"extra.conf\"", "is not in the backup", "\"pg_xact\"", "in its place");
            site.archiveAll();

            Path copy = site.restoreOnly("copy");

            assertThat(Files.readSymbolicLink(copy.resolve("extra.conf"))).isEqualTo(extra);
            assertThat(Files.readSymbolicLink(copy.resolve("nowhere"))).isEqualTo(Path.of("/there/is/nothing"));
            assertThat(Files.isDirectory(copy.resolve("pg_xact"), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
            verifyBackup(copy, "--ignore=extra.conf", "--ignore=nowhere", "--ignore=itself");
            try (var server = site.open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(Site.PATIENCE);
                assertThat(server.value("SHOW work_mem")).isEqualTo("7MB");
                assertThat(server.value("SELECT n FROM t")).isEqualTo("1");
            }
        }
    }

    private static void verifyBackup(Path directory, String... options) throws Exception {
        var command = new ArrayList<>(
                List.of(PostgresBinaries.of(15).require("pg_verifybackup").toString(), "--no-parse-wal"));
        command.addAll(List.of(options));
        command.add(directory.toString());
        Program.of(command).run().orThrow();
    }

    /** By then the tablespaces of the backup are known. */
    private static void stopWhenCopying(Running backup) throws Exception {
        long end = System.nanoTime() + Site.PATIENCE.toNanos();
        while (!backup.err().contains("copying from")) {
            assertThat(backup.isAlive()).as(backup.err()).isTrue();
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(1);
        }
        signal("STOP", backup);
    }

    private static void signal(String signal, Running program) throws Exception {
        Program.of("kill", "-" + signal, String.valueOf(program.pid())).run().orThrow();
    }

    @Test
    void walOnAnotherDiskIsNotCopiedAndTheRestoredServerHasItsOwn() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t AS SELECT 1 AS n");
            primary.stop();
            Path wal = site.workspace().path("wal-disk");
            Files.move(primary.dataDirectory().resolve("pg_wal"), wal);
            Files.createSymbolicLink(primary.dataDirectory().resolve("pg_wal"), wal);
            primary.start();
            site.ok("backup");
            site.archiveAll();
            primary.stop();

            try (var server = site.restore("copy")) {
                assertThat(server.value("SELECT n FROM t")).isEqualTo("1");
                assertThat(Files.isDirectory(server.dataDirectory().resolve("pg_wal"), LinkOption.NOFOLLOW_LINKS))
                        .isTrue();
            }
        }
    }
}
