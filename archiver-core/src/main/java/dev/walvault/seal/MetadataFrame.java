package dev.walvault.seal;

import static dev.walvault.seal.stored.Corruption.corrupt;

import dev.walvault.IntegrityException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** What an object says of itself, as the 512 bytes that head its compressed form (docs/FORMAT.md). */
public final class MetadataFrame {
    public static final int LENGTH = 512;

    static final int HEAD = 8;
    private static final int MAGIC = 0x184D2A57;
    private static final String WHERE = "metadata frame";
    private static final String REQUIRES = "requires";

    /** Each must be there; {@code null} is for what the writer could not know. */
    private static final Set<String> NULLABLE = Set.of("length", "xxh64");

    private MetadataFrame() {}

    /** @throws IllegalArgumentException when it does not fit */
    static byte[] write(ObjectMeta meta) {
        return write(meta, (json(meta) + '}').getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * The same with a signature.
     *
     * @param signature makes the end of the JSON object out of what stands before it
     */
    static byte[] write(ObjectMeta meta, UnaryOperator<byte[]> signature) {
        byte[] before = json(meta).getBytes(StandardCharsets.US_ASCII);
        byte[] end = signature.apply(before);
        byte[] json = Arrays.copyOf(before, before.length + end.length);
        System.arraycopy(end, 0, json, before.length, end.length);
        return write(meta, json);
    }

    private static byte[] write(ObjectMeta meta, byte[] json) {
        if (json.length > LENGTH - HEAD - 1) {
            throw new IllegalArgumentException("the metadata of object \"" + meta.name() + "\" has " + json.length
                    + " bytes, more than the " + (LENGTH - HEAD - 1) + " that fit");
        }
        byte[] frame = new byte[LENGTH];
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(MAGIC).putInt(LENGTH - HEAD);
        System.arraycopy(json, 0, frame, HEAD, json.length);
        Arrays.fill(frame, HEAD + json.length, LENGTH - 1, (byte) ' ');
        frame[LENGTH - 1] = '\n';
        return frame;
    }

    /**
     * Reads one; {@code object} is what messages call it.
     *
     * @throws IntegrityException when it is malformed (CORRUPT) or of a later format (FORMAT_TOO_NEW)
     */
    static ObjectMeta read(byte[] frame, String object) throws IntegrityException {
        if (frame.length != LENGTH) {
            throw corrupt(
                    object,
                    "Its metadata frame is cut: expected " + LENGTH + " bytes, there are " + frame.length + ".");
        }
        if (!begins(frame)) {
            throw corrupt(object, "It does not begin with a metadata frame.");
        }
        var members = new Members(object);
        members.read(frame);
        ObjectMeta.requireVersion(members.version(), object);
        ObjectMeta.requireKnown(members.required, object);
        return ObjectMeta.of(members.texts(), object, WHERE);
    }

    static boolean begins(byte[] bytes) {
        if (bytes.length < HEAD) {
            return false;
        }
        var head = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return head.getInt() == MAGIC && head.getInt() == LENGTH - HEAD;
    }

    /** Without the brace that ends it. */
    private static String json(ObjectMeta meta) {
        var json = new StringBuilder("{\"walvault\":1");
        member(json, "name", meta.name());
        member(json, "codec", meta.codec().word());
        json.append(",\"length\":")
                .append(meta.digest().map(d -> Long.toString(d.length())).orElse("null"));
        json.append(",\"xxh64\":")
                .append(meta.digest().map(d -> '"' + d.hex() + '"').orElse("null"));
        member(json, "host", meta.stamp().host());
        member(json, "version", meta.stamp().version());
        member(json, "write", meta.stamp().write());
        member(json, "time", meta.stamp().time().toString());
        return json.toString();
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

    private static final class Members {
        private final String object;
        private final Map<String, Scalar> scalars = new HashMap<>();
        private final List<String> required = new ArrayList<>();

        Members(String object) {
            this.object = object;
        }

        void read(byte[] frame) throws IntegrityException {
            var factory = JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();
            try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), frame, HEAD, LENGTH - HEAD)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw corrupt(object, "The metadata frame holds no JSON object.");
                }
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    member(parser.currentName(), parser);
                }
                long end = parser.currentLocation().getByteOffset();
                requirePadding(frame, HEAD + Math.toIntExact(end));
            } catch (JacksonException e) {
                throw corrupt(object, "The metadata frame is not JSON: " + e.getOriginalMessage() + ".", e);
            }
        }

        private void member(String name, JsonParser parser) throws IntegrityException {
            JsonToken token = parser.nextToken();
            if (name.equals(REQUIRES)) {
                requires(token, parser);
            } else if (token.isScalarValue()) {
                scalars.put(name, new Scalar(token, parser.getString()));
            } else {
                parser.skipChildren();
            }
        }

        private void requires(JsonToken token, JsonParser parser) throws IntegrityException {
            boolean words = token == JsonToken.START_ARRAY;
            while (words && parser.nextToken() != JsonToken.END_ARRAY) {
                words = parser.currentToken() == JsonToken.VALUE_STRING;
                required.add(parser.getString());
            }
            if (!words) {
                throw corrupt(object, "The metadata frame's \"" + REQUIRES + "\" is no array of words.");
            }
        }

        private void requirePadding(byte[] frame, int from) throws IntegrityException {
            for (int i = from; i < LENGTH; i++) {
                if (frame[i] != (i == LENGTH - 1 ? '\n' : ' ')) {
                    throw corrupt(object, "The metadata frame has other bytes than padding at offset " + i + ".");
                }
            }
        }

        String version() throws IntegrityException {
            Scalar version = scalars.get("walvault");
            if (version == null || version.token() != JsonToken.VALUE_NUMBER_INT) {
                throw corrupt(object, "The metadata frame has no format version.");
            }
            return version.text();
        }

        /** Of all members, known or not, those that have a text or a number. */
        Map<String, String> texts() throws IntegrityException {
            for (String name : NULLABLE) {
                if (!scalars.containsKey(name)) {
                    throw corrupt(object, "The metadata frame has no \"" + name + "\".");
                }
            }
            var texts = new HashMap<String, String>();
            for (var member : scalars.entrySet()) {
                JsonToken token = member.getValue().token();
                if (token == (member.getKey().equals("length") ? JsonToken.VALUE_NUMBER_INT : JsonToken.VALUE_STRING)) {
                    texts.put(member.getKey(), member.getValue().text());
                } else if (token != JsonToken.VALUE_NULL && NULLABLE.contains(member.getKey())) {
                    throw corrupt(
                            object, "The metadata frame's \"" + member.getKey() + "\" is neither given nor null.");
                }
            }
            return texts;
        }
    }
}
