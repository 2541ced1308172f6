package dev.walvault.config;

import dev.walvault.FileNames;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where a vault is: one kind for each driver. */
public sealed interface StoreLocation {

    /** What tells this place from every other, without what only says how to reach it. */
    String identity();

    /** A directory of this machine or of a network file system; {@code file:///backup/pg} or just {@code /backup/pg}. */
    record FileSystem(Path root) implements StoreLocation {

        @Override
        public String identity() {
            return toString();
        }

        /** The URL. */
        @Override
        public String toString() {
            return "file://" + FileNames.text(root);
        }
    }

    /**
     * A bucket of S3 or of a service that speaks it, and the start of all keys in it, which may be empty;
     * {@code s3://bucket/prefix?region=eu-central-1}.
     */
    record S3(String bucket, String prefix, S3Options options) implements StoreLocation {
        private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,254}");
        private static final Pattern PREFIX =
                Pattern.compile("|[A-Za-z0-9_+=-][A-Za-z0-9._+=-]*(/[A-Za-z0-9_+=-][A-Za-z0-9._+=-]*)*");

        public S3 {
            if (!BUCKET.matcher(bucket).matches()) {
                throw new IllegalArgumentException("\"" + bucket + "\" is not the name of a bucket; expected"
                        + " s3://bucket/prefix?option=value, with the service's address in the option \"endpoint\""
                        + " and no access key");
            }
            if (!PREFIX.matcher(prefix).matches()) {
                throw new IllegalArgumentException(
                        "\"" + prefix + "\" cannot be the prefix of an S3 vault; expected names of"
                                + " letters, digits and \".\", \"_\", \"-\", \"+\", \"=\", joined by \"/\", that do not begin with a dot");
            }
        }

        static S3 parse(URI uri) {
            String bucket = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
            String path = uri.getRawPath() == null ? "" : uri.getRawPath();
            if (uri.getRawFragment() != null) {
                throw new IllegalArgumentException("an S3 URL has no part after \"#\"; write %23 for one in a value");
            }
            int from = path.startsWith("/") ? 1 : 0;
            int to = path.length() > from && path.endsWith("/") ? path.length() - 1 : path.length();
            String query = uri.getRawQuery();
            return new S3(
                    bucket,
                    path.substring(from, to),
                    query == null || query.isEmpty() ? S3Options.none() : S3Options.parse(query));
        }

        @Override
        public String identity() {
            return this
                    + options.endpoint()
                            .map(endpoint -> "?endpoint=" + endpoint)
                            .orElse("");
        }

        /** The URL without its options. */
        @Override
        public String toString() {
            return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
        }
    }

    /**
     * Reads a URL or an absolute path.
     *
     * @throws IllegalArgumentException if it names no place that walvault knows how to reach; the message says why
     */
    static StoreLocation parse(String text) {
        if (text.startsWith("/")) {
            return new FileSystem(FileNames.path(text));
        }
        String shown = Masked.text(text);
        if (!shown.equals(text)) {
            throw new IllegalArgumentException(
                    "\"" + shown
                            + "\" has something before the \"@\"; a vault's URL has no access key in it, docs/S3.md says where keys go");
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("\"" + shown + "\" is not a URL: " + e.getReason(), e);
        }
        if ("s3".equals(uri.getScheme())) {
            return S3.parse(uri);
        }
        if (!"file".equals(uri.getScheme())) {
            throw new IllegalArgumentException("\"" + shown
                    + "\" is not a vault that walvault can reach; expected file:///path or s3://bucket/prefix");
        }
        boolean hasHost = uri.getAuthority() != null && !uri.getAuthority().isEmpty();
        if (hasHost || uri.getPath() == null || uri.getPath().isEmpty() || uri.getQuery() != null) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a file URL; expected file:///path with three slashes");
        }
        return new FileSystem(FileNames.path(uri.getPath()));
    }
}
