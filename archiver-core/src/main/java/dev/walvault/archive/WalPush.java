package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.Retry;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalPageHeader;
import dev.walvault.pg.WalSegmentCheck;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pipe.Compression;
import dev.walvault.pipe.ContentDigest;
import dev.walvault.pipe.Digester;
import dev.walvault.store.CreateOutcome;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.SealedUpload;
import dev.walvault.vault.SystemIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Stores WAL files: what {@code archive_command} runs. When {@link #push} returns, the file is durable in the vault; when
 * it throws, the server must keep the file and try again.
 */
public final class WalPush {
    /** Up to this size a file is read once and sealed in memory; larger segments are read twice and streamed. */
    private static final int LARGEST_IN_MEMORY = 64 << 20;

    private static final byte[] BACKUP_HISTORY_START = "START WAL LOCATION: ".getBytes(US_ASCII);

    private final MemberAccess access;
    private final Compression compression;
    private final Listener listener;
    private final int largestInMemory;

    public WalPush(MemberAccess access, Compression compression, Listener listener) {
        this(access, compression, listener, LARGEST_IN_MEMORY);
    }

    WalPush(MemberAccess access, Compression compression, Listener listener, int largestInMemory) {
        this.access = access;
        this.compression = compression;
        this.listener = listener;
        this.largestInMemory = largestInMemory;
    }

    /**
     * Stores the file under its own name.
     *
     * @param path {@code %p} of {@code archive_command}, or {@code %f} alone
     * @param workingDirectory what a relative path is relative to; the server makes it its data directory
     * @throws IntegrityException CONFLICT if the vault holds other content of this name, NOT_WAL if the file is not what
     *     its name says
     */
    public PushOutcome push(Path path, Path workingDirectory) throws ArchiverException {
        Path local = locate(path, workingDirectory);
        WalFile file = WalNames.parse(String.valueOf(local.getFileName()));
        try (InputStream in = Files.newInputStream(local)) {
            long length = Files.size(local);
            if (length > WalSegmentSize.MOST_BYTES) {
                throw notWal(file, "has " + length + " bytes, more than any WAL file");
            }
            byte[] content = in.readNBytes((int) Math.min(length, largestInMemory));
            return push(file, local, length, content, DataDirectory.of(local, workingDirectory));
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("read", local, e);
        }
    }

    private static Path locate(Path path, Path workingDirectory) {
        Path local = workingDirectory.resolve(path);
        boolean bareName = path.getNameCount() == 1 && !path.isAbsolute();
        if (bareName && !Files.exists(local)) {
            return workingDirectory.resolve("pg_wal").resolve(path);
        }
        return local;
    }

    private PushOutcome push(WalFile file, Path local, long length, byte[] content, DataDirectory data)
            throws IOException {
        SystemIdentifier system = prove(file, length, content, data);
        MemberVault member = access.of(system);
        SystemIdentity identity = member.requireIdentity();
        if (isSegment(file) && length != identity.segmentSize().bytes()) {
            throw notWal(
                    file,
                    "has " + length + " bytes, but system " + system + " has segments of "
                            + identity.segmentSize().bytes() + " bytes");
        }
        var source = new Source(local, length, content);
        ContentDigest digest = source.digest();
        if (digest.length() != length) {
            throw notWal(file, "changed while it was read: it had " + length + " bytes, then " + digest.length());
        }
        if (create(member, file, source, digest) == CreateOutcome.CREATED) {
            return new PushOutcome.Archived();
        }
        return settle(member, file, source, digest);
    }

    private static boolean isSegment(WalFile file) {
        return file instanceof WalFile.Segment || file instanceof WalFile.Partial;
    }

    /** Throws unless the content is what the name says, and of this data directory's system; answers which one. */
    private static SystemIdentifier prove(WalFile file, long length, byte[] content, DataDirectory data)
            throws ArchiverException {
        Optional<ControlFile> control = data.controlFile();
        return switch (file) {
            case WalFile.Segment segment -> sameSystem(file, WalSegmentCheck.check(segment, length, content), control);
            case WalFile.Partial partial -> sameSystem(file, WalSegmentCheck.check(partial, length, content), control);
            case WalFile.TimelineHistoryFile history -> {
                TimelineHistory.parse(history.timeline(), content);
                yield ofDataDirectory(file, control, data);
            }
            case WalFile.BackupHistoryFile _ -> {
                boolean plausible = content.length > BACKUP_HISTORY_START.length
                        && java.util.Arrays.mismatch(content, BACKUP_HISTORY_START) == BACKUP_HISTORY_START.length
                        && content[content.length - 1] == '\n';
                if (!plausible) {
                    throw notWal(file, length == 0 ? "is empty" : "is not a whole backup history file");
                }
                yield ofDataDirectory(file, control, data);
            }
        };
    }

    private static SystemIdentifier sameSystem(WalFile file, WalPageHeader header, Optional<ControlFile> control)
            throws ArchiverException {
        SystemIdentifier system = header.systemIdentifier();
        if (control.isPresent() && !control.get().systemIdentifier().equals(system)) {
            throw Fault.of(
                            ErrorCode.WRONG_SYSTEM,
                            "WAL file \"" + file.name() + "\" is of system " + system
                                    + ", but the data directory is of system "
                                    + control.get().systemIdentifier())
                    .hint("Do not copy WAL of one server into another's pg_wal directory.")
                    .postgres();
        }
        return system;
    }

    private static SystemIdentifier ofDataDirectory(WalFile file, Optional<ControlFile> control, DataDirectory data)
            throws ArchiverException {
        return control.map(ControlFile::systemIdentifier)
                .orElseThrow(() -> Fault.of(
                                ErrorCode.WRONG_SYSTEM,
                                "not known which system \"" + file.name() + "\" is of: there is no \""
                                        + ControlFile.PATH + "\" in \"" + data.path() + "\"")
                        .hint("Run it in the server's data directory, as archive_command does.")
                        .postgres());
    }

    private CreateOutcome create(MemberVault member, WalFile file, Source source, ContentDigest digest)
            throws IOException {
        if (source.inMemory()) {
            return member.wal().create(file, source.content, source.content.length, digest, compression);
        }
        try (SealedUpload upload = member.wal().begin(file, digest, compression);
                InputStream in = source.open()) {
            // what changed since its digest was taken is refused when the sealing finishes
            in.transferTo(upload.content());
            return upload.commit();
        }
    }

    /** The name is taken: by the same content, by a wreck of it, or by something else. */
    private PushOutcome settle(MemberVault member, WalFile file, Source source, ContentDigest digest)
            throws IOException {
        Inspection stored = member.wal()
                .inspect(file)
                .orElseThrow(() -> Fault.of(
                                ErrorCode.STORE_UNREACHABLE,
                                "\"" + file.name() + "\" vanished from the vault while it was compared")
                        .retry(Retry.YES)
                        .store());
        Optional<ContentDigest> recorded = stored.meta().flatMap(meta -> meta.digest());
        boolean same = recorded.filter(digest::equals).isPresent();
        if (stored.damage().isPresent()) {
            if (!same && !stored.empty()) {
                throw unusable(file, member, stored.damage().get());
            }
            listener.on(new Event.Warning("the vault's copy of \"" + file.name() + "\" was damaged ("
                    + stored.damage().get().detail().orElse("no detail") + ") and is stored again"));
            member.wal().removeDamaged(file);
            if (create(member, file, source, digest) == CreateOutcome.CREATED) {
                return new PushOutcome.Repaired();
            }
            return settle(member, file, source, digest);
        }
        if (same) {
            return new PushOutcome.AlreadyArchived();
        }
        throw new ConflictReport(member, file, stored, recorded, digest).with(source::open);
    }

    /** Damage beyond telling what it was: only a person may decide to remove it. */
    private static ArchiverException unusable(WalFile file, MemberVault member, ArchiverException damage) {
        if (damage.code() != ErrorCode.CORRUPT) {
            return damage;
        }
        return Fault.of(ErrorCode.CORRUPT, String.valueOf(damage.getMessage()))
                .detail(damage.detail().orElse("no detail"))
                .hint("If nothing else wrote it, remove the object \""
                        + member.wal().locationOf(file) + "\": the next attempt stores \"" + file.name() + "\" again.")
                .cause(damage)
                .integrity();
    }

    private static IntegrityException notWal(WalFile file, String why) {
        return Fault.of(ErrorCode.NOT_WAL, "WAL file \"" + file.name() + "\" " + why)
                .integrity();
    }

    /** The file to store: in memory as a whole, or read again each time it is needed. */
    private static final class Source {
        private final Path path;
        private final long length;
        private final byte[] content;

        Source(Path path, long length, byte[] content) {
            this.path = path;
            this.length = length;
            this.content = content;
        }

        boolean inMemory() {
            return content.length == length;
        }

        InputStream open() throws IOException {
            return inMemory() ? new ByteArrayInputStream(content) : Files.newInputStream(path);
        }

        /** Of the beginning that was proven, and of what the file has behind it. */
        ContentDigest digest() throws IOException {
            var digester = new Digester();
            digester.update(content, 0, content.length);
            if (inMemory()) {
                return digester.result();
            }
            try (InputStream in = open()) {
                in.skipNBytes(content.length);
                byte[] buffer = new byte[1 << 20];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    digester.update(buffer, 0, n);
                }
            }
            return digester.result();
        }
    }
}
