package dev.walvault.seal;

import static dev.walvault.seal.stored.Corruption.corrupt;

import dev.walvault.IntegrityException;
import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeStanza;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What an encrypted object says of itself in its header, for a host that cannot decrypt it: a version, and after that
 * words {@code key=value} in any order (docs/FORMAT.md).
 *
 * @param innerLength of the compressed form; unknown for what was streamed
 * @param payload the XXH64 of all stored bytes behind the header; unknown for what was streamed
 */
record MetaStanza(ObjectMeta meta, OptionalLong innerLength, OptionalLong payload) {
    static final String TYPE = "walvault/meta";

    private static final String WHERE = "header's " + TYPE;

    /** So that the whole object's length cannot overflow. */
    private static final long LONGEST = 1L << 60;

    AgeStanza toStanza() {
        var words = new ArrayList<String>();
        words.add("1");
        words.add("name=" + meta.name());
        words.add("codec=" + meta.codec().word());
        meta.digest().ifPresent(digest -> {
            words.add("length=" + digest.length());
            words.add("xxh64=" + digest.hex());
        });
        innerLength.ifPresent(length -> words.add("inner=" + length));
        payload.ifPresent(xxh64 -> words.add("payload=" + HexFormat.of().toHexDigits(xxh64)));
        words.add("host=" + meta.stamp().host());
        words.add("version=" + meta.stamp().version());
        words.add("write=" + meta.stamp().write());
        words.add("time=" + meta.stamp().time());
        return new AgeStanza(TYPE, words, new byte[0]);
    }

    /**
     * Reads it from a header; {@code object} is what messages call it.
     *
     * @throws IntegrityException when it is absent or malformed (CORRUPT) or of a later format (FORMAT_TOO_NEW)
     */
    static MetaStanza of(AgeHeader header, String object) throws IntegrityException {
        AgeStanza stanza = header.find(TYPE)
                .orElseThrow(() ->
                        corrupt(object, "Its age header has no " + TYPE + " stanza, so walvault did not write it."));
        List<String> words = stanza.getArguments();
        if (words.isEmpty()) {
            throw corrupt(object, "The " + WHERE + " is empty.");
        }
        ObjectMeta.requireVersion(words.getFirst(), object);
        Map<String, String> values = values(words.subList(1, words.size()), object);
        ObjectMeta.requireKnown(required(values), object);
        return new MetaStanza(
                ObjectMeta.of(values, object, WHERE), innerLength(values, object), payload(values, object));
    }

    private static Map<String, String> values(List<String> words, String object) throws IntegrityException {
        var values = new HashMap<String, String>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw corrupt(object, "The " + WHERE + " has a word that is no key=value: \"" + word + "\".");
            }
            String key = word.substring(0, equals);
            if (values.put(key, word.substring(equals + 1)) != null) {
                throw corrupt(object, "The " + WHERE + " has \"" + key + "\" twice.");
            }
        }
        return values;
    }

    private static List<String> required(Map<String, String> values) {
        String words = values.get("requires");
        return words == null ? List.of() : List.of(words.split(",", -1));
    }

    private static OptionalLong payload(Map<String, String> values, String object) throws IntegrityException {
        String text = values.get("payload");
        try {
            return text == null ? OptionalLong.empty() : OptionalLong.of(ContentDigest.parse(text));
        } catch (IllegalArgumentException e) {
            throw corrupt(object, "The header's payload digest is \"" + text + "\".", e);
        }
    }

    private static OptionalLong innerLength(Map<String, String> values, String object) throws IntegrityException {
        String text = values.get("inner");
        if (text == null) {
            return OptionalLong.empty();
        }
        try {
            long length = Long.parseLong(text);
            if (length >= MetadataFrame.LENGTH && length < LONGEST) {
                return OptionalLong.of(length);
            }
        } catch (NumberFormatException e) {
            throw corrupt(object, "The header's inner length is \"" + text + "\".", e);
        }
        throw corrupt(object, "The header's inner length is \"" + text + "\".");
    }
}
