package dev.walvault.seal;

import static dev.walvault.ErrorCode.KEY_INVALID;
import static dev.walvault.ErrorCode.KEY_MISSING;

import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.KeyException;
import dev.walvault.seal.age.AgeKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The private keys that objects are decrypted with. Immutable; no message and no {@link #toString()} shows them. */
public final class Identities {
    private static final Identities NONE = new Identities(List.of());
    private static final int FILE_LIMIT = 1 << 20;
    private static final Set<PosixFilePermission> OTHERS_READ =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    private final List<AgeKey> keys;

    private Identities(List<AgeKey> keys) {
        this.keys = keys;
    }

    public static Identities none() {
        return NONE;
    }

    public static Identities of(List<AgeKey> keys) {
        return new Identities(List.copyOf(keys));
    }

    /**
     * Reads age identity files: comments, blank lines, and a private key on each of the other lines.
     *
     * @throws KeyException KEY_MISSING for a file that is absent or cannot be read, KEY_INVALID with file and line
     */
    public static Identities read(List<Path> files) throws KeyException {
        var keys = new ArrayList<AgeKey>();
        for (Path file : files) {
            read(file, keys);
        }
        return new Identities(List.copyOf(keys));
    }

    /** The public keys they belong to, in the order read. */
    public List<String> recipients() {
        return keys.stream().map(AgeKey::recipient).toList();
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Those of {@code files} that their mode lets the group or others read: worth a warning. */
    public static List<Path> worldReadable(List<Path> files) {
        var readable = new ArrayList<Path>();
        for (Path file : files) {
            try {
                if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS_READ::contains)) {
                    readable.add(file);
                }
            } catch (IOException | UnsupportedOperationException e) {
                // absent: read() says so; no POSIX modes: nothing to warn about
            }
        }
        return List.copyOf(readable);
    }

    List<AgeKey> keys() {
        return keys;
    }

    @Override
    public String toString() {
        return "identities of " + recipients();
    }

    private static void read(Path file, List<AgeKey> keys) throws KeyException {
        String content = content(file);
        if (content.startsWith("age-encryption.org/") || content.startsWith("-----BEGIN AGE")) {
            throw Fault.of(KEY_INVALID, "identity file \"" + file + "\" is itself encrypted")
                    .hint("Decrypt it first: age -d -o identity.txt \"" + file + "\"")
                    .key();
        }
        int before = keys.size();
        int number = 0;
        for (String line : content.split("\n", -1)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            if (!text.startsWith(AgeKey.PREFIX)) {
                throw Fault.of(KEY_INVALID, "line " + number + " of identity file \"" + file + "\" is not an identity")
                        .detail("An identity begins with \"" + AgeKey.PREFIX + "\".")
                        .hint(
                                text.startsWith("age1")
                                        ? "This is a public key; the file must hold the private one."
                                        : "Only X25519 identities, as age-keygen writes them, are understood.")
                        .key();
            }
            try {
                keys.add(AgeKey.ofIdentity(text));
            } catch (GeneralSecurityException e) {
                // without the cause: its message may quote the key
                throw Fault.of(
                                KEY_INVALID,
                                "line " + number + " of identity file \"" + file + "\" is not a valid identity")
                        .detail("Its length or its checksum is wrong.")
                        .hint("Restore the file from where its copy is kept.")
                        .key();
            }
        }
        if (keys.size() == before) {
            throw Fault.of(KEY_INVALID, "identity file \"" + file + "\" holds no identity")
                    .hint("\"walvault keygen\" or \"age-keygen\" writes one.")
                    .key();
        }
    }

    private static String content(Path file) throws KeyException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_LIMIT + 1);
            if (bytes.length > FILE_LIMIT) {
                throw Fault.of(KEY_INVALID, "identity file \"" + file + "\" is larger than 1 MiB")
                        .key();
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw Fault.of(KEY_MISSING, "identity file \"" + file + "\" does not exist")
                    .hint("Put it there, or correct encryption.identity_files.")
                    .cause(e)
                    .key();
        } catch (KeyException e) {
            throw e;
        } catch (IOException e) {
            throw Fault.of(KEY_MISSING, "identity file \"" + file + "\" cannot be read")
                    .detail(FileTrouble.reason(e))
                    .hint("Let this user read it, or correct encryption.identity_files.")
                    .cause(e)
                    .key();
        }
    }
}
