package dev.walvault.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Restore points that SQL has made, of which nobody told the vault. */
class RestorePointTest {
    @Test
    void aPointThatSqlMadeIsListedAndRestoredTo() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
            site.ok("backup");
            String lsn = primary.value("SELECT pg_create_restore_point('by SQL')");
            primary.sql("INSERT INTO t VALUES (666)");
            site.archiveAll();

            assertThat(site.ok("restore-point", "list", "--output", "json"))
                    .contains("\"name\":\"by SQL\",\"lsn\":\"" + lsn + "\",\"timeline\":1");
            Ran again = site.walvault().run("restore-point", "create", "by SQL");
            assertThat(again.status()).isEqualTo(20);
            assertThat(again.err()).contains("it exists");
            try (var server = site.restore("copy", "--to-point", "by SQL", "--action", "promote")) {
                assertThat(server.value("SELECT string_agg(n::text, ',') FROM t"))
                        .isEqualTo("1");
            }
        }
    }

    @Test
    void ofANameThatIsUsedTwiceEachPlaceIsReachedAsTheRefusalSays() throws Exception {
        try (var site = Site.start(PostgresBinaries.of(15))) {
            var primary = site.primary();
            primary.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
            site.ok("backup");
            primary.sql("SELECT pg_create_restore_point('again')", "INSERT INTO t VALUES (2)");
            site.ok("backup");
            primary.sql("SELECT pg_create_restore_point('again')", "INSERT INTO t VALUES (3)");
            primary.sql("SELECT pg_create_restore_point('again')", "INSERT INTO t VALUES (666)");
            site.archiveAll();

            assertThat(site.ok("info")).contains("several restore points are named \"again\"");
            Ran refused = site.walvault()
                    .run("restore", "-D", site.workspace().path("refused").toString(), "--to-point", "again");
            assertThat(refused.status()).as(refused.toString()).isEqualTo(26);
            String[] ways = Pattern.compile("\\((--timeline 1 --[^)]+?)( instead of --to-point)?\\)")
                    .matcher(refused.err())
                    .results()
                    .map(RestorePointTest::options)
                    .toArray(String[]::new);
            assertThat(ways).hasSize(3);
            for (int i = 0; i < ways.length; i++) {
                try (var server = site.restore("copy" + i, (ways[i] + " --action promote").split(" "))) {
                    assertThat(server.value("SELECT max(n) FROM t")).isEqualTo(String.valueOf(i + 1));
                }
            }
        }
    }

    private static String options(MatchResult way) {
        return way.group(2) == null ? way.group(1) + " --to-point again" : way.group(1);
    }
}
