package dev.walvault.store.s3;

import dev.walvault.config.Check;
import dev.walvault.config.Nearest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The one table of what the query of an {@code s3:} URL can say; docs/reference/s3-options.md is printed from it. */
public enum S3Option {
    ENDPOINT(
            "",
            "https://s3.example.org:9000",
            S3Option::checkEndpoint,
            "URL of the service, if it is not Amazon's. `http:` means no TLS."),
    REGION(
            "",
            "eu-central-1",
            Check.matching("[A-Za-z0-9-]{1,64}", "it is a name such as eu-central-1"),
            "Region that requests are signed for. If not set: `AWS_REGION`, then `us-east-1` if there is an endpoint,"
                    + " then the region of the AWS profile."),
    PATH_STYLE(
            "",
            "yes",
            Check.YES_OR_NO,
            "Whether the bucket is named in the path of a request (`yes`) or in its host name (`no`). If not set:"
                    + " `yes` if there is an endpoint."),

    CA_FILE(
            "",
            "/etc/walvault/ca.pem",
            Check.ABSOLUTE_PATH,
            "PEM file with certificate authorities to trust, in addition to those of the system."),
    CLIENT_CERT_FILE(
            "",
            "/etc/walvault/client.pem",
            Check.ABSOLUTE_PATH,
            "PEM file with the certificate that this host shows to the service, and its chain."),
    CLIENT_KEY_FILE(
            "",
            "/etc/walvault/client.key",
            Check.ABSOLUTE_PATH,
            "PEM file with the private key of that certificate: PKCS #8, not encrypted."),

    CREDENTIALS(
            "auto",
            "instance",
            Check.oneOf("auto", "environment", "profile", "web-identity", "container", "instance"),
            "Where the access key comes from: `environment` (`AWS_ACCESS_KEY_ID` …), `web-identity`"
                    + " (`AWS_WEB_IDENTITY_TOKEN_FILE`), `profile` (AWS's credentials and config files), `container`"
                    + " (ECS, EKS) or `instance` (EC2). `auto` takes the first that is available."),
    CREDENTIALS_FILE(
            "",
            "/etc/walvault/s3-credentials",
            Check.ABSOLUTE_PATH,
            "File in the form of AWS's credentials file, with `aws_access_key_id` and `aws_secret_access_key`, or"
                    + " `credential_process`. It is read again when it changes."),
    PROFILE(
            "",
            "backup",
            Check.matching("[^\\]\\s]{1,128}", "it is the name of a section"),
            "Section of the credentials file. If not set: `AWS_PROFILE`, then `default`."),

    SSE(
            "",
            "kms",
            Check.oneOf("s3", "kms", "c"),
            "Encryption by the store: `s3` (its own key), `kms` (a key of the key service) or `c` (a key that walvault"
                    + " sends). If not set: as the bucket is configured."),
    SSE_KMS_KEY_ID(
            "",
            "alias/walvault",
            Check.matching("[A-Za-z0-9:/_-]{1,2048}", "it is a key's id, alias or ARN"),
            "Key of the key service, with `sse=kms`. If not set: the account's own."),
    SSE_C_KEY_FILE(
            "",
            "/etc/walvault/sse-c.key",
            Check.ABSOLUTE_PATH,
            "File with the key for `sse=c`: 32 bytes, or their 44 characters of base64."),

    STORAGE_CLASS_WAL("", "STANDARD_IA", Check.STORAGE_CLASS, "Storage class of WAL and history files."),
    STORAGE_CLASS_BACKUP(
            "",
            "STANDARD_IA",
            Check.STORAGE_CLASS,
            "Storage class of the packs and manifests of backups. The small documents beside them have the bucket's"
                    + " default."),

    LOCK_MODE(
            "",
            "governance",
            Check.oneOf("governance", "compliance"),
            "Mode of Object Lock: `governance` locks can be lifted with a permission, `compliance` locks by nobody."),
    LOCK_DAYS_WAL("", "14", Check.between(1, 36_500), "For how many days WAL cannot be deleted."),
    LOCK_DAYS_BACKUP(
            "",
            "30",
            Check.between(1, 36_500),
            "For how many days backups cannot be deleted. Small documents are locked for the longer of both times."),

    REQUESTER_PAYS("no", "yes", Check.YES_OR_NO, "Whether this account pays for requests to another account's bucket."),
    CHECKSUM(
            "crc32c",
            "md5",
            Check.oneOf("crc32c", "md5", "none"),
            "Checksum that lets the service refuse damaged bytes: `crc32c` (`x-amz-checksum-crc32c`), `md5`"
                    + " (`Content-MD5`) or `none`."),
    CONDITIONAL_WRITES(
            "yes",
            "no",
            Check.YES_OR_NO,
            "Whether the service honours `If-None-Match: *`. The guide says what is lost with `no`."),

    LIMIT_UPLOAD("", "20M", Check.size(1024), "Maximum number of bytes per second that this process sends."),
    LIMIT_DOWNLOAD("", "50M", Check.size(1024), "Maximum number of bytes per second that this process receives."),
    DEADLINE(
            "60s",
            "60s",
            Check.DURATION,
            "How long a failing request is tried again. A request that makes progress is never cut by it."),
    STALL_RATE(
            "1k",
            "1k",
            Check.size(1),
            "A connection is given up if fewer bytes per second move, on average over `stall-window`."),
    STALL_WINDOW(
            "20s", "20s", Check.DURATION, "See `stall-rate`. It is also the longest time until a response begins."),
    PART_SIZE(
            "8M",
            "16M",
            Check.size(5 << 20),
            "Size of the parts of a large object, at least 5M. An object has at most 10,000 parts."),
    PARTS_IN_FLIGHT("2", "4", Check.between(1, 64), "Number of parts of one object that are sent at the same time."),
    CONNECTIONS("32", "64", Check.between(1, 1024), "Maximum number of open connections.");

    private final String builtIn;
    private final String example;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final Check check;

    private final String description;

    S3Option(String builtIn, String example, Check check, String description) {
        this.builtIn = builtIn;
        this.example = example;
        this.check = check;
        this.description = description;
    }

    /** As it is written in the URL: {@code path-style}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Optional<String> builtIn() {
        return builtIn.isEmpty() ? Optional.empty() : Optional.of(builtIn);
    }

    public String example() {
        return example;
    }

    /** One line of Markdown. */
    public String description() {
        return description;
    }

    /** Throws IllegalArgumentException that names the nearest option if there is none of this name. */
    static S3Option named(String key) {
        List<String> known = Stream.of(values()).map(S3Option::key).toList();
        if (!known.contains(key)) {
            throw new IllegalArgumentException("an S3 URL has no option \"" + key + "\""
                    + Nearest.to(key, known)
                            .map(near -> "; did you mean \"" + near + "\"?")
                            .orElse(""));
        }
        return values()[known.indexOf(key)];
    }

    void check(String value) {
        try {
            check.check(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "option \"" + key() + "\" of the S3 URL cannot be \"" + value + "\": " + e.getMessage(), e);
        }
    }

    private static void checkEndpoint(String text) {
        try {
            var uri = new URI(text);
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            boolean bare = uri.getRawPath() == null
                    || uri.getRawPath().isEmpty()
                    || uri.getRawPath().equals("/");
            if (web && bare && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                return;
            }
        } catch (URISyntaxException _) {
            // the same words for everything that is no endpoint
        }
        throw new IllegalArgumentException("it is a URL of scheme, host and port, such as https://s3.example.org:9000");
    }
}
