package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.StoreException;
import dev.walvault.config.Durations;
import dev.walvault.examine.Check;
import dev.walvault.examine.Checks;
import dev.walvault.examine.Finding;
import dev.walvault.observe.Listener;
import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import dev.walvault.store.http.HttpEvent;
import dev.walvault.store.http.Timing;
import dev.walvault.store.http.TlsCheck;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.exception.SdkException;

/** What is worth knowing of an S3 service before a vault is trusted to it. */
public final class S3Checks {
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final Duration SKEW_DOUBT = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final S3Place location;
    private final ObjectKey cluster;
    private final BucketChecks bucket;
    private final Timing timing = Timing.system();

    private S3Checks(S3Place location, ObjectKey cluster) {
        this.location = location;
        this.cluster = cluster;
        this.bucket = new BucketChecks(location);
    }

    /** The checks of the service and the bucket at {@code location}, and of what lies below {@code cluster}. */
    public static Checks of(S3Place location, ObjectKey cluster) {
        var checks = new S3Checks(location, cluster);
        return new Checks(
                new Check("requests", checks::requests),
                List.of(
                        new Check("transport", checks::transport),
                        new Check("credentials", checks::credentials),
                        new Check("checksums", checks::checksums),
                        new Check("object lock", checks::lock),
                        new Check("versioning", checks::versioning),
                        new Check("unfinished uploads", checks::unfinished)));
    }

    private S3Store open(S3Options options) throws ArchiverException {
        return open(options, _ -> {});
    }

    private S3Store open(S3Options options, Listener listener) throws ArchiverException {
        return S3Store.open(
                new S3Place(location.bucket(), location.prefix(), options), _ -> ObjectKind.DOCUMENT, listener, timing);
    }

    private Finding transport(String check) throws ArchiverException {
        try (S3Store store = open(location.options())) {
            return new TlsCheck(location.options().tls(), timing).of(check, store.address());
        }
    }

    private Finding versioning(String check) throws ArchiverException {
        try (S3Store store = open(location.options())) {
            return bucket.versioning(check, store.settings());
        }
    }

    private Finding lock(String check) throws ArchiverException {
        try (S3Store store = open(location.options())) {
            return bucket.lock(check, store.settings());
        }
    }

    private Finding credentials(String check) throws ArchiverException {
        try (S3Store store = open(location.options())) {
            // what is lent by a token service takes a client that knows its region
            store.head(ObjectKey.of("vault.json"));
            AwsCredentials found = store.credentials().resolveCredentials();
            String id = String.valueOf(found.accessKeyId());
            String ending = id.length() > 8 ? "…" + id.substring(id.length() - 4) : id;
            String seen =
                    "access key " + ending + ", from " + store.credentials().described();
            return Finding.ok(
                    check,
                    found.expirationTime().isPresent()
                            ? seen + ", lent until " + found.expirationTime().get()
                            : seen);
        } catch (SdkException e) {
            return Finding.failed(
                    check,
                    ErrorCode.STORE_DENIED,
                    "no access key: " + e.getMessage(),
                    "Set the option \"credentials\" or \"credentials-file\", or the environment.");
        }
    }

    /**
     * Whether a request is answered at all, which tells endpoint, TLS, region, bucket and signatures, and by which
     * clock. A person waits for it, so it has less patience than the vault.
     */
    private Finding requests(String check) throws ArchiverException {
        var warnings = new ArrayList<String>();
        Listener listener = event -> {
            if (event instanceof HttpEvent.ClockDiffers(String message)) {
                warnings.add(message);
            }
        };
        Duration patience = shorter(location.options().deadline(), PATIENCE);
        try (S3Store store = open(with(S3Option.DEADLINE, Durations.print(patience)), listener)) {
            store.head(ObjectKey.of("vault.json"));
            if (!warnings.isEmpty()) {
                return wrongClock(check, "answered, but " + String.join("; ", warnings));
            }
            Optional<Duration> skew = store.clockSkew();
            if (skew.isEmpty()) {
                return Finding.ok(check, "answered");
            }
            String seen = "answered; the service's clock and this host's are "
                    + skew.get().abs().toSeconds() + " s apart";
            return skew.get().abs().compareTo(SKEW_DOUBT) <= 0 ? Finding.ok(check, seen) : wrongClock(check, seen);
        }
    }

    private static Finding wrongClock(String check, String seen) {
        return Finding.warning(check, seen, "Set the clock of this host (NTP): S3 refuses what is 15 minutes off.");
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Finding checksums(String check) throws ArchiverException {
        S3Options.Checksum configured = location.options().checksum();
        var accepted = new ArrayList<String>();
        StoreException refusal = null;
        for (S3Options.Checksum mode : S3Options.Checksum.values()) {
            if (mode == S3Options.Checksum.NONE && location.options().lock().isPresent()) {
                continue;
            }
            try (S3Store store = open(with(S3Option.CHECKSUM, nameOf(mode)))) {
                probe(store);
                accepted.add(nameOf(mode));
            } catch (StoreException e) {
                refusal = mode == configured ? e : refusal;
            }
        }
        if (refusal == null) {
            return Finding.ok(
                    check, "the service takes " + String.join(", ", accepted) + "; sent is " + nameOf(configured));
        }
        if (accepted.isEmpty()) {
            throw refusal;
        }
        return Finding.failed(
                check,
                ErrorCode.STORE_UNFIT,
                "the service refuses checksum=" + nameOf(configured) + ": " + refusal.getMessage(),
                "Add checksum=" + accepted.getFirst() + " to the vault's URL.");
    }

    private static String nameOf(S3Options.Checksum mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private S3Options with(S3Option option, String value) {
        var given = new EnumMap<S3Option, String>(S3Option.class);
        given.putAll(location.options().given());
        given.put(option, value);
        return new S3Options(given);
    }

    /** Below the name that probes of the doctor have, who removes what may not be deleted now. */
    private static void probe(S3Store store) throws ArchiverException {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        ObjectKey key = ObjectKey.of("=doctor", "checksum-" + HexFormat.of().formatHex(random));
        store.createIfAbsent(key, Content.of(random));
        try {
            store.delete(key);
        } catch (StoreException e) {
            if (e.code() != ErrorCode.STORE_DENIED) {
                throw e;
            }
        }
    }

    private Finding unfinished(String check) throws ArchiverException {
        try (S3Store store = open(location.options())) {
            int found = store.countAbandonedUploads(cluster, ABANDONED);
            return found == 0
                    ? Finding.ok(check, "there are none")
                    : Finding.warning(
                            check,
                            found + " uploads that were never completed, and are paid for",
                            "The next \"walvault backup\" of their system aborts them; a lifecycle rule"
                                    + " (AbortIncompleteMultipartUpload) does it for all.");
        }
    }
}
