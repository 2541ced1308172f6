package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyGateTest {
    private static final String WRITER = """
            {"Version": "2012-10-17", "Statement": [
              {"Sid": "Write", "Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"],
               "Resource": "arn:aws:s3:::bucket/pg/*"},
              {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::bucket/pg/secret"}]}
            """;
    private static final String LISTER = """
            {"Version": "2012-10-17", "Statement":
              {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket",
               "Condition": {"StringLike": {"s3:prefix": ["pg/*", "pg"]}}}}
            """;

    @ParameterizedTest
    @CsvSource(textBlock = """
                    PUT    /bucket/pg/a
                    GET    /bucket/pg/a/b
                    HEAD   /bucket/pg/a
                    POST   /bucket/pg/a?uploads
                    PUT    /bucket/pg/a?partNumber=1&uploadId=x
                    POST   /bucket/pg/a?uploadId=x
                    DELETE /bucket/pg/a?uploadId=x
                    """)
    void whatAStatementAllowsPasses(String request) {
        assertThat(PolicyGate.of(WRITER).before(request(request))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    DELETE /bucket/pg/a
                    PUT    /bucket/other
                    PUT    /other/pg/a
                    PUT    /bucket/pg/a?acl
                    GET    /bucket/pg/secret
                    GET    /bucket?list-type=2&prefix=pg%2F
                    GET    /bucket?uploads&prefix=pg%2F
                    HEAD   /bucket
                    """)
    void whatNoneAllowsOrOneDeniesIsRefused(String request) {
        assertThat(PolicyGate.of(WRITER).before(request(request))).contains(Answer.accessDenied());
    }

    @Test
    void aLockOnAnObjectIsARightOfItsOwn() {
        var locking =
                S3Request.of(new HttpHead("PUT /bucket/pg/a HTTP/1.1", List.of("x-amz-object-lock-mode: GOVERNANCE")));

        assertThat(PolicyGate.of(WRITER).before(locking)).contains(Answer.accessDenied());
        assertThat(PolicyGate.of(WRITER, WRITER.replace("s3:GetObject", "s3:PutObjectRetention"))
                        .before(locking))
                .isEmpty();
    }

    @Test
    void aListingIsAllowedBelowItsPrefixOnly() {
        PolicyGate gate = PolicyGate.of(LISTER);

        assertThat(gate.before(request("GET /bucket?list-type=2&prefix=pg%2Fwal%2F")))
                .isEmpty();
        assertThat(gate.before(request("GET /bucket?list-type=2&prefix=pgother%2F")))
                .isPresent();
        assertThat(gate.before(request("GET /bucket?list-type=2"))).isPresent();
    }

    @Test
    void whoMayNotListDoesNotLearnThatAKeyIsMissing() {
        assertThat(PolicyGate.of(WRITER).after(request("GET /bucket/pg/a"), 404))
                .contains(Answer.accessDenied());
        assertThat(PolicyGate.of(WRITER).after(request("GET /bucket/pg/a"), 200))
                .isEmpty();
        assertThat(PolicyGate.of(WRITER, LISTER).after(request("GET /bucket/pg/a"), 404))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NotAction", "Principal", "NotResource"})
    void aPolicyThatIsNotUnderstoodIsRefused(String member) {
        assertThatThrownBy(() -> PolicyGate.of(LISTER.replace("\"Effect\"", "\"" + member + "\": \"x\", \"Effect\"")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PolicyGate.of(LISTER.replace("StringLike", "IpAddress")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static S3Request request(String line) {
        return S3Request.of(new HttpHead(line.replaceAll(" +", " ") + " HTTP/1.1", List.of()));
    }
}
