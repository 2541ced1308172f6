package dev.walvault.json;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One small JSON object in memory, asked for its members by name. What is missing or of another type is an
 * {@link IntegrityException} that names the document and the member.
 */
public final class JsonObject {
    /** The version of docs/FORMAT.md that this program writes, and the newest that it reads. */
    public static final int FORMAT = 1;

    static final JsonFactory FACTORY = new JsonFactory();

    private final String document;
    private final Map<String, Object> members;

    private JsonObject(String document, Map<String, Object> members) {
        this.document = document;
        this.members = members;
    }

    /** Reads one object; {@code document} is its name in messages. */
    public static JsonObject parse(String document, byte[] utf8) throws IntegrityException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), utf8)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw corrupt(document, "it is not a JSON object");
            }
            var object = new Reader(document, parser).object();
            if (parser.nextToken() != null) {
                throw corrupt(document, "something follows the JSON object");
            }
            return object;
        } catch (JacksonException e) {
            throw Fault.of(ErrorCode.CORRUPT, "\"" + document + "\" is damaged")
                    // nothing of it is shown: behind a link it may be anybody's file
                    .detail("It is not JSON; it has " + utf8.length + " bytes.")
                    .cause(e)
                    .integrity();
        }
    }

    /** What is being read. An object takes a hundred times the memory of the three bytes that it may have. */
    private static final class Reader {
        private static final int MOST_NESTED = 1 << 16;

        private final String document;
        private final JsonParser parser;
        private int nested;

        Reader(String document, JsonParser parser) {
            this.document = document;
            this.parser = parser;
        }

        JsonObject object() throws IntegrityException {
            var members = new LinkedHashMap<String, Object>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                value().ifPresent(value -> members.put(name, value));
            }
            return new JsonObject(document, members);
        }

        /** What a member or an element is; empty for {@code null}, which is as good as not there. */
        private Optional<Object> value() throws IntegrityException {
            return switch (parser.currentToken()) {
                case START_OBJECT -> {
                    count();
                    yield Optional.of(object());
                }
                case START_ARRAY -> {
                    count();
                    var elements = new ArrayList<Object>();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        value().ifPresent(elements::add);
                    }
                    yield Optional.of(elements);
                }
                case VALUE_STRING -> Optional.of(parser.getString());
                case VALUE_NUMBER_INT -> number();
                case VALUE_TRUE -> Optional.of(true);
                case VALUE_FALSE -> Optional.of(false);
                default -> Optional.empty();
            };
        }

        /** What is larger is no member that this program knows. */
        private Optional<Object> number() {
            return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    ? Optional.empty()
                    : Optional.of(parser.getLongValue());
        }

        private void count() throws IntegrityException {
            nested++;
            if (nested > MOST_NESTED) {
                throw corrupt(document, "it has more than " + MOST_NESTED + " objects and arrays");
            }
        }
    }

    public boolean has(String name) {
        return members.containsKey(name);
    }

    /**
     * Refuses a document that this program does not understand: its member {@code walvault} names a later format, or
     * its member {@code requires} a word that only later programs know.
     *
     * @throws IntegrityException FORMAT_TOO_NEW then; CORRUPT if it has no format, or one that never was
     */
    public JsonObject requireFormat() throws IntegrityException {
        long version = number("walvault");
        if (version < 1) {
            throw corrupt(document, "its format is " + version);
        }
        if (version > FORMAT) {
            throw tooNew("\"" + document + "\" is of vault format " + version + ", this walvault knows " + FORMAT);
        }
        List<String> unknown = FormatWords.unknown(elements("requires", String.class));
        if (!unknown.isEmpty()) {
            throw unknown("it requires \"" + String.join("\", \"", unknown) + "\"");
        }
        return this;
    }

    /**
     * A member whose text is one of a few words, to which later programs may add.
     *
     * @throws IntegrityException FORMAT_TOO_NEW if it is none of {@code known}
     */
    public String word(String name, Set<String> known) throws IntegrityException {
        String word = text(name);
        if (!known.contains(word)) {
            throw unknown("its member \"" + name + "\" is \"" + word + "\"");
        }
        return word;
    }

    /** To throw for something in this document that only later programs know. */
    public IntegrityException unknown(String what) {
        return Fault.from(tooNew("\"" + document + "\" was written by a newer walvault"))
                .detail(what + ", which this walvault does not know")
                .integrity();
    }

    private static IntegrityException tooNew(String sentence) {
        return Fault.of(ErrorCode.FORMAT_TOO_NEW, sentence)
                .hint("Install a walvault that is at least as new as the one that wrote it.")
                .integrity();
    }

    public String text(String name) throws IntegrityException {
        return require(name, String.class);
    }

    public Optional<String> find(String name) throws IntegrityException {
        return has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    public long number(String name) throws IntegrityException {
        return require(name, Long.class);
    }

    /** A member whose number means something: a timeline, a size. */
    public <T> T numberAs(String name, LongFunction<T> parse) throws IntegrityException {
        long number = number(name);
        return meaning(name, () -> parse.apply(number));
    }

    public OptionalLong findNumber(String name) throws IntegrityException {
        return has(name) ? OptionalLong.of(number(name)) : OptionalLong.empty();
    }

    public boolean flag(String name) throws IntegrityException {
        return require(name, Boolean.class);
    }

    /** A member whose text means something: a position, a time, an id. */
    public <T> T as(String name, Function<String, T> parse) throws IntegrityException {
        String text = text(name);
        return meaning(name, () -> parse.apply(text));
    }

    private <T> T meaning(String name, Supplier<T> parse) throws IntegrityException {
        try {
            return parse.get();
        } catch (RuntimeException e) {
            throw corrupt(document, "member \"" + name + "\": " + e.getMessage());
        }
    }

    /** The text members of an object member; empty if it is not there. */
    public Map<String, String> texts(String name) throws IntegrityException {
        var texts = new LinkedHashMap<String, String>();
        if (has(name)) {
            require(name, JsonObject.class).members.forEach((key, value) -> texts.put(key, String.valueOf(value)));
        }
        return texts;
    }

    /** The numbers of an array member; empty if it is not there. */
    public List<Long> numbers(String name) throws IntegrityException {
        return elements(name, Long.class);
    }

    /** The objects of an array member; empty if it is not there. */
    public List<JsonObject> objects(String name) throws IntegrityException {
        return elements(name, JsonObject.class);
    }

    private <T> List<T> elements(String name, Class<T> type) throws IntegrityException {
        var elements = new ArrayList<T>();
        if (has(name)) {
            for (Object element : require(name, List.class)) {
                elements.add(cast(name, element, type));
            }
        }
        return elements;
    }

    private <T> T require(String name, Class<T> type) throws IntegrityException {
        Object value = members.get(name);
        if (value == null) {
            throw corrupt(document, "member \"" + name + "\" is missing");
        }
        return cast(name, value, type);
    }

    private <T> T cast(String name, Object value, Class<T> type) throws IntegrityException {
        if (!type.isInstance(value)) {
            throw corrupt(document, "member \"" + name + "\" has the wrong type");
        }
        return type.cast(value);
    }

    private static IntegrityException corrupt(String document, String why) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + document + "\" is damaged")
                .detail(why)
                .integrity();
    }
}
