package dev.walvault.pg.wal;

import dev.walvault.pg.PgMajor;
import dev.walvault.pg.ServerFormat;
import java.util.Optional;

/**
 * What differs between the WAL of one version and that of another, as far as it is read here. The magic of the pages
 * tells: Cloudberry has that of PostgreSQL 14, and is read like it.
 */
enum WalFormat {
    /** Version 9.4 with backup blocks behind the data, and CRC-32C already. */
    GREENPLUM_6(32, 16, 12, 24, 0x0008),
    /** Version 12. */
    GREENPLUM_7(24, 8, 16, 20, 0x0008),
    FROM_13(24, 8, 16, 20, 0x0008),
    /** Full-page images are compressed by one of several methods. */
    FROM_15(24, 8, 16, 20, 0x0008),
    /** The flags of a page have moved. */
    FROM_19(24, 8, 16, 20, 0x0004);

    static final WalFormat NEWEST = FROM_19;

    private static final int GREENPLUM_6_MAGIC = 0xD07E;
    private static final int GREENPLUM_7_MAGIC = 0xD101;

    private static final int COMMIT = 0x00;
    private static final int ABORT = 0x20;
    private static final int COMMIT_PREPARED = 0x30;
    private static final int ABORT_PREPARED = 0x40;

    /** The flag of commits and aborts that have an {@code xinfo}; Greenplum 6 has none. */
    private static final int HAS_INFO = 0x80;

    /** Of commits and aborts that have an {@code xinfo}: that and the time. */
    private static final int LEAST_WITH_INFO = 12;

    private final int headerBytes;
    private final int previousAt;
    private final int infoAt;
    private final int checksumAt;
    private final int overwriteFlag;

    WalFormat(int headerBytes, int previousAt, int infoAt, int checksumAt, int overwriteFlag) {
        this.headerBytes = headerBytes;
        this.previousAt = previousAt;
        this.infoAt = infoAt;
        this.checksumAt = checksumAt;
        this.overwriteFlag = overwriteFlag;
    }

    /** The format of pages with this magic (XLOG_PAGE_MAGIC); empty if it is of no known version. */
    static Optional<WalFormat> ofMagic(int magic) {
        return switch (magic) {
            case GREENPLUM_6_MAGIC -> Optional.of(GREENPLUM_6);
            case GREENPLUM_7_MAGIC -> Optional.of(GREENPLUM_7);
            default -> ServerFormat.ofWalMagic(magic).map(format -> of(format.major()));
        };
    }

    private static WalFormat of(PgMajor major) {
        if (major.isAtLeast(PgMajor.V19)) {
            return FROM_19;
        }
        return major.isAtLeast(PgMajor.V15) ? FROM_15 : FROM_13;
    }

    /** Bytes of a record's header (SizeOfXLogRecord); its length is the first four, its transaction the next. */
    int headerBytes() {
        return headerBytes;
    }

    /** Where the header has the place of the record before (xl_prev). */
    int previousAt() {
        return previousAt;
    }

    /** Where the header has what the resource manager says of the record (xl_info); its number (xl_rmid) follows. */
    int infoAt() {
        return infoAt;
    }

    /** Where the header has the checksum of what follows it, and then of what is before this field (xl_crc). */
    int checksumAt() {
        return checksumAt;
    }

    /** The flag of a page that takes the place of the rest of a record (XLP_FIRST_IS_OVERWRITE_CONTRECORD). */
    int overwriteFlag() {
        return overwriteFlag;
    }

    /** Whether these flags of a full-page image (bimg_info) say that it is compressed. */
    boolean isCompressed(int imageInfo) {
        return switch (this) {
            case GREENPLUM_6 -> false;
            case GREENPLUM_7, FROM_13 -> (imageInfo & 0x02) != 0;
            case FROM_15, FROM_19 -> (imageInfo & 0x1C) != 0;
        };
    }

    /**
     * Whether a record of the resource manager Transaction may end a transaction, so that recovery to a time could stop
     * at it (getRecordTimestamp of {@code xlogrecovery.c}).
     */
    boolean mayEndTransaction(int info) {
        int operation = info & (this == GREENPLUM_6 ? 0xF0 : 0x70);
        return switch (operation) {
            case COMMIT, ABORT, COMMIT_PREPARED, ABORT_PREPARED -> true;
            default -> operation == ownCommit();
        };
    }

    /** The operation that ends transactions only in some forks. */
    private int ownCommit() {
        return switch (this) {
            // a commit with nothing but its time and its subtransactions
            case GREENPLUM_6 -> 0x60;
            // a distributed commit; in version 6 it is not for recovery targets
            case GREENPLUM_7 -> 0x60;
            // Cloudberry's distributed commit: PostgreSQL has nothing with that number
            case FROM_13 -> 0x70;
            case FROM_15, FROM_19 -> COMMIT;
        };
    }

    /** Where the data of a record that {@link #mayEndTransaction} has the time. */
    int timeAt(int info) {
        if (this == GREENPLUM_6) {
            return switch (info & 0xF0) {
                case COMMIT_PREPARED -> 16;
                case ABORT_PREPARED -> 8;
                default -> 0;
            };
        }
        return 0;
    }

    /**
     * How many bytes of data a record has at least that ends a transaction: where Cloudberry says that a distributed
     * transaction may be forgotten, PostgreSQL says commit, and has more.
     */
    int leastData(int info) {
        boolean withInfo = this != GREENPLUM_6 && (info & HAS_INFO) != 0;
        return withInfo ? LEAST_WITH_INFO : timeAt(info) + Long.BYTES;
    }
}
