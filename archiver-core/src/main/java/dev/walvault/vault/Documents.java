package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.Retry;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import dev.walvault.sign.Signed;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** The plain JSON objects of a vault, and its listings. */
final class Documents {
    /** Far more than any document has; what is larger is not one of ours. */
    private static final int LARGEST = 1 << 20;

    private final ObjectStore store;
    private final DocumentMemory memory;
    private final DocumentSignatures signatures;

    /** Of a vault as a whole: signed by nobody, because nobody believes more for what they say. */
    Documents(ObjectStore store, DocumentMemory memory) {
        this(store, memory, DocumentSignatures.none());
    }

    private Documents(ObjectStore store, DocumentMemory memory, DocumentSignatures signatures) {
        this.store = store;
        this.memory = memory;
        this.signatures = signatures;
    }

    /** The same documents, with signatures. */
    Documents with(DocumentSignatures others) {
        return new Documents(store, memory, others);
    }

    CreateOutcome create(ObjectKey key, Consumer<JsonText> members) throws ArchiverException {
        return store.createIfAbsent(key, Content.of(signatures.sign(key, JsonText.document(members))));
    }

    /** The document as this host remembers it, else as the vault has it. */
    Optional<JsonObject> recall(ObjectKey key) throws ArchiverException {
        Optional<byte[]> remembered = memory.recall(key);
        if (remembered.isPresent()) {
            try {
                return Optional.of(believed(key, remembered.get()));
            } catch (IntegrityException _) {
                // the memory is damaged or not believed; the vault's own document decides
            }
        }
        Optional<byte[]> stored = read(key);
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        JsonObject json = believed(key, stored.get());
        memory.remember(key, stored.get());
        return Optional.of(json);
    }

    /** Asks the vault the next time. */
    void forget(ObjectKey key) {
        memory.forget(key);
    }

    /** The document as the vault has it at this moment. */
    Optional<JsonObject> find(ObjectKey key) throws ArchiverException {
        Optional<byte[]> stored = read(key);
        return stored.isEmpty() ? Optional.empty() : Optional.of(believed(key, stored.get()));
    }

    boolean isThere(ObjectKey key) throws ArchiverException {
        return store.head(key).isPresent();
    }

    /** Who is said to have signed a document, if it is there and somebody is; not verified. */
    Optional<String> writer(ObjectKey key) throws ArchiverException {
        return read(key).flatMap(DocumentSignatures::find).map(Signed::writer);
    }

    /** What stored bytes say, if they are sound and believed. */
    JsonObject believed(ObjectKey key, byte[] document) throws ArchiverException {
        JsonObject json = parse(key, document);
        signatures.require(key, document, json, () -> store.head(key).map(StoredObject::lastModified));
        return json;
    }

    private static JsonObject parse(ObjectKey key, byte[] document) throws IntegrityException {
        try {
            return JsonObject.parse(key.value(), document).requireFormat();
        } catch (IntegrityException e) {
            throw e.code() == ErrorCode.CORRUPT && MemberKeys.isMadeByInit(key)
                    ? Fault.from(e)
                            .hint(
                                    "Put back a sound copy of this object. If there is none, remove it, and make it again with"
                                            + " \"walvault init\": what else the vault has stays.")
                            .integrity()
                    : e;
        }
    }

    private Optional<byte[]> read(ObjectKey key) throws ArchiverException {
        return read(key, in -> in.readNBytes(LARGEST));
    }

    /** Makes something of the bytes of a plain object. */
    @FunctionalInterface
    interface Read<T> {
        T from(InputStream in) throws IOException;
    }

    /** What a plain object says, or empty if it is proven absent. */
    <T> Optional<T> read(ObjectKey key, Read<T> reading) throws ArchiverException {
        Optional<InputStream> found = store.open(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = found.get()) {
            return Optional.of(reading.from(in));
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(key, e);
        }
    }

    /** What to say of a document that lies under the key of another. */
    static IntegrityException swapped(ObjectKey key, String whatItSays) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + key + "\" was swapped")
                .detail("it says that it is " + whatItSays)
                .hint("Somebody copied or moved objects inside the vault; look for the other one too.")
                .integrity();
    }

    /** Whether there is any object below {@code prefix}; a name that a listing shows may lead to none. */
    boolean any(ObjectKey prefix) throws ArchiverException {
        try (Stream<StoredObject> objects = store.list(prefix)) {
            return objects.findFirst().isPresent();
        } catch (UncheckedIOException e) {
            throw unreadable(prefix, Objects.requireNonNull(e.getCause()));
        }
    }

    /** The first object after a key for which {@code wanted} gives something. */
    <T> Optional<T> firstAfter(ObjectKey prefix, ObjectKey after, Function<StoredObject, Optional<T>> wanted)
            throws ArchiverException {
        try (Stream<StoredObject> objects = store.listAfter(prefix, after)) {
            return objects.flatMap(object -> wanted.apply(object).stream()).findFirst();
        } catch (UncheckedIOException e) {
            throw unreadable(prefix, Objects.requireNonNull(e.getCause()));
        }
    }

    void each(ObjectKey prefix, Consumer<StoredObject> visitor) throws ArchiverException {
        try (Stream<StoredObject> objects = store.list(prefix)) {
            objects.forEach(visitor);
        } catch (UncheckedIOException e) {
            throw unreadable(prefix, Objects.requireNonNull(e.getCause()));
        }
    }

    /** What lies directly below {@code prefix}; names that do not parse are not ours. Deeper objects are not listed. */
    <T> List<T> names(ObjectKey prefix, Function<String, T> parse) throws ArchiverException {
        var names = new ArrayList<T>();
        for (String name : store.names(prefix)) {
            try {
                names.add(parse.apply(name));
            } catch (IllegalArgumentException _) {
                // somebody else's object
            }
        }
        return names;
    }

    /** What {@link #names} leaves out. */
    List<ObjectKey> strangers(ObjectKey prefix, Function<String, ?> parse) throws ArchiverException {
        var strangers = new ArrayList<ObjectKey>();
        for (String name : store.names(prefix)) {
            try {
                var _ = parse.apply(name);
            } catch (IllegalArgumentException _) {
                strangers.add(prefix.child(name));
            }
        }
        return strangers;
    }

    private ArchiverException unreadable(ObjectKey key, IOException e) {
        return e instanceof ArchiverException known
                ? known
                : Fault.of(ErrorCode.STORE_UNREACHABLE, "could not read \"" + store.location() + "/" + key + "\"")
                        .detail(String.valueOf(e.getMessage()))
                        .cause(e)
                        .retry(Retry.UNKNOWN)
                        .store();
    }
}
