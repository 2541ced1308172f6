package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.examine.Finding.Verdict;
import dev.walvault.observe.Cancellation;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3ChecksTest {
    private S3Bucket bucket;
    private FaultProxy proxy;

    @BeforeEach
    void aBucketBehindTheProxy() throws Exception {
        bucket = S3Server.shared().createBucket();
        proxy = FaultProxy.inFrontOf(S3Server.shared().endpoint());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
    }

    private static List<Finding> examine(String url) throws IOException {
        var examiner = new Examiner(new Cancellation(), _ -> {});
        examiner.run(S3Checks.of(S3Urls.place(url), ObjectKey.of("orders")));
        return examiner.findings();
    }

    private static Finding of(List<Finding> findings, String check) {
        return findings.stream()
                .filter(each -> each.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aSoundServicePassesAndItsCertificateIsNamed() throws IOException {
        List<Finding> findings = examine(bucket.secureLocation("pg", "deadline=2s"));

        assertThat(findings).noneMatch(each -> each.verdict() == Verdict.FAILED);
        assertThat(of(findings, "transport").seen()).contains("TLSv1", "valid for");
        assertThat(of(findings, "credentials").seen()).contains("access key").doesNotContain(S3Server.SECRET);
        assertThat(of(findings, "checksums").seen()).contains("crc32c, md5, none; sent is crc32c");
        assertThat(bucket.keys()).isEmpty();
    }

    @Test
    void withoutTlsItIsAWarning() throws IOException {
        Finding finding = of(examine(bucket.location("pg", "deadline=2s")), "transport");

        assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding.fix().orElseThrow()).contains("https:");
    }

    @Test
    void aCertificateThatIsNotTrustedFailsAndNothingElseIsTried() throws Exception {
        String url = bucket.locationAt(S3Server.shared().secureEndpoint(), "pg", "deadline=1s");

        List<Finding> findings = examine(url);

        assertThat(findings).extracting(Finding::check).containsExactly("requests", "all others");
        assertThat(of(findings, "requests").verdict()).isEqualTo(Verdict.FAILED);
        assertThat(of(findings, "requests").fix().orElseThrow()).contains("ca-file");
        assertThat(of(findings, "all others").verdict()).isEqualTo(Verdict.SKIPPED);
    }

    @ParameterizedTest
    @CsvSource({
        "s3://bucket/pg?region=eu-central-1, https://bucket.s3.eu-central-1.amazonaws.com",
        "s3://with.dots/pg?region=eu-central-1, https://s3.eu-central-1.amazonaws.com",
        "s3://bucket?region=eu-central-1&path-style=yes, https://s3.eu-central-1.amazonaws.com",
        "s3://bucket?endpoint=https://s3.example.org:9000, https://s3.example.org:9000",
        "s3://bucket?endpoint=https://s3.example.org:9000&path-style=no, https://bucket.s3.example.org:9000",
    })
    void theAddressIsTheOneThatRequestsGoTo(String url, String address) throws IOException {
        var location = S3Urls.place(url);
        try (S3Store store = S3Store.open(location, _ -> ObjectKind.DOCUMENT, _ -> {})) {
            assertThat(store.address()).hasToString(address);
        }
    }

    @Test
    void aServiceWhoseClockIsAnotherIsAWarning() throws IOException {
        proxy.add(new WrongClock(Duration.ofMinutes(20)));

        Finding finding = of(examine(bucket.locationAt(proxy.endpoint(), "pg", "deadline=2s")), "requests");

        assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding.seen()).contains("the clock of this host differs", "seconds ahead");
        assertThat(finding.fix().orElseThrow()).contains("NTP");
    }

    private Finding asked(String question, Answer answer, String check, String... options) throws IOException {
        proxy.add(Rule.on(request -> request.asks(question)).then(new Misbehaviour.Say(answer)));
        return of(examine(bucket.locationAt(proxy.endpoint(), "pg", options)), check);
    }

    private static Answer xml(String body) {
        return new Answer(200, List.of("Content-Type: application/xml"), body);
    }

    @ParameterizedTest
    @CsvSource({
        "<VersioningConfiguration/>, OK, off",
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>, OK, NoncurrentVersionExpiration",
        "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>, OK, suspended",
        "<VersioningConfiguration><Status>Odd</Status></VersioningConfiguration>, SKIPPED, does not have",
    })
    void versionsAreExplained(String answer, Verdict verdict, String seen) throws IOException {
        Finding finding = asked("versioning", xml(answer), "versioning");

        assertThat(finding.verdict()).isEqualTo(verdict);
        assertThat(finding.seen()).contains(seen);
    }

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, and need not",
        "501, NotImplemented, does not know this question",
        "405, MethodNotAllowed, does not know this question",
    })
    void aServiceThatDoesNotTellOfItsBucketIsNoFailure(int status, String code, String seen) throws IOException {
        for (String question : List.of("versioning", "object-lock")) {
            Finding finding = asked(
                    question,
                    Answer.error(status, code),
                    question.replace('-', ' '),
                    "lock-mode=governance",
                    "lock-days-wal=1");

            assertThat(finding.verdict()).as(question).isEqualTo(Verdict.SKIPPED);
            assertThat(finding.seen()).contains(seen);
        }
    }

    @Test
    void locksThatTheBucketDoesNotHaveFailWithTheCommandThatMakesThem() throws IOException {
        Answer none = Answer.error(404, "ObjectLockConfigurationNotFoundError");

        assertThat(asked("object-lock", none, "object lock").verdict()).isEqualTo(Verdict.OK);
        Finding finding = asked("object-lock", none, "object lock", "lock-mode=governance", "lock-days-wal=1");

        assertThat(finding.code()).contains(ErrorCode.STORE_UNFIT);
        assertThat(finding.fix().orElseThrow())
                .contains(
                        "put-object-lock-configuration --bucket " + bucket.name() + " --endpoint-url "
                                + proxy.endpoint(),
                        "ObjectLockEnabled=Enabled");
    }

    @Test
    void locksThatTheBucketSetsByItselfAreTold() throws IOException {
        Answer locked =
                xml("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
                        + "<Mode>GOVERNANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>");

        Finding finding = asked("object-lock", locked, "object lock");

        assertThat(finding.verdict()).isEqualTo(Verdict.OK);
        assertThat(finding.seen()).contains("30 days, GOVERNANCE", "asks for no locks");
    }

    @Test
    void aChecksumThatTheServiceRefusesFailsWithTheOneThatItTakes() throws IOException {
        proxy.add(new Gate() {
            @Override
            public Optional<Answer> before(S3Request request) {
                return request.hasHeaderLike("x-amz-checksum-crc32c")
                        ? Optional.of(Answer.accessDenied())
                        : Optional.empty();
            }

            @Override
            public Optional<Answer> after(S3Request request, int status) {
                return Optional.empty();
            }
        });

        Finding finding = of(examine(bucket.locationAt(proxy.endpoint(), "pg", "deadline=1s")), "checksums");

        assertThat(finding.code()).contains(ErrorCode.STORE_UNFIT);
        assertThat(finding.fix()).contains("Add checksum=md5 to the vault's URL.");
    }

    @Test
    void aServiceThatIsUnreachableFails() throws IOException {
        proxy.away();

        List<Finding> findings = examine(bucket.locationAt(proxy.endpoint(), "pg", "deadline=1s"));

        assertThat(findings).extracting(Finding::check).containsExactly("requests", "all others");
        assertThat(of(findings, "requests").code()).contains(ErrorCode.STORE_UNREACHABLE);
    }
}
