package dev.walvault.store.s3;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A response that does not come from the server. */
public record Answer(int status, List<String> headers, String body) {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    public Answer {
        headers = List.copyOf(headers);
    }

    /** An error in S3's XML. */
    public static Answer error(int status, String code) {
        return error(status, code, List.of());
    }

    private static Answer error(int status, String code, List<String> moreHeaders) {
        var headers = new ArrayList<>(List.of("Content-Type: application/xml"));
        headers.addAll(moreHeaders);
        return new Answer(
                status,
                headers,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code
                        + "</Code><Message>as the test wants it: " + code
                        + "</Message><RequestId>0123456789ABCDEF</RequestId></Error>");
    }

    public static Answer slowDown() {
        return error(503, "SlowDown");
    }

    public static Answer tooManyRequests() {
        return error(429, "TooManyRequests");
    }

    public static Answer internalError() {
        return error(500, "InternalError");
    }

    public static Answer accessDenied() {
        return error(403, "AccessDenied");
    }

    public static Answer expiredToken() {
        return error(400, "ExpiredToken");
    }

    public static Answer noSuchBucket() {
        return error(404, "NoSuchBucket");
    }

    /** S3's way to say that a multipart upload failed after it had begun to answer. */
    public static Answer errorWithinSuccess() {
        return error(200, "InternalError");
    }

    /** The store's clock is {@code storeTime}, and the request's too far from it. */
    public static Answer clockSkewed(Instant storeTime) {
        return error(403, "RequestTimeTooSkewed", List.of("Date: " + HTTP_DATE.format(storeTime)));
    }

    /** The bucket lives elsewhere. */
    public static Answer redirect(int status, String region, String location) {
        return error(
                status,
                status == 301 ? "PermanentRedirect" : "TemporaryRedirect",
                List.of("x-amz-bucket-region: " + region, "Location: " + location));
    }

    /** Says no in as many words as nobody reads. */
    public static Answer endlessError(int bytes) {
        return error(500, "x".repeat(bytes));
    }

    /** A page for people, by something on the way that is no S3 store. */
    public static Answer captivePortal(int status) {
        return new Answer(
                status,
                List.of("Content-Type: text/html"),
                "<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please log in.</body></html>");
    }

    HttpHead head() {
        var reason = status == 200 ? "OK" : "As the test wants it";
        return new HttpHead("HTTP/1.1 " + status + " " + reason, headers)
                .with("Content-Length", String.valueOf(bytes().length));
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
