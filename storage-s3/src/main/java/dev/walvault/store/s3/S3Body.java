package dev.walvault.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** An answer to GET whose bytes are still to be read. */
final class S3Body {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");

    private final GetObjectResponse head;
    private final AbortableInputStream bytes;

    private S3Body(GetObjectResponse head, AbortableInputStream bytes) {
        this.head = head;
        this.bytes = bytes;
    }

    static S3Body of(S3Client client, GetObjectRequest request) {
        return client.getObject(request, new LeftOpen());
    }

    GetObjectResponse head() {
        return head;
    }

    InputStream bytes() {
        return bytes;
    }

    OptionalLong length() {
        return head.contentLength() == null ? OptionalLong.empty() : OptionalLong.of(head.contentLength());
    }

    /** The place in the object of the first byte here: 0 where the service ignored the range. */
    long first() {
        String range = head.contentRange();
        var match = CONTENT_RANGE.matcher(range == null ? "" : range);
        return match.matches() ? Long.parseLong(match.group(1)) : 0;
    }

    /** Gives the connection up; the rest of the bytes is not wanted. */
    void abort() {
        bytes.abort();
        close();
    }

    /** After the last byte: the connection can be used again. */
    void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            // everything that was wanted has been read
        }
    }

    /** The SDK's own stream gives up when nobody reads for a minute; a restore may wait longer for its disk. */
    private static final class LeftOpen implements ResponseTransformer<GetObjectResponse, S3Body> {
        @Override
        public S3Body transform(GetObjectResponse response, AbortableInputStream in) {
            return new S3Body(response, in);
        }

        @Override
        public boolean needsConnectionLeftOpen() {
            return true;
        }
    }
}
