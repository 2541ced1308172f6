package dev.walvault.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.Timestamps;
import dev.walvault.checksum.Crc32c;
import dev.walvault.seal.Compression;
import dev.walvault.seal.ContentDigest;
import dev.walvault.store.CreateOutcome;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.Backups;
import dev.walvault.vault.DigestedUpload;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.ManifestPack;
import dev.walvault.vault.StoredDigest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/** Puts what is found into packs, one after the other. One for each worker. */
final class PackBuilder implements AutoCloseable {
    /** A pack is ended when it has this much content. */
    private static final long FULL = 64L << 20;

    /** An entry larger than this begins a new frame, so that it can be found without reading what is before it. */
    private static final long FRAME_OF_ITS_OWN = 256 << 10;

    private static final Instant LATEST = Timestamps.LATEST.truncatedTo(ChronoUnit.SECONDS);

    private static final int PERMISSIONS = 0777;
    private static final int DIRECTORY_MODE = 040000;
    private static final int FILE_MODE = 0100000;

    private final Backups backups;
    private final BackupId id;
    private final IntSupplier numbers;
    private final Compression compression;
    private final FileCopier copier;
    private final BadPages badPages;
    private final Unreadable unreadable;
    private final ManifestSpool spool;
    private final long largestPart;
    private @Nullable Open open;

    PackBuilder(
            Backups backups,
            BackupId id,
            IntSupplier numbers,
            Compression compression,
            FileCopier copier,
            BadPages badPages,
            Unreadable unreadable,
            ManifestSpool spool,
            long largestPart) {
        this.backups = backups;
        this.id = id;
        this.numbers = numbers;
        this.compression = compression;
        this.copier = copier;
        this.badPages = badPages;
        this.unreadable = unreadable;
        this.spool = spool;
        this.largestPart = largestPart;
    }

    /** Hears of a file with pages that failed their checksum: their numbers within the file. */
    @FunctionalInterface
    interface BadPages {
        void found(String path, List<Long> pages);
    }

    /** Hears of a file that cannot be opened, and throws if there is no backup without it. */
    @FunctionalInterface
    interface Unreadable {
        void passOver(String path, Path location, IOException e) throws ArchiverException;
    }

    private static final class Open {
        private final int number;
        private final DigestedUpload upload;
        private final TarArchiveOutputStream tar;
        private final List<ManifestEntry> entries = new ArrayList<>();
        /** How long the entries are in the manifest. */
        private long listed;

        Open(int number, DigestedUpload upload) {
            this.number = number;
            this.upload = upload;
            this.tar = new TarArchiveOutputStream(upload.content(), FileNames.TAR_ENCODING);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            // a pax header has names in UTF-8 only
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        }

        /** Writes the headers of a file, and returns where in the tar stream its content begins. */
        long begin(TarArchiveEntry file) throws IOException {
            tar.putArchiveEntry(file);
            return tar.getBytesWritten();
        }

        void list(ManifestEntry entry) {
            entries.add(entry);
            listed += entry.line().getBytes(UTF_8).length;
        }
    }

    private Open pack() throws IOException {
        Open current = open;
        if (current == null) {
            int number = numbers.getAsInt();
            current = new Open(number, backups.beginPack(id, number, compression));
            open = current;
        }
        return current;
    }

    void add(Found found) throws IOException {
        switch (found) {
            case Found.Directory directory -> directory(directory);
            case Found.Link link -> link(link);
            case Found.RegularFile file -> file(file);
        }
        Open current = open;
        if (current != null
                && (current.tar.getBytesWritten() >= FULL
                        || current.entries.size() == ManifestPack.MOST_ENTRIES
                        || current.listed >= ManifestPack.LONG)) {
            finish();
        }
    }

    private void directory(Found.Directory directory) throws IOException {
        Map<String, Object> attributes;
        try {
            attributes = Files.readAttributes(directory.location(), "unix:uid,gid,lastModifiedTime");
        } catch (NoSuchFileException _) {
            return;
        }
        Open pack = pack();
        var entry = new TarArchiveEntry(FileNames.inTar(directory.path()) + "/", TarConstants.LF_DIR);
        entry.setMode(DIRECTORY_MODE | directory.mode());
        owned(entry, attributes);
        pack.tar.putArchiveEntry(entry);
        pack.tar.closeArchiveEntry();
        pack.list(new ManifestEntry.Directory(directory.path(), directory.mode()));
    }

    private void link(Found.Link link) throws IOException {
        Open pack = pack();
        var entry = new TarArchiveEntry(FileNames.inTar(link.path()), TarConstants.LF_SYMLINK);
        entry.setLinkName(FileNames.inTar(link.target()));
        pack.tar.putArchiveEntry(entry);
        pack.tar.closeArchiveEntry();
        pack.list(new ManifestEntry.Link(link.path(), link.target()));
    }

    private void file(Found.RegularFile file) throws IOException {
        FileChannel channel;
        Map<String, Object> attributes;
        try {
            channel = FileChannel.open(file.location());
        } catch (NoSuchFileException _) {
            return;
        } catch (FileSystemException e) {
            unreadable.passOver(file.path(), file.location(), e);
            return;
        }
        try (channel) {
            attributes = Files.readAttributes(file.location(), "unix:mode,uid,gid,lastModifiedTime");
            copy(file, channel, attributes);
        } catch (NoSuchFileException _) {
            // dropped by the server between the two calls
        }
    }

    private void copy(Found.RegularFile file, FileChannel channel, Map<String, Object> attributes) throws IOException {
        long size = channel.size();
        List<Long> bad;
        if (size <= largestPart) {
            ManifestEntry.File whole = copy(file.path(), file.path(), channel, 0, size, attributes);
            pack().list(whole);
            bad = whole.badPages();
        } else {
            bad = copyInParts(file.path(), channel, size, attributes);
        }
        if (!bad.isEmpty()) {
            badPages.found(file.path(), bad);
        }
    }

    /** A pack for each part. The file may be dropped meanwhile: the channel has it all the same. */
    private List<Long> copyInParts(String path, FileChannel channel, long size, Map<String, Object> attributes)
            throws IOException {
        var bad = new ArrayList<Long>();
        int parts = Math.toIntExact(Math.ceilDiv(size, largestPart));
        for (int number = 1; number <= parts; number++) {
            long begin = (number - 1) * largestPart;
            long end = Math.min(size, begin + largestPart);
            ManifestEntry.File bytes =
                    copy(path, ManifestEntry.Part.inTar(path, number), channel, begin, end, attributes);
            pack().list(new ManifestEntry.Part(bytes, number, parts, begin));
            bad.addAll(bytes.badPages());
            finish();
        }
        return bad;
    }

    private ManifestEntry.File copy(
            String path, String inTar, FileChannel channel, long begin, long end, Map<String, Object> attributes)
            throws IOException {
        long size = end - begin;
        Open pack = pack();
        if (size > FRAME_OF_ITS_OWN) {
            pack.upload.content().startFrame();
        }
        int mode = (Integer) Objects.requireNonNull(attributes.get("mode")) & PERMISSIONS;
        var entry = new TarArchiveEntry(FileNames.inTar(inTar), TarConstants.LF_NORMAL);
        entry.setSize(size);
        entry.setMode(FILE_MODE | mode);
        Instant modified = owned(entry, attributes);
        long at = pack.begin(entry);
        FileCopier.Copied copied = copier.copy(channel, begin, end, path, pack.tar);
        pack.tar.closeArchiveEntry();
        return new ManifestEntry.File(path, size, modified, mode, copied.crc32c(), copied.badPages(), at);
    }

    private static Instant owned(TarArchiveEntry entry, Map<String, Object> attributes) {
        entry.setUserId((Integer) Objects.requireNonNull(attributes.get("uid")));
        entry.setGroupId((Integer) Objects.requireNonNull(attributes.get("gid")));
        Instant modified = wholeSeconds((FileTime) Objects.requireNonNull(attributes.get("lastModifiedTime")));
        entry.setModTime(FileTime.from(modified));
        return modified;
    }

    /**
     * Whole seconds: a fraction would cost a header of its own for every entry. A time that has no year of four digits
     * is damage, and no reason to refuse the file.
     */
    static Instant wholeSeconds(FileTime time) {
        Instant whole = time.toInstant().truncatedTo(ChronoUnit.SECONDS);
        if (whole.isBefore(Timestamps.EARLIEST)) {
            return Timestamps.EARLIEST;
        }
        return whole.isAfter(LATEST) ? LATEST : whole;
    }

    /** Adds a file that is not read from the data directory but known already; {@code like} gives its owner. */
    void add(String path, byte[] content, Path like) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(like, "unix:mode,uid,gid,lastModifiedTime");
        int mode = (Integer) Objects.requireNonNull(attributes.get("mode")) & PERMISSIONS;
        Open pack = pack();
        var entry = new TarArchiveEntry(path, TarConstants.LF_NORMAL);
        entry.setSize(content.length);
        entry.setMode(FILE_MODE | mode);
        Instant modified = owned(entry, attributes);
        long at = pack.begin(entry);
        pack.tar.write(content);
        pack.tar.closeArchiveEntry();
        pack.list(new ManifestEntry.File(path, content.length, modified, mode, Crc32c.of(content), List.of(), at));
    }

    /** Ends the pack that is being filled, if there is one. */
    void finish() throws IOException {
        Open current = open;
        if (current == null) {
            return;
        }
        current.tar.finish();
        CreateOutcome outcome = current.upload.commit();
        ContentDigest digest = current.upload.content().digest();
        if (outcome == CreateOutcome.ALREADY_THERE) {
            throw Fault.of(ErrorCode.CONFLICT, "backup " + id + " has a pack " + current.number + " already")
                    .hint("Another backup with the same id is being taken. Try again.")
                    .integrity();
        }
        StoredDigest stored = current.upload.stored();
        spool.add(new ManifestPack(current.number, digest, stored.length(), current.entries), stored);
        current.upload.close();
        open = null;
    }

    /** Discards the pack that was not finished. */
    @Override
    public void close() {
        if (open != null) {
            open.upload.close();
        }
    }
}
