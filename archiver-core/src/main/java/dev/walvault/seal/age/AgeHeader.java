package dev.walvault.seal.age;

import static dev.walvault.seal.stored.Corruption.corrupt;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import dev.walvault.IntegrityException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The header of an age file (age-encryption.org/v1, "Header"): stanzas, and a MAC over them by a key that only the
 * holder of the file key knows.
 *
 * <p>jagged wraps and unwraps the file key. It does not read the header here: its reader keeps the stanzas to itself
 * and takes only headers that lie within the first 64 KiB, some 400 recipients of ours.
 */
public final class AgeHeader {
    /** What every file of age begins with. */
    public static final byte[] INTRO = "age-encryption.org/v1\n".getBytes(StandardCharsets.US_ASCII);

    /** About 5,000 recipients; what is larger is no header but an attack on memory. */
    private static final int LIMIT = 1 << 20;

    private static final String X25519 = "X25519";
    private static final int POINT = 32;

    /** A file key of 16 bytes and its tag. */
    private static final int WRAPPED_KEY = 32;

    /** The u coordinates of order 1, 2, 4 and 8, and those that are not reduced. */
    private static final Set<String> SMALL_ORDER = Set.of(
            "00".repeat(32),
            "01" + "00".repeat(31),
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ec" + "ff".repeat(30) + "7f",
            "ed" + "ff".repeat(30) + "7f",
            "ee" + "ff".repeat(30) + "7f");

    private static final String STANZA = "-> ";
    private static final String END = "---";
    private static final int LINE = 64;

    private final List<AgeStanza> stanzas;
    private final int beforeLast;
    private final byte[] authenticated;
    private final byte[] mac;
    private final int length;

    private AgeHeader(List<AgeStanza> stanzas, int beforeLast, byte[] authenticated, byte[] mac, int length) {
        this.stanzas = stanzas;
        this.beforeLast = beforeLast;
        this.authenticated = authenticated;
        this.mac = mac;
        this.length = length;
    }

    /** Makes the last stanza of a header out of all that stands before it. */
    @FunctionalInterface
    public interface LastStanza {
        AgeStanza behind(byte[] before);
    }

    /** A header with these stanzas, the last of which may depend on all before it, and its MAC. */
    public static byte[] write(FileKey fileKey, List<RecipientStanza> stanzas, Optional<LastStanza> last)
            throws GeneralSecurityException {
        var text = new StringBuilder(new String(INTRO, StandardCharsets.US_ASCII));
        stanzas.forEach(stanza -> append(text, stanza));
        if (last.isPresent()) {
            append(text, last.get().behind(text.toString().getBytes(StandardCharsets.US_ASCII)));
        }
        text.append(END);
        byte[] mac = AgeKeys.headerMac(fileKey, text.toString().getBytes(StandardCharsets.US_ASCII));
        text.append(' ').append(base64(mac)).append('\n');
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void append(StringBuilder text, RecipientStanza stanza) {
        text.append(STANZA).append(stanza.getType());
        stanza.getArguments().forEach(argument -> text.append(' ').append(argument));
        text.append('\n');
        String body = base64(stanza.getBody());
        int from = 0;
        for (; from + LINE <= body.length(); from += LINE) {
            text.append(body, from, from + LINE).append('\n');
        }
        text.append(body, from, body.length()).append('\n');
    }

    /** Reads from the first byte up to the last of the header, and no further when {@code in} is read byte by byte. */
    public static AgeHeader read(InputStream in, String object) throws IOException {
        var lines = new Lines(in, object);
        lines.next();
        var stanzas = new ArrayList<AgeStanza>();
        int beforeLast = lines.length();
        while (true) {
            int before = lines.length();
            String line = lines.next();
            if (line.startsWith(END + " ")) {
                byte[] authenticated = Arrays.copyOf(lines.bytes(), before + END.length());
                byte[] mac = decode(line.substring(END.length() + 1), object);
                if (mac.length != AgeKeys.MAC_LENGTH) {
                    throw corrupt(object, "The age header has a MAC of " + mac.length + " bytes.");
                }
                return new AgeHeader(List.copyOf(stanzas), beforeLast, authenticated, mac, lines.length());
            }
            if (!line.startsWith(STANZA)) {
                throw corrupt(object, "The age header has neither a stanza nor its end at offset " + before + ".");
            }
            List<String> words = List.of(line.substring(STANZA.length()).split(" ", -1));
            if (words.stream().anyMatch(word -> word.isEmpty() || word.chars().anyMatch(c -> c < '!' || c > '~'))) {
                throw corrupt(object, "The age header has a malformed stanza at offset " + before + ".");
            }
            var stanza = new AgeStanza(words.getFirst(), words.subList(1, words.size()), body(lines, object));
            requireWellFormed(stanza, object);
            stanzas.add(stanza);
            beforeLast = before;
        }
    }

    /** As age does, which refuses such a file, and passes over stanzas of types that it does not know. */
    private static void requireWellFormed(AgeStanza stanza, String object) throws IntegrityException {
        if (!stanza.getType().equals(X25519)) {
            return;
        }
        boolean wellFormed = stanza.getArguments().size() == 1 && stanza.getBody().length == WRAPPED_KEY;
        if (!wellFormed || !isPoint(decode(stanza.getArguments().getFirst(), object))) {
            throw corrupt(object, "The age header has a malformed " + X25519 + " stanza.");
        }
    }

    /** A point of small order is no public key: what it agrees on is known to everybody (RFC 7748, section 6.1). */
    private static boolean isPoint(byte[] point) {
        if (point.length != POINT) {
            return false;
        }
        byte[] canonical = point.clone();
        canonical[POINT - 1] &= 0x7F; // the highest bit counts for nothing
        return !SMALL_ORDER.contains(HexFormat.of().formatHex(canonical));
    }

    /** All of them, in their order. */
    public List<AgeStanza> stanzas() {
        return stanzas;
    }

    /** The first stanza of a type. */
    public Optional<AgeStanza> find(String type) {
        return stanzas.stream().filter(stanza -> stanza.getType().equals(type)).findFirst();
    }

    /** What stands before the last stanza. */
    public byte[] beforeLast() {
        return Arrays.copyOf(authenticated, beforeLast);
    }

    /** In bytes, with the last line feed. */
    public int length() {
        return length;
    }

    /** Throws unless the MAC is that of this file key. */
    public void verify(FileKey fileKey, String object) throws GeneralSecurityException, IntegrityException {
        if (!MessageDigest.isEqual(AgeKeys.headerMac(fileKey, authenticated), mac)) {
            throw corrupt(object, "The age header was changed after it was written: its MAC does not match.");
        }
    }

    private static byte[] body(Lines lines, String object) throws IOException {
        var body = new StringBuilder();
        String line;
        do {
            line = lines.next();
            if (line.length() > LINE) {
                throw corrupt(
                        object, "The age header has a line of " + line.length() + " characters in a stanza's body.");
            }
            body.append(line);
        } while (line.length() == LINE);
        return decode(body.toString(), object);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decode(String text, String object) throws IntegrityException {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (base64(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw corrupt(object, "The age header has malformed base64.", e);
        }
        throw corrupt(object, "The age header has base64 that is not canonical.");
    }

    private static final class Lines {
        private final InputStream in;
        private final String object;
        private final ByteArrayOutputStream all = new ByteArrayOutputStream(1024);

        Lines(InputStream in, String object) {
            this.in = in;
            this.object = object;
        }

        String next() throws IOException {
            var line = new StringBuilder();
            while (true) {
                int b = in.read();
                if (b < 0) {
                    throw corrupt(object, "It ends at offset " + all.size() + ", inside the age header.");
                }
                all.write(b);
                if (b == '\n') {
                    return line.toString();
                }
                if (all.size() > LIMIT) {
                    throw corrupt(object, "Its age header is longer than " + LIMIT + " bytes.");
                }
                line.append((char) b);
            }
        }

        int length() {
            return all.size();
        }

        byte[] bytes() {
            return all.toByteArray();
        }
    }
}
