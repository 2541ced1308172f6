package dev.walvault.it;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A key and its certificate, which it has signed itself: each a file in PEM. */
record CertifiedKey(Path key, Path certificate) {
    private static final String PASSWORD = "only-on-the-way";

    /** Makes one, for this host's loopback address. */
    static CertifiedKey of(String commonName, Workspace workspace)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = workspace.path(commonName + ".p12");
        Program.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        commonName,
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=" + commonName,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .run()
                .orThrow();
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        return new CertifiedKey(
                pem(
                        workspace,
                        commonName + ".key",
                        "PRIVATE KEY",
                        keys.getKey(commonName, PASSWORD.toCharArray()).getEncoded()),
                pem(
                        workspace,
                        commonName + ".crt",
                        "CERTIFICATE",
                        keys.getCertificate(commonName).getEncoded()));
    }

    private static Path pem(Workspace workspace, String name, String kind, byte[] content) throws IOException {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
        Path file = workspace.write(name, "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }
}
