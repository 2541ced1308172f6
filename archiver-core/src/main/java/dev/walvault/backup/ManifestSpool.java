package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.vault.ManifestPack;
import dev.walvault.vault.ManifestTotals;
import dev.walvault.vault.ManifestWriter;
import dev.walvault.vault.PackList;
import dev.walvault.vault.StoredDigest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * The lines of the manifest and of the list of packs, until their first lines are known, which are known last. Packs
 * are added by several threads.
 */
final class ManifestSpool implements AutoCloseable {
    private final LineSpool manifest;
    private final LineSpool packList;
    private final ManifestWriter writer;
    private ManifestTotals totals = ManifestTotals.NONE;
    private long bytesStored;

    ManifestSpool(Path directory) throws ArchiverException {
        this.manifest = new LineSpool(directory);
        try {
            this.packList = new LineSpool(directory);
        } catch (ArchiverException e) {
            manifest.close();
            throw e;
        }
        this.writer = new ManifestWriter(manifest.out());
    }

    synchronized void add(ManifestPack pack, StoredDigest stored) throws ArchiverException {
        manifest.write(() -> writer.pack(pack));
        packList.write(() -> packList.out().write(PackList.line(pack.number(), stored)));
        totals = totals.plus(pack);
        bytesStored += stored.length();
    }

    synchronized ManifestTotals totals() {
        return totals;
    }

    synchronized long bytesStored() {
        return bytesStored;
    }

    /** Ends the manifest's lines and writes all of them. */
    synchronized void copyManifestTo(OutputStream destination) throws IOException {
        manifest.copyTo(destination);
    }

    /** Ends the lines of the list of packs and writes all of them. */
    synchronized void copyPackListTo(OutputStream destination) throws IOException {
        packList.copyTo(destination);
    }

    @Override
    public synchronized void close() {
        manifest.close();
        packList.close();
    }
}
