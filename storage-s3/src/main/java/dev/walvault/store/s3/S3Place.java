package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.examine.Checks;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Place;
import dev.walvault.store.Policies;
import dev.walvault.store.Remedies;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A bucket of S3 or of a service that speaks it, and the start of all keys in it, which may be empty;
 * {@code s3://bucket/prefix?region=eu-central-1}.
 */
public record S3Place(String bucket, String prefix, S3Options options) implements Place {
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,254}");
    private static final Pattern PREFIX =
            Pattern.compile("|[A-Za-z0-9_+=-][A-Za-z0-9._+=-]*(/[A-Za-z0-9_+=-][A-Za-z0-9._+=-]*)*");

    public S3Place {
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

    static S3Place of(URI uri) {
        String bucket = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("an S3 URL has no part after \"#\"; write %23 for one in a value");
        }
        int from = path.startsWith("/") ? 1 : 0;
        int to = path.length() > from && path.endsWith("/") ? path.length() - 1 : path.length();
        String query = uri.getRawQuery();
        return new S3Place(
                bucket,
                path.substring(from, to),
                query == null || query.isEmpty() ? S3Options.none() : S3Options.parse(query));
    }

    @Override
    public String identity() {
        return this
                + options.endpoint().map(endpoint -> "?endpoint=" + endpoint).orElse("");
    }

    /** The URL without its options. */
    @Override
    public String toString() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }

    @Override
    public boolean isBare() {
        return options.given().isEmpty();
    }

    @Override
    public Optional<Path> directory() {
        return Optional.empty();
    }

    @Override
    public ObjectStore open(Opening opening) throws ArchiverException {
        return S3Store.open(this, opening.kinds(), opening.listener());
    }

    /** Nothing: the bucket is there already, or its absence is said by the first request. */
    @Override
    public void make() {}

    @Override
    public Checks checks(ObjectKey cluster, Optional<Path> pgdata) {
        return S3Checks.of(this, cluster);
    }

    @Override
    public Optional<Policies> policies() {
        return Optional.of(S3Policies.of(this));
    }

    @Override
    public List<SecretFile> secretFiles() {
        return Stream.concat(
                        secret("S3 credentials file", options.credentialsFile()),
                        secret("S3 client key file", options.clientKeyFile()))
                .toList();
    }

    private static Stream<SecretFile> secret(String what, Optional<Path> path) {
        return path.map(file -> new SecretFile(what, file)).stream();
    }

    @Override
    public Optional<String> keyVariable() {
        return switch (options.credentials()) {
            case AUTO, ENVIRONMENT -> Optional.of(S3Credentials.ID_VARIABLE);
            case PROFILE, WEB_IDENTITY, CONTAINER, INSTANCE -> Optional.empty();
        };
    }

    @Override
    public Remedies remedies() {
        return new Remedies(
                "The service does not honour \"If-None-Match: *\". Use one that does, or add \"conditional-writes=no\" to"
                        + " the vault's URL: then it is asked before each write instead, and of two servers that write one"
                        + " name at the same moment the later one wins unnoticed.",
                "The service answers with what was true before. Use one with strong read-after-write consistency, or the"
                        + " main site of a replicated bucket.",
                "Something between this host and the service changes bytes; do not store backups here.",
                "Without the right to list, S3 answers 403 for what is absent: allow s3:ListBucket on the bucket"
                        + " (\"walvault doctor --policies\" prints the whole policy).",
                "Without s3:DeleteObject this host cannot repair a damaged segment or clean up after a backup that failed,"
                        + " and expiry has to run elsewhere, as it should where a stolen database host must not delete.");
    }
}
