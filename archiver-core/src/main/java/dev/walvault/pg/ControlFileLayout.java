package dev.walvault.pg;

import dev.walvault.pg.ControlFileData.DatabaseState;
import dev.walvault.pg.ControlFileData.WalLevel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where the control file of some servers has its fields: offsets in bytes, of a little-endian 64-bit server. A layout
 * is not told by the version in the file, because forks kept theirs while their fields moved: it is the one whose
 * checksum and floating-point constant are where it has them.
 *
 * @param controlVersions that are written with it; those of forks were also written with others
 * @param checkpoint where the latest checkpoint's position is
 * @param redo where the copy of that checkpoint begins, with {@code redo}, {@code ThisTimeLineID},
 *     {@code PrevTimeLineID} and {@code fullPageWrites}
 * @param checkpointTime its {@code time}
 * @param minRecoveryPoint where it begins, with its timeline, {@code backupStartPoint},
 *     {@code backupEndPoint}, {@code backupEndRequired} and {@code wal_level}
 * @param floatFormat where it is, with {@code blcksz} and {@code relseg_size} behind it
 * @param walBlockSize {@code xlog_blcksz}, with {@code xlog_seg_size} behind it
 * @param checksums {@code data_checksum_version}
 * @param crc the last field, the CRC-32C of all before
 * @param walLevels by their number
 * @param settings the names of what follows {@code wal_log_hints}
 */
record ControlFileLayout(
        String servers,
        List<Integer> controlVersions,
        int checkpoint,
        int redo,
        int checkpointTime,
        int minRecoveryPoint,
        int floatFormat,
        int walBlockSize,
        int checksums,
        int crc,
        List<WalLevel> walLevels,
        List<String> settings) {
    private static final List<WalLevel> WAL_LEVELS = List.of(WalLevel.values());

    /** Version 9.4 had "archive" and "hot_standby" for what is "replica" since. */
    private static final List<WalLevel> OLD_WAL_LEVELS =
            List.of(WalLevel.MINIMAL, WalLevel.REPLICA, WalLevel.REPLICA, WalLevel.LOGICAL);

    private static final List<String> SETTINGS = List.of(
            "max_connections",
            "max_worker_processes",
            "max_wal_senders",
            "max_prepared_transactions",
            "max_locks_per_transaction");

    private static final List<String> OLD_SETTINGS = List.of(
            "max_connections", "max_worker_processes", "max_prepared_transactions", "max_locks_per_transaction");

    /** The offsets are those that a compiler gives the fields of each version's {@code pg_control.h}. */
    private static final List<ControlFileLayout> KNOWN = List.of(
            layout("PostgreSQL 13 to 17", List.of(1300, 1700), 104, 136, 208, 224, 252, 288),
            layout("PostgreSQL 18", List.of(1800), 104, 136, 208, 224, 252, 292),
            layout("PostgreSQL 19", List.of(1902), 112, 144, 216, 236, 264, 304),
            layout("Greenplum 7", List.of(12010700), 112, 144, 216, 232, 260, 296),
            layout("Cloudberry", List.of(13000700, 13000701), 112, 144, 216, 232, 260, 300),
            new ControlFileLayout(
                    "Greenplum 6",
                    List.of(9420600),
                    32,
                    48,
                    112,
                    136,
                    200,
                    216,
                    244,
                    248,
                    OLD_WAL_LEVELS,
                    OLD_SETTINGS));

    /** 1234567.0, FLOATFORMAT_VALUE of {@code pg_control.h}. */
    private static final long FLOAT_FORMAT = Double.doubleToRawLongBits(1234567.0);

    /** The file's meaningful part fits one sector (PG_CONTROL_MAX_SAFE_SIZE); no layout ends before this. */
    private static final int FIRST_CRC = 128;

    private static final int LAST_CRC = 512 - Integer.BYTES;

    private static ControlFileLayout layout(
            String servers,
            List<Integer> controlVersions,
            int checkpointTime,
            int minRecoveryPoint,
            int floatFormat,
            int walBlockSize,
            int checksums,
            int crc) {
        return new ControlFileLayout(
                servers,
                controlVersions,
                32,
                40,
                checkpointTime,
                minRecoveryPoint,
                floatFormat,
                walBlockSize,
                checksums,
                crc,
                WAL_LEVELS,
                SETTINGS);
    }

    static List<ControlFileLayout> known() {
        return KNOWN;
    }

    /** The layout that a control version names; its content need not be that. */
    static Optional<ControlFileLayout> named(int controlVersion) {
        return KNOWN.stream()
                .filter(layout -> layout.controlVersions.contains(controlVersion))
                .findFirst();
    }

    /** The layout that fits the content; of several the one that its version names. */
    static Optional<ControlFileLayout> of(byte[] content) {
        int version = little(content).getInt(ControlFile.VERSION_OFFSET);
        List<ControlFileLayout> fitting =
                KNOWN.stream().filter(layout -> layout.fits(content)).toList();
        return fitting.stream()
                .filter(layout -> layout.controlVersions.contains(version))
                .findFirst()
                .or(() -> fitting.stream().findFirst());
    }

    boolean fits(byte[] content) {
        if (content.length < crc + Integer.BYTES) {
            return false;
        }
        var buffer = little(content);
        return buffer.getInt(crc) == crc(content, crc) && buffer.getLong(floatFormat) == FLOAT_FORMAT;
    }

    /** Whether some field of the content is the checksum of all before: then it is whole, whatever its layout. */
    static boolean isWhole(byte[] content) {
        var buffer = little(content);
        var crc = new CRC32C();
        crc.update(content, 0, Math.min(FIRST_CRC, content.length));
        for (int at = FIRST_CRC; at <= LAST_CRC && at + Integer.BYTES <= content.length; at += Integer.BYTES) {
            if (buffer.getInt(at) == (int) crc.getValue()) {
                return true;
            }
            crc.update(content, at, Integer.BYTES);
        }
        return false;
    }

    static int crc(byte[] content, int length) {
        var crc = new CRC32C();
        crc.update(content, 0, length);
        return (int) crc.getValue();
    }

    /** Reads the fields; throws IllegalArgumentException if one cannot be what it says. */
    ControlFileData read(byte[] content) {
        var buffer = little(content);
        return new ControlFileData(
                constant(List.of(DatabaseState.values()), buffer.getInt(16), "database state"),
                new Lsn(buffer.getLong(checkpoint)),
                new Lsn(buffer.getLong(redo)),
                new TimelineId(buffer.getInt(redo + 8)),
                new TimelineId(buffer.getInt(redo + 12)),
                buffer.get(redo + 16) != 0,
                Instant.ofEpochSecond(buffer.getLong(checkpointTime)),
                new Lsn(buffer.getLong(minRecoveryPoint)),
                Optional.of(buffer.getInt(minRecoveryPoint + 8))
                        .filter(id -> id != 0)
                        .map(TimelineId::new),
                new Lsn(buffer.getLong(minRecoveryPoint + 16)),
                new Lsn(buffer.getLong(minRecoveryPoint + 24)),
                constant(walLevels, buffer.getInt(minRecoveryPoint + 36), "wal_level"),
                minimumSettings(buffer),
                buffer.getInt(floatFormat + 8),
                buffer.getInt(floatFormat + 12),
                buffer.getInt(walBlockSize),
                new WalSegmentSize(buffer.getInt(walBlockSize + 4)),
                DataChecksums.ofVersion(buffer.getInt(checksums)));
    }

    private Map<String, Integer> minimumSettings(ByteBuffer buffer) {
        var values = new HashMap<String, Integer>();
        for (int i = 0; i < settings.size(); i++) {
            values.put(settings.get(i), buffer.getInt(minRecoveryPoint + 44 + i * Integer.BYTES));
        }
        return values;
    }

    private static <E extends Enum<E>> E constant(List<E> constants, int number, String what) {
        if (number < 0 || number >= constants.size()) {
            throw new IllegalArgumentException("it has an unknown " + what + ", number " + number);
        }
        return constants.get(number);
    }

    private static ByteBuffer little(byte[] content) {
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }
}
