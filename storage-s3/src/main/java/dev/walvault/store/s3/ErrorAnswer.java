package dev.walvault.store.s3;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;

/** An answer that says no, and what can be read from it. */
record ErrorAnswer(AwsServiceException thrown) {
    private static final Pattern REGION =
            Pattern.compile("<Region>([A-Za-z0-9-]+)</Region>|expecting '([A-Za-z0-9-]+)'");
    private static final Pattern SIZE = Pattern.compile("<ActualObjectSize>([0-9]{1,18})</ActualObjectSize>");
    private static final String NO_RANGE = "bytes */";
    private static final Pattern ENDPOINT = Pattern.compile("<Endpoint>([A-Za-z0-9.:-]+)</Endpoint>");

    int status() {
        return thrown.statusCode();
    }

    /** The service's own code; empty if there is none, as in every answer to HEAD. */
    String code() {
        String code = details().map(AwsErrorDetails::errorCode).orElse("");
        // where there is no body the SDK takes the status for the code
        return code.equals(Integer.toString(status())) ? "" : code;
    }

    /** The service's own words, or empty text. */
    String said() {
        return details().map(AwsErrorDetails::errorMessage).orElse("");
    }

    /** By which the service's own records find the request. */
    Optional<String> requestId() {
        return Optional.ofNullable(thrown.requestId());
    }

    /** For how long the service wants to be left alone. */
    Optional<Duration> retryAfter() {
        return header("Retry-After")
                .filter(text -> text.matches("[0-9]{1,3}"))
                .map(text -> Duration.ofSeconds(Math.clamp(Long.parseLong(text), 1, 30)));
    }

    /** The region where the bucket really is. */
    Optional<String> region() {
        return header("x-amz-bucket-region").or(() -> {
            Matcher named = REGION.matcher(body());
            return named.find()
                    ? Optional.ofNullable(named.group(1) != null ? named.group(1) : named.group(2))
                    : Optional.empty();
        });
    }

    /** The host where the bucket really is. */
    Optional<String> endpoint() {
        Matcher at = ENDPOINT.matcher(body());
        return at.find() ? Optional.of(at.group(1)) : Optional.empty();
    }

    /** How long the object is that has nothing of the range that was asked for. */
    OptionalLong objectSize() {
        Matcher told = SIZE.matcher(body());
        String size = header("Content-Range")
                .filter(text -> text.startsWith(NO_RANGE))
                .map(text -> text.substring(NO_RANGE.length()))
                .orElse(told.find() ? told.group(1) : "");
        return size.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(size)) : OptionalLong.empty();
    }

    Optional<String> header(String name) {
        return details()
                .map(AwsErrorDetails::sdkHttpResponse)
                .flatMap((SdkHttpResponse response) -> response.firstMatchingHeader(name));
    }

    private String body() {
        return details()
                .map(AwsErrorDetails::rawResponse)
                .map(bytes -> bytes.asUtf8String())
                .orElse("");
    }

    private Optional<AwsErrorDetails> details() {
        return Optional.ofNullable(thrown.awsErrorDetails());
    }
}
