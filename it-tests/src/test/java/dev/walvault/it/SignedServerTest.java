package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that sign what they store, those who believe them, and what a stranger has put into the vault. */
class SignedServerTest {
    private static final Pattern BACKUP = Pattern.compile("\\b[0-9]{8}T[0-9]{6}Z\\b");

    private static String rows(PostgresServer server) throws Exception {
        return server.value("SELECT string_agg(n::text, ',' ORDER BY n) FROM t");
    }

    /** Rows 1 to 3, a signed backup among them, a signed restore point, and row 666; returns the last segment. */
    private static String written(SignedSite site) throws Exception {
        var primary = site.primary();
        primary.sql("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1), (2)");
        site.writer().run("backup").orThrow();
        primary.sql("INSERT INTO t VALUES (3)");
        site.writer().run("restore-point", "create", "here").orThrow();
        primary.sql("INSERT INTO t VALUES (666)");
        String last = primary.switchWal();
        primary.awaitArchived(last, PATIENCE);
        return last;
    }

    private static Ran doctor(SignedSite site) throws Exception {
        return site.reader().run("doctor", "--no-server", "--output", "json");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTheServerHasSignedIsRestoredToItsPoint(boolean encrypted) throws Exception {
        try (var site = SignedSite.start(encrypted)) {
            written(site);

            assertThat(doctor(site).orThrow().out())
                    .contains(
                            "the newest WAL and the newest backup are signed by \\\"primary\\\" (" + site.key() + ")");
            try (var server = site.restored("copy", "--to-point", "here", "--action", "promote")) {
                assertThat(rows(server)).isEqualTo("1,2,3");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theTailOfAKilledServerIsSignedAndRestored(boolean encrypted) throws Exception {
        try (var site = SignedSite.start(encrypted)) {
            written(site);
            Path away = Files.move(site.vault(), site.vault().resolveSibling("away"));
            site.primary().sql("INSERT INTO t VALUES (667)");
            site.primary().kill();
            Files.move(away, site.vault());

            Ran salvage =
                    site.writer().run("salvage", site.primary().dataDirectory().toString());

            assertThat(salvage.orThrow().out()).contains(".partial; it goes on to ");
            try (var server = site.restored("copy", "--with-tail")) {
                assertThat(rows(server)).isEqualTo("1,2,3,666,667");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingThatAStrangerHasStoredIsBelieved(boolean encrypted) throws Exception {
        try (var site = SignedSite.start(encrypted)) {
            String last = written(site);
            String key = site.newKey("stranger");
            Planting unsigned = new Planting(site, site.stranger(Optional.empty()), "is not signed");
            Planting ofAnother = new Planting(site, site.stranger(Optional.of("stranger")), key);

            site.restore("before").orThrow();
            unsigned.segmentIsRefused(last);
            ofAnother.segmentIsRefused(last);
            ofAnother.stopsRecovery(site.site().open("before", Map.of()));
            ofAnother.backupIsRefused();
            unsigned.backupIsRefused();
        }
    }

    /** One stranger, and what a reader says of everything that is the stranger's. */
    private record Planting(SignedSite site, Walvault stranger, String why) {

        void segmentIsRefused(String name) throws Exception {
            plant(name);

            Path got = site.site().workspace().path("got");
            Ran get = site.reader().run("archive-get", name, got.toString());

            assertThat(get.status()).as(get.toString()).isEqualTo(255);
            assertThat(get.err()).contains(name, why);
            assertThat(got).doesNotExist();
            doctorNames(name);
        }

        /** Other records under the name of a segment, as an attacker would like them to be replayed. */
        private void plant(String name) throws Exception {
            Path segment = segmentOfAttacker(name);
            Files.delete(object(name));
            stranger.run("archive-push", segment.toString()).orThrow();
        }

        /** In a directory that says that it is of this system. */
        private Path segmentOfAttacker(String name) throws Exception {
            var primary = site.primary();
            Path data = site.site().workspace().directory("attacker");
            site.site().workspace().directory("attacker/global");
            Path segment = site.site().workspace().directory("attacker/pg_wal").resolve(name);
            Program.of(
                            "sh",
                            "-c",
                            "cp " + primary.dataDirectory() + "/global/pg_control " + data + "/global && cp "
                                    + primary.dataDirectory() + "/pg_wal/" + name + " " + segment + " && printf "
                                    + stranger.config().getFileName()
                                    + " | dd conv=notrunc bs=1 seek=1000000 of=" + segment)
                    .run()
                    .orThrow();
            return segment;
        }

        private Path object(String name) throws IOException {
            try (Stream<Path> files = Files.walk(site.vault())) {
                return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
            }
        }

        private void doctorNames(String object) throws Exception {
            Ran doctor = doctor(site);
            assertThat(doctor.status()).as(doctor.toString()).isEqualTo(21);
            assertThat(doctor.out()).contains(object, why);
        }

        /** A server that ended recovery there would lack row 666, and begin a timeline of its own. */
        void stopsRecovery(PostgresServer server) throws Exception {
            String log = server.expectStartFailure(PATIENCE);

            assertThat(log).contains(why, "FATAL:").doesNotContain("archive recovery complete");
        }

        void backupIsRefused() throws Exception {
            Ran backup = stranger.run("backup").orThrow();
            Matcher id = BACKUP.matcher(backup.out());
            assertThat(id.find()).as(backup.toString()).isTrue();

            Ran restore = site.restore("forged", "--backup", id.group());

            assertThat(restore.status()).as(restore.toString()).isNotZero();
            assertThat(restore.err()).contains(id.group(), why);
            assertThat(site.site().workspace().path("forged")).doesNotExist();
            doctorNames(id.group());
        }
    }
}
