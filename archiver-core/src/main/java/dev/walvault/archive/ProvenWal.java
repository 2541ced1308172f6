package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.Presence;
import dev.walvault.host.LocalFiles;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.SegmentFile;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.pg.wal.WalFactsReader;
import dev.walvault.pg.wal.WalPageHeader;
import dev.walvault.pg.wal.WalSegmentCheck;
import dev.walvault.seal.Compression;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.Digester;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.SealedWal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of a server's WAL that is what its name says. It is read where it lies: once to be sealed in memory, each time
 * where it is too large for that. For several threads.
 */
final class ProvenWal {
    private static final byte[] BACKUP_HISTORY_START = "START WAL LOCATION: ".getBytes(US_ASCII);

    private final WalFile file;
    private final SystemIdentifier system;
    private final Path path;
    private final long length;
    private final boolean sealedInMemory;

    /** The beginning, which was proven. */
    private final byte[] start;

    private @Nullable WalFactsReader records;
    private @Nullable ContentDigest digest;
    private @Nullable SealedWal sealed;

    private ProvenWal(
            WalFile file, SystemIdentifier system, Path path, long length, boolean sealedInMemory, byte[] start) {
        this.file = file;
        this.system = system;
        this.path = path;
        this.length = length;
        this.sealedInMemory = sealedInMemory;
        this.start = start;
    }

    /** Proves the file as what its name says; {@code largestInMemory} in bytes. */
    static ProvenWal read(Path local, Path workingDirectory, int largestInMemory) throws ArchiverException {
        WalFile file = WalNames.parse(String.valueOf(local.getFileName()));
        DataDirectory data = DataDirectory.of(local, workingDirectory);
        Optional<ControlFile> control = data.controlFile();
        return read(file, local, control.map(ControlFile::systemIdentifier), control, largestInMemory);
    }

    /** Opening a FIFO would wait for somebody to write into it. */
    private static boolean isOtherThanFile(Path local) throws ArchiverException {
        try {
            return Presence.exists(local) && !Presence.isRegularFile(local);
        } catch (IOException e) {
            throw LocalFiles.cannot("read", local, e);
        }
    }

    /** Proves the file as {@code file}, of this system and by a server with this control file, where they are known. */
    static ProvenWal read(
            WalFile file,
            Path local,
            Optional<SystemIdentifier> expected,
            Optional<ControlFile> control,
            int largestInMemory)
            throws ArchiverException {
        if (isOtherThanFile(local)) {
            throw notWal(file, "is no regular file");
        }
        try (InputStream in = Files.newInputStream(local)) {
            long length = Files.size(local);
            if (length > WalSegmentSize.MOST_BYTES) {
                throw notWal(file, "has " + length + " bytes, more than any WAL file");
            }
            byte[] start =
                    in.readNBytes(isSegment(file) ? WalPageHeader.BYTES : (int) Math.min(length, largestInMemory));
            SystemIdentifier system = prove(file, length, start, expected, control, local);
            return new ProvenWal(file, system, local, length, length <= largestInMemory, start);
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("read", local, e);
        }
    }

    private static boolean isSegment(WalFile file) {
        return file instanceof WalFile.Segment || file instanceof WalFile.Partial;
    }

    /** Throws unless the content is what the name says, and of the system that is expected; returns which one it is. */
    private static SystemIdentifier prove(
            WalFile file,
            long length,
            byte[] content,
            Optional<SystemIdentifier> expected,
            Optional<ControlFile> control,
            Path local)
            throws ArchiverException {
        return switch (file) {
            case WalFile.Segment segment ->
                sameSystem(file, WalSegmentCheck.check(segment, length, content), expected, control);
            case WalFile.Partial partial ->
                sameSystem(file, WalSegmentCheck.check(partial, length, content), expected, control);
            case WalFile.TimelineHistoryFile history -> {
                TimelineHistory.parse(history.timeline(), content);
                yield known(file, expected, local);
            }
            case WalFile.BackupHistoryFile _ -> {
                boolean plausible = content.length > BACKUP_HISTORY_START.length
                        && Arrays.mismatch(content, BACKUP_HISTORY_START) == BACKUP_HISTORY_START.length
                        && content[content.length - 1] == '\n';
                if (!plausible) {
                    throw notWal(file, length == 0 ? "is empty" : "is not a whole backup history file");
                }
                yield known(file, expected, local);
            }
        };
    }

    private static SystemIdentifier sameSystem(
            WalFile file, WalPageHeader header, Optional<SystemIdentifier> expected, Optional<ControlFile> control)
            throws ArchiverException {
        SystemIdentifier system = header.systemIdentifier();
        if (expected.isPresent() && !expected.get().equals(system)) {
            throw Fault.of(
                            ErrorCode.WRONG_SYSTEM,
                            "WAL file \"" + file.name() + "\" is of system " + system
                                    + ", but the data directory is of system " + expected.get())
                    .hint("Do not copy WAL of one server into another's pg_wal directory.")
                    .postgres();
        }
        WalSegmentCheck.requireWrittenBy(control, file, header);
        return system;
    }

    private static SystemIdentifier known(WalFile file, Optional<SystemIdentifier> expected, Path local)
            throws ArchiverException {
        return expected.orElseThrow(() -> Fault.of(
                        ErrorCode.WRONG_SYSTEM,
                        "not known which system \"" + file.name() + "\" is of: there is no \"" + ControlFile.PATH
                                + "\" in the data directory of \"" + local + "\"")
                .hint("Run it in the server's data directory, as archive_command does.")
                .postgres());
    }

    /** The same file, to be stored under another name. */
    ProvenWal as(WalFile other) {
        return new ProvenWal(other, system, path, length, sealedInMemory, start);
    }

    WalFile file() {
        return file;
    }

    SystemIdentifier system() {
        return system;
    }

    Path path() {
        return path;
    }

    /** Of a segment, whole or partial, which is as long as its header says. */
    WalSegmentSize segmentSize() {
        return new WalSegmentSize(Math.toIntExact(length));
    }

    /** Whether it is small enough to be sealed in memory. */
    boolean isSealedInMemory() {
        return sealedInMemory;
    }

    /** Opens the file anew; it must still begin with what was proven. */
    InputStream open() throws IOException {
        InputStream rest = Files.newInputStream(path);
        try {
            if (!Arrays.equals(rest.readNBytes(start.length), start)) {
                throw notWal(file, "changed while it was read: it begins with other bytes than before");
            }
        } catch (IOException | RuntimeException e) {
            rest.close();
            throw e;
        }
        return new SequenceInputStream(new ByteArrayInputStream(start), rest);
    }

    /** Throws if the file has not the length that the system's segments have. */
    void requireSegmentSize(WalSegmentSize size) throws IntegrityException {
        if (isSegment(file) && length != size.bytes()) {
            throw notWal(
                    file,
                    "has " + length + " bytes, but system " + system + " has segments of " + size.bytes() + " bytes");
        }
    }

    /** Computed once; with the sealing, where that came first. */
    synchronized ContentDigest digest() throws IOException {
        if (digest == null) {
            ContentDigest computed = computeDigest();
            if (computed.length() != length) {
                throw notWal(file, "changed while it was read: it had " + length + " bytes, then " + computed.length());
            }
            digest = computed;
        }
        return digest;
    }

    private ContentDigest computeDigest() throws IOException {
        var digester = new Digester();
        try (InputStream in = readAlong()) {
            byte[] buffer = new byte[1 << 20];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digester.update(buffer, 0, n);
            }
        }
        return digester.result();
    }

    /** What the records of a segment say, once all of it was read. */
    synchronized Optional<WalFacts> facts() {
        return records == null ? Optional.empty() : Optional.of(records.facts());
    }

    /** {@link #open}, and the records are read along. */
    private InputStream readAlong() throws IOException {
        if (!(file instanceof WalFile.Segment segment)) {
            return open();
        }
        WalPageHeader header = WalPageHeader.readLong(file.name(), start);
        var reader = new WalFactsReader(header, SegmentFile.before(path.resolveSibling(""), segment, header));
        records = reader;
        return new ReadAlong(open(), reader);
    }

    /** Sealed in memory, once for all vaults, by up to {@code threads} threads. */
    synchronized SealedWal sealed(MemberVault member, Compression compression, int threads) throws IOException {
        if (sealed == null) {
            try (InputStream in = readAlong()) {
                sealed = member.wal().seal(file, in, length, compression, threads, this::facts);
            }
            digest = sealed.digest();
        }
        return sealed;
    }

    private static IntegrityException notWal(WalFile file, String why) {
        return Fault.of(ErrorCode.NOT_WAL, "WAL file \"" + file.name() + "\" " + why)
                .integrity();
    }
}
