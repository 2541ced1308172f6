package dev.walvault.store.http;

import dev.walvault.ConfigurationException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Whom we trust, and what we show, over TLS. */
public record Tls(List<X509Certificate> authorities, Optional<Identity> identity) {
    /** The options that name the files: the same for each driver. */
    private static final String CA_FILE = "ca-file";

    private static final String CERT_FILE = "client-cert-file";
    private static final String KEY_FILE = "client-key-file";

    private static final char[] NO_PASSWORD = new char[0];

    /** What this host shows: a certificate, its chain, and the key. */
    public record Identity(List<X509Certificate> chain, PrivateKey key) {}

    /**
     * Reads the files that the options of a vault's URL name.
     *
     * @param caFile authorities to trust, beside the system's
     * @param certFile what this host shows, with its chain; together with {@code keyFile}
     */
    public static Tls read(Optional<Path> caFile, Optional<Path> certFile, Optional<Path> keyFile)
            throws ConfigurationException {
        List<X509Certificate> authorities = caFile.isPresent() ? Pem.certificates(caFile.get(), CA_FILE) : List.of();
        if (certFile.isEmpty() || keyFile.isEmpty()) {
            return new Tls(authorities, Optional.empty());
        }
        List<X509Certificate> chain = Pem.certificates(certFile.get(), CERT_FILE);
        String algorithm = chain.getFirst().getPublicKey().getAlgorithm();
        return new Tls(authorities, Optional.of(new Identity(chain, Pem.key(keyFile.get(), KEY_FILE, algorithm))));
    }

    /** The system's authorities and ours, by a manager that names a certificate that it refuses. */
    public TrustManager[] trustManagers() {
        try {
            X509ExtendedTrustManager system = trusting(null);
            if (authorities.isEmpty()) {
                return new TrustManager[] {new Naming(system)};
            }
            KeyStore store = emptyStore();
            int number = 0;
            for (X509Certificate each : system.getAcceptedIssuers()) {
                store.setCertificateEntry("system-" + number++, each);
            }
            for (X509Certificate each : authorities) {
                store.setCertificateEntry("ours-" + number++, each);
            }
            return new TrustManager[] {new Naming(trusting(store))};
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java cannot hold certificates", e);
        }
    }

    public KeyManager[] keyManagers() {
        if (identity.isEmpty()) {
            return new KeyManager[0];
        }
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry(
                    "client",
                    identity.get().key(),
                    NO_PASSWORD,
                    identity.get().chain().toArray(X509Certificate[]::new));
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java cannot hold the certificate of this host", e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static X509ExtendedTrustManager trusting(@Nullable KeyStore store) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509ExtendedTrustManager known) {
                return known;
            }
        }
        throw new GeneralSecurityException("no trust manager for X.509");
    }

    /** Says of which certificate it speaks when it refuses one: at three in the morning that is half of the answer. */
    private static final class Naming extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager judge;

        Naming(X509ExtendedTrustManager judge) {
            this.judge = judge;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            try {
                judge.checkServerTrusted(chain, type, socket);
            } catch (CertificateException e) {
                throw named(chain, e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            try {
                judge.checkServerTrusted(chain, type, engine);
            } catch (CertificateException e) {
                throw named(chain, e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            try {
                judge.checkServerTrusted(chain, type);
            } catch (CertificateException e) {
                throw named(chain, e);
            }
        }

        private static CertificateException named(X509Certificate[] chain, CertificateException e) {
            if (chain.length == 0) {
                return e;
            }
            X509Certificate first = chain[0];
            return new CertificateException(
                    "certificate \"" + first.getSubjectX500Principal() + "\", issued by \""
                            + first.getIssuerX500Principal() + "\", valid until "
                            + first.getNotAfter().toInstant()
                            + ": " + e.getMessage(),
                    e);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            judge.checkClientTrusted(chain, type, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            judge.checkClientTrusted(chain, type, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            judge.checkClientTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return judge.getAcceptedIssuers();
        }
    }
}
