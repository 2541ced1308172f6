package dev.walvault.store.http;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What it means that a request had no answer, or could not be sent. */
public final class ConnectionJudge {
    private final String service;
    private final String addressOptions;
    private final boolean secure;

    /**
     * The words and the doubts depend on the service.
     *
     * @param service its name, as the operator knows it
     * @param addressOptions which options of the vault's URL say where it is: {@code "endpoint" and "region"}
     * @param secure whether requests go over TLS to an address that the operator has chosen
     */
    public ConnectionJudge(String service, String addressOptions, boolean secure) {
        this.service = service;
        this.addressOptions = addressOptions;
        this.secure = secure;
    }

    /** {@code failed} is what could not be done, in the words of the error. */
    public Failure judge(String failed, Exception thrown) {
        if (Causes.in(thrown, InterruptedException.class) != null || isInterrupt(thrown)) {
            return Failure.interrupted(failed, thrown);
        }
        ArchiverException ours = Causes.in(thrown, ArchiverException.class);
        if (ours != null) {
            return Failure.ours(failed, ours, thrown);
        }
        Fault fault = Fault.of(ErrorCode.STORE_UNREACHABLE, failed)
                .retry(Retry.YES)
                .detail("the service is " + service)
                .cause(thrown);
        UnknownHostException host = Causes.in(thrown, UnknownHostException.class);
        if (host != null) {
            return Failure.of(
                    because(fault, "host name \"" + nameIn(host) + "\" is not known")
                            .hint("Check " + addressOptions + " in the vault's URL, and the DNS of this host."),
                    Failure.Remedy.TRY_AGAIN);
        }
        SSLException tls = Causes.in(thrown, SSLException.class);
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
        InterruptedIOException interrupt = Causes.in(thrown, InterruptedIOException.class);
        return (interrupt != null
                        && !(interrupt instanceof SocketTimeoutException)
                        && "interrupted".equals(interrupt.getMessage()))
                || Thread.currentThread().isInterrupted();
    }

    private Failure ofTls(Fault fault, Exception thrown, SSLException tls) {
        CertificateException certificate = Causes.in(thrown, CertificateException.class);
        String said = String.valueOf(certificate == null ? tls.getMessage() : certificate.getMessage());
        Fault known = because(fault, "TLS: " + said).retry(Retry.NO);
        if (certificate != null || tls instanceof SSLPeerUnverifiedException || said.contains("PKIX")) {
            return Failure.of(
                    known.hint("The certificate of " + service
                            + " is not trusted for this name: put the certificate of"
                            + " its authority into \"ca-file\", or use the name that the certificate has."),
                    Failure.Remedy.NOTHING);
        }
        if (said.contains("fatal alert: bad_certificate")
                || said.contains("certificate_required")
                || said.contains("certificate_unknown")
                || said.contains("unknown_ca")) {
            return Failure.of(
                    known.hint("The service wants another certificate of this host: check \"client-cert-file\" and"
                            + " \"client-key-file\"."),
                    Failure.Remedy.NOTHING);
        }
        if (said.contains("plaintext") || said.contains("Unsupported or unrecognized SSL message")) {
            return Failure.of(
                    known.hint(
                            "The service does not speak TLS at this port: use http: in \"endpoint\", or the right port."),
                    Failure.Remedy.NOTHING);
        }
        return ofBrokenConnection(fault, thrown);
    }

    private Failure ofBrokenConnection(Fault fault, Exception thrown) {
        boolean neverOpen = Causes.in(thrown, ConnectException.class) != null
                || Causes.in(thrown, NoRouteToHostException.class) != null
                || isConnectTimeout(thrown);
        StalledException stalled = Causes.in(thrown, StalledException.class);
        String reason;
        String hint = "check that the service runs and that the network and its firewalls let this host through";
        if (neverOpen) {
            reason = "no connection";
        } else if (stalled != null) {
            reason = String.valueOf(stalled.getMessage());
        } else if (Causes.in(thrown, IOException.class) == null) {
            reason = "the answer makes no sense";
            hint = "it was damaged on its way, or the endpoint is not the service but a proxy that does not know it";
        } else {
            reason = "the connection broke";
            // with TLS 1.3 the refusal of a certificate is often lost: the connection is closed while a request is sent
            hint += secure ? "; it may also want a certificate of this host: check \"client-cert-file\"" : "";
        }
        return Failure.of(
                        because(fault, reason)
                                .detail(deepest(thrown) + "; the service is " + service)
                                .hint(hint),
                        Failure.Remedy.TRY_AGAIN)
                .landed(!neverOpen);
    }

    private static boolean isConnectTimeout(Exception thrown) {
        SocketTimeoutException timeout = Causes.in(thrown, SocketTimeoutException.class);
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
}
