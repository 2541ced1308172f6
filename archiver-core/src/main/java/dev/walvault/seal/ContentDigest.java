package dev.walvault.seal;

import java.util.HexFormat;

/** What identifies content in a vault: its length and its XXH64 (seed 0). Not a defence against an attacker; age is. */
public record ContentDigest(long length, long xxh64) {
    public ContentDigest {
        if (length < 0) {
            throw new IllegalArgumentException("negative content length " + length);
        }
    }

    public static ContentDigest of(byte[] content) {
        var digester = new Digester();
        digester.update(content, 0, content.length);
        return digester.result();
    }

    /** {@code xxh64} must be sixteen lower-case hexadecimal digits, as {@link #hex()} prints them. */
    public static ContentDigest of(long length, String xxh64) {
        return new ContentDigest(length, parse(xxh64));
    }

    static long parse(String xxh64) {
        if (xxh64.length() != 16 || xxh64.chars().anyMatch(c -> !HexFormat.isHexDigit(c) || (c >= 'A' && c <= 'F'))) {
            throw new IllegalArgumentException("invalid XXH64 \"" + xxh64 + "\"");
        }
        return HexFormat.fromHexDigitsToLong(xxh64);
    }

    /** The XXH64 as {@code xxhsum} prints it. */
    public String hex() {
        return HexFormat.of().toHexDigits(xxh64);
    }

    @Override
    public String toString() {
        return length + " bytes, XXH64 " + hex();
    }
}
