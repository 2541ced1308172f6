package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.config.S3Encryption;
import dev.walvault.config.StoreLocation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;

/** The one place where what the SDK and the network throw becomes an error of the store. */
final class S3Errors {
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

    private static final Pattern REGION =
            Pattern.compile("<Region>([A-Za-z0-9-]+)</Region>|expecting '([A-Za-z0-9-]+)'");
    private static final Pattern ENDPOINT = Pattern.compile("<Endpoint>([A-Za-z0-9.:-]+)</Endpoint>");

    private final StoreLocation.S3 location;
    private final String credentials;
    private final Skew skew;

    /** By how much the clock of the service was ahead of ours in its last answer. */
    @FunctionalInterface
    interface Skew {
        Optional<Duration> seen();
    }

    /** {@code credentials} says where the access key comes from. */
    S3Errors(StoreLocation.S3 location, String credentials, Skew skew) {
        this.location = location;
        this.credentials = credentials;
        this.skew = skew;
    }

    /** The service, as the operator knows it. */
    String service() {
        return location.options().endpoint().map(Object::toString).orElse("Amazon S3");
    }

    /** {@code failed} is what could not be done, in the words of the error. */
    S3Failure judge(String failed, SdkException thrown) {
        return thrown instanceof AwsServiceException answer ? ofAnswer(failed, answer) : ofConnection(failed, thrown);
    }

    S3Failure judge(String failed, IOException thrown) {
        return ofConnection(failed, thrown);
    }

    static S3Failure interrupted(String failed, Throwable cause) {
        return S3Failure.of(
                        Fault.of(ErrorCode.CANCELLED, failed + ": interrupted").cause(cause), S3Failure.Remedy.NOTHING)
                .landed(true);
    }

    private S3Failure ofAnswer(String failed, AwsServiceException answer) {
        String code = code(answer);
        int status = answer.statusCode();
        Fault fault = fault(ErrorCode.STORE_UNREACHABLE, failed, answer, code);
        if (TOO_FAST.contains(code) || status == 429 || status == 503) {
            return S3Failure.of(
                            fault.retry(Retry.YES)
                                    .hint("the service asks for fewer requests; lower \"connections\","
                                            + " \"parts-in-flight\" or the number of jobs if this goes on"),
                            S3Failure.Remedy.SLOW_DOWN)
                    .landed(status >= 500)
                    .asked(retryAfter(answer));
        }
        if (NO_SPACE.contains(code) || status == 507) {
            return S3Failure.of(
                    recoded(fault, ErrorCode.STORE_FULL, Retry.UNKNOWN)
                            .hint("raise the quota, give the service more disks, or expire old backups"),
                    S3Failure.Remedy.NOTHING);
        }
        if (status == 501) {
            return S3Failure.of(
                    fault.hint("the service lacks a feature that is asked for; if it has no conditional writes, set"
                            + " \"conditional-writes=no\", and read in docs/S3.md what is lost"),
                    S3Failure.Remedy.NOTHING);
        }
        boolean afterAll = status < 300;
        if (status >= 500 || afterAll || status == 408 || DAMAGED_ON_THE_WAY.contains(code)) {
            return S3Failure.of(
                            fault.retry(Retry.YES).hint("the service answers with errors; ask whoever runs it"),
                            S3Failure.Remedy.TRY_AGAIN)
                    .landed(status >= 500 || afterAll);
        }
        if (isAboutTime(answer, code)) {
            return S3Failure.of(
                    recoded(fault, ErrorCode.STORE_DENIED, Retry.UNKNOWN).hint(clockWarning()),
                    S3Failure.Remedy.CORRECT_CLOCK);
        }
        if (ELSEWHERE.contains(code) || status == 301 || status == 307 || status == 308) {
            return S3Failure.of(elsewhere(fault, answer), S3Failure.Remedy.NOTHING);
        }
        return refused(fault, answer, code);
    }

    private S3Failure refused(Fault fault, AwsServiceException answer, String code) {
        int status = answer.statusCode();
        if (isAboutKeys(answer, code)) {
            boolean given = location.options().encryption() instanceof S3Encryption.ByOurKey;
            return S3Failure.of(
                    recoded(fault, given ? ErrorCode.KEY_WRONG : ErrorCode.KEY_MISSING, Retry.NO)
                            .hint("the object is encrypted by the store with another key than this vault's URL says:"
                                    + " check \"sse\", \"sse-c-key-file\" and \"sse-kms-key-id\""),
                    S3Failure.Remedy.NOTHING);
        }
        if (STALE_CREDENTIALS.contains(code) || status == 401 || ((status == 403 || status == 400) && code.isEmpty())) {
            return S3Failure.of(
                    recoded(fault, ErrorCode.STORE_DENIED, Retry.UNKNOWN)
                            .hint("check the access key, which comes from " + credentials),
                    S3Failure.Remedy.REREAD_CREDENTIALS);
        }
        if (status == 403) {
            return S3Failure.of(
                    recoded(fault, ErrorCode.STORE_DENIED, Retry.NO)
                            .hint("give the access key from " + credentials
                                    + " the permissions of docs/S3.md on bucket \""
                                    + location.bucket()
                                    + "\"; without s3:ListBucket, S3 also answers 403 for what is not"
                                    + " there"),
                    S3Failure.Remedy.NOTHING);
        }
        if (code.equals("NoSuchBucket")) {
            return S3Failure.of(
                    fault.hint("create bucket \"" + location.bucket() + "\" at " + service()
                            + ", or correct its name or the endpoint in the vault's URL"),
                    S3Failure.Remedy.NOTHING);
        }
        if (code.equals("InvalidObjectState")) {
            return S3Failure.of(
                    fault.hint(
                            "the object is in an archive class; have the service restore it to a readable one first"),
                    S3Failure.Remedy.NOTHING);
        }
        if (status == 404) {
            return S3Failure.of(
                    fault.retry(Retry.UNKNOWN)
                            .hint("the answer is none of S3's: is \"" + service()
                                    + "\" the service itself, or a proxy that does not know it?"),
                    S3Failure.Remedy.NOTHING);
        }
        return S3Failure.of(
                fault.hint("the service does not take this request; see docs/S3.md for the options that some"
                        + " services need"),
                S3Failure.Remedy.NOTHING);
    }

    private boolean isAboutTime(AwsServiceException answer, String code) {
        boolean silent = code.isEmpty() && (answer.statusCode() == 401 || answer.statusCode() == 403);
        return code.equals("RequestTimeTooSkewed")
                || code.equals("RequestExpired")
                || (silent
                        && skew.seen()
                                .filter(by -> by.abs().compareTo(SKEW) > 0)
                                .isPresent());
    }

    private boolean isAboutKeys(AwsServiceException answer, String code) {
        String said = details(answer)
                .map(AwsErrorDetails::errorMessage)
                .map(text -> text.toLowerCase(Locale.ROOT))
                .orElse("");
        boolean encryption = said.contains("server side encryption")
                || said.contains("server-side encryption")
                || said.contains("encryption key")
                || said.contains("sse-c")
                || said.contains("calculated md5 hash of the key");
        return code.startsWith("KMS.") || (encryption && answer.statusCode() >= 400 && answer.statusCode() < 404);
    }

    /** What is wrong with the clock, in words. */
    String clockWarning() {
        return "the clock of this host differs from that of " + service()
                + skew.seen()
                        .map(by -> ", which is " + Math.abs(by.toSeconds()) + " seconds "
                                + (by.isNegative() ? "behind" : "ahead"))
                        .orElse("")
                + "; set the clock";
    }

    private Fault elsewhere(Fault fault, AwsServiceException answer) {
        String body = details(answer)
                .map(AwsErrorDetails::rawResponse)
                .map(bytes -> bytes.asUtf8String())
                .orElse("");
        Matcher named = REGION.matcher(body);
        Optional<String> region = header(answer, "x-amz-bucket-region")
                .or(() -> named.find()
                        ? Optional.ofNullable(named.group(1) != null ? named.group(1) : named.group(2))
                        : Optional.empty());
        Matcher at = ENDPOINT.matcher(body);
        String hint;
        if (region.isPresent()) {
            hint = "the bucket is in another region: set \"region=" + region.get() + "\" in the vault's URL";
        } else if (at.find()) {
            hint = "the bucket is elsewhere: set the region or the endpoint of \"" + at.group(1)
                    + "\" in the vault's URL";
        } else {
            hint = header(answer, "Location")
                    .map(target ->
                            "the service sends us to \"" + target + "\": set its region or endpoint in the vault's URL")
                    .orElse("check \"region\", \"endpoint\" and \"path-style\" in the vault's URL");
        }
        return recoded(fault, ErrorCode.CONFIGURATION, Retry.NO).hint(hint);
    }

    private Fault fault(ErrorCode kind, String failed, AwsServiceException answer, String code) {
        String said = details(answer).map(AwsErrorDetails::errorMessage).orElse("");
        String reason =
                code.isEmpty() ? "status " + answer.statusCode() : code + " (status " + answer.statusCode() + ")";
        Fault fault =
                Fault.of(kind, failed + ": the service answered " + reason).cause(answer);
        String id = answer.requestId() == null ? "" : "request " + answer.requestId() + " to ";
        return fault.detail((said == null || said.isBlank() ? "" : said + "; ") + id + service() + ", bucket \""
                + location.bucket() + "\"");
    }

    /** The service's own code; empty if there is none, as in every answer to HEAD. */
    static String code(AwsServiceException answer) {
        String code = details(answer).map(AwsErrorDetails::errorCode).orElse("");
        // where there is no body the SDK takes the status for the code
        return code.equals(Integer.toString(answer.statusCode())) ? "" : code;
    }

    private static Optional<AwsErrorDetails> details(AwsServiceException answer) {
        return Optional.ofNullable(answer.awsErrorDetails());
    }

    private static Optional<String> header(AwsServiceException answer, String name) {
        return details(answer)
                .map(AwsErrorDetails::sdkHttpResponse)
                .flatMap((SdkHttpResponse response) -> response.firstMatchingHeader(name));
    }

    private static Optional<Duration> retryAfter(AwsServiceException answer) {
        return header(answer, "Retry-After")
                .filter(text -> text.matches("[0-9]{1,3}"))
                .map(text -> Duration.ofSeconds(Math.clamp(Long.parseLong(text), 1, 30)));
    }

    private S3Failure ofConnection(String failed, Exception thrown) {
        if (in(thrown, AbortedException.class) != null
                || in(thrown, InterruptedException.class) != null
                || isInterrupt(thrown)) {
            return interrupted(failed, thrown);
        }
        ArchiverException ours = in(thrown, ArchiverException.class);
        if (ours != null) {
            return S3Failure.of(
                    new Fault(
                            ours.code(),
                            failed + ": " + ours.getMessage(),
                            ours.retry(),
                            ours.detail().orElse(null),
                            ours.hint().orElse(null),
                            thrown),
                    S3Failure.Remedy.NOTHING);
        }
        NoCredentialsException none = in(thrown, NoCredentialsException.class);
        if (none != null) {
            return S3Failure.of(
                    Fault.of(ErrorCode.STORE_DENIED, failed + ": no access key")
                            .detail(String.valueOf(none.getMessage()))
                            .hint("the access key is looked for in " + credentials
                                    + "; see the option \"credentials\" in docs/S3.md")
                            .retry(Retry.UNKNOWN)
                            .cause(thrown),
                    S3Failure.Remedy.REREAD_CREDENTIALS);
        }
        Fault fault = Fault.of(ErrorCode.STORE_UNREACHABLE, failed)
                .retry(Retry.YES)
                .detail("the service is " + service())
                .cause(thrown);
        UnknownHostException host = in(thrown, UnknownHostException.class);
        if (host != null) {
            return S3Failure.of(
                    because(fault, "host name \"" + nameIn(host) + "\" is not known")
                            .hint(
                                    "check \"endpoint\", \"region\" and \"path-style\" in the vault's URL, and the DNS of this host"),
                    S3Failure.Remedy.TRY_AGAIN);
        }
        SSLException tls = in(thrown, SSLException.class);
        if (tls != null) {
            return ofTls(fault, thrown, tls);
        }
        return ofBrokenConnection(fault, thrown);
    }

    /** Some resolvers add their own words to the name. */
    private static String nameIn(UnknownHostException unknown) {
        return String.valueOf(unknown.getMessage()).split(":", 2)[0];
    }

    private static boolean isInterrupt(Exception thrown) {
        InterruptedIOException interrupt = in(thrown, InterruptedIOException.class);
        return (interrupt != null
                        && !(interrupt instanceof SocketTimeoutException)
                        && "interrupted".equals(interrupt.getMessage()))
                || Thread.currentThread().isInterrupted();
    }

    private S3Failure ofTls(Fault fault, Exception thrown, SSLException tls) {
        CertificateException certificate = in(thrown, CertificateException.class);
        String said = String.valueOf(certificate == null ? tls.getMessage() : certificate.getMessage());
        Fault known = because(fault, "TLS: " + said).retry(Retry.NO);
        if (certificate != null || tls instanceof SSLPeerUnverifiedException || said.contains("PKIX")) {
            return S3Failure.of(
                    known.hint(
                            "the certificate of " + service() + " is not trusted for this name: put the certificate of"
                                    + " its authority into \"ca-file\", or use the name that the certificate has"),
                    S3Failure.Remedy.NOTHING);
        }
        if (said.contains("fatal alert: bad_certificate")
                || said.contains("certificate_required")
                || said.contains("certificate_unknown")
                || said.contains("unknown_ca")) {
            return S3Failure.of(
                    known.hint("the service wants another certificate of this host: check \"client-cert-file\" and"
                            + " \"client-key-file\""),
                    S3Failure.Remedy.NOTHING);
        }
        if (said.contains("plaintext") || said.contains("Unsupported or unrecognized SSL message")) {
            return S3Failure.of(
                    known.hint(
                            "the service does not speak TLS at this port: use http: in \"endpoint\", or the right port"),
                    S3Failure.Remedy.NOTHING);
        }
        return ofBrokenConnection(fault, thrown);
    }

    private S3Failure ofBrokenConnection(Fault fault, Exception thrown) {
        boolean neverOpen = in(thrown, ConnectException.class) != null
                || in(thrown, NoRouteToHostException.class) != null
                || isConnectTimeout(thrown);
        StalledException stalled = in(thrown, StalledException.class);
        String reason;
        if (neverOpen) {
            reason = "no connection";
        } else if (stalled != null) {
            reason = String.valueOf(stalled.getMessage());
        } else {
            reason = "the connection broke";
        }
        return S3Failure.of(
                        because(fault, reason)
                                .detail(deepest(thrown) + "; the service is " + service())
                                .hint(
                                        "check that the service runs and that the network and its firewalls let this host through"),
                        S3Failure.Remedy.TRY_AGAIN)
                .landed(!neverOpen);
    }

    private static boolean isConnectTimeout(Exception thrown) {
        SocketTimeoutException timeout = in(thrown, SocketTimeoutException.class);
        return timeout != null && String.valueOf(timeout.getMessage()).startsWith("Connect");
    }

    private static Fault because(Fault fault, String reason) {
        return new Fault(
                fault.code(),
                fault.message() + ": " + reason,
                fault.retry(),
                fault.detail(),
                fault.hint(),
                fault.cause());
    }

    private static Fault recoded(Fault fault, ErrorCode code, Retry retry) {
        return new Fault(code, fault.message(), retry, fault.detail(), fault.hint(), fault.cause());
    }

    private static String deepest(Throwable thrown) {
        Throwable at = thrown;
        while (at.getCause() != null) {
            at = at.getCause();
        }
        String said = at.getMessage();
        return said == null || said.isBlank() ? at.getClass().getSimpleName() : said.strip();
    }

    private static <T extends Throwable> @Nullable T in(Throwable thrown, Class<T> kind) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return kind.cast(at);
            }
        }
        return null;
    }
}
