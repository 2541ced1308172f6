package dev.walvault.pg;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.HostException;
import dev.walvault.PostgresException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * What {@code global/pg_control} says of a data directory. Whose it is and who wrote it are at the same place in every
 * version; the rest is there where its layout is known. A file of an unknown version is believed if it is whole, that
 * is, if it ends with the checksum of all before.
 *
 * @param controlVersion of the file: 1300 in versions 13 to 16, 1700 in 17, and so on
 * @param catalogVersion of the server's catalogs
 * @param data the rest; empty if its layout is unknown
 */
public record ControlFile(
        SystemIdentifier systemIdentifier, int controlVersion, int catalogVersion, Optional<ControlFileData> data) {
    /** Where the file is within a data directory. */
    public static final String PATH = "global/pg_control";

    /**
     * What a server writes, nearly all of it zeros (PG_CONTROL_FILE_SIZE). The meaningful part fits one disk sector.
     */
    public static final int FILE_BYTES = 8192;

    static final int VERSION_OFFSET = 8;

    /** The system identifier and both versions. */
    private static final int HEAD_BYTES = 16;

    /** PostgreSQL's own control versions are a hundred times the major version and a bit; those of forks are larger. */
    private static final int FIRST_VERSION_OF_FORKS = 10_000;

    /** As often and as long as get_controlfile of {@code controldata_utils.c} tries. */
    private static final int READS = 10;

    private static final Duration BETWEEN_READS = Duration.ofMillis(10);

    /**
     * Reads the control file of a data directory, again if the server wrote it at the same time.
     *
     * @throws PostgresException if there is none, or if it is unreadable or damaged
     */
    public static ControlFile read(Path dataDirectory) throws HostException, PostgresException {
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
     * @throws PostgresException if it is damaged, or of a version that is unknown and does not even say whether it is
     *     whole
     */
    public static ControlFile parse(String name, byte[] content) throws HostException, PostgresException {
        if (content.length < HEAD_BYTES) {
            throw tooShort(name, content);
        }
        var buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        var head = new ControlFile(
                new SystemIdentifier(buffer.getLong(0)),
                buffer.getInt(VERSION_OFFSET),
                buffer.getInt(VERSION_OFFSET + 4),
                Optional.empty());
        Optional<ControlFileLayout> layout = ControlFileLayout.of(content);
        if (layout.isPresent()) {
            return head.with(layout.get(), name, content);
        }
        if (ControlFileLayout.isWhole(content)) {
            return head;
        }
        Optional<ControlFileLayout> named = ControlFileLayout.named(head.controlVersion);
        if (named.isEmpty()) {
            throw head.unsupported(name);
        }
        int crc = named.get().crc();
        if (content.length < crc + Integer.BYTES) {
            throw tooShort(name, content);
        }
        throw damaged(
                name,
                "its checksum is %08X, but that of its content is %08X"
                        .formatted(buffer.getInt(crc), ControlFileLayout.crc(content, crc)));
    }

    private ControlFile with(ControlFileLayout layout, String name, byte[] content)
            throws HostException, PostgresException {
        try {
            return new ControlFile(systemIdentifier, controlVersion, catalogVersion, Optional.of(layout.read(content)));
        } catch (IllegalArgumentException e) {
            if (format().isPresent()) {
                throw damaged(name, String.valueOf(e.getMessage()));
            }
            // the meaning of a field has changed in a version that is not known
            return this;
        }
    }

    /** Which known version wrote it; empty for forks, pre-releases, and versions to come. */
    public Optional<ServerFormat> format() {
        return ServerFormat.of(controlVersion, catalogVersion);
    }

    /** The version of the server, unless it is one without a known format. */
    public Optional<PgMajor> major() {
        return format().map(ServerFormat::major);
    }

    /**
     * Whether this server may have written WAL pages with such a magic: that of its own version, where that is known.
     * Otherwise an unknown magic, or that of a version whose control files have the same version as this one: forks
     * often keep the magic of the version that they come from.
     */
    public boolean mayWrite(int walMagic) {
        Optional<ServerFormat> own = format();
        if (own.isPresent()) {
            return own.get().walMagic() == walMagic;
        }
        return ServerFormat.ofWalMagic(walMagic)
                .map(other -> other.controlVersion() == controlVersion
                        || Integer.compareUnsigned(controlVersion, FIRST_VERSION_OF_FORKS) >= 0)
                .orElse(true);
    }

    /** For messages: {@code PostgreSQL 15}, or the numbers of one that is not known. */
    public String writer() {
        return major().map(major -> "PostgreSQL " + major)
                .orElse("an unknown version of PostgreSQL (control version " + Integer.toUnsignedString(controlVersion)
                        + ", catalog version " + Integer.toUnsignedString(catalogVersion) + ")");
    }

    /** Whether the content has a known layout, or at least is whole. */
    private static boolean isIntact(byte[] content) {
        return content.length >= HEAD_BYTES
                && (ControlFileLayout.of(content).isPresent() || ControlFileLayout.isWhole(content));
    }

    private static byte[] content(Path path, Path dataDirectory) throws HostException, PostgresException {
        // to open a FIFO would wait for a writer
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw damaged(path.toString(), "it is no regular file");
        }
        try (var in = Files.newInputStream(path)) {
            return in.readNBytes(FILE_BYTES);
        } catch (NoSuchFileException e) {
            throw Fault.of(
                            ErrorCode.LOCAL_FILE,
                            "directory \"" + dataDirectory + "\" is not a PostgreSQL data directory: it has no \""
                                    + PATH + "\"")
                    .hint("Name the data directory of the server, and look whether its disk is mounted.")
                    .cause(e)
                    .host();
        } catch (IOException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "could not read file \"" + path + "\": " + FileTrouble.reason(e))
                    .cause(e)
                    .host();
        }
    }

    private static HostException tooShort(String name, byte[] content) {
        return damaged(name, "it has only " + content.length + " bytes");
    }

    private static HostException damaged(String name, String why) {
        return Fault.of(ErrorCode.LOCAL_FILE, "control file \"" + name + "\" is damaged: " + why)
                .host();
    }

    private PostgresException unsupported(String name) {
        var text = "control file \"" + name + "\" has version " + Integer.toUnsignedString(controlVersion)
                + ", which is not supported";
        if (ControlFileLayout.named(Integer.reverseBytes(controlVersion)).isPresent()) {
            text = "control file \"" + name + "\" was written on a machine of the other byte order";
        }
        return Fault.of(ErrorCode.POSTGRES_VERSION, text)
                .detail("The catalog version number is " + Integer.toUnsignedString(catalogVersion)
                        + ", and no checksum in the file fits its content.")
                .hint(PgMajor.SUPPORTED)
                .postgres();
    }
}
