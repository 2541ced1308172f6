package dev.walvault.store;

import dev.walvault.ArchiverException;
import dev.walvault.Fault;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes the place of a store that could not be opened: every call fails with the same reason. */
public final class UnreachableStore implements ObjectStore {
    private final String location;
    private final ArchiverException reason;

    public UnreachableStore(String location, ArchiverException reason) {
        this.location = location;
        this.reason = reason;
    }

    /** A new one each time, so that each has the stack of the call that met it. */
    private ArchiverException away() {
        return Fault.from(reason).cause(reason).exception();
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public CreateOutcome createIfAbsent(ObjectKey key, Content content) throws ArchiverException {
        throw away();
    }

    @Override
    public Upload beginUpload(ObjectKey key) throws ArchiverException {
        throw away();
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) throws ArchiverException {
        throw away();
    }

    @Override
    public Optional<Slice> open(ObjectKey key, ByteRange range) throws ArchiverException {
        throw away();
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws ArchiverException {
        throw away();
    }

    @Override
    public Stream<StoredObject> list(ObjectKey prefix) throws ArchiverException {
        throw away();
    }

    @Override
    public List<String> names(ObjectKey prefix) throws ArchiverException {
        throw away();
    }

    @Override
    public boolean delete(ObjectKey key) throws ArchiverException {
        throw away();
    }

    @Override
    public Deletion deleteAll(Collection<ObjectKey> keys) {
        return Deletion.failed(keys, away());
    }

    @Override
    public int discardAbandonedUploads(ObjectKey prefix, Duration age) throws ArchiverException {
        throw away();
    }

    @Override
    public void close() {}
}
