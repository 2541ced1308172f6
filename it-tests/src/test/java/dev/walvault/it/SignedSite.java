package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A server whose archive_command signs, a reader that believes nobody else, and strangers who can write to the vault as
 * well. Of an encrypted vault the server and the strangers know the recipients only.
 */
final class SignedSite implements Closeable {
    private final Site site;
    private final boolean encrypted;
    private final String key;
    private final Walvault writer;
    private final Walvault reader;

    private SignedSite(Site site, boolean encrypted) throws Exception {
        this.site = site;
        this.encrypted = encrypted;
        this.key = newKey("writer");
        this.writer = configured("writer", false, signing("writer") + trust());
        this.reader = configured("reader", true, trust());
    }

    /** A started server that archives into a vault which has been signed from the beginning. */
    static SignedSite start(boolean encrypted) throws Exception {
        // strangers take segments out of pg_wal, so they have to stay there
        Site site = Site.start(
                PostgresBinaries.of(15), setup -> setup.walSegmentMegabytes(1).set("wal_keep_size", "64MB"));
        try {
            var signed = new SignedSite(site, encrypted);
            signed.writer.run("init").orThrow();
            site.primary().configure("archive_command", signed.writer.archiveCommand());
            site.primary().reload();
            return signed;
        } catch (IOException | InterruptedException | RuntimeException e) {
            site.close();
            throw e;
        }
    }

    /** Makes a signing key of this name; returns the public one. */
    String newKey(String name) throws Exception {
        String printed = site.ok("keygen", "--signing", "-o", keyFile(name).toString());
        return printed.substring(printed.indexOf("ed25519:")).strip();
    }

    private Path keyFile(String name) {
        return site.workspace().path(name + ".key");
    }

    private String signing(String name) {
        return "\n[signing]\nkey_file = \"" + keyFile(name) + "\"\n";
    }

    private String trust() {
        return "\n[trust]\nwriters = [\"" + key + " name=primary\"]\n";
    }

    private Walvault configured(String name, boolean opens, String more) throws IOException {
        return site.configured(name, text -> {
            String changed = text.replace("file://" + site.vault(), "file://" + vault())
                    .replace("\"" + site.workspace().path("state") + "\"", "\"" + state(name) + "\"");
            if (!encrypted) {
                changed = changed.replaceAll("(?m)^(\\[encryption]|recipients = .*|identity_files = .*)$", "");
            } else if (!opens) {
                changed = changed.replaceAll("(?m)^identity_files = .*$", "");
            }
            return changed + more;
        });
    }

    private Path state(String name) {
        return site.workspace().path("state-" + name);
    }

    /** Signs by a key that nobody believes, or not at all. */
    Walvault stranger(Optional<String> signingKey) throws IOException {
        String name = signingKey.orElse("unsigned");
        return configured(name, false, signingKey.map(this::signing).orElse(""));
    }

    Site site() {
        return site;
    }

    PostgresServer primary() {
        return site.primary();
    }

    /** By which the server signs; the public one. */
    String key() {
        return key;
    }

    Walvault writer() {
        return writer;
    }

    Walvault reader() {
        return reader;
    }

    Path vault() {
        return site.workspace().path("signed-vault");
    }

    /** By the reader, which must be able to. */
    PostgresServer restored(String name, String... options) throws Exception {
        restore(name, options).orThrow();
        var server = site.open(name, Map.of());
        server.start();
        server.awaitPromoted(PATIENCE);
        return server;
    }

    /** By the reader. */
    Ran restore(String name, String... options) throws Exception {
        String[] words = new String[options.length + 3];
        words[0] = "restore";
        words[1] = "-D";
        words[2] = site.workspace().path(name).toString();
        System.arraycopy(options, 0, words, 3, options.length);
        return reader.run(Duration.ofMinutes(5), words);
    }

    @Override
    public void close() throws IOException {
        site.close();
    }
}
