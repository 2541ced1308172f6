package dev.walvault.store.http;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** Certificates and keys in PEM files. */
final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private Pem() {}

    /** All certificates of {@code file}, at least one; {@code option} names it in errors. */
    static List<X509Certificate> certificates(Path file, String option) throws ConfigurationException {
        List<X509Certificate> certificates = new ArrayList<>();
        byte[] content = read(file, option);
        try {
            for (var each :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content))) {
                certificates.add((X509Certificate) each);
            }
        } catch (GeneralSecurityException e) {
            throw unreadable(file, option, "certificate", e);
        }
        if (certificates.isEmpty()) {
            throw unreadable(file, option, "certificate", new GeneralSecurityException("no certificate in it"));
        }
        return certificates;
    }

    /** The private key of {@code file}, for a certificate with a public key of {@code algorithm}. */
    static PrivateKey key(Path file, String option, String algorithm) throws ConfigurationException {
        var match = KEY.matcher(new String(read(file, option), StandardCharsets.US_ASCII));
        if (!match.find()) {
            throw unreadable(
                    file, option, "private key", new GeneralSecurityException("no \"BEGIN PRIVATE KEY\" in it"));
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(match.group(1));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable(file, option, "private key", e);
        }
    }

    private static byte[] read(Path file, String option) throws ConfigurationException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw Fault.of(ErrorCode.CONFIGURATION, "file \"" + file + "\" of option \"" + option + "\" does not exist")
                    .cause(e)
                    .configuration();
        } catch (IOException e) {
            throw Fault.of(ErrorCode.CONFIGURATION, "could not read file \"" + file + "\" of option \"" + option + "\"")
                    .detail(FileTrouble.reason(e))
                    .cause(e)
                    .configuration();
        }
    }

    private static ConfigurationException unreadable(Path file, String option, String what, Exception cause) {
        return Fault.of(ErrorCode.CONFIGURATION, "file \"" + file + "\" of option \"" + option + "\" holds no " + what)
                .detail(String.valueOf(cause.getMessage()))
                .hint("It has to be PEM; a private key PKCS #8 without passphrase: openssl pkcs8 -topk8 -nocrypt")
                .cause(cause)
                .configuration();
    }
}
