package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.Seeds;
import dev.walvault.store.s3.Answer;
import dev.walvault.store.s3.Misbehaviour;
import dev.walvault.store.s3.RequestKind;
import dev.walvault.store.s3.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The store goes away, lies or forgets who we are, while a server works with it. */
class S3TroubleTest {
    /** So short that an absence is noticed within a test. */
    private static final String[] IMPATIENT = {"deadline=2s", "stall-window=2s"};

    private static S3Site withWalAfterTheBackup(String... options) throws Exception {
        var s3 = S3Site.start(setup -> setup.walSegmentMegabytes(1), options);
        var primary = s3.site().primary();
        primary.sql("CREATE TABLE t (n int)");
        s3.site().ok("backup");
        for (int n = 1; n <= 5; n++) {
            primary.sql("INSERT INTO t VALUES (" + n + ")");
            s3.site().archiveAll();
        }
        return s3;
    }

    /** Rows that hardly compress, so that a backup of them takes many parts. */
    private static void createLargeTable(Site site) throws Exception {
        site.primary()
                .sql("CREATE TABLE large AS SELECT n, (SELECT string_agg(md5((n * 100 + part)::text), '')"
                        + " FROM generate_series(1, 30) part) FROM generate_series(1, 60000) n");
    }

    private static void requireLargeTable(PostgresServer server) throws Exception {
        assertThat(server.value("SELECT count(*) FROM large")).isEqualTo("60000");
    }

    private static void requireRows(PostgresServer server, int rows) throws Exception {
        assertThat(server.value("SELECT count(*) FROM t")).isEqualTo(String.valueOf(rows));
    }

    @Test
    void aRecoveryThatLosesItsStoreHalfwayStopsAndGoesOnWhenItIsBack() throws Exception {
        try (var s3 = withWalAfterTheBackup(IMPATIENT)) {
            s3.site().primary().stop();
            s3.site().restoreOnly("copy");
            // the first segments come, then nothing does
            s3.proxy().add(Rule.on(request -> true).after(4).then(new Misbehaviour.Refuse(Misbehaviour.End.RESET)));

            String log = s3.site().open("copy", Map.of()).expectStartFailure(PATIENCE);

            assertThat(log).contains("recovery must stop").doesNotContain("archive recovery complete");
            s3.proxy().behave();
            try (var server = s3.site().open("copy", Map.of())) {
                server.start();
                server.awaitPromoted(PATIENCE);
                requireRows(server, 5);
            }
        }
    }

    @Test
    void whoInterruptsACallThatWaitsForTheStoreIsToldThatItEnded() throws Exception {
        try (var s3 = S3Site.start(setup -> setup.walSegmentMegabytes(1))) {
            s3.proxy().add(Rule.on(request -> true).then(new Misbehaviour.Refuse(Misbehaviour.End.RESET)));

            try (var info = s3.site().walvault().start("info")) {
                Condition.await("a first try", PATIENCE, () -> info.err().contains("trying again"));
                info.terminate();
                Ran ran = info.await(PATIENCE);

                assertThat(ran.status()).isEqualTo(62);
                assertThat(ran.err()).contains("ERROR:  interrupted");
            }
        }
    }

    @Test
    void aCaptivePortalIsNotTheEndOfTheWal() throws Exception {
        try (var s3 = withWalAfterTheBackup(IMPATIENT)) {
            s3.site().primary().stop();
            s3.site().restoreOnly("copy");
            s3.proxy().add(Rule.on(request -> true).then(new Misbehaviour.Say(Answer.captivePortal(404))));

            String log = s3.site().open("copy", Map.of()).expectStartFailure(PATIENCE);

            assertThat(log).contains("recovery must stop").doesNotContain("archive recovery complete");
        }
    }

    @Test
    void aListingThatIsNoXmlIsAnErrorOfTheStore() throws Exception {
        try (var s3 = withWalAfterTheBackup(IMPATIENT)) {
            var garbled = new Answer(200, List.of("Content-Type: application/xml"), "<ListBucketResult><Name>bucket");
            s3.proxy().add(Rule.on(RequestKind.LIST).then(new Misbehaviour.Say(garbled)));

            Ran ran = s3.site().walvault().run("info");

            assertThat(ran.status()).isEqualTo(30);
            assertThat(ran.err()).contains("the answer makes no sense");
        }
    }

    @Test
    void aStandbyWaitsWhileTheStoreIsUnreachable() throws Exception {
        try (var s3 = withWalAfterTheBackup(IMPATIENT)) {
            s3.site().restoreOnly("copy", "--standby");
            var standby = s3.site().open("copy", Map.of());
            standby.start();
            Condition.await(
                    "all rows",
                    PATIENCE,
                    () -> standby.value("SELECT count(*) FROM t").equals("5"));

            s3.proxy().away();
            s3.site().primary().sql("INSERT INTO t VALUES (6)");
            String segment = s3.site().primary().switchWal();
            standby.awaitLog("cannot tell whether", PATIENCE);
            assertThat(standby.isRunning()).isTrue();
            assertThat(standby.isInRecovery()).isTrue();
            assertThat(s3.acknowledged()).doesNotContain(segment);

            s3.proxy().back();
            s3.site().primary().awaitArchived(segment, PATIENCE);
            Condition.await(
                    "the new row",
                    PATIENCE,
                    () -> standby.value("SELECT count(*) FROM t").equals("6"));
            assertThat(standby.isInRecovery()).isTrue();
        }
    }

    @Test
    void everythingWorksThroughAStoreThatMisbehavesAllTheTime() throws Exception {
        Seeds.forEach(1, random -> {
            try (var s3 = S3Site.start(setup -> setup, "deadline=30s", "stall-window=3s", "part-size=5M")) {
                Site site = s3.site();
                new BadWeather(random, 0.03).over(s3.proxy());
                var ledger = CommittedLedger.start(site.primary(), 3);
                ledger.awaitMore(100, PATIENCE);
                createLargeTable(site);
                site.ok("backup");
                ledger.awaitMore(200, PATIENCE);
                ledger.stop();
                site.archiveAll();
                assertThat(s3.segments()).containsAll(s3.acknowledged());
                site.primary().stop();

                try (var server = site.restore("copy", "--archive-mode", "off")) {
                    assertThat(ledger.differences(server, new CommittedLedger.Target.Latest()))
                            .isEmpty();
                    requireLargeTable(server);
                }
            }
        });
    }

    @Test
    void aBackupWhoseCredentialsExpireGoesOnWithTheNewOnes() throws Exception {
        try (var s3 = S3Site.start(setup -> setup, "part-size=5M", "deadline=30s")) {
            Site site = s3.site();
            createLargeTable(site);
            Path credentials = site.workspace().path("s3-credentials");
            String keys = Files.readString(credentials);
            site.workspace().write("s3-credentials", keys + "aws_session_token = old\n");
            Path renewed = site.workspace().write("renewed", keys + "aws_session_token = fresh\n");
            var parts = new AtomicInteger();
            var refused = new AtomicInteger();
            s3.proxy().add(request -> {
                boolean part = RequestKind.MULTIPART_PART.test(request);
                if (part && parts.incrementAndGet() == 3) {
                    move(renewed, credentials);
                }
                boolean old = request.header("x-amz-security-token")
                        .filter("old"::equals)
                        .isPresent();
                if (parts.get() < 3 || !old) {
                    return Optional.empty();
                }
                refused.incrementAndGet();
                return Optional.of(Answer.expiredToken());
            });

            site.ok("backup", "--label", "rotated");

            assertThat(refused).hasPositiveValue();
            site.archiveAll();
            site.primary().stop();
            try (var server = site.restore("copy", "--archive-mode", "off")) {
                requireLargeTable(server);
            }
        }
    }

    /** As a tool that renews credentials does it: whole or not at all. */
    private static void move(Path renewed, Path credentials) {
        try {
            Files.move(renewed, credentials, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aBackupThatTheStoreBreaksLeavesNothingBehind() throws Exception {
        try (var s3 = S3Site.start(setup -> setup, "part-size=5M", "deadline=2s")) {
            Site site = s3.site();
            createLargeTable(site);
            s3.proxy()
                    .add(Rule.on(RequestKind.MULTIPART_PART)
                            .after(2)
                            .then(new Misbehaviour.Say(Answer.internalError())));

            Ran broken = site.walvault().run("backup");

            assertThat(broken.status()).isEqualTo(30);
            assertThat(broken.err()).doesNotContain("\tat ");
            assertThat(s3.bucket().uploads()).isEmpty();
            assertThat(s3.bucket().keys()).noneMatch(key -> key.contains("/backups/"));
        }
    }
}
