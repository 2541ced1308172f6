package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.config.StoreLocation;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.examine.Finding.Verdict;
import dev.walvault.observe.Cancellation;
import dev.walvault.store.ObjectKey;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
        examiner.run(S3Checks.of((StoreLocation.S3) StoreLocation.parse(url), ObjectKey.of("orders")));
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
    void aCertificateThatIsNotTrustedFails() throws Exception {
        String url = bucket.locationAt(S3Server.shared().secureEndpoint(), "pg", "deadline=1s");

        assertThat(of(examine(url), "transport").verdict()).isEqualTo(Verdict.FAILED);
        assertThat(of(examine(url), "transport").fix().orElseThrow()).contains("ca-file");
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
    void aServiceThatIsAwayFails() throws IOException {
        proxy.away();

        List<Finding> findings = examine(bucket.locationAt(proxy.endpoint(), "pg", "deadline=1s"));

        assertThat(of(findings, "requests").code()).contains(ErrorCode.STORE_UNREACHABLE);
    }
}
