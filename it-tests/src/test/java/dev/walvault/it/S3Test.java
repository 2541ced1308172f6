package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.Lsn;
import dev.walvault.store.s3.Counts;
import dev.walvault.store.s3.RequestKind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The main job on a vault in a bucket. */
class S3Test {

    @Test
    void aServerIsArchivedBackedUpAndRestoredToAPoint() throws Exception {
        try (var s3 = S3Site.start(setup -> setup)) {
            Site site = s3.site();
            s3.bucket().put(S3Site.PREFIX + "/it/somebody else's", new byte[] {1});
            s3.bucket().put(S3Site.PREFIX + "/README.txt", new byte[] {2});
            var ledger = CommittedLedger.start(site.primary(), 3);
            ledger.awaitMore(100, PATIENCE);
            site.primary()
                    .sql("CREATE TABLE large AS SELECT n, repeat(md5(n::text), 30) FROM generate_series(1, 40000) n");
            site.ok("backup", "--label", "on S3");
            ledger.awaitMore(100, PATIENCE);
            var point = Lsn.parse(lsnOf(site.ok("restore-point", "create", "here", "--output", "json")));
            ledger.awaitMore(100, PATIENCE);
            ledger.stop();
            site.archiveAll();
            site.primary().stop();

            assertThat(site.ok("info")).contains("on S3", "here");
            try (var server =
                    site.restore("copy", "--to-point", "here", "--action", "promote", "--archive-mode", "off")) {
                assertThat(ledger.differences(server, new CommittedLedger.Target.AtLsn(point)))
                        .isEmpty();
                assertThat(server.value("SELECT count(*) FROM large")).isEqualTo("40000");
            }
            assertThat(s3.bucket().uploads()).isEmpty();
        }
    }

    private static String lsnOf(String json) {
        return json.replaceAll("(?s).*\"lsn\":\"([0-9A-F/]+)\".*", "$1");
    }

    @Test
    void aPushIsOneRequestAndSoIsAGet() throws Exception {
        try (var s3 = S3Site.start(setup -> setup.walSegmentMegabytes(1))) {
            Site site = s3.site();
            site.primary().sql("CREATE TABLE t (n int)");
            site.archiveAll();
            s3.proxy().resetCounts();
            int before = s3.segments().size();
            for (int n = 0; n < 5; n++) {
                site.primary().sql("INSERT INTO t VALUES (" + n + ")");
                site.archiveAll();
            }

            assertThat(s3.segments()).hasSize(before + 5);
            assertThat(s3.proxy().counts().requests()).isEqualTo(Map.of(RequestKind.PUT_OBJECT, 5));

            s3.proxy().resetCounts();
            Path back = site.workspace().path("back");
            Walvault inData = site.walvault().in(site.primary().dataDirectory());
            for (String segment : s3.segments()) {
                inData.run("archive-get", segment, back.toString()).orThrow();
                assertThat(back)
                        .hasSameBinaryContentAs(
                                site.primary().dataDirectory().resolve("pg_wal").resolve(segment));
            }
            assertThat(s3.proxy().counts().requests())
                    .isEqualTo(Map.of(RequestKind.GET_OBJECT, s3.segments().size()));
        }
    }

    @Test
    void aBacklogIsOneRequestForEachSegmentToo() throws Exception {
        try (var s3 = S3Site.start(setup -> setup.walSegmentMegabytes(1))) {
            Site site = s3.site();
            site.primary().sql("CREATE TABLE t (n int)");
            site.archiveAll();
            site.primary().configure("archive_command", "false");
            site.primary().reload();
            for (int n = 0; n < 20; n++) {
                site.primary().sql("INSERT INTO t VALUES (" + n + ")");
                site.primary().switchWal();
            }
            int before = s3.segments().size();
            s3.proxy().resetCounts();

            site.primary().configure("archive_command", site.walvault().archiveCommand());
            site.primary().reload();
            site.archiveAll();

            int archived = s3.segments().size() - before;
            assertThat(archived).isGreaterThan(20);
            assertThat(s3.proxy().counts().requests()).isEqualTo(Map.of(RequestKind.PUT_OBJECT, archived));
        }
    }

    @Test
    void aRepeatedPushAsksOnlyWhatItMust() throws Exception {
        try (var s3 = S3Site.start(setup -> setup.walSegmentMegabytes(1))) {
            Site site = s3.site();
            site.archiveAll();
            String segment = s3.acknowledged().getLast();
            s3.proxy().resetCounts();

            site.walvault()
                    .in(site.primary().dataDirectory())
                    .run("archive-push", "pg_wal/" + segment)
                    .orThrow();

            Counts counts = s3.proxy().counts();
            assertThat(counts.of(RequestKind.PUT_OBJECT)).isEqualTo(1);
            assertThat(counts.of(RequestKind.LIST)).isZero();
        }
    }

    @Test
    void absenceIsProvenAndAWrongBucketIsNot() throws Exception {
        try (var s3 = S3Site.start(setup -> setup.walSegmentMegabytes(1))) {
            Site site = s3.site();
            Walvault inData = site.walvault().in(site.primary().dataDirectory());
            String back = site.workspace().path("back").toString();

            assertThat(inData.run("archive-get", "0000000100000000000000FE", back)
                            .status())
                    .isEqualTo(1);

            String bucket = s3.bucket().name();
            var elsewhere = site.configured("elsewhere", text -> text.replace("s3://" + bucket, "s3://no-such-bucket"))
                    .in(site.primary().dataDirectory());
            Ran doubtful = elsewhere.run("archive-get", "0000000100000000000000FE", back);
            assertThat(doubtful.status()).isEqualTo(255);
            assertThat(doubtful.err()).contains("no-such-bucket");
            assertThat(Path.of(back)).doesNotExist();
        }
    }

    @Test
    void aWrongSecretIsToldWithoutAStackTrace() throws Exception {
        try (var s3 = S3Site.start(setup -> setup.walSegmentMegabytes(1))) {
            Site site = s3.site();
            Path credentials = site.workspace().path("s3-credentials");
            Files.writeString(
                    credentials, Files.readString(credentials).replaceAll("(secret_access_key = ).*", "$1wrong"));

            Ran ran = site.walvault().run("info");

            assertThat(ran.status()).isEqualTo(31);
            assertThat(ran.err()).contains("s3-credentials").doesNotContain("\tat ");
        }
    }

    @Test
    void aVaultBehindTlsIsReachedWithItsAuthorityOnly() throws Exception {
        try (var s3 = S3Site.start(setup -> setup.walSegmentMegabytes(1))) {
            Site site = s3.site();
            Path authority = site.workspace()
                    .write("ca.pem", Files.readString(s3.bucket().server().authority()));
            String plain = s3.proxy().endpoint().toString();
            String secure = s3.bucket().server().secureEndpoint().toString();

            var without = site.configured("untrusted", text -> text.replace(encoded(plain), encoded(secure)));
            Ran untrusted = without.run("info");
            assertThat(untrusted.status()).isEqualTo(30);
            assertThat(untrusted.err()).contains("certificate", "ca-file");

            var with = site.configured(
                    "trusted",
                    text -> text.replace(
                            encoded(plain), encoded(secure) + "&ca-file=" + encoded(authority.toString())));
            String id = with.run("backup").orThrow().out().split(" ", -1)[1];
            assertThat(with.run("info").orThrow().out()).contains(id);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
