package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.seal.stored.RangeSource;
import dev.walvault.store.ByteRange;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Slice;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;

/**
 * A stored object whose ranges are read with a request each. Its end was read with the first one, which told its
 * length.
 */
final class StoredRanges implements RangeSource {
    /** Has the seek table and the facts of most objects, and all of a small one. */
    private static final int END = 136 * 1024;

    private final ObjectStore store;
    private final ObjectKey key;
    private final long length;
    private final byte[] end;

    private StoredRanges(ObjectStore store, ObjectKey key, long length, byte[] end) {
        this.store = store;
        this.key = key;
        this.length = length;
        this.end = end;
    }

    /** The object, in the first store that has it, or empty if it is proven absent. */
    static Optional<StoredRanges> of(ObjectStore store, ObjectKey key) throws ArchiverException {
        return store.<StoredRanges, ArchiverException>ask(one -> in(one, key));
    }

    private static Optional<StoredRanges> in(ObjectStore store, ObjectKey key) throws ArchiverException {
        Optional<Slice> last = store.open(key, ByteRange.last(END));
        if (last.isEmpty()) {
            return Optional.empty();
        }
        try (Slice slice = last.get()) {
            byte[] end = slice.content().readAllBytes();
            return Optional.of(new StoredRanges(store, key, slice.bytesStored(), end));
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw Fault.of(ErrorCode.STORE_UNREACHABLE, "could not read \"" + store.location() + "/" + key + "\"")
                    .detail(String.valueOf(e.getMessage()))
                    .retry(Retry.UNKNOWN)
                    .cause(e)
                    .store();
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public InputStream open(long offset, long count) throws IOException {
        Objects.checkFromIndexSize(offset, count, length);
        long beginOfEnd = length - end.length;
        if (offset >= beginOfEnd) {
            return new ByteArrayInputStream(end, (int) (offset - beginOfEnd), (int) count);
        }
        return store.open(key, ByteRange.of(offset, count))
                .orElseThrow(() -> Fault.of(ErrorCode.CORRUPT, "\"" + key + "\" vanished while it was read")
                        .integrity())
                .content();
    }
}
