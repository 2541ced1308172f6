package dev.walvault.it;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** A configuration file for one server with an encrypted vault on the file system, as README's set-up has it. */
public record VaultConfiguration(Path vault, String cluster, String recipient, Path identity, PostgresServer server) {
    private static final Pattern RECIPIENT = Pattern.compile("recipient:\\s*(age1[0-9a-z]+)");

    /** The public key, out of what {@code walvault keygen} printed. */
    public static String recipientOf(String printed) {
        var match = RECIPIENT.matcher(printed);
        if (!match.find()) {
            throw new IllegalStateException("walvault keygen named no recipient");
        }
        return match.group(1);
    }

    /** TOML. */
    public String text() {
        return """
                vault = "file://%s"
                cluster = "%s"
                pgdata = "%s"

                [encryption]
                recipients = ["%s"]
                identity_files = ["%s"]

                [postgres]
                host = "%s"
                port = %d
                user = "%s"
                database = "postgres"
                """.formatted(
                        vault,
                        cluster,
                        server.dataDirectory(),
                        recipient,
                        identity,
                        server.host(),
                        server.port(),
                        PostgresServer.USER);
    }
}
