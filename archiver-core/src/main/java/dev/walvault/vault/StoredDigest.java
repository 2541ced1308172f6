package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.checksum.Sha256;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What an object is as it is stored, encrypted or not: anybody who can read the vault can compare it, without keys.
 *
 * @param length in bytes
 * @param sha256 of all bytes, in lower-case hexadecimal digits
 */
public record StoredDigest(long length, String sha256) {
    private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{64}");

    public StoredDigest {
        if (length < 0 || !SHAPE.matcher(sha256).matches()) {
            throw new IllegalArgumentException("no object has " + length + " bytes and SHA-256 \"" + sha256 + "\"");
        }
    }

    /** The end of a digest that {@code bytes} many bytes went through. */
    public static StoredDigest of(long bytes, MessageDigest digest) {
        return new StoredDigest(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    public static StoredDigest of(byte[] stored) {
        MessageDigest digest = begin();
        digest.update(stored);
        return of(stored.length, digest);
    }

    /** What {@link #of(long, MessageDigest)} ends. */
    public static MessageDigest begin() {
        return Sha256.create();
    }

    /** Copies all bytes, and returns what they were. Closes neither. */
    public static StoredDigest copy(InputStream in, OutputStream out) throws IOException {
        var stored = new StoredOutput(out);
        in.transferTo(stored);
        return stored.digest();
    }

    /** As the two members of a document: {@code lengthMember} and {@code digestMember}. */
    void put(JsonText json, String lengthMember, String digestMember) {
        json.put(lengthMember, length).put(digestMember, sha256);
    }

    static StoredDigest read(JsonObject json, String lengthMember, String digestMember) throws IntegrityException {
        long length = json.number(lengthMember);
        return json.as(digestMember, sha256 -> new StoredDigest(length, sha256));
    }

    @Override
    public String toString() {
        return length + " bytes with SHA-256 " + sha256;
    }
}
