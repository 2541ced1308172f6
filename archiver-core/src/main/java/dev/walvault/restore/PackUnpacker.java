package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.LockException;
import dev.walvault.Retry;
import dev.walvault.archive.LocalFiles;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import dev.walvault.pipe.Unsealed;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Backups;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.ManifestPack;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** Unpacks packs, and compares each entry and each byte with the manifest. For several threads, a pack each. */
final class PackUnpacker {
    private static final int BUFFER = 256 * 1024;

    private final Backups backups;
    private final Backup backup;
    private final RestoredTree tree;
    private final HeldFiles held;
    private final Listener listener;
    private final AtomicLong filesDone = new AtomicLong();
    private final AtomicLong bytesDone = new AtomicLong();

    /** Throws when the work was called off. */
    @FunctionalInterface
    interface Check {
        void check() throws LockException;
    }

    PackUnpacker(Backups backups, Backup backup, RestoredTree tree, HeldFiles held, Listener listener) {
        this.backups = backups;
        this.backup = backup;
        this.tree = tree;
        this.held = held;
        this.listener = listener;
    }

    void unpack(ManifestPack pack, Check check) throws ArchiverException {
        try (Unsealed unsealed = backups.openPack(backup.id(), pack.number())) {
            var content = new BufferedInputStream(new StoredContent(unsealed.content()), BUFFER / 4);
            var tar = new TarArchiveInputStream(content, StandardCharsets.UTF_8.name());
            byte[] buffer = new byte[BUFFER];
            for (ManifestEntry entry : pack.entries()) {
                check.check();
                requireSame(pack, entry, next(tar, pack));
                switch (entry) {
                    case ManifestEntry.Directory directory -> tree.directory(directory);
                    case ManifestEntry.Link link -> tree.link(link);
                    case ManifestEntry.File file -> {
                        file(pack, file, tar, buffer, check);
                        filesDone.incrementAndGet();
                        progress();
                    }
                }
            }
            TarArchiveEntry more = next(tar, pack);
            if (more != null) {
                throw damaged(pack, "It has \"" + more.getName() + "\", which the manifest does not list.");
            }
            // the end of a tar stream is not the end of the pack
            while (content.read(buffer, 0, buffer.length) >= 0) {
                check.check();
            }
            if (!unsealed.digest().equals(pack.digest())) {
                throw damaged(pack, "It should be " + pack.digest() + ", and is " + unsealed.digest() + ".");
            }
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw storeFailed(e);
        }
    }

    private void file(ManifestPack pack, ManifestEntry.File file, InputStream tar, byte[] buffer, Check check)
            throws ArchiverException {
        String path = file.path();
        if (HeldFiles.isHeld(path)) {
            if (file.size() > HeldFiles.LARGEST) {
                throw damaged(pack, "\"" + path + "\" has " + file.size() + " bytes, more than it ever has.");
            }
            var content = new ByteArrayOutputStream((int) file.size());
            copy(pack, file, tar, content, null, buffer, check);
            if (!held.hold(file, content.toByteArray())) {
                throw damaged(pack, "The backup has \"" + path + "\" twice.");
            }
            return;
        }
        if (HeldFiles.isSuperseded(path)) {
            copy(pack, file, tar, OutputStream.nullOutputStream(), null, buffer, check);
            return;
        }
        Path place = tree.place(path);
        try (OutputStream out = tree.create(path, place)) {
            copy(pack, file, tar, out, place, buffer, check);
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("write", place, e);
        }
        tree.finish(file, place);
    }

    private void copy(
            ManifestPack pack,
            ManifestEntry.File file,
            InputStream tar,
            OutputStream out,
            @Nullable Path place,
            byte[] buffer,
            Check check)
            throws ArchiverException {
        var crc = new CRC32C();
        long left = file.size();
        while (left > 0) {
            check.check();
            int part = read(pack, tar, buffer, (int) Math.min(left, buffer.length));
            if (part < 0) {
                throw damaged(pack, "It ends within \"" + file.path() + "\".");
            }
            crc.update(buffer, 0, part);
            try {
                out.write(buffer, 0, part);
            } catch (IOException e) {
                throw LocalFiles.cannot("write", place == null ? Path.of(file.path()) : place, e);
            }
            left -= part;
            bytesDone.addAndGet(part);
            if (left > 0) {
                progress();
            }
        }
        if ((int) crc.getValue() != file.crc32c()) {
            throw damaged(
                    pack,
                    "\"" + file.path() + "\" should have CRC-32C "
                            + HexFormat.of().toHexDigits(file.crc32c()) + ", and has "
                            + HexFormat.of().toHexDigits((int) crc.getValue()) + ".");
        }
    }

    private static int read(ManifestPack pack, InputStream tar, byte[] buffer, int count) throws ArchiverException {
        try {
            return tar.read(buffer, 0, count);
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw noTar(pack, e);
        }
    }

    private static @Nullable TarArchiveEntry next(TarArchiveInputStream tar, ManifestPack pack)
            throws ArchiverException {
        try {
            return tar.getNextEntry();
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw noTar(pack, e);
        }
    }

    private static void requireSame(ManifestPack pack, ManifestEntry expected, @Nullable TarArchiveEntry actual)
            throws ArchiverException {
        if (actual == null) {
            throw damaged(pack, "It ends before \"" + expected.path() + "\".");
        }
        String name = actual.getName();
        boolean same = name.equals(expected.path()) || name.equals(expected.path() + "/");
        same = same
                && switch (expected) {
                    case ManifestEntry.Directory _ -> actual.isDirectory();
                    case ManifestEntry.Link link ->
                        actual.isSymbolicLink() && actual.getLinkName().equals(link.target());
                    case ManifestEntry.File file ->
                        actual.isFile() && !isSpecial(actual) && actual.getSize() == file.size();
                };
        if (!same) {
            throw damaged(
                    pack,
                    "It has \"" + name + "\" of " + actual.getSize() + " bytes, where the manifest lists "
                            + expected.line() + ".");
        }
    }

    /** {@code isFile()} says yes to everything that is no directory and has no slash at its end. */
    private static boolean isSpecial(TarArchiveEntry entry) {
        return entry.isSymbolicLink()
                || entry.isLink()
                || entry.isCharacterDevice()
                || entry.isBlockDevice()
                || entry.isFIFO()
                || entry.isSparse();
    }

    private void progress() {
        listener.on(new Event.Progress(filesDone.get(), bytesDone.get(), backup.bytes()));
    }

    private static IntegrityException noTar(ManifestPack pack, Exception e) {
        return Fault.of(ErrorCode.CORRUPT, "pack " + pack.number() + " of the backup is damaged")
                .detail("It is no tar archive: " + e.getMessage() + ".")
                .cause(e)
                .integrity();
    }

    private static IntegrityException damaged(ManifestPack pack, String detail) {
        return Fault.of(ErrorCode.CORRUPT, "pack " + pack.number() + " of the backup is damaged")
                .detail(detail)
                .hint("Choose another backup with --backup.")
                .integrity();
    }

    static ArchiverException storeFailed(IOException e) {
        return e instanceof ArchiverException known
                ? known
                : Fault.of(ErrorCode.STORE_UNREACHABLE, "could not read the backup from the vault")
                        .detail(String.valueOf(e.getMessage()))
                        .retry(Retry.UNKNOWN)
                        .cause(e)
                        .store();
    }

    /** Tells a failure of the store from one of the tar reader above it. */
    private static final class StoredContent extends FilterInputStream {
        StoredContent(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            try {
                return in.read(bytes, offset, count);
            } catch (IOException e) {
                throw storeFailed(e);
            }
        }
    }
}
