package dev.walvault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * File names as PostgreSQL and the kernel have them: bytes, of which nobody knows the encoding. As text they are UTF-8,
 * and each byte that is no part of valid UTF-8 is the character U+DC80 to U+DCFF with that byte in its lowest bits. No
 * valid text has such a character alone, so that nothing is lost either way.
 *
 * <p>Java's own paths keep the bytes as well, but their text does not, whatever the locale. Only their URI gives the
 * bytes.
 */
public final class FileNames {
    /** In this encoding each character is one byte, so that a reader or writer of tar takes names as they are. */
    public static final String TAR_ENCODING = ISO_8859_1.name();

    private static final int UNDECODABLE = 0xDC00;
    private static final int FIRST_UNDECODABLE = UNDECODABLE + 0x80;
    private static final int LAST_UNDECODABLE = UNDECODABLE + 0xFF;
    private static final Path ROOT = Path.of("/");

    private FileNames() {}

    /** The text of these bytes. */
    public static String decode(byte[] bytes) {
        CharsetDecoder decoder = UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (UNDECODABLE | (in.get() & 0xFF)));
            }
        }
    }

    /**
     * The bytes of this text.
     *
     * @throws IllegalArgumentException if it is the text of no bytes: half of a character that needs two
     */
    public static byte[] encode(String text) {
        var bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            if (point >= FIRST_UNDECODABLE && point <= LAST_UNDECODABLE) {
                bytes.write(point & 0xFF);
            } else if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException("no file name: half a character at position " + i);
            } else {
                bytes.writeBytes(Character.toString(point).getBytes(UTF_8));
            }
            i += Character.charCount(point);
        }
        return bytes.toByteArray();
    }

    /** The text of a path. */
    public static String text(Path path) {
        String text = path.toString();
        return isAscii(text) ? text : decode(bytes(path));
    }

    /** The text of the last name of a path. */
    public static String lastName(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : text(name);
    }

    /**
     * The path of this text.
     *
     * @throws IllegalArgumentException if it can be no path
     */
    public static Path path(String text) {
        if (isAscii(text)) {
            return Path.of(text);
        }
        byte[] bytes = encode(text);
        boolean absolute = bytes.length > 0 && bytes[0] == '/';
        var uri = new StringBuilder(bytes.length * 3 + 8).append(absolute ? "file://" : "file:///");
        for (byte b : bytes) {
            if (b == '/') {
                uri.append('/');
            } else {
                uri.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        Path path = Path.of(URI.create(uri.toString()));
        return absolute ? path : path.subpath(0, path.getNameCount());
    }

    /** The text that stands for the same bytes in a tar archive of {@link #TAR_ENCODING}. */
    public static String inTar(String text) {
        return isAscii(text) ? text : new String(encode(text), ISO_8859_1);
    }

    private static byte[] bytes(Path path) {
        // the names of a relative path below the root, so that no directory of this process gets into the URI
        String uri = ROOT.resolve(path).toUri().getRawPath();
        int from = path.isAbsolute() ? 0 : 1;
        // it ends with a slash where it is the path of a directory
        int to = uri.length() > 1 && uri.endsWith("/") ? uri.length() - 1 : uri.length();
        var bytes = new ByteArrayOutputStream(to - from);
        for (int i = from; i < to; i++) {
            if (uri.charAt(i) == '%') {
                bytes.write(HexFormat.fromHexDigits(uri, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(uri.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
