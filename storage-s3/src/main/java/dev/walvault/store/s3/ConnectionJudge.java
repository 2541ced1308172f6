package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.store.http.StalledException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;

/** What it means that a request had no answer, or could not be sent. */
final class ConnectionJudge {
    private final S3Service service;

    ConnectionJudge(S3Service service) {
        this.service = service;
    }

    /** {@code failed} is what could not be done, in the words of the error. */
    S3Failure judge(String failed, Exception thrown) {
        if (in(thrown, AbortedException.class) != null
                || in(thrown, InterruptedException.class) != null
                || isInterrupt(thrown)) {
            return S3Errors.interrupted(failed, thrown);
        }
        ArchiverException ours = in(thrown, ArchiverException.class);
        if (ours != null) {
            return S3Failure.of(
                    new Fault(
                            ours.code(),
                            failed + ": " + ours.getMessage(),
                            ours.retry(),
                            ours.detail().orElse(null),
                            ours.hint().orElse(null),
                            thrown),
                    S3Failure.Remedy.NOTHING);
        }
        NoCredentialsException none = in(thrown, NoCredentialsException.class);
        if (none != null) {
            return S3Failure.of(
                    Fault.of(ErrorCode.STORE_DENIED, failed + ": no access key")
                            .detail(String.valueOf(none.getMessage()))
                            .hint("The access key is looked for in " + service.credentials()
                                    + "; see the option \"credentials\" in docs/S3.md.")
                            .retry(Retry.UNKNOWN)
                            .cause(thrown),
                    S3Failure.Remedy.REREAD_CREDENTIALS);
        }
        Fault fault = Fault.of(ErrorCode.STORE_UNREACHABLE, failed)
                .retry(Retry.YES)
                .detail("the service is " + service.name())
                .cause(thrown);
        UnknownHostException host = in(thrown, UnknownHostException.class);
        if (host != null) {
            return S3Failure.of(
                    because(fault, "host name \"" + nameIn(host) + "\" is not known")
                            .hint(
                                    "Check \"endpoint\", \"region\" and \"path-style\" in the vault's URL, and the DNS of this host."),
                    S3Failure.Remedy.TRY_AGAIN);
        }
        SSLException tls = in(thrown, SSLException.class);
        if (tls != null) {
            return ofTls(fault, thrown, tls);
        }
        return ofBrokenConnection(fault, thrown);
    }

    /** Some resolvers add their own words to the name. */
    private static String nameIn(UnknownHostException unknown) {
        return String.valueOf(unknown.getMessage()).split(":", 2)[0];
    }

    private static boolean isInterrupt(Exception thrown) {
        InterruptedIOException interrupt = in(thrown, InterruptedIOException.class);
        return (interrupt != null
                        && !(interrupt instanceof SocketTimeoutException)
                        && "interrupted".equals(interrupt.getMessage()))
                || Thread.currentThread().isInterrupted();
    }

    private S3Failure ofTls(Fault fault, Exception thrown, SSLException tls) {
        CertificateException certificate = in(thrown, CertificateException.class);
        String said = String.valueOf(certificate == null ? tls.getMessage() : certificate.getMessage());
        Fault known = because(fault, "TLS: " + said).retry(Retry.NO);
        if (certificate != null || tls instanceof SSLPeerUnverifiedException || said.contains("PKIX")) {
            return S3Failure.of(
                    known.hint("The certificate of " + service.name()
                            + " is not trusted for this name: put the certificate of"
                            + " its authority into \"ca-file\", or use the name that the certificate has."),
                    S3Failure.Remedy.NOTHING);
        }
        if (said.contains("fatal alert: bad_certificate")
                || said.contains("certificate_required")
                || said.contains("certificate_unknown")
                || said.contains("unknown_ca")) {
            return S3Failure.of(
                    known.hint("The service wants another certificate of this host: check \"client-cert-file\" and"
                            + " \"client-key-file\"."),
                    S3Failure.Remedy.NOTHING);
        }
        if (said.contains("plaintext") || said.contains("Unsupported or unrecognized SSL message")) {
            return S3Failure.of(
                    known.hint(
                            "The service does not speak TLS at this port: use http: in \"endpoint\", or the right port."),
                    S3Failure.Remedy.NOTHING);
        }
        return ofBrokenConnection(fault, thrown);
    }

    private S3Failure ofBrokenConnection(Fault fault, Exception thrown) {
        boolean neverOpen = in(thrown, ConnectException.class) != null
                || in(thrown, NoRouteToHostException.class) != null
                || isConnectTimeout(thrown);
        StalledException stalled = in(thrown, StalledException.class);
        String reason;
        String hint = "check that the service runs and that the network and its firewalls let this host through";
        if (neverOpen) {
            reason = "no connection";
        } else if (stalled != null) {
            reason = String.valueOf(stalled.getMessage());
        } else if (in(thrown, IOException.class) == null) {
            reason = "the answer makes no sense";
            hint = "it was damaged on its way, or the endpoint is not S3 but a proxy that does not know it";
        } else {
            reason = "the connection broke";
            hint += mayWantCertificate()
                    ? "; it may also want a certificate of this host: check \"client-cert-file\""
                    : "";
        }
        return S3Failure.of(
                        because(fault, reason)
                                .detail(deepest(thrown) + "; the service is " + service.name())
                                .hint(hint),
                        S3Failure.Remedy.TRY_AGAIN)
                .landed(!neverOpen);
    }

    /** With TLS 1.3 the refusal of a certificate is often lost: the connection is closed while a request is sent. */
    private boolean mayWantCertificate() {
        return service.location()
                .options()
                .endpoint()
                .filter(endpoint -> endpoint.getScheme().equals("https"))
                .isPresent();
    }

    private static boolean isConnectTimeout(Exception thrown) {
        SocketTimeoutException timeout = in(thrown, SocketTimeoutException.class);
        return timeout != null && String.valueOf(timeout.getMessage()).startsWith("Connect");
    }

    private static Fault because(Fault fault, String reason) {
        return fault.message(fault.message() + ": " + reason);
    }

    private static String deepest(Throwable thrown) {
        Throwable at = thrown;
        while (at.getCause() != null) {
            at = at.getCause();
        }
        String said = at.getMessage();
        return said == null || said.isBlank()
                ? at.getClass().getSimpleName()
                : said.strip().replaceAll("\\s+", " ");
    }

    private static <T extends Throwable> @Nullable T in(Throwable thrown, Class<T> kind) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return kind.cast(at);
            }
        }
        return null;
    }
}
