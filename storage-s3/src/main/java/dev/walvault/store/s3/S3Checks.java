package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.StoreException;
import dev.walvault.config.S3Option;
import dev.walvault.config.S3Options;
import dev.walvault.config.StoreLocation;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.exception.SdkException;

/** What is worth knowing of an S3 service before a vault is trusted to it. */
public final class S3Checks {
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final Duration SKEW_DOUBT = Duration.ofMinutes(1);
    private static final Duration CERTIFICATE_DOUBT = Duration.ofDays(14);
    private static final int CONNECT_MILLIS = 10_000;
    private static final int TLS_PORT = 443;

    private final StoreLocation.S3 location;
    private final ObjectKey cluster;
    private final Timing timing = Timing.system();

    private S3Checks(StoreLocation.S3 location, ObjectKey cluster) {
        this.location = location;
        this.cluster = cluster;
    }

    /** The checks of the service and the bucket at {@code location}, and of what lies below {@code cluster}. */
    public static List<Check> of(StoreLocation.S3 location, ObjectKey cluster) {
        var checks = new S3Checks(location, cluster);
        return List.of(
                new Check("transport", checks::transport),
                new Check("requests", checks::requests),
                new Check("credentials", checks::credentials),
                new Check("checksums", checks::checksums),
                new Check("unfinished uploads", checks::unfinished));
    }

    private S3Store open(S3Options options) throws ArchiverException {
        return S3Store.open(
                new StoreLocation.S3(location.bucket(), location.prefix(), options),
                _ -> ObjectKind.DOCUMENT,
                _ -> {},
                timing);
    }

    private Finding transport(String check) throws ArchiverException {
        Optional<URI> endpoint = location.options().endpoint();
        if (endpoint.map(URI::getScheme).filter("http"::equals).isPresent()) {
            return Finding.warning(
                    check,
                    "without TLS: whoever is on the way can read and change what passes",
                    "Use https: in the option \"endpoint\"; a certificate of your own goes into \"ca-file\".");
        }
        if (endpoint.isEmpty()) {
            return Finding.ok(check, "TLS, to Amazon's own endpoint");
        }
        return certificate(check, endpoint.get());
    }

    private Finding certificate(String check, URI endpoint) throws ArchiverException {
        Tls tls = Tls.of(location.options());
        int port = endpoint.getPort() < 0 ? TLS_PORT : endpoint.getPort();
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(endpoint.getHost(), port), CONNECT_MILLIS);
            plain.setSoTimeout(CONNECT_MILLIS);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(tls.keyManagers(), tls.trustManagers(), null);
            try (SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, endpoint.getHost(), port, true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return described(check, socket.getSession().getProtocol(), (X509Certificate)
                        socket.getSession().getPeerCertificates()[0]);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        } catch (IOException e) {
            return Finding.failed(
                    check,
                    ErrorCode.STORE_UNREACHABLE,
                    "no TLS connection to " + endpoint + ": " + e.getMessage(),
                    "Put the certificate of its authority into \"ca-file\", and use the name that the certificate has.");
        }
    }

    private Finding described(String check, String protocol, X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        long days = Duration.between(timing.now(), end).toDays();
        String seen = protocol + ", certificate of \"" + certificate.getSubjectX500Principal() + "\" by \""
                + certificate.getIssuerX500Principal() + "\", valid for " + days + " days";
        return end.isAfter(timing.now().plus(CERTIFICATE_DOUBT))
                ? Finding.ok(check, seen)
                : Finding.warning(check, seen, "Renew the service's certificate.");
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

    /** Whether a request is answered at all, which tells region, redirects and signatures, and by which clock. */
    private Finding requests(String check) throws ArchiverException {
        try (S3Store store = open(location.options())) {
            store.head(ObjectKey.of("vault.json"));
            Optional<Duration> skew = store.clockSkew();
            if (skew.isEmpty()) {
                return Finding.ok(check, "answered");
            }
            String seen = "answered; the service's clock and this host's are "
                    + skew.get().abs().toSeconds() + " s apart";
            return skew.get().abs().compareTo(SKEW_DOUBT) <= 0
                    ? Finding.ok(check, seen)
                    : Finding.warning(
                            check, seen, "Set the clock of this host (NTP): S3 refuses what is 15 minutes off.");
        }
    }

    private Finding checksums(String check) throws ArchiverException {
        S3Options.Checksum configured = location.options().checksum();
        var accepted = new ArrayList<String>();
        StoreException refusal = null;
        for (S3Options.Checksum mode : S3Options.Checksum.values()) {
            if (mode == S3Options.Checksum.NONE && location.options().lock().isPresent()) {
                continue;
            }
            try (S3Store store = open(with(mode))) {
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

    private S3Options with(S3Options.Checksum mode) {
        var given = new EnumMap<S3Option, String>(S3Option.class);
        given.putAll(location.options().given());
        given.put(S3Option.CHECKSUM, nameOf(mode));
        return new S3Options(given);
    }

    /** Below the name that probes of the doctor have, who removes what may not be deleted now. */
    private static void probe(S3Store store) throws StoreException {
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
