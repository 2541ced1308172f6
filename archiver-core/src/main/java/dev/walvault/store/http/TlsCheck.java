package dev.walvault.store.http;

import dev.walvault.ArchiverException;
import dev.walvault.examine.Finding;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * What protects the requests on their way: shakes hands with the service as the driver does, and looks at its
 * certificate.
 */
public final class TlsCheck {
    private static final Duration CERTIFICATE_DOUBT = Duration.ofDays(14);
    private static final int CONNECT_MILLIS = 10_000;
    private static final int TLS_PORT = 443;

    private final Tls tls;
    private final Timing timing;

    public TlsCheck(Tls tls, Timing timing) {
        this.tls = tls;
        this.timing = timing;
    }

    /** {@code address} is where requests go, and answers; so what cannot be reached directly, is reached by a proxy. */
    public Finding of(String check, URI address) throws ArchiverException {
        if ("http".equals(address.getScheme())) {
            return Finding.warning(
                    check,
                    "without TLS: whoever is on the way can read and change what passes",
                    "Use https: in the option \"endpoint\"; a certificate of your own goes into \"ca-file\".");
        }
        int port = address.getPort() < 0 ? TLS_PORT : address.getPort();
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(address.getHost(), port), CONNECT_MILLIS);
            plain.setSoTimeout(CONNECT_MILLIS);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(tls.keyManagers(), tls.trustManagers(), null);
            try (SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, address.getHost(), port, true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return described(check, address, socket.getSession().getProtocol(), (X509Certificate)
                        socket.getSession().getPeerCertificates()[0]);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        } catch (IOException e) {
            return Finding.skipped(
                    check,
                    "requests are answered, but not by a direct connection to " + address + ": " + e.getMessage());
        }
    }

    private Finding described(String check, URI address, String protocol, X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        long days = Duration.between(timing.now(), end).toDays();
        String seen = protocol + " to " + address.getHost() + ", certificate of \""
                + certificate.getSubjectX500Principal() + "\" by \"" + certificate.getIssuerX500Principal()
                + "\", valid for " + days + " days";
        return end.isAfter(timing.now().plus(CERTIFICATE_DOUBT))
                ? Finding.ok(check, seen)
                : Finding.warning(check, seen, "Renew the service's certificate.");
    }
}
