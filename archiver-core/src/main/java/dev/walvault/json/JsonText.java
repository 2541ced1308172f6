package dev.walvault.json;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** One JSON object in the making: members in the order they are put. */
public final class JsonText {
    private final JsonGenerator generator;

    private JsonText(JsonGenerator generator) {
        this.generator = generator;
    }

    /** The object on one line, without a line feed. */
    public static String object(Consumer<JsonText> members) {
        var out = new StringWriter();
        try (JsonGenerator generator = JsonObject.FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            generator.writeStartObject();
            members.accept(new JsonText(generator));
            generator.writeEndObject();
        }
        return escaped(out.toString());
    }

    /** Half of a character that needs two, which UTF-8 cannot have, as its escape. */
    private static String escaped(String json) {
        if (StandardCharsets.UTF_8.newEncoder().canEncode(json)) {
            return json;
        }
        var escaped = new StringBuilder(json.length() + 16);
        json.codePoints().forEach(point -> {
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", point));
            } else {
                escaped.appendCodePoint(point);
            }
        });
        return escaped.toString();
    }

    /** The object as a document of its own: UTF-8, one line. */
    public static byte[] document(Consumer<JsonText> members) {
        return (object(members) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    public JsonText put(String name, String value) {
        generator.writeStringProperty(name, value);
        return this;
    }

    public JsonText put(String name, long value) {
        generator.writeNumberProperty(name, value);
        return this;
    }

    public JsonText put(String name, boolean value) {
        generator.writeBooleanProperty(name, value);
        return this;
    }

    /** The member, or nothing at all. */
    public JsonText put(String name, Optional<String> value) {
        value.ifPresent(text -> put(name, text));
        return this;
    }

    public JsonText putObject(String name, Consumer<JsonText> members) {
        generator.writeName(name);
        element(members);
        return this;
    }

    public JsonText putTexts(String name, Map<String, String> texts) {
        return putObject(name, object -> texts.forEach(object::put));
    }

    public JsonText putTexts(String name, List<String> texts) {
        generator.writeName(name);
        generator.writeStartArray();
        texts.forEach(generator::writeString);
        generator.writeEndArray();
        return this;
    }

    public JsonText putNumbers(String name, List<Long> numbers) {
        generator.writeName(name);
        generator.writeStartArray();
        numbers.forEach(generator::writeNumber);
        generator.writeEndArray();
        return this;
    }

    public JsonText putObjects(String name, List<Consumer<JsonText>> objects) {
        generator.writeName(name);
        generator.writeStartArray();
        objects.forEach(this::element);
        generator.writeEndArray();
        return this;
    }

    private void element(Consumer<JsonText> members) {
        generator.writeStartObject();
        members.accept(this);
        generator.writeEndObject();
    }
}
