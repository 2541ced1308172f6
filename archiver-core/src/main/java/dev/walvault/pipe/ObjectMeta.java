package dev.walvault.pipe;

import static dev.walvault.pipe.Corruption.corrupt;

import dev.walvault.IntegrityException;
import dev.walvault.Timestamps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * What an object says of itself: its key below the system identifier, the digest of its content where the writer knew it
 * in advance, and who wrote it. It heads the compressed form as a frame of 512 bytes, and an encrypted object repeats
 * it in its header (docs/FORMAT.md).
 */
public record ObjectMeta(String name, Optional<ContentDigest> digest, WriteStamp stamp) {
    /** Of the metadata frame. */
    public static final int FRAME_LENGTH = 512;

    static final String STANZA = "walvault/meta";

    private static final int HEAD = 8;
    private static final int MAGIC = 0x184D2A57;
    private static final String ABSENT = "-";

    public ObjectMeta {
        WriteStamp.requireVisible("object name", name);
    }

    /**
     * The metadata frame.
     *
     * @throws IllegalArgumentException when it does not fit
     */
    public byte[] toFrame() {
        byte[] json = json().getBytes(StandardCharsets.US_ASCII);
        if (json.length > FRAME_LENGTH - HEAD - 1) {
            throw new IllegalArgumentException("the metadata of object \"" + name + "\" has " + json.length
                    + " bytes, more than the " + (FRAME_LENGTH - HEAD - 1) + " that fit");
        }
        byte[] frame = new byte[FRAME_LENGTH];
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(MAGIC).putInt(FRAME_LENGTH - HEAD);
        System.arraycopy(json, 0, frame, HEAD, json.length);
        Arrays.fill(frame, HEAD + json.length, FRAME_LENGTH - 1, (byte) ' ');
        frame[FRAME_LENGTH - 1] = '\n';
        return frame;
    }

    /**
     * Reads a metadata frame; {@code object} is what messages call it.
     *
     * @throws IntegrityException when it is malformed (CORRUPT) or of a later format (FORMAT_TOO_NEW)
     */
    public static ObjectMeta fromFrame(byte[] frame, String object) throws IntegrityException {
        if (frame.length != FRAME_LENGTH) {
            throw corrupt(
                    object,
                    "Its metadata frame is cut: expected " + FRAME_LENGTH + " bytes, there are " + frame.length + ".");
        }
        if (!beginsFrame(frame)) {
            throw corrupt(object, "It does not begin with a metadata frame.");
        }
        Map<String, Scalar> members = members(frame, object);
        Scalar version = members.get("walvault");
        if (version == null || version.token() != JsonToken.VALUE_NUMBER_INT) {
            throw corrupt(object, "The metadata frame has no format version.");
        }
        requireVersion(version.text(), object);
        return of(
                object,
                "metadata frame",
                text(members, "name", object),
                nullable(members, "length", JsonToken.VALUE_NUMBER_INT, object),
                nullable(members, "xxh64", JsonToken.VALUE_STRING, object),
                text(members, "host", object),
                text(members, "version", object),
                text(members, "write", object),
                text(members, "time", object));
    }

    static boolean beginsFrame(byte[] bytes) {
        if (bytes.length < HEAD) {
            return false;
        }
        var head = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return head.getInt() == MAGIC && head.getInt() == FRAME_LENGTH - HEAD;
    }

    /** The arguments of the header's {@code walvault/meta} stanza. */
    List<String> toStanza(OptionalLong innerLength) {
        return List.of(
                "1",
                name,
                digest.map(d -> Long.toString(d.length())).orElse(ABSENT),
                digest.map(ContentDigest::hex).orElse(ABSENT),
                innerLength.isPresent() ? Long.toString(innerLength.getAsLong()) : ABSENT,
                stamp.host(),
                stamp.version(),
                stamp.write(),
                stamp.time().toString());
    }

    static ObjectMeta fromStanza(List<String> arguments, String object) throws IntegrityException {
        if (!arguments.isEmpty()) {
            requireVersion(arguments.getFirst(), object);
        }
        if (arguments.size() != 9) {
            throw corrupt(object, "The header's " + STANZA + " has " + arguments.size() + " members, expected are 9.");
        }
        return of(
                object,
                "header's " + STANZA,
                arguments.get(1),
                absent(arguments.get(2)),
                absent(arguments.get(3)),
                arguments.get(5),
                arguments.get(6),
                arguments.get(7),
                arguments.get(8));
    }

    static OptionalLong innerLength(List<String> arguments, String object) throws IntegrityException {
        String text = arguments.get(4);
        if (text.equals(ABSENT)) {
            return OptionalLong.empty();
        }
        try {
            long length = Long.parseLong(text);
            // so that the whole object's length cannot overflow
            if (length >= FRAME_LENGTH && length < 1L << 60) {
                return OptionalLong.of(length);
            }
        } catch (NumberFormatException e) {
            throw corrupt(object, "The header's inner length is \"" + text + "\".", e);
        }
        throw corrupt(object, "The header's inner length is \"" + text + "\".");
    }

    private static ObjectMeta of(
            String object,
            String where,
            String name,
            @Nullable String length,
            @Nullable String xxh64,
            String host,
            String version,
            String write,
            String time)
            throws IntegrityException {
        if ((length == null) != (xxh64 == null)) {
            throw corrupt(object, "The " + where + " has only one of length and digest.");
        }
        try {
            Optional<ContentDigest> digest = length == null || xxh64 == null
                    ? Optional.empty()
                    : Optional.of(ContentDigest.of(Long.parseLong(length), xxh64));
            return new ObjectMeta(name, digest, new WriteStamp(host, version, write, Timestamps.parse(time)));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw corrupt(object, "The " + where + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static void requireVersion(String text, String object) throws IntegrityException {
        if (text.equals("1")) {
            return;
        }
        if (text.matches("[1-9][0-9]*")) {
            throw Corruption.tooNew(object, text);
        }
        throw corrupt(object, "Its format version is \"" + text + "\".");
    }

    private String json() {
        var json = new StringBuilder("{\"walvault\":1");
        member(json, "name", name);
        json.append(",\"length\":")
                .append(digest.map(d -> Long.toString(d.length())).orElse("null"));
        json.append(",\"xxh64\":").append(digest.map(d -> '"' + d.hex() + '"').orElse("null"));
        member(json, "host", stamp.host());
        member(json, "version", stamp.version());
        member(json, "write", stamp.write());
        member(json, "time", stamp.time().toString());
        return json.append('}').toString();
    }

    /** Only visible ASCII gets here, so two characters need escaping. */
    private static void member(StringBuilder json, String name, String text) {
        json.append(",\"").append(name).append("\":\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\');
            }
            json.append(c);
        }
        json.append('"');
    }

    private record Scalar(JsonToken token, String text) {}

    private static Map<String, Scalar> members(byte[] frame, String object) throws IntegrityException {
        var factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        var members = new HashMap<String, Scalar>();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), frame, HEAD, FRAME_LENGTH - HEAD)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw corrupt(object, "The metadata frame holds no JSON object.");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (token.isScalarValue()) {
                    members.put(name, new Scalar(token, parser.getString()));
                } else {
                    parser.skipChildren();
                }
            }
            long end = parser.currentLocation().getByteOffset();
            requirePadding(frame, HEAD + Math.toIntExact(end), object);
        } catch (JacksonException e) {
            throw corrupt(object, "The metadata frame is not JSON: " + e.getOriginalMessage() + ".", e);
        }
        return members;
    }

    private static void requirePadding(byte[] frame, int from, String object) throws IntegrityException {
        for (int i = from; i < FRAME_LENGTH; i++) {
            if (frame[i] != (i == FRAME_LENGTH - 1 ? '\n' : ' ')) {
                throw corrupt(object, "The metadata frame has other bytes than padding at offset " + i + ".");
            }
        }
    }

    private static String text(Map<String, Scalar> members, String name, String object) throws IntegrityException {
        String text = nullable(members, name, JsonToken.VALUE_STRING, object);
        if (text == null) {
            throw corrupt(object, "The metadata frame has null for \"" + name + "\".");
        }
        return text;
    }

    private static @Nullable String nullable(Map<String, Scalar> members, String name, JsonToken token, String object)
            throws IntegrityException {
        Scalar scalar = members.get(name);
        if (scalar == null || (scalar.token() != token && scalar.token() != JsonToken.VALUE_NULL)) {
            throw corrupt(object, "The metadata frame has no \"" + name + "\", or one of another type.");
        }
        return scalar.token() == JsonToken.VALUE_NULL ? null : scalar.text();
    }

    private static @Nullable String absent(String argument) {
        return argument.equals(ABSENT) ? null : argument;
    }
}
