package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.StoreException;
import dev.walvault.store.ByteRange;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.Deletion;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Slice;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A store in memory that breaks one of the rules. */
final class LyingStore implements ObjectStore {
    enum Lie {
        NONE,
        OVERWRITES,
        SAYS_CREATED_TWICE,
        LOSES_RACES,
        FLIPS_BYTES,
        SHIFTS_RANGES,
        FORGETS_LENGTHS,
        SHOWS_UPLOADS_EARLY,
        UPLOADS_OVERWRITE,
        LISTS_LATE,
        LISTS_OUT_OF_ORDER,
        NAMES_WRONG,
        FORGETS_DELETES,
        KEEPS_ONE_OF_SEVERAL,
        DENIES_DELETES,
        DENIES_ABSENCE
    }

    private final MemoryStore real;
    private final Lie lie;
    private final AtomicInteger creates = new AtomicInteger();

    LyingStore(MemoryStore real, Lie lie) {
        this.real = real;
        this.lie = lie;
    }

    private static StoreException denied() {
        return Fault.of(ErrorCode.STORE_DENIED, "the store refuses access").store();
    }

    @Override
    public String location() {
        return real.location();
    }

    @Override
    public CreateOutcome createIfAbsent(ObjectKey key, Content content) throws ArchiverException {
        CreateOutcome outcome = real.createIfAbsent(key, content);
        boolean again = outcome == CreateOutcome.ALREADY_THERE;
        if (again && lie == Lie.OVERWRITES) {
            real.delete(key);
            real.createIfAbsent(key, content);
        }
        boolean raced = key.name().startsWith("raced") && creates.incrementAndGet() % 3 == 0;
        return lie == Lie.SAYS_CREATED_TWICE || (lie == Lie.LOSES_RACES && raced) ? CreateOutcome.CREATED : outcome;
    }

    @Override
    public Upload beginUpload(ObjectKey key) {
        Upload upload = real.beginUpload(key);
        return new Upload() {
            @Override
            public OutputStream body() {
                if (lie == Lie.SHOWS_UPLOADS_EARLY) {
                    try {
                        real.createIfAbsent(key, Content.of(new byte[0]));
                    } catch (ArchiverException e) {
                        throw new UncheckedIOException(e);
                    }
                }
                return upload.body();
            }

            @Override
            public CreateOutcome commit() throws ArchiverException {
                if (lie == Lie.UPLOADS_OVERWRITE) {
                    real.delete(key);
                }
                return upload.commit();
            }

            @Override
            public void close() {
                upload.close();
            }
        };
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) throws ArchiverException {
        if (lie == Lie.DENIES_ABSENCE && real.open(key).isEmpty()) {
            throw denied();
        }
        if (lie != Lie.FLIPS_BYTES || !key.value().startsWith("=doctor")) {
            return real.open(key);
        }
        return real.open(key).map(in -> {
            try (in) {
                byte[] bytes = in.readAllBytes();
                bytes[bytes.length - 1] ^= 1;
                return new ByteArrayInputStream(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public Optional<Slice> open(ObjectKey key, ByteRange range) {
        return switch (lie) {
            case SHIFTS_RANGES ->
                real.open(key, range instanceof ByteRange.Last(long length) ? ByteRange.of(0, length) : range);
            case FORGETS_LENGTHS ->
                real.open(key, range)
                        .map(slice -> new Slice(slice.content(), slice.first(), slice.end(), slice.length()));
            default -> real.open(key, range);
        };
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws ArchiverException {
        if (lie == Lie.DENIES_ABSENCE && real.head(key).isEmpty()) {
            throw denied();
        }
        return real.head(key);
    }

    @Override
    public Stream<StoredObject> list(ObjectKey prefix) {
        return switch (lie) {
            case LISTS_LATE -> Stream.empty();
            case LISTS_OUT_OF_ORDER -> real.list(prefix).toList().reversed().stream();
            default -> real.list(prefix);
        };
    }

    @Override
    public List<String> names(ObjectKey prefix) {
        return lie == Lie.NAMES_WRONG ? List.of() : real.names(prefix);
    }

    @Override
    public boolean delete(ObjectKey key) throws ArchiverException {
        return switch (lie) {
            case DENIES_DELETES -> throw denied();
            case FORGETS_DELETES -> true;
            default -> real.delete(key);
        };
    }

    @Override
    public Deletion deleteAll(Collection<ObjectKey> keys) {
        return switch (lie) {
            case DENIES_DELETES -> Deletion.failed(keys, denied());
            case FORGETS_DELETES -> new Deletion(Map.of());
            case KEEPS_ONE_OF_SEVERAL -> real.deleteAll(keys.stream().skip(1).toList());
            default -> real.deleteAll(keys);
        };
    }

    @Override
    public int discardAbandonedUploads(ObjectKey prefix, Duration age) {
        return real.discardAbandonedUploads(prefix, age);
    }

    @Override
    public void close() {
        real.close();
    }
}
