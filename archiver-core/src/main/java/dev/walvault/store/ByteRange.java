package dev.walvault.store;

/**
 * Which bytes of an object are wanted: some from an offset on, or its last ones. At least one byte is wanted, because a
 * service cannot be asked for none.
 *
 * <p>An object has of a range what lies within it. A range that ends beyond the end of the object ends there, and one
 * that begins at or beyond the end is empty; {@link Slice} tells which bytes these are. So every range of an empty
 * object is empty.
 */
public sealed interface ByteRange {

    /** From byte {@code offset} on, which is 0 for the first, {@code length} bytes. */
    record From(long offset, long length) implements ByteRange {
        public From {
            if (offset < 0 || length < 1 || offset > Long.MAX_VALUE - length) {
                throw new IllegalArgumentException("no range of bytes: " + length + " from " + offset);
            }
        }

        @Override
        public long first(long size) {
            return Math.min(offset, size);
        }

        @Override
        public long end(long size) {
            return Math.min(offset + length, size);
        }
    }

    /** The last {@code length} bytes; of an object that is shorter, all. */
    record Last(long length) implements ByteRange {
        public Last {
            if (length < 1) {
                throw new IllegalArgumentException("no range of bytes: the last " + length);
            }
        }

        @Override
        public long first(long size) {
            return Math.max(0, size - length);
        }

        @Override
        public long end(long size) {
            return size;
        }
    }

    /** {@code length} bytes, the first of which is byte {@code offset}. */
    static ByteRange of(long offset, long length) {
        return new From(offset, length);
    }

    /** The last {@code length} bytes: of an object whose end says what its beginning means. */
    static ByteRange last(long length) {
        return new Last(length);
    }

    /**
     * The place of the first byte of this range in an object of {@code size} bytes; {@code size} where there is none.
     */
    long first(long size);

    /** The place behind the last byte of this range in an object of {@code size} bytes. */
    long end(long size);
}
