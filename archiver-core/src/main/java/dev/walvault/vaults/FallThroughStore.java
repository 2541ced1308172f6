package dev.walvault.vaults;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.StoreException;
import dev.walvault.store.ByteRange;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.Deletion;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Slice;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Several stores read as one: an object comes from the first that has it, a listing from all of them. Read-only.
 *
 * <p>An object is absent only if every store says so; when one of them cannot be asked and no other has it, its failure
 * is thrown. A listing goes on without a store that fails, after its failure was told.
 *
 * <p>Two ranges of one object may come from two stores, which may hold the same content in other bytes. Whoever reads
 * an object range by range does so in {@link #ask}.
 */
public final class FallThroughStore implements ObjectStore {
    private final List<ObjectStore> stores;
    private final Failed failed;

    /** Hears of a store that could not be asked, each time. */
    @FunctionalInterface
    public interface Failed {
        void on(ObjectStore store, ArchiverException failure);
    }

    /** The stores in the order in which they are asked; at least one. They stay the caller's to close. */
    public FallThroughStore(List<ObjectStore> stores, Failed failed) {
        if (stores.isEmpty()) {
            throw new IllegalArgumentException("there must be a store to ask");
        }
        this.stores = List.copyOf(stores);
        this.failed = failed;
    }

    @Override
    public String location() {
        return stores.stream().map(ObjectStore::location).collect(Collectors.joining(", "));
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) throws ArchiverException {
        return this.<InputStream, ArchiverException>ask(store -> store.open(key));
    }

    @Override
    public Optional<Slice> open(ObjectKey key, ByteRange range) throws ArchiverException {
        return this.<Slice, ArchiverException>ask(store -> store.open(key, range));
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws ArchiverException {
        return this.<StoredObject, ArchiverException>ask(store -> store.head(key));
    }

    @Override
    public <T, X extends ArchiverException> Optional<T> ask(Question<T, X> question) throws X, ArchiverException {
        ArchiverException doubt = null;
        for (ObjectStore store : stores) {
            try {
                Optional<T> found = question.ask(store);
                if (found.isPresent()) {
                    return found;
                }
            } catch (ConfigurationException | StoreException e) {
                failed.on(store, e);
                doubt = doubt == null ? e : doubt;
            }
        }
        if (doubt != null) {
            throw doubt;
        }
        return Optional.empty();
    }

    /** Fails only if every store does: with the failure of the first. */
    @Override
    public List<String> names(ObjectKey prefix) throws ArchiverException {
        var names = new TreeSet<String>();
        ArchiverException failure = null;
        int asked = 0;
        for (ObjectStore store : stores) {
            try {
                names.addAll(store.names(prefix));
                asked++;
            } catch (ConfigurationException | StoreException e) {
                failed.on(store, e);
                failure = failure == null ? e : failure;
            }
        }
        if (asked == 0 && failure != null) {
            throw failure;
        }
        return List.copyOf(names);
    }

    /** Each key once, as the first store that has it describes it. Fails as {@link #names} does. */
    @Override
    public Stream<StoredObject> list(ObjectKey prefix) throws ArchiverException {
        var branches = new ArrayList<Branch>();
        ArchiverException failure = null;
        for (ObjectStore store : stores) {
            try {
                branches.add(new Branch(store, store.list(prefix)));
            } catch (ConfigurationException | StoreException e) {
                failed.on(store, e);
                failure = failure == null ? e : failure;
            }
        }
        if (branches.isEmpty() && failure != null) {
            throw failure;
        }
        int traits = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        var merged = new Spliterators.AbstractSpliterator<StoredObject>(Long.MAX_VALUE, traits) {
            @Override
            public boolean tryAdvance(Consumer<? super StoredObject> action) {
                Optional<StoredObject> next = next(branches);
                next.ifPresent(action);
                return next.isPresent();
            }
        };
        return StreamSupport.stream(merged, false).onClose(() -> branches.forEach(Branch::close));
    }

    private Optional<StoredObject> next(List<Branch> branches) {
        for (Branch branch : branches) {
            branch.fill();
        }
        if (branches.stream().allMatch(branch -> branch.failure != null)) {
            throw new UncheckedIOException(Objects.requireNonNull(branches.getFirst().failure));
        }
        Optional<StoredObject> next = branches.stream()
                .flatMap(branch -> Optional.ofNullable(branch.head).stream())
                .min(Comparator.comparing(StoredObject::key));
        next.ifPresent(found -> branches.forEach(branch -> branch.pass(found.key())));
        return next;
    }

    /** The listing of one store, one object ahead. */
    private final class Branch {
        private final ObjectStore store;
        private final Stream<StoredObject> stream;
        private final Iterator<StoredObject> objects;
        private @Nullable StoredObject head;
        private @Nullable ArchiverException failure;

        Branch(ObjectStore store, Stream<StoredObject> stream) {
            this.store = store;
            this.stream = stream;
            this.objects = stream.iterator();
        }

        void fill() {
            try {
                if (head == null && failure == null && objects.hasNext()) {
                    head = objects.next();
                }
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof ArchiverException known
                        && known.code().isOfOneVault())) {
                    throw e;
                }
                failure = known;
                failed.on(store, known);
            }
        }

        void pass(ObjectKey key) {
            if (head != null && head.key().equals(key)) {
                head = null;
            }
        }

        void close() {
            stream.close();
        }
    }

    @Override
    public CreateOutcome createIfAbsent(ObjectKey key, Content content) throws ArchiverException {
        throw readOnly();
    }

    @Override
    public Upload beginUpload(ObjectKey key) throws ArchiverException {
        throw readOnly();
    }

    @Override
    public boolean delete(ObjectKey key) throws ArchiverException {
        throw readOnly();
    }

    @Override
    public Deletion deleteAll(Collection<ObjectKey> keys) {
        return Deletion.failed(keys, readOnly());
    }

    @Override
    public int discardAbandonedUploads(ObjectKey prefix, Duration age) throws ArchiverException {
        throw readOnly();
    }

    private StoreException readOnly() {
        return Fault.of(ErrorCode.STORE_DENIED, "several vaults together can only be read")
                .detail(location())
                .hint("Name one of them with --vault.")
                .store();
    }

    /** Nothing: the stores are the caller's. */
    @Override
    public void close() {}
}
