package dev.walvault.store;

import dev.walvault.ArchiverException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Objects in the memory of one test. Keeps the whole law, and lets the test damage what is stored. */
public final class MemoryStore implements ObjectStore {
    private final ConcurrentNavigableMap<ObjectKey, Stored> objects = new ConcurrentSkipListMap<>();
    private final InstantSource clock;

    public MemoryStore() {
        this(InstantSource.system());
    }

    public MemoryStore(InstantSource clock) {
        this.clock = clock;
    }

    /** All keys in order. */
    public List<ObjectKey> keys() {
        return List.copyOf(objects.keySet());
    }

    /** Changes the bytes of an object behind the back of everybody, as a bad disk would. */
    public void damage(ObjectKey key, UnaryOperator<byte[]> damage) {
        var done = objects.computeIfPresent(
                key, (k, stored) -> new Stored(damage.apply(stored.bytes.clone()), stored.lastModified));
        if (done == null) {
            throw new IllegalArgumentException("no object \"" + key + "\"");
        }
    }

    @Override
    public String location() {
        return "memory://test";
    }

    @Override
    public CreateOutcome createIfAbsent(ObjectKey key, Content content) throws ArchiverException {
        var bytes = new ByteArrayOutputStream();
        try {
            content.writeTo(bytes);
        } catch (IOException e) {
            throw Content.failure(key, e);
        }
        if (bytes.size() != content.length()) {
            throw Content.wrongLength(key, content.length(), bytes.size());
        }
        return put(key, bytes.toByteArray());
    }

    private CreateOutcome put(ObjectKey key, byte[] bytes) {
        return objects.putIfAbsent(key, new Stored(bytes, clock.instant())) == null
                ? CreateOutcome.CREATED
                : CreateOutcome.ALREADY_THERE;
    }

    @Override
    public Upload beginUpload(ObjectKey key) {
        var body = new ByteArrayOutputStream();
        return new Upload() {
            private boolean over;

            @Override
            public OutputStream body() {
                return body;
            }

            @Override
            public CreateOutcome commit() {
                if (over) {
                    throw new IllegalStateException("the upload of \"" + key + "\" is over");
                }
                over = true;
                return put(key, body.toByteArray());
            }

            @Override
            public void close() {
                over = true;
            }
        };
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        return Optional.ofNullable(objects.get(key)).map(stored -> new ByteArrayInputStream(stored.bytes));
    }

    @Override
    public Optional<Slice> open(ObjectKey key, ByteRange range) {
        return Optional.ofNullable(objects.get(key)).map(stored -> {
            int first = (int) range.first(stored.bytes.length);
            int end = (int) range.end(stored.bytes.length);
            return Slice.of(new ByteArrayInputStream(stored.bytes, first, end - first), range, stored.bytes.length);
        });
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) {
        return Optional.ofNullable(objects.get(key)).map(stored -> describe(key, stored));
    }

    @Override
    public Stream<StoredObject> list(ObjectKey prefix) {
        String start = prefix.value() + "/";
        // between "wal" and "wal/" lie such as "wal-1" and "wal.x"
        return objects.tailMap(prefix, false).entrySet().stream()
                .dropWhile(each -> each.getKey().value().compareTo(start) < 0)
                .takeWhile(each -> each.getKey().value().startsWith(start))
                .map(each -> describe(each.getKey(), each.getValue()));
    }

    @Override
    public List<String> names(ObjectKey prefix) {
        int start = prefix.value().length() + 1;
        return list(prefix)
                .map(object -> object.key().value().substring(start).split("/", 2)[0])
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public boolean delete(ObjectKey key) {
        return objects.remove(key) != null;
    }

    @Override
    public Deletion deleteAll(Collection<ObjectKey> keys) {
        keys.forEach(objects::remove);
        return new Deletion(Map.of());
    }

    /** Nothing: uploads live and die with the process. */
    @Override
    public int discardAbandonedUploads(ObjectKey prefix, Duration age) {
        return 0;
    }

    @Override
    public void close() {}

    private static StoredObject describe(ObjectKey key, Stored stored) {
        return new StoredObject(key, stored.bytes.length, stored.lastModified);
    }

    private static final class Stored {
        private final byte[] bytes;
        private final Instant lastModified;

        Stored(byte[] bytes, Instant lastModified) {
            this.bytes = bytes;
            this.lastModified = lastModified;
        }
    }
}
