package dev.walvault.vault;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.walvault.backup.GoldenVaultMaker;
import dev.walvault.seal.GoldenKeys;
import dev.walvault.seal.Identities;
import dev.walvault.seal.Recipients;
import dev.walvault.sign.Keys;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.Content;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A vault that an earlier version wrote, with what must be read from it. Each lies in a directory of its own and is
 * never changed: a new one gets the next number.
 *
 * @param name the directory's, and whether it is encrypted
 * @param digests SHA-256 of each file of the data directory ("data/…"), and of each file of the WAL ("wal/…")
 */
public record GoldenVault(String name, MemoryStore store, Map<String, String> digests) {
    private static final Path DIRECTORY =
            Path.of("..", "archiver-core", "src", "test", "resources", "dev", "walvault", "vault", "golden");
    private static final String DIGESTS = "SHA256SUMS";
    private static final LocalDateTime NO_TIME = LocalDateTime.of(2026, 11, 20, 22, 15, 30);

    /** Every vault that any version has left. */
    public static List<GoldenVault> all() {
        var vaults = new TreeMap<String, GoldenVault>();
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".zip")).toList()) {
                String name = DIRECTORY.relativize(file).toString().replace(".zip", "");
                vaults.put(name, new GoldenVault(name, read(file), digests(file.resolveSibling(DIGESTS))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(vaults.values());
    }

    /** Makes one more, of both kinds, with the writers of today. */
    static void makeAnother(Path temporary) throws IOException {
        int number = 1;
        while (Files.exists(DIRECTORY.resolve(Integer.toString(number)))) {
            number++;
        }
        Path directory = Files.createDirectories(DIRECTORY.resolve(Integer.toString(number)));
        for (String kind : List.of("plain", "encrypted")) {
            var made = GoldenVaultMaker.make(
                    temporary.resolve(kind),
                    signing(kind.equals("plain") ? Recipients.none() : GoldenKeys.recipients()));
            write(made.store(), directory.resolve(kind + ".zip"));
            var lines = new StringBuilder();
            made.files().forEach((path, content) -> lines.append(line(content, "data/" + path)));
            made.wal().forEach((file, content) -> lines.append(line(content, "wal/" + file)));
            Files.writeString(directory.resolve(DIGESTS), lines);
        }
    }

    private static Keyring signing(Recipients recipients) throws IOException {
        Identities identities = recipients.isEmpty() ? Identities.none() : GoldenKeys.identities();
        return new Keyring(recipients, identities, Optional.of(GoldenKeys.signing()), TrustedWriters.everybody());
    }

    private static String line(byte[] content, String path) {
        return StoredDigest.of(content).sha256() + "  " + path + "\n";
    }

    private static void write(MemoryStore store, Path file) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (ObjectKey key : store.keys()) {
                var entry = new ZipEntry(key.value());
                entry.setTimeLocal(NO_TIME);
                zip.putNextEntry(entry);
                try (InputStream in = store.open(key).orElseThrow()) {
                    in.transferTo(zip);
                }
            }
        }
    }

    private static MemoryStore read(Path file) throws IOException {
        var store = new MemoryStore();
        try (var zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                store.createIfAbsent(new ObjectKey(entry.getName()), Content.of(zip.readAllBytes()));
            }
        }
        return store;
    }

    private static Map<String, String> digests(Path file) throws IOException {
        var digests = new LinkedHashMap<String, String>();
        for (String line : Files.readAllLines(file, US_ASCII)) {
            digests.put(line.substring(66), line.substring(0, 64));
        }
        return digests;
    }

    /** The digests below one of the two directories, by what follows. */
    Map<String, String> digestsIn(String directory) {
        var below = new LinkedHashMap<String, String>();
        digests.forEach((path, digest) -> {
            if (path.startsWith(directory + "/")) {
                below.put(path.substring(directory.length() + 1), digest);
            }
        });
        return below;
    }

    /** The same in a store of its own. */
    GoldenVault copy() {
        var copy = new MemoryStore();
        for (ObjectKey key : store.keys()) {
            try {
                copy.createIfAbsent(key, Content.of(bytes(key)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new GoldenVault(name, copy, digests);
    }

    boolean encrypted() {
        return name.endsWith("encrypted");
    }

    /** Of somebody who reads it and believes its writer only. */
    Keyring reader() throws IOException {
        return reader(Keys.trusting(GoldenKeys.signing()));
    }

    Keyring reader(TrustedWriters trusted) throws IOException {
        Keyring keys = encrypted() ? new Keyring(GoldenKeys.recipients(), GoldenKeys.identities()) : Vaults.NO_KEYS;
        return Vaults.trusting(keys, trusted);
    }

    MemberVault open(Keyring keyring) throws IOException {
        return access(keyring).of(GoldenVaultMaker.SYSTEM);
    }

    MemberAccess access(Keyring keyring) throws IOException {
        return Vaults.opened(store, keyring);
    }

    /** The key of the one object whose key ends so. */
    ObjectKey key(String end) {
        return store.keys().stream()
                .filter(key -> key.value().endsWith(end))
                .findFirst()
                .orElseThrow(() -> new AssertionError(end + " is not among " + store.keys()));
    }

    byte[] bytes(ObjectKey key) throws IOException {
        try (InputStream in = store.open(key).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
