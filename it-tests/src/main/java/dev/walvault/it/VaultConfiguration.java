package dev.walvault.it;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A configuration file for one server with encrypted vaults, each given by its URL, as README's set-up has it. */
public record VaultConfiguration(
        List<String> vaults, String cluster, String recipient, Path identity, PostgresServer server) {
    private static final Pattern RECIPIENT = Pattern.compile("recipient:\\s*(age1[0-9a-z]+)");

    public VaultConfiguration {
        vaults = List.copyOf(vaults);
    }

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
                vault = %s
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
                        vaultSetting(),
                        cluster,
                        server.dataDirectory(),
                        recipient,
                        identity,
                        server.host(),
                        server.port(),
                        PostgresServer.USER);
    }

    /** A string for one, as most people write it; an array for several. */
    private String vaultSetting() {
        return vaults.size() == 1
                ? "\"" + vaults.getFirst() + "\""
                : vaults.stream().collect(Collectors.joining("\", \"", "[\"", "\"]"));
    }
}
