package dev.walvault.store.s3;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server's certificate that is its own authority, made with the JDK's keytool. */
final class ServerCertificate {
    static final String PASSWORD = "changeit";

    private final Path directory;

    private ServerCertificate(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes one in {@code directory}, good for {@code subjectAlternativeNames} only:
     * {@code ip:127.0.0.1,dns:localhost}.
     */
    static ServerCertificate make(Path directory, String subjectAlternativeNames)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        var made = new ServerCertificate(directory);
        made.keytool(
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "bc:c",
                "-ext",
                "san=" + subjectAlternativeNames);
        made.keytool("-exportcert", "-rfc", "-file", made.authority().toString());
        return made;
    }

    /** The certificate as PEM: what a client has to trust. */
    Path authority() {
        return directory.resolve("ca.pem");
    }

    /** The key and the certificate, as PKCS #12 under {@link #PASSWORD}. */
    Path keyStore() {
        return directory.resolve("server.p12");
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-alias",
                "server",
                "-keystore",
                keyStore().toString(),
                "-storepass",
                PASSWORD,
                "-storetype",
                "PKCS12"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + output);
        }
    }
}
