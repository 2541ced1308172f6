package dev.walvault.sign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * The signature of a JSON object, which is its last member: {@code "sig":"ed25519:KEY:SIGNATURE"}. Signed is what
 * stands before the comma that precedes it.
 */
public final class JsonSignature {
    private static final String MEMBER = ",\"sig\":\"";
    private static final String END = "\"}";

    private final byte[] before;
    private final String writer;
    private final byte[] signature;

    private JsonSignature(byte[] before, String writer, byte[] signature) {
        this.before = before;
        this.writer = writer;
        this.signature = signature;
    }

    /** The signature of an object that is followed by nothing but blanks and a line feed; empty if it has none. */
    public static Optional<JsonSignature> find(byte[] json) {
        // one character for each byte; and within a string of JSON no quotation mark stands without a backslash
        String text = new String(json, ISO_8859_1).stripTrailing();
        int begin = text.lastIndexOf(MEMBER);
        if (begin < 0 || !text.endsWith(END)) {
            return Optional.empty();
        }
        String value = text.substring(begin + MEMBER.length(), text.length() - END.length());
        if (value.indexOf('"') >= 0) {
            return Optional.empty();
        }
        int colon = value.lastIndexOf(':');
        String writer = value.substring(0, Math.max(colon, 0));
        return Optional.of(new JsonSignature(Arrays.copyOf(json, begin), writer, decoded(value.substring(colon + 1))));
    }

    /** What is signed. */
    public byte[] before() {
        return before;
    }

    /** Who is said to have signed. */
    public String writer() {
        return writer;
    }

    public byte[] signature() {
        return signature;
    }

    /** What is no base64 is a signature that does not hold. */
    private static byte[] decoded(String text) {
        try {
            byte[] signature = Base64.getDecoder().decode(text);
            return Base64.getEncoder().encodeToString(signature).equals(text) ? signature : new byte[0];
        } catch (IllegalArgumentException _) {
            return new byte[0];
        }
    }

    /** What ends a JSON object whose other members are signed: the last member, and the brace. */
    public static byte[] end(WriterKey writer, byte[] signature) {
        return (MEMBER + writer + ":" + Base64.getEncoder().encodeToString(signature) + END).getBytes(US_ASCII);
    }
}
