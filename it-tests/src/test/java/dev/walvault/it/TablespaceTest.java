package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
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
    void whatALinkLeadsToIsInTheBackup() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            Path data = site.primary().dataDirectory();
            site.workspace().directory("etc");
            site.workspace().write("etc/extra.conf", "work_mem = '7MB'\n");
            site.primary().configure("include_if_exists", "extra.conf");
            Files.createSymbolicLink(
                    data.resolve("extra.conf"), site.workspace().path("etc/extra.conf"));
            Files.createSymbolicLink(data.resolve("nowhere"), Path.of("/there/is/nothing"));
            site.ok("backup");
            site.archiveAll();
            Files.delete(site.workspace().path("etc/extra.conf"));

            try (var server = site.restore("copy")) {
                assertThat(server.value("SHOW work_mem")).isEqualTo("7MB");
                Path restored = server.dataDirectory();
                assertThat(Files.isRegularFile(restored.resolve("extra.conf"), LinkOption.NOFOLLOW_LINKS))
                        .isTrue();
                assertThat(Files.readSymbolicLink(restored.resolve("nowhere"))).isEqualTo(Path.of("/there/is/nothing"));
            }
        }
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
