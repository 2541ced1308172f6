package dev.walvault.store.s3;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.store.http.Failure;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** What an answer of the service means that is no success. */
final class AnswerJudge {
    private static final Set<String> TOO_FAST = Set.of(
            "SlowDown",
            "SlowDownRead",
            "SlowDownWrite",
            "RequestLimitExceeded",
            "TooManyRequests",
            "TooManyRequestsException",
            "Throttling",
            "ThrottlingException",
            "RequestThrottled",
            "BandwidthLimitExceeded",
            "ServiceUnavailable",
            "OperationAborted");
    private static final Set<String> DAMAGED_ON_THE_WAY = Set.of(
            "BadDigest",
            "XAmzContentChecksumMismatch",
            "XAmzContentSHA256Mismatch",
            "IncompleteBody",
            "RequestTimeout",
            "InternalError");
    private static final Set<String> STALE_CREDENTIALS = Set.of(
            "ExpiredToken",
            "ExpiredTokenException",
            "TokenRefreshRequired",
            "InvalidToken",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException");
    private static final Set<String> NO_SPACE = Set.of(
            "QuotaExceeded",
            "InsufficientCapacity",
            "XMinioStorageFull",
            "StorageQuotaExceeded",
            "ServiceQuotaExceeded");
    private static final Set<String> ELSEWHERE = Set.of(
            "PermanentRedirect", "TemporaryRedirect", "Redirect", "AuthorizationHeaderMalformed", "IncorrectEndpoint");
    /** Services refuse requests that are 15 minutes off; less never is the reason. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private final S3Service service;

    AnswerJudge(S3Service service) {
        this.service = service;
    }

    /** {@code failed} is what could not be done, in the words of the error. */
    Failure judge(String failed, ErrorAnswer answer) {
        String code = answer.code();
        int status = answer.status();
        Fault fault = unreachable(failed, answer);
        if (TOO_FAST.contains(code) || status == 429 || status == 503) {
            return Failure.of(
                            fault.retry(Retry.YES)
                                    .hint("The service asks for fewer requests; lower \"connections\","
                                            + " \"parts-in-flight\" or the number of jobs if this goes on."),
                            Failure.Remedy.SLOW_DOWN)
                    .landed(status >= 500)
                    .asked(answer.retryAfter());
        }
        if (NO_SPACE.contains(code) || status == 507) {
            return Failure.of(
                    recoded(fault, ErrorCode.STORE_FULL, Retry.UNKNOWN)
                            .hint("Raise the quota, or give the service more disks."),
                    Failure.Remedy.NOTHING);
        }
        if (status == 501) {
            return Failure.of(
                    fault.hint("The service lacks a feature that is asked for; if it has no conditional writes, set"
                            + " \"conditional-writes=no\", and read in docs/guides/s3.md what is lost."),
                    Failure.Remedy.NOTHING);
        }
        boolean afterAll = status < 300;
        if (status >= 500 || afterAll || status == 408 || DAMAGED_ON_THE_WAY.contains(code)) {
            return Failure.of(
                            fault.retry(Retry.YES).hint("The service answers with errors; ask whoever runs it."),
                            Failure.Remedy.TRY_AGAIN)
                    .landed(status >= 500 || afterAll);
        }
        if (isAboutTime(answer)) {
            return Failure.of(
                    recoded(fault, ErrorCode.STORE_DENIED, Retry.UNKNOWN).hint(service.clockWarning()),
                    Failure.Remedy.CORRECT_CLOCK);
        }
        if (ELSEWHERE.contains(code) || status == 301 || status == 307 || status == 308) {
            return Failure.of(elsewhere(fault, answer), Failure.Remedy.NOTHING);
        }
        return refused(fault, answer);
    }

    private Failure refused(Fault fault, ErrorAnswer answer) {
        String code = answer.code();
        int status = answer.status();
        if (isAboutKeys(answer)) {
            boolean given = service.location().options().encryption() instanceof S3Encryption.ByOurKey;
            return Failure.of(
                    recoded(fault, given ? ErrorCode.KEY_WRONG : ErrorCode.KEY_MISSING, Retry.NO)
                            .hint("The object is encrypted by the store with another key than this vault's URL says:"
                                    + " check \"sse\", \"sse-c-key-file\" and \"sse-kms-key-id\"."),
                    Failure.Remedy.NOTHING);
        }
        if (STALE_CREDENTIALS.contains(code) || status == 401 || ((status == 403 || status == 400) && code.isEmpty())) {
            return Failure.of(
                    recoded(fault, ErrorCode.STORE_DENIED, Retry.UNKNOWN)
                            .hint("Check the access key, which comes from " + service.credentials() + "."),
                    Failure.Remedy.REREAD_CREDENTIALS);
        }
        if (status == 403) {
            return Failure.of(
                    recoded(fault, ErrorCode.STORE_DENIED, Retry.NO)
                            .hint("Give the access key from " + service.credentials()
                                    + " the permissions of docs/guides/s3.md on bucket \""
                                    + service.bucket()
                                    + "\"; without s3:ListBucket, S3 also answers 403 for what is not"
                                    + " there."),
                    Failure.Remedy.NOTHING);
        }
        if (code.equals("NoSuchBucket")) {
            return Failure.of(
                    fault.hint("Create bucket \"" + service.bucket() + "\" at " + service.name()
                            + ", or correct its name or the endpoint in the vault's URL."),
                    Failure.Remedy.NOTHING);
        }
        if (code.equals("InvalidObjectState")) {
            return Failure.of(
                    fault.hint(
                            "The object is in an archive class; have the service restore it to a readable one first."),
                    Failure.Remedy.NOTHING);
        }
        if (status == 404) {
            return Failure.of(
                    fault.retry(Retry.UNKNOWN)
                            .hint("The answer is none of S3's: is \"" + service.name()
                                    + "\" the service itself, or a proxy that does not know it?"),
                    Failure.Remedy.NOTHING);
        }
        return Failure.of(
                fault.hint("The service does not take this request; see docs/guides/s3.md for the options that some"
                        + " services need."),
                Failure.Remedy.NOTHING);
    }

    private boolean isAboutTime(ErrorAnswer answer) {
        String code = answer.code();
        boolean silent = code.isEmpty() && (answer.status() == 401 || answer.status() == 403);
        return code.equals("RequestTimeTooSkewed")
                || code.equals("RequestExpired")
                || (silent
                        && service.skew()
                                .seen()
                                .filter(by -> by.abs().compareTo(SKEW) > 0)
                                .isPresent());
    }

    private static boolean isAboutKeys(ErrorAnswer answer) {
        String said = answer.said().toLowerCase(Locale.ROOT);
        boolean encryption = said.contains("server side encryption")
                || said.contains("server-side encryption")
                || said.contains("encryption key")
                || said.contains("sse-c")
                || said.contains("calculated md5 hash of the key");
        return answer.code().startsWith("KMS.") || (encryption && answer.status() >= 400 && answer.status() < 404);
    }

    private static Fault elsewhere(Fault fault, ErrorAnswer answer) {
        String hint = answer.region()
                .map(region -> "the bucket is in another region: set \"region=" + region + "\" in the vault's URL")
                .or(() -> answer.endpoint()
                        .map(endpoint -> "the bucket is elsewhere: set the region or the endpoint of \"" + endpoint
                                + "\" in the vault's URL"))
                .or(() -> answer.header("Location")
                        .map(target -> "the service sends us to \"" + target
                                + "\": set its region or endpoint in the vault's URL"))
                .orElse("check \"region\", \"endpoint\" and \"path-style\" in the vault's URL");
        return recoded(fault, ErrorCode.CONFIGURATION, Retry.NO).hint(hint);
    }

    private Fault unreachable(String failed, ErrorAnswer answer) {
        String code = answer.code();
        String status = "status " + answer.status();
        String reason = code.isEmpty() ? status : code + " (" + status + ")";
        String said = answer.said().isBlank() ? "" : answer.said() + "; ";
        String request = answer.requestId().map(id -> "request " + id + " to ").orElse("");
        return Fault.of(ErrorCode.STORE_UNREACHABLE, failed + ": the service answered " + reason)
                .detail(said + request + service.name() + ", bucket \"" + service.bucket() + "\"")
                .cause(answer.thrown());
    }

    private static Fault recoded(Fault fault, ErrorCode code, Retry retry) {
        return new Fault(code, fault.message(), retry, fault.detail(), fault.hint(), fault.cause());
    }
}
