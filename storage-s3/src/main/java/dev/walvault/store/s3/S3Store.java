package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.config.StoreLocation;
import dev.walvault.observe.Listener;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Objects of a bucket, on Amazon S3 and on services that speak its protocol. */
public final class S3Store implements ObjectStore {
    private final StoreLocation.S3 location;

    private S3Store(StoreLocation.S3 location) {
        this.location = location;
    }

    /**
     * The store at {@code location}; no request is sent before the first one is needed. {@code kinds} tells how an object is
     * to be kept, {@code listener} hears of what is tried again.
     */
    public static S3Store open(StoreLocation.S3 location, Function<ObjectKey, ObjectKind> kinds, Listener listener)
            throws ArchiverException {
        return new S3Store(location);
    }

    @Override
    public String location() {
        return location.toString();
    }

    @Override
    public CreateOutcome createIfAbsent(ObjectKey key, Content content) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Upload beginUpload(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Stream<StoredObject> list(ObjectKey prefix) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> names(ObjectKey prefix) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean delete(ObjectKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int discardAbandonedUploads(ObjectKey prefix, Duration age) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
