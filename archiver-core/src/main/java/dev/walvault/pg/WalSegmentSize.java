package dev.walvault.pg;

/**
 * How many bytes each WAL segment of a system has: a power of two from 1 MB to 1 GB, 16 MB unless {@code initdb} or the
 * makers of a fork chose otherwise (IsValidWalSegSize of {@code xlog_internal.h}).
 */
public record WalSegmentSize(int bytes) {
    public static final WalSegmentSize DEFAULT = new WalSegmentSize(16 << 20);

    /** The largest there can be, in bytes. */
    public static final int MOST_BYTES = 1 << 30;

    public WalSegmentSize {
        if (!isValid(bytes)) {
            throw new IllegalArgumentException("invalid WAL segment size of " + Integer.toUnsignedString(bytes)
                    + " bytes: it must be a power of two between 1 MB and 1 GB");
        }
    }

    /** Whether a server could have segments of so many bytes. */
    public static boolean isValid(long bytes) {
        return bytes >= 1 << 20 && bytes <= MOST_BYTES && Long.bitCount(bytes) == 1;
    }

    /** How many segments share the middle eight digits of a file name: 4 GiB divided by the size. */
    public int segmentsPerLogId() {
        return (int) ((1L << 32) / bytes);
    }

    /** Megabytes, as {@code SHOW wal_segment_size} prints them: {@code 16MB}. */
    @Override
    public String toString() {
        return bytes == MOST_BYTES ? "1GB" : (bytes >> 20) + "MB";
    }
}
