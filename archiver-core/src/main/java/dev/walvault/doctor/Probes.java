package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.StoreException;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** The objects that an examination stores: below a name that no cluster can have, because it begins with {@code =}. */
final class Probes {
    static final ObjectKey ALL = ObjectKey.of("=doctor");

    /** What is older belongs to an examination that was interrupted. */
    private static final Duration LONGEST_EXAMINATION = Duration.ofHours(1);

    private final ObjectStore store;
    private final ObjectKey own;
    private final SplittableRandom bytes;

    Probes(ObjectStore store, RandomGenerator random) {
        this.store = store;
        this.own = ALL.child(HexFormat.of().toHexDigits(random.nextLong()));
        this.bytes = new SplittableRandom(random.nextLong());
    }

    /** What the keys of this examination begin with. */
    ObjectKey own() {
        return own;
    }

    ObjectKey key(String name) {
        return own.child(name);
    }

    /** Bytes that no other probe has. */
    byte[] content(int length) {
        byte[] content = new byte[length];
        bytes.nextBytes(content);
        return content;
    }

    /** The stored bytes, or empty if there is no such object. */
    static Optional<byte[]> read(ObjectStore store, ObjectKey key) throws ArchiverException {
        Optional<InputStream> found = store.open(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = found.get()) {
            return Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw unreadable(key, e);
        }
    }

    static List<StoredObject> list(ObjectStore store, ObjectKey prefix) throws ArchiverException {
        try (Stream<StoredObject> objects = store.list(prefix)) {
            return objects.toList();
        } catch (UncheckedIOException e) {
            throw unreadable(prefix, Objects.requireNonNull(e.getCause()));
        }
    }

    /**
     * Removes this examination's probes, and those of interrupted ones; returns how many there were.
     *
     * @param now by the store's clock
     */
    int remove(Instant now) throws ArchiverException {
        var found = new ArrayList<ObjectKey>();
        for (StoredObject probe : list(store, ALL)) {
            boolean ours = probe.key().value().startsWith(own.value() + "/");
            if (ours || probe.lastModified().isBefore(now.minus(LONGEST_EXAMINATION))) {
                found.add(probe.key());
            }
        }
        store.deleteAll(found).orThrow();
        return found.size();
    }

    static StoreException vanished(ObjectKey key) {
        return Fault.of(ErrorCode.STORE_UNFIT, "\"" + key + "\" is gone, which was just stored")
                .hint("Find out who deletes in the vault, or use a store that shows at once what was stored.")
                .store();
    }

    static ArchiverException unreadable(ObjectKey key, IOException e) {
        return e instanceof ArchiverException known ? known : unreadableFault(key, e);
    }

    private static StoreException unreadableFault(ObjectKey key, IOException e) {
        return Fault.of(ErrorCode.STORE_UNREACHABLE, "could not read \"" + key + "\"")
                .detail(String.valueOf(e.getMessage()))
                .cause(e)
                .store();
    }
}
