package dev.walvault.store.s3;

import dev.walvault.store.ByteRange;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Which bytes of an object an answer to GET says that it has: all of it (200), or a part (206).
 *
 * @param end the place in the object behind the last of them
 * @param size the length of the whole object
 */
record Served(boolean whole, long first, long end, long size) {
    private static final int PARTIAL = 206;
    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", Pattern.CASE_INSENSITIVE);

    /** Empty if the answer does not tell, or contradicts itself. */
    static Optional<Served> by(GetObjectResponse head) {
        boolean partial = isPartial(head);
        if (partial != (head.contentRange() != null)) {
            return Optional.empty();
        }
        if (!partial) {
            return Optional.ofNullable(head.contentLength()).map(size -> new Served(true, 0, size, size));
        }
        Matcher said = CONTENT_RANGE.matcher(head.contentRange());
        if (!said.matches()) {
            return Optional.empty();
        }
        long first = Long.parseLong(said.group(1));
        long end = Long.parseLong(said.group(2)) + 1;
        long size = Long.parseLong(said.group(3));
        boolean sound =
                first < end && end <= size && (head.contentLength() == null || head.contentLength() == end - first);
        return sound ? Optional.of(new Served(false, first, end, size)) : Optional.empty();
    }

    static boolean isPartial(GetObjectResponse head) {
        return head.sdkHttpResponse().statusCode() == PARTIAL;
    }

    /** Whether what was asked for is in here: all of an object may be the answer of one that ignores ranges. */
    boolean answers(ByteRange asked) {
        return whole || (first == asked.first(size) && end == asked.end(size));
    }
}
