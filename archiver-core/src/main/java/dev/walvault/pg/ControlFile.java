package dev.walvault.pg;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.PostgresException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;

/**
 * What {@code global/pg_control} says of a data directory: ControlFileData of {@code pg_control.h}, as a little-endian
 * 64-bit server of version 13 to 18 writes it.
 *
 * @param controlVersion the layout: 1300 in versions 13 to 16, 1700 and 1800 after
 * @param checkpoint position of the latest checkpoint's record
 * @param redo where recovery from that checkpoint begins
 * @param timeline of the latest checkpoint
 * @param previousTimeline the same, except at the checkpoint that begins a timeline
 * @param checkpointTime when the latest checkpoint was made, to the second
 * @param minRecoveryPoint how far recovery must go at least; zero outside of recovery
 * @param minRecoveryTimeline the timeline of {@code minRecoveryPoint}
 * @param backupStart of the backup being recovered from, else zero
 * @param backupEnd of the backup being recovered from, when it was taken on a standby; else zero
 * @param blockSize bytes of a page of a relation
 * @param blocksPerRelationSegment after how many pages a relation goes on in another file
 * @param walBlockSize bytes of a WAL page
 */
public record ControlFile(
        SystemIdentifier systemIdentifier,
        int controlVersion,
        int catalogVersion,
        DatabaseState state,
        Lsn checkpoint,
        Lsn redo,
        TimelineId timeline,
        TimelineId previousTimeline,
        boolean fullPageWrites,
        Instant checkpointTime,
        Lsn minRecoveryPoint,
        Optional<TimelineId> minRecoveryTimeline,
        Lsn backupStart,
        Lsn backupEnd,
        WalLevel walLevel,
        int blockSize,
        int blocksPerRelationSegment,
        int walBlockSize,
        WalSegmentSize walSegmentSize,
        boolean dataChecksums) {
    /** Where the file is within a data directory. */
    public static final String PATH = "global/pg_control";

    /** What a server writes, nearly all of it zeros (PG_CONTROL_FILE_SIZE). The meaningful part fits one disk sector. */
    public static final int FILE_BYTES = 8192;

    /** As often and as long as get_controlfile of {@code controldata_utils.c} tries. */
    private static final int READS = 10;

    private static final Duration BETWEEN_READS = Duration.ofMillis(10);

    /** DBState of {@code pg_control.h}, in its order. */
    public enum DatabaseState {
        STARTING_UP("starting up"),
        SHUT_DOWN("shut down"),
        SHUT_DOWN_IN_RECOVERY("shut down in recovery"),
        SHUTTING_DOWN("shutting down"),
        IN_CRASH_RECOVERY("in crash recovery"),
        IN_ARCHIVE_RECOVERY("in archive recovery"),
        IN_PRODUCTION("in production");

        private final String text;

        DatabaseState(String text) {
            this.text = text;
        }

        /** As {@code pg_controldata} prints it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** WalLevel of {@code xlog.h}, in its order. */
    public enum WalLevel {
        MINIMAL,
        REPLICA,
        LOGICAL
    }

    /**
     * Reads the control file of a data directory, again if the server wrote it at the same time.
     *
     * @throws PostgresException if there is none, or if it is unreadable, damaged or of an unsupported version
     */
    public static ControlFile read(Path dataDirectory) throws PostgresException {
        var path = dataDirectory.resolve(PATH);
        byte[] seen = content(path, dataDirectory);
        for (int reads = 1; reads < READS; reads++) {
            if (isIntact(seen)) {
                break;
            }
            LockSupport.parkNanos(BETWEEN_READS.toNanos());
            byte[] again = content(path, dataDirectory);
            boolean settled = Arrays.equals(seen, again);
            seen = again;
            if (settled) {
                break;
            }
        }
        return parse(path.toString(), seen);
    }

    /**
     * Reads the content of a control file.
     *
     * @param name of the file, for the message
     * @param content the file, or at least its first 512 bytes
     * @throws PostgresException if it is damaged or of an unsupported version
     */
    public static ControlFile parse(String name, byte[] content) throws PostgresException {
        if (content.length < 16) {
            throw damaged(name, "it has only " + content.length + " bytes");
        }
        var buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        int version = buffer.getInt(8);
        int crcOffset = crcOffset(version);
        if (crcOffset < 0) {
            throw unsupported(name, version, buffer.getInt(12));
        }
        if (content.length < crcOffset + 4) {
            throw damaged(name, "it has only " + content.length + " bytes");
        }
        if (!isIntact(content)) {
            throw damaged(
                    name,
                    "its checksum is %08X, but that of its content is %08X"
                            .formatted(buffer.getInt(crcOffset), crc(content, crcOffset)));
        }
        try {
            return parse(buffer, version);
        } catch (IllegalArgumentException e) {
            throw damaged(name, String.valueOf(e.getMessage()));
        }
    }

    /** The offsets up to 256 are the same in all supported versions. */
    private static ControlFile parse(ByteBuffer buffer, int version) {
        return new ControlFile(
                new SystemIdentifier(buffer.getLong(0)),
                version,
                buffer.getInt(12),
                constant(DatabaseState.values(), buffer.getInt(16), "database state"),
                new Lsn(buffer.getLong(32)),
                new Lsn(buffer.getLong(40)),
                new TimelineId(buffer.getInt(48)),
                new TimelineId(buffer.getInt(52)),
                buffer.get(56) != 0,
                Instant.ofEpochSecond(buffer.getLong(104)),
                new Lsn(buffer.getLong(136)),
                Optional.of(buffer.getInt(144)).filter(id -> id != 0).map(TimelineId::new),
                new Lsn(buffer.getLong(152)),
                new Lsn(buffer.getLong(160)),
                constant(WalLevel.values(), buffer.getInt(172), "wal_level"),
                buffer.getInt(216),
                buffer.getInt(220),
                buffer.getInt(224),
                new WalSegmentSize(buffer.getInt(228)),
                buffer.getInt(252) != 0);
    }

    public ControlFile {
        requirePowerOfTwo(blockSize, "block size");
        requirePowerOfTwo(walBlockSize, "WAL block size");
        if (blocksPerRelationSegment <= 0) {
            throw new IllegalArgumentException(
                    "invalid relation segment size of " + blocksPerRelationSegment + " blocks");
        }
    }

    /** The version of the server, unless it is a fork or a beta with a catalog version of its own. */
    public Optional<PgMajor> major() {
        return PgMajor.fromCatalogVersion(catalogVersion);
    }

    /** Negative for an unknown layout. Version 18 put a flag (default_char_signedness) before the random bytes. */
    private static int crcOffset(int version) {
        return switch (version) {
            case 1300, 1700 -> 288;
            case 1800 -> 292;
            default -> -1;
        };
    }

    /** Whether the content has a known layout and fits its checksum. */
    private static boolean isIntact(byte[] content) {
        var buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        int offset = content.length < 16 ? -1 : crcOffset(buffer.getInt(8));
        return offset >= 0 && content.length >= offset + 4 && buffer.getInt(offset) == crc(content, offset);
    }

    private static int crc(byte[] content, int length) {
        var crc = new CRC32C();
        crc.update(content, 0, length);
        return (int) crc.getValue();
    }

    private static byte[] content(Path path, Path dataDirectory) throws PostgresException {
        try (var in = Files.newInputStream(path)) {
            return in.readNBytes(FILE_BYTES);
        } catch (NoSuchFileException e) {
            throw Fault.of(
                            ErrorCode.LOCAL_FILE,
                            "directory \"" + dataDirectory + "\" is not a PostgreSQL data directory: it has no \""
                                    + PATH + "\"")
                    .cause(e)
                    .postgres();
        } catch (IOException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "could not read file \"" + path + "\": " + e.getMessage())
                    .cause(e)
                    .postgres();
        }
    }

    private static <E extends Enum<E>> E constant(E[] constants, int ordinal, String what) {
        if (ordinal < 0 || ordinal >= constants.length) {
            throw new IllegalArgumentException("it has an unknown " + what + ", number " + ordinal);
        }
        return constants[ordinal];
    }

    private static void requirePowerOfTwo(int bytes, String what) {
        if (bytes < 512 || Integer.bitCount(bytes) != 1) {
            throw new IllegalArgumentException("invalid " + what + " of " + bytes + " bytes");
        }
    }

    private static PostgresException damaged(String name, String why) {
        return Fault.of(ErrorCode.LOCAL_FILE, "control file \"" + name + "\" is damaged: " + why)
                .postgres();
    }

    private static PostgresException unsupported(String name, int version, int catalogVersion) {
        var text = "control file \"" + name + "\" has version " + Integer.toUnsignedString(version)
                + ", which is not supported";
        if (crcOffset(Integer.reverseBytes(version)) >= 0) {
            text = "control file \"" + name + "\" was written on a machine of the other byte order";
        }
        return Fault.of(ErrorCode.POSTGRES_VERSION, text)
                .detail("The catalog version number is " + Integer.toUnsignedString(catalogVersion) + ".")
                .hint("Versions 13 to 18 of PostgreSQL are supported.")
                .postgres();
    }
}
