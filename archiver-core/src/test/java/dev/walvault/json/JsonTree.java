package dev.walvault.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** JSON as maps, lists, texts, numbers and flags: for tests that read what programs read. */
public final class JsonTree {
    private JsonTree() {}

    /** One object, and nothing behind it. */
    public static Map<String, Object> read(String json) {
        try (JsonParser parser = JsonObject.FACTORY.createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            Map<String, Object> members = object(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("more than one object: " + json);
            }
            return members;
        }
    }

    /** One object in each line. */
    public static List<Map<String, Object>> lines(String json) {
        return json.lines().map(JsonTree::read).toList();
    }

    /** The objects of a member that is an array of them. */
    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> objects(Map<String, Object> members, String name) {
        return (List<Map<String, Object>>) Objects.requireNonNull(members.get(name), name);
    }

    /** A member that is an object. */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> object(Map<String, Object> members, String name) {
        return (Map<String, Object>) Objects.requireNonNull(members.get(name), name);
    }

    private static Map<String, Object> object(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("no object: " + parser.currentToken());
        }
        var members = new LinkedHashMap<String, Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        return members;
    }

    private static Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                var elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_STRING -> parser.getString();
            default -> throw new IllegalArgumentException("not written by walvault: " + parser.currentToken());
        };
    }
}
