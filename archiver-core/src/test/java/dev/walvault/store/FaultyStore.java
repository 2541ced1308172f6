package dev.walvault.store;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.StoreException;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store that misbehaves as its test says: {@code new FaultyStore(real).fail(CREATE, 3, AFTER, error)} stores the
 * third object and then claims that it did not.
 */
public final class FaultyStore implements ObjectStore {
    public enum Call {
        CREATE,
        BEGIN_UPLOAD,
        WRITE,
        COMMIT,
        OPEN,
        OPEN_RANGE,
        HEAD,
        LIST,
        DELETE,
        DELETE_ALL,
        DISCARD
    }

    /** Whether a failing call did its work: {@code AFTER} is an answer lost on its way. */
    public enum Moment {
        BEFORE,
        AFTER
    }

    private record Failure(Call call, int nth, Moment moment, ArchiverException error) {}

    /**
     * What happens to the bytes that a reader gets; offsets are places in the object, also where a range of it is read.
     */
    private sealed interface BodyFault {
        /** The stream ends before {@code offset}, as if that were all. */
        record Truncate(long offset) implements BodyFault {}

        /** The byte at {@code offset} has another bit. */
        record Flip(long offset) implements BodyFault {}

        /** The stream fails before {@code offset}. */
        record Break(long offset, ArchiverException error) implements BodyFault {}
    }

    private interface Action<T> {
        T run() throws ArchiverException;
    }

    private final ObjectStore real;
    private final Map<Call, AtomicInteger> calls = new EnumMap<>(Call.class);
    private final CopyOnWriteArrayList<Failure> failures = new CopyOnWriteArrayList<>();
    private final Map<Call, Runnable> hooks = new ConcurrentHashMap<>();
    private final Map<ObjectKey, BodyFault> bodies = new ConcurrentHashMap<>();
    private final Map<ObjectKey, ArchiverException> refused = new ConcurrentHashMap<>();
    private final Map<ObjectKey, ArchiverException> closed = new ConcurrentHashMap<>();
    private volatile boolean away;

    public FaultyStore(ObjectStore real) {
        this.real = real;
        for (Call call : Call.values()) {
            calls.put(call, new AtomicInteger());
        }
    }

    /** An error such as a store that does not answer gives. */
    public static StoreException unreachable() {
        return Fault.of(ErrorCode.STORE_UNREACHABLE, "could not reach the store")
                .retry(Retry.YES)
                .store();
    }

    /** Fails the {@code nth} call of this kind, counted from 1 and from the beginning of this store. */
    public FaultyStore fail(Call call, int nth, Moment moment, ArchiverException error) {
        failures.add(new Failure(call, nth, moment, error));
        return this;
    }

    /** Runs {@code hook} at the beginning of every call of this kind: wait for another thread, advance a clock. */
    public FaultyStore before(Call call, Runnable hook) {
        hooks.put(call, hook);
        return this;
    }

    /** Makes every call of this kind take {@code pause} longer. */
    public FaultyStore slow(Call call, Duration pause) {
        return before(call, () -> {
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Readers of {@code key} get its first {@code bytes} bytes and then the end, without an error. */
    public FaultyStore truncate(ObjectKey key, long bytes) {
        bodies.put(key, new BodyFault.Truncate(bytes));
        return this;
    }

    /** Readers of {@code key} get another byte at {@code offset}. */
    public FaultyStore flipByte(ObjectKey key, long offset) {
        bodies.put(key, new BodyFault.Flip(offset));
        return this;
    }

    /** Readers of {@code key} get {@code bytes} bytes and then {@code error}. */
    public FaultyStore breakOff(ObjectKey key, long bytes, ArchiverException error) {
        bodies.put(key, new BodyFault.Break(bytes, error));
        return this;
    }

    /** What is read under {@code key} is whole again. */
    public void heal(ObjectKey key) {
        bodies.remove(key);
    }

    /** Whoever asks for {@code key} gets {@code error}; listings show it. */
    public FaultyStore refuse(ObjectKey key, ArchiverException error) {
        refused.put(key, error);
        return this;
    }

    /** Whoever lists what is below {@code key}, be it with more, gets {@code error}; its name is still there. */
    public FaultyStore refuseToList(ObjectKey key, ArchiverException error) {
        closed.put(key, error);
        return this;
    }

    private void requireNotRefused(ObjectKey key) throws ArchiverException {
        ArchiverException error = refused.get(key);
        if (error != null) {
            throw error;
        }
    }

    private void requireNoneClosed(ObjectKey prefix) throws ArchiverException {
        for (var each : closed.entrySet()) {
            if ((each.getKey().value() + "/").startsWith(prefix.value() + "/")) {
                throw each.getValue();
            }
        }
    }

    /** From now on every call fails with {@link #unreachable()}, until {@link #comeBack()}. */
    public void goAway() {
        away = true;
    }

    public void comeBack() {
        away = false;
    }

    /** How many calls of this kind there were, failed ones included. */
    public int count(Call call) {
        return counter(call).get();
    }

    private AtomicInteger counter(Call call) {
        AtomicInteger counter = calls.get(call);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + call);
        }
        return counter;
    }

    private <T> T scripted(Call call, Action<T> action) throws ArchiverException {
        int nth = counter(call).incrementAndGet();
        Runnable hook = hooks.get(call);
        if (hook != null) {
            hook.run();
        }
        if (away) {
            throw unreachable();
        }
        throwScripted(call, nth, Moment.BEFORE);
        T result = action.run();
        throwScripted(call, nth, Moment.AFTER);
        return result;
    }

    private void throwScripted(Call call, int nth, Moment moment) throws ArchiverException {
        for (Failure failure : failures) {
            if (failure.call() == call && failure.nth() == nth && failure.moment() == moment) {
                throw failure.error();
            }
        }
    }

    @Override
    public String location() {
        return real.location();
    }

    @Override
    public CreateOutcome createIfAbsent(ObjectKey key, Content content) throws ArchiverException {
        return scripted(Call.CREATE, () -> real.createIfAbsent(key, content));
    }

    @Override
    public Upload beginUpload(ObjectKey key) throws ArchiverException {
        Upload upload = scripted(Call.BEGIN_UPLOAD, () -> real.beginUpload(key));
        return new FaultyUpload(upload);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) throws ArchiverException {
        requireNotRefused(key);
        Optional<InputStream> content = scripted(Call.OPEN, () -> real.open(key));
        return content.map(in -> {
            BodyFault fault = bodies.get(key);
            return fault == null ? in : new FaultyBody(in, fault, 0);
        });
    }

    @Override
    public Optional<Slice> open(ObjectKey key, ByteRange range) throws ArchiverException {
        requireNotRefused(key);
        Optional<Slice> slice = scripted(Call.OPEN_RANGE, () -> real.open(key, range));
        return slice.map(part -> {
            BodyFault fault = bodies.get(key);
            return fault == null
                    ? part
                    : new Slice(
                            new FaultyBody(part.content(), fault, part.first()),
                            part.first(),
                            part.end(),
                            part.bytesStored());
        });
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws ArchiverException {
        requireNotRefused(key);
        return scripted(Call.HEAD, () -> real.head(key));
    }

    @Override
    public Stream<StoredObject> list(ObjectKey prefix) throws ArchiverException {
        requireNoneClosed(prefix);
        return scripted(Call.LIST, () -> real.list(prefix));
    }

    @Override
    public List<String> names(ObjectKey prefix) throws ArchiverException {
        return scripted(Call.LIST, () -> real.names(prefix));
    }

    @Override
    public boolean delete(ObjectKey key) throws ArchiverException {
        return scripted(Call.DELETE, () -> real.delete(key));
    }

    /** Keys that are refused one by one fail here, too, each with its own error; the others go. */
    @Override
    public Deletion deleteAll(Collection<ObjectKey> keys) {
        try {
            return scripted(Call.DELETE_ALL, () -> {
                var failed = new HashMap<ObjectKey, ArchiverException>(refused);
                failed.keySet().retainAll(keys);
                failed.putAll(real.deleteAll(keys.stream()
                                .filter(key -> !refused.containsKey(key))
                                .toList())
                        .failed());
                return new Deletion(failed);
            });
        } catch (ArchiverException e) {
            return Deletion.failed(keys, e);
        }
    }

    @Override
    public int discardAbandonedUploads(ObjectKey prefix, Duration age) throws ArchiverException {
        return scripted(Call.DISCARD, () -> real.discardAbandonedUploads(prefix, age));
    }

    @Override
    public void close() {
        real.close();
    }

    private final class FaultyUpload implements Upload {
        private final Upload upload;
        private final OutputStream body;
        private @Nullable ArchiverException broken;

        FaultyUpload(Upload upload) {
            this.upload = upload;
            this.body = new FilterOutputStream(upload.body()) {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    try {
                        scripted(Call.WRITE, () -> true);
                    } catch (StoreException e) {
                        broken = e;
                        throw e;
                    }
                    out.write(bytes, from, length);
                }
            };
        }

        @Override
        public OutputStream body() {
            return body;
        }

        @Override
        public CreateOutcome commit() throws ArchiverException {
            if (broken != null) {
                throw broken;
            }
            return scripted(Call.COMMIT, upload::commit);
        }

        @Override
        public void close() {
            upload.close();
        }
    }

    private static final class FaultyBody extends FilterInputStream {
        private final BodyFault fault;
        private long position;

        FaultyBody(InputStream in, BodyFault fault, long position) {
            super(in);
            this.fault = fault;
            this.position = position;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int wanted = switch (fault) {
                case BodyFault.Truncate(long offset) -> (int) Math.min(length, offset - position);
                case BodyFault.Break(long offset, var _) -> (int) Math.min(length, offset - position);
                case BodyFault.Flip _ -> length;
            };
            if (wanted <= 0 && length > 0) {
                if (fault instanceof BodyFault.Break(var _, ArchiverException error)) {
                    throw error;
                }
                return -1;
            }
            int count = in.read(into, from, wanted);
            if (fault instanceof BodyFault.Flip(long offset) && offset >= position && offset < position + count) {
                into[from + (int) (offset - position)] ^= 1;
            }
            position += Math.max(count, 0);
            return count;
        }

        @Override
        public long skip(long n) throws IOException {
            byte[] passed = readNBytes((int) Math.min(n, 65_536));
            return passed.length;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
