package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.IntegrityException;
import dev.walvault.LockException;
import dev.walvault.PassingInput;
import dev.walvault.Retry;
import dev.walvault.checksum.Crc32c;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Progress;
import dev.walvault.seal.Unsealed;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Backups;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.ManifestPack;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.Checksum;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** Unpacks packs, and compares each entry and each byte with the manifest. For several threads, a pack each. */
final class PackUnpacker {
    private static final int BUFFER = 256 * 1024;

    /** A path and a link's target, each of 4 kB, headers that announce them, and what fills up the last block. */
    private static final long LARGEST_HEADERS = 16 * 1024;

    private final List<Backups> sources;
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

    /** The sources hold the same each; they are asked in this order. */
    PackUnpacker(List<Backups> sources, Backup backup, RestoredTree tree, HeldFiles held, Listener listener) {
        this.sources = sources;
        this.backup = backup;
        this.tree = tree;
        this.held = held;
        this.listener = listener;
    }

    /**
     * Unpacks a pack; from its beginning in another vault, if it cannot be read or is damaged. Where there is no other
     * one, what is damaged is read once more: it may have happened on the way.
     */
    void unpack(ManifestPack pack, Check check) throws ArchiverException {
        for (Backups each : sources.subList(0, sources.size() - 1)) {
            var attempt = new Attempt(each, pack, check);
            try {
                attempt.run();
                return;
            } catch (ArchiverException e) {
                requireElsewhere(e);
                anew(attempt, e, true);
            }
        }
        var last = new Attempt(sources.getLast(), pack, check);
        try {
            last.run();
        } catch (ArchiverException e) {
            if (sources.size() > 1 || !e.code().isOfOneCopy()) {
                throw e;
            }
            anew(last, e, false);
            new Attempt(sources.getLast(), pack, check).run();
        }
    }

    private void anew(Attempt failed, ArchiverException e, boolean elsewhere) throws ArchiverException {
        failed.undo();
        listener.on(new RestoreEvent.ReadAgain("pack " + failed.pack.name(), e, elsewhere));
    }

    /** Throws what no other vault can make good. */
    static void requireElsewhere(IOException e) throws ArchiverException {
        boolean elsewhere = !(e instanceof ArchiverException known)
                || known.code().isOfOneCopy()
                || known.code().isOfOneVault();
        if (!elsewhere) {
            throw storeFailed(e);
        }
    }

    /** One pack from one vault: what it made can be taken back. */
    private final class Attempt {
        private final Backups source;
        private final ManifestPack pack;
        private final Check check;
        private final byte[] buffer = new byte[BUFFER];
        private final List<Path> made = new ArrayList<>();
        private final List<ManifestEntry.File> heldHere = new ArrayList<>();
        private final List<ManifestEntry.Link> links = new ArrayList<>();
        private int files;
        private long bytes;

        Attempt(Backups source, ManifestPack pack, Check check) {
            this.source = source;
            this.pack = pack;
            this.check = check;
        }

        void run() throws ArchiverException {
            requirePlausibleLength(pack);
            try (Unsealed unsealed = source.openPack(backup, pack.number())) {
                var content = new BufferedInputStream(new StoredContent(unsealed.content(), pack), BUFFER / 4);
                var headers = new HeaderLimit(content, pack);
                var tar = new TarArchiveInputStream(headers, FileNames.TAR_ENCODING);
                for (ManifestEntry entry : pack.entries()) {
                    check.check();
                    requireSame(pack, entry, next(tar, headers, pack));
                    switch (entry) {
                        case ManifestEntry.Directory directory -> tree.directory(directory);
                        case ManifestEntry.Link link -> links.add(link);
                        case ManifestEntry.File file -> {
                            file(file, tar);
                            done();
                        }
                        case ManifestEntry.Part part -> {
                            part(part, tar);
                            if (part.number() == part.of()) {
                                done();
                            }
                        }
                    }
                }
                TarArchiveEntry more = next(tar, headers, pack);
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
            for (ManifestEntry.Link link : links) {
                tree.link(link);
            }
        }

        private void done() {
            files++;
            filesDone.incrementAndGet();
            progress();
        }

        /** Directories and files that are made of parts stay: they are written anew without harm. */
        void undo() throws ArchiverException {
            for (Path place : made) {
                tree.removeFile(place);
            }
            heldHere.forEach(held::release);
            filesDone.addAndGet(-files);
            bytesDone.addAndGet(-bytes);
        }

        private void file(ManifestEntry.File file, InputStream tar) throws ArchiverException {
            String path = file.path();
            boolean isHeld = HeldFiles.isHeld(path);
            if ((isHeld || path.equals(AutoConf.NAME)) && file.size() > HeldFiles.LARGEST) {
                throw damaged(pack, "\"" + path + "\" has " + file.size() + " bytes, more than it ever has.");
            }
            if (isHeld) {
                var content = new ByteArrayOutputStream((int) file.size());
                copy(file, tar, content, null);
                if (!held.hold(file, content.toByteArray())) {
                    throw damaged(pack, "The backup has \"" + path + "\" twice.");
                }
                heldHere.add(file);
                return;
            }
            if (HeldFiles.isSuperseded(path)) {
                copy(file, tar, OutputStream.nullOutputStream(), null);
                return;
            }
            Path place = tree.place(path);
            try (OutputStream out = tree.create(path, place)) {
                made.add(place);
                copy(file, tar, out, place);
            } catch (ArchiverException e) {
                throw e;
            } catch (IOException e) {
                throw LocalFiles.cannot("write", place, e);
            }
            tree.finish(file, place);
        }

        private void part(ManifestEntry.Part part, InputStream tar) throws ArchiverException {
            String path = part.path();
            if (HeldFiles.isHeld(path) || HeldFiles.isSuperseded(path) || path.equals(AutoConf.NAME)) {
                throw damaged(pack, "\"" + path + "\" is in parts, which it never is.");
            }
            Path place = tree.place(path);
            try (OutputStream out = tree.openPart(part, place)) {
                copy(part.bytes(), tar, out, place);
            } catch (ArchiverException e) {
                throw e;
            } catch (IOException e) {
                throw LocalFiles.cannot("write", place, e);
            }
        }

        private void copy(ManifestEntry.File file, InputStream tar, OutputStream out, @Nullable Path place)
                throws ArchiverException {
            Checksum crc = Crc32c.create();
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
                bytes += part;
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

    private static @Nullable TarArchiveEntry next(TarArchiveInputStream tar, HeaderLimit headers, ManifestPack pack)
            throws ArchiverException {
        try {
            headers.begin();
            TarArchiveEntry entry = tar.getNextEntry();
            headers.end();
            if (entry != null && !entry.getExtraPaxHeaders().isEmpty()) {
                // those of the whole archive would be held for each entry that follows
                throw damaged(pack, "\"" + entry.getName() + "\" has pax headers that no backup has.");
            }
            return entry;
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw noTar(pack, e);
        }
    }

    /** Before a pack is read whose length nothing that it lists accounts for. */
    private static void requirePlausibleLength(ManifestPack pack) throws IntegrityException {
        long most = (pack.entries().size() + 1L) * LARGEST_HEADERS;
        for (ManifestEntry entry : pack.entries()) {
            // a sum that is too large was refused with the manifest
            most += switch (entry) {
                case ManifestEntry.File file -> file.size();
                case ManifestEntry.Part part -> part.bytes().size();
                case ManifestEntry.Directory _, ManifestEntry.Link _ -> 0;
            };
        }
        if (most >= 0 && pack.digest().length() > most) {
            throw damaged(
                    pack,
                    "It should have " + pack.digest().length() + " bytes, where its entries have no more than " + most
                            + ".");
        }
    }

    private static void requireSame(ManifestPack pack, ManifestEntry expected, @Nullable TarArchiveEntry actual)
            throws ArchiverException {
        if (actual == null) {
            throw damaged(pack, "It ends before \"" + expected.path() + "\".");
        }
        String name = actual.getName();
        String path = FileNames.inTar(expected.inTar());
        boolean same = name.equals(path) || name.equals(path + "/");
        same = same
                && switch (expected) {
                    case ManifestEntry.Directory _ -> actual.isDirectory();
                    case ManifestEntry.Link link ->
                        actual.isSymbolicLink() && actual.getLinkName().equals(FileNames.inTar(link.target()));
                    case ManifestEntry.File file -> isFile(actual, file.size());
                    case ManifestEntry.Part part -> isFile(actual, part.bytes().size());
                };
        if (!same) {
            throw damaged(
                    pack,
                    "It has \"" + name + "\" of " + actual.getSize() + " bytes, where the manifest lists "
                            + expected.line() + ".");
        }
    }

    private static boolean isFile(TarArchiveEntry entry, long size) {
        return entry.isFile() && !isSpecial(entry) && entry.getSize() == size;
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
        listener.on(new Progress(filesDone.get(), bytesDone.get(), backup.bytes()));
    }

    private static IntegrityException noTar(ManifestPack pack, Exception e) {
        return fault(pack, "It is no tar archive: " + e.getMessage() + ".")
                .cause(e)
                .integrity();
    }

    private static IntegrityException damaged(ManifestPack pack, String detail) {
        return fault(pack, detail).integrity();
    }

    private static Fault fault(ManifestPack pack, String detail) {
        return Fault.of(ErrorCode.CORRUPT, "pack " + pack.number() + " of the backup is damaged")
                .detail(detail);
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

    /** The tar reader holds the headers of an entry in memory, however long a name it says that it has. */
    private static final class HeaderLimit extends PassingInput {
        /** A path and a link's target, each of 4 kB, and what a header says beside them. */
        private static final long LONGEST = 1 << 20;

        private final ManifestPack pack;
        private long left = Long.MAX_VALUE;

        HeaderLimit(InputStream in, ManifestPack pack) {
            super(in);
            this.pack = pack;
        }

        void begin() {
            left = LONGEST;
        }

        void end() {
            left = Long.MAX_VALUE;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            int part = in.read(bytes, offset, count);
            take(part);
            return part;
        }

        @Override
        public long skip(long count) throws IOException {
            long part = in.skip(count);
            take(part);
            return part;
        }

        private void take(long bytes) throws IntegrityException {
            left -= Math.max(bytes, 0);
            if (left < 0) {
                throw damaged(pack, "The headers of an entry have more than " + LONGEST + " bytes.");
            }
        }
    }

    /**
     * Tells a failure of the store from one of the tar reader above it, and gives no more than the pack should have.
     */
    private static final class StoredContent extends PassingInput {
        private final ManifestPack pack;
        private long left;

        StoredContent(InputStream in, ManifestPack pack) {
            super(in);
            this.pack = pack;
            this.left = pack.digest().length();
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            int part;
            try {
                part = in.read(bytes, offset, count);
            } catch (IOException e) {
                throw storeFailed(e);
            }
            left -= Math.max(part, 0);
            if (left < 0) {
                throw damaged(pack, "It should have " + pack.digest().length() + " bytes, and has more.");
            }
            return part;
        }
    }
}
