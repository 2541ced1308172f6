package dev.walvault.store.s3;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A request as it passes the proxy: path-style S3 over HTTP. */
public final class S3Request {
    private final HttpHead head;
    private final String method;
    private final String bucket;
    private final String key;
    private final Map<String, String> query;

    private S3Request(HttpHead head, String method, String bucket, String key, Map<String, String> query) {
        this.head = head;
        this.method = method;
        this.bucket = bucket;
        this.key = key;
        this.query = query;
    }

    static S3Request of(HttpHead head) {
        String[] line = head.firstLine().split(" ", 3);
        String[] target = line[1].split("\\?", 2);
        String path = decode(target[0].substring(1).replace("+", "%2B"));
        int slash = path.indexOf('/');
        String bucket = slash < 0 ? path : path.substring(0, slash);
        String key = slash < 0 ? "" : path.substring(slash + 1);
        Map<String, String> query = new LinkedHashMap<>();
        if (target.length == 2) {
            for (String each : target[1].split("&", -1)) {
                String[] pair = each.split("=", 2);
                query.put(decode(pair[0]), pair.length == 2 ? decode(pair[1]) : "");
            }
        }
        return new S3Request(head, line[0], bucket, key, query);
    }

    public String method() {
        return method;
    }

    public String bucket() {
        return bucket;
    }

    /** Empty for a request about the bucket. */
    public String key() {
        return key;
    }

    /** The value of a parameter in the query, empty text for one without a value. */
    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    public boolean asks(String parameter) {
        return query.containsKey(parameter);
    }

    public Optional<String> header(String name) {
        return head.header(name);
    }

    public boolean hasHeaderLike(String prefix) {
        return head.headers().stream().anyMatch(line -> line.regionMatches(true, 0, prefix, 0, prefix.length()));
    }

    public RequestKind kind() {
        return RequestKind.of(this);
    }

    @Override
    public String toString() {
        return head.firstLine();
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
