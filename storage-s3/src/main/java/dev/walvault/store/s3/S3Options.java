package dev.walvault.store.s3;

import dev.walvault.ConfigurationException;
import dev.walvault.FileNames;
import dev.walvault.config.ByteSizes;
import dev.walvault.config.Durations;
import dev.walvault.store.http.Tls;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What the query of an {@code s3:} URL said, checked, with {@link S3Option}'s defaults for what it did not say. */
public record S3Options(Map<S3Option, String> given) {

    /** Where the access key comes from. */
    public enum Credentials {
        AUTO,
        ENVIRONMENT,
        PROFILE,
        WEB_IDENTITY,
        CONTAINER,
        INSTANCE
    }

    /** What goes along with the bytes so that a service can refuse damaged ones. */
    public enum Checksum {
        CRC32C,
        MD5,
        NONE
    }

    /** Throws IllegalArgumentException if a value is wrong, or does not go together with another one. */
    public S3Options {
        var copy = new EnumMap<S3Option, String>(S3Option.class);
        copy.putAll(given);
        copy.forEach(S3Option::check);
        given = Collections.unmodifiableMap(copy);
        bothOrNone(given, S3Option.CLIENT_CERT_FILE, S3Option.CLIENT_KEY_FILE);
        belongsTo(given, S3Option.SSE_KMS_KEY_ID, S3Option.SSE, "kms");
        belongsTo(given, S3Option.SSE_C_KEY_FILE, S3Option.SSE, "c");
        if ("c".equals(given.get(S3Option.SSE)) && !given.containsKey(S3Option.SSE_C_KEY_FILE)) {
            throw new IllegalArgumentException("option \"sse=c\" of the S3 URL needs \"sse-c-key-file\"");
        }
        boolean days = given.containsKey(S3Option.LOCK_DAYS_WAL) || given.containsKey(S3Option.LOCK_DAYS_BACKUP);
        if (days != given.containsKey(S3Option.LOCK_MODE)) {
            throw new IllegalArgumentException(
                    "option \"lock-mode\" of the S3 URL goes together with \"lock-days-wal\","
                            + " \"lock-days-backup\" or both");
        }
        if (days && "none".equals(given.get(S3Option.CHECKSUM))) {
            throw new IllegalArgumentException(
                    "option \"checksum=none\" of the S3 URL does not go with \"lock-mode\": services demand a checksum there");
        }
        boolean fromFiles = given.getOrDefault(S3Option.CREDENTIALS, "profile").equals("profile");
        if (!fromFiles && (given.containsKey(S3Option.CREDENTIALS_FILE) || given.containsKey(S3Option.PROFILE))) {
            throw new IllegalArgumentException(
                    "options \"credentials-file\" and \"profile\" of the S3 URL do not go with" + " \"credentials="
                            + given.get(S3Option.CREDENTIALS) + "\"");
        }
    }

    private static void bothOrNone(Map<S3Option, String> given, S3Option one, S3Option other) {
        if (given.containsKey(one) != given.containsKey(other)) {
            throw new IllegalArgumentException(
                    "options \"" + one.key() + "\" and \"" + other.key() + "\" of the S3 URL go together");
        }
    }

    private static void belongsTo(Map<S3Option, String> given, S3Option option, S3Option other, String value) {
        if (given.containsKey(option) && !value.equals(given.get(other))) {
            throw new IllegalArgumentException(
                    "option \"" + option.key() + "\" of the S3 URL needs \"" + other.key() + "=" + value + "\"");
        }
    }

    /** Amazon's S3 with everything at its default. */
    public static S3Options none() {
        return new S3Options(Map.of());
    }

    /**
     * Reads the query of a URL, without its question mark: {@code region=eu-central-1&sse=kms}. Values may be
     * percent-encoded, and need be only for {@code %}, {@code &} and {@code #}.
     *
     * @throws IllegalArgumentException if an option is unknown, given twice or wrong; the message says what is expected
     */
    public static S3Options parse(String query) {
        var given = new EnumMap<S3Option, String>(S3Option.class);
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("\"" + pair + "\" in the S3 URL is no option; expected name=value");
            }
            S3Option option = S3Option.named(pair.substring(0, equals));
            if (given.put(option, decoded(pair.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("option \"" + option.key() + "\" stands twice in the S3 URL");
            }
        }
        return new S3Options(given);
    }

    private static String decoded(String text) {
        // a plus is a plus in a URL; only forms make a space of it
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    public Optional<URI> endpoint() {
        return find(S3Option.ENDPOINT).map(URI::create);
    }

    public Optional<String> region() {
        return find(S3Option.REGION);
    }

    public boolean pathStyle() {
        return find(S3Option.PATH_STYLE).map("yes"::equals).orElse(endpoint().isPresent());
    }

    public Optional<Path> caFile() {
        return find(S3Option.CA_FILE).map(FileNames::path);
    }

    /** Present together with {@link #clientKeyFile()}. */
    public Optional<Path> clientCertFile() {
        return find(S3Option.CLIENT_CERT_FILE).map(FileNames::path);
    }

    public Optional<Path> clientKeyFile() {
        return find(S3Option.CLIENT_KEY_FILE).map(FileNames::path);
    }

    /** Reads the files about TLS that are named. */
    Tls tls() throws ConfigurationException {
        return Tls.read(caFile(), clientCertFile(), clientKeyFile());
    }

    /** A file or a profile that is named means just that one. */
    public Credentials credentials() {
        boolean fromFiles = given.containsKey(S3Option.CREDENTIALS_FILE) || given.containsKey(S3Option.PROFILE);
        return fromFiles
                ? Credentials.PROFILE
                : switch (require(S3Option.CREDENTIALS)) {
                    case "environment" -> Credentials.ENVIRONMENT;
                    case "profile" -> Credentials.PROFILE;
                    case "web-identity" -> Credentials.WEB_IDENTITY;
                    case "container" -> Credentials.CONTAINER;
                    case "instance" -> Credentials.INSTANCE;
                    default -> Credentials.AUTO;
                };
    }

    public Optional<Path> credentialsFile() {
        return find(S3Option.CREDENTIALS_FILE).map(FileNames::path);
    }

    public Optional<String> profile() {
        return find(S3Option.PROFILE);
    }

    public S3Encryption encryption() {
        return switch (given.getOrDefault(S3Option.SSE, "")) {
            case "s3" -> new S3Encryption.ByStore();
            case "kms" -> new S3Encryption.ByKeyService(find(S3Option.SSE_KMS_KEY_ID));
            case "c" -> new S3Encryption.ByOurKey(FileNames.path(require(S3Option.SSE_C_KEY_FILE)));
            default -> new S3Encryption.BucketDefault();
        };
    }

    public Optional<String> walStorageClass() {
        return find(S3Option.STORAGE_CLASS_WAL);
    }

    public Optional<String> backupStorageClass() {
        return find(S3Option.STORAGE_CLASS_BACKUP);
    }

    public Optional<S3Lock> lock() {
        return find(S3Option.LOCK_MODE)
                .map(mode -> new S3Lock(
                        mode.equals("compliance") ? S3Lock.Mode.COMPLIANCE : S3Lock.Mode.GOVERNANCE,
                        days(S3Option.LOCK_DAYS_WAL),
                        days(S3Option.LOCK_DAYS_BACKUP)));
    }

    private OptionalInt days(S3Option option) {
        return given.containsKey(option) ? OptionalInt.of(number(option)) : OptionalInt.empty();
    }

    public boolean requesterPays() {
        return yes(S3Option.REQUESTER_PAYS);
    }

    public Checksum checksum() {
        return switch (require(S3Option.CHECKSUM)) {
            case "md5" -> Checksum.MD5;
            case "none" -> Checksum.NONE;
            default -> Checksum.CRC32C;
        };
    }

    public boolean conditionalWrites() {
        return yes(S3Option.CONDITIONAL_WRITES);
    }

    /** Bytes per second that are sent at most. */
    public OptionalLong uploadLimit() {
        return limit(S3Option.LIMIT_UPLOAD);
    }

    /** Bytes per second that are received at most. */
    public OptionalLong downloadLimit() {
        return limit(S3Option.LIMIT_DOWNLOAD);
    }

    private OptionalLong limit(S3Option option) {
        return given.containsKey(option) ? OptionalLong.of(ByteSizes.parse(require(option))) : OptionalLong.empty();
    }

    public Duration deadline() {
        return Durations.parse(require(S3Option.DEADLINE));
    }

    /** Bytes per second, on average over {@link #stallWindow()}, below which a connection is given up. */
    public long stallRate() {
        return ByteSizes.parse(require(S3Option.STALL_RATE));
    }

    public Duration stallWindow() {
        return Durations.parse(require(S3Option.STALL_WINDOW));
    }

    public int partSize() {
        return Math.toIntExact(ByteSizes.parse(require(S3Option.PART_SIZE)));
    }

    public int partsInFlight() {
        return number(S3Option.PARTS_IN_FLIGHT);
    }

    public int connections() {
        return number(S3Option.CONNECTIONS);
    }

    private boolean yes(S3Option option) {
        return require(option).equals("yes");
    }

    private int number(S3Option option) {
        return Integer.parseInt(require(option));
    }

    private Optional<String> find(S3Option option) {
        return Optional.ofNullable(given.get(option));
    }

    private String require(S3Option option) {
        return find(option).or(option::builtIn).orElseThrow();
    }
}
