package dev.walvault.seal;

import static dev.walvault.seal.stored.Corruption.corrupt;

import dev.walvault.IntegrityException;
import dev.walvault.Timestamps;
import dev.walvault.json.FormatWords;
import dev.walvault.seal.stored.Corruption;
import java.time.DateTimeException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an object says of itself: its key below the system identifier, how its content is encoded, the digest of the
 * content where the writer knew it in advance, and who wrote it. It heads the compressed form as a
 * {@link MetadataFrame}, and an encrypted object repeats it in its header as a {@link MetaStanza}.
 */
public record ObjectMeta(String name, Codec codec, Optional<ContentDigest> digest, WriteStamp stamp) {

    public ObjectMeta {
        WriteStamp.requireVisible("object name", name);
    }

    /** The same with a digest that was found out by reading the content. */
    public ObjectMeta withDigest(ContentDigest found) {
        return new ObjectMeta(name, codec, Optional.of(found), stamp);
    }

    /**
     * What both forms have in common: the members by their names, without those that are absent.
     *
     * @param object what messages call it
     * @param where the members stand, for messages
     * @throws IntegrityException CORRUPT when a member is missing or makes no sense
     */
    static ObjectMeta of(Map<String, String> members, String object, String where) throws IntegrityException {
        String length = members.get("length");
        String xxh64 = members.get("xxh64");
        if ((length == null) != (xxh64 == null)) {
            throw corrupt(object, "The " + where + " has only one of length and digest.");
        }
        var named = new Named(members, object, where);
        try {
            return new ObjectMeta(
                    named.text("name"),
                    codec(named.text("codec"), object),
                    digest(length, xxh64),
                    new WriteStamp(
                            named.text("host"),
                            named.text("version"),
                            named.text("write"),
                            Timestamps.parse(named.text("time"))));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw corrupt(object, "The " + where + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Refuses another version; to be asked before anything else, because a later one may have changed everything else.
     */
    static void requireVersion(String version, String object) throws IntegrityException {
        if (!version.matches("[1-9][0-9]*")) {
            throw corrupt(object, "Its format version is \"" + version + "\".");
        }
        if (!version.equals("1")) {
            throw Corruption.tooNew(object, "Its format version is " + version + ", this program knows version 1.");
        }
    }

    /** Refuses what this program would misunderstand; to be asked before what the other members mean. */
    static void requireKnown(List<String> required, String object) throws IntegrityException {
        List<String> unknown = FormatWords.unknown(required);
        if (!unknown.isEmpty()) {
            throw Corruption.tooNew(
                    object,
                    "It requires \"" + String.join("\", \"", unknown) + "\", which this program does not know.");
        }
    }

    private static Codec codec(String word, String object) throws IntegrityException {
        return Codec.find(word)
                .orElseThrow(() ->
                        Corruption.tooNew(object, "Its codec is \"" + word + "\", which this program does not know."));
    }

    private static Optional<ContentDigest> digest(@Nullable String length, @Nullable String xxh64) {
        return length == null || xxh64 == null
                ? Optional.empty()
                : Optional.of(ContentDigest.of(Long.parseLong(length), xxh64));
    }

    private record Named(Map<String, String> members, String object, String where) {
        String text(String name) throws IntegrityException {
            String text = members.get(name);
            if (text == null || text.isEmpty()) {
                throw corrupt(object, "The " + where + " has no \"" + name + "\".");
            }
            return text;
        }
    }
}
