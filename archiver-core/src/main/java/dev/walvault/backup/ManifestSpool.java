package dev.walvault.backup;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.StoreException;
import dev.walvault.vault.ManifestPack;
import dev.walvault.vault.ManifestTotals;
import dev.walvault.vault.ManifestWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The manifest's lines in a temporary file, because its first line is known last. Packs are added by several threads. The
 * file has no name any more once it is open, so nothing is left of it, whatever becomes of this process.
 */
final class ManifestSpool implements AutoCloseable {
    private final Path directory;
    private final OutputStream out;
    private final InputStream in;
    private final ManifestWriter writer;
    private ManifestTotals totals = ManifestTotals.NONE;
    private long bytesStored;

    ManifestSpool(Path directory) throws StoreException {
        this.directory = directory;
        try {
            Path file = Files.createTempFile(directory, "walvault-manifest-", ".gz");
            this.in = Files.newInputStream(file);
            this.out = new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file), 1 << 16), 1 << 16);
            Files.delete(file);
        } catch (IOException e) {
            throw failed(directory, e);
        }
        this.writer = new ManifestWriter(out);
    }

    synchronized void add(ManifestPack pack) throws StoreException {
        try {
            writer.pack(pack);
        } catch (IOException e) {
            throw failed(directory, e);
        }
        totals = totals.plus(pack);
        bytesStored += pack.bytesStored();
    }

    synchronized ManifestTotals totals() {
        return totals;
    }

    synchronized long bytesStored() {
        return bytesStored;
    }

    /** Ends the spool and writes all of its lines. */
    synchronized void copyTo(OutputStream destination) throws IOException {
        out.close();
        try (InputStream lines = new GZIPInputStream(in, 1 << 16)) {
            lines.transferTo(destination);
        }
    }

    private static StoreException failed(Path directory, IOException e) {
        return Fault.of(ErrorCode.LOCAL_FILE, "could not write a temporary file in directory \"" + directory + "\"")
                .detail(FileTrouble.reason(e))
                .hint("Free space there, or set another place with the Java option -Djava.io.tmpdir.")
                .cause(e)
                .store();
    }

    @Override
    public synchronized void close() {
        try (InputStream _ = in) {
            out.close();
        } catch (IOException _) {
            // what was not written is not needed any more
        }
    }
}
