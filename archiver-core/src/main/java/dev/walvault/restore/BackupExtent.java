package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.FileNames;
import dev.walvault.seal.Unsealed;
import dev.walvault.vault.Backup;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.ManifestPack;
import dev.walvault.vault.ManifestReader;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.TablespaceLocation;
import dev.walvault.vaults.MemberVaults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much room the files of a backup take on a disk, and where.
 *
 * @param data bytes in the data directory itself
 * @param inTablespaces bytes in each tablespace, by OID
 */
public record BackupExtent(long data, List<TablespaceLocation> tablespaces, Map<Long, Long> inTablespaces) {
    /** What file systems usually give out at once. */
    private static final long BLOCK = 4096;

    private static final String TABLESPACES = "pg_tblspc/";

    public BackupExtent {
        tablespaces = List.copyOf(tablespaces);
        inTablespaces = Map.copyOf(inTablespaces);
    }

    /** Reads the manifest, from the first vault that has it whole. */
    public static BackupExtent read(MemberVaults vaults, Backup backup) throws ArchiverException {
        List<MemberVault> orders = vaults.orders();
        for (MemberVault order : orders.subList(0, orders.size() - 1)) {
            try {
                return read(order, backup);
            } catch (IOException e) {
                PackUnpacker.requireElsewhere(e);
            }
        }
        try {
            return read(orders.getLast(), backup);
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw PackUnpacker.storeFailed(e);
        }
    }

    private static BackupExtent read(MemberVault vault, Backup backup) throws IOException {
        try (Unsealed stored = vault.backups().openManifest(backup)) {
            var manifest = new ManifestReader("the manifest of backup " + backup.id(), stored.content());
            long data = 0;
            var inTablespaces = new HashMap<Long, Long>();
            for (Optional<ManifestPack> pack = manifest.nextPack(); pack.isPresent(); pack = manifest.nextPack()) {
                for (ManifestEntry entry : pack.get().entries()) {
                    Optional<Long> tablespace = tablespace(entry.path());
                    if (tablespace.isPresent()) {
                        inTablespaces.merge(tablespace.get(), size(entry), Long::sum);
                    } else {
                        data += size(entry);
                    }
                }
            }
            List<TablespaceLocation> tablespaces = manifest.head().tablespaces();
            for (var each : inTablespaces.entrySet()) {
                if (tablespaces.stream().noneMatch(tablespace -> tablespace.oid() == each.getKey())) {
                    // one that is an ordinary directory within the data directory
                    data += each.getValue();
                }
            }
            return new BackupExtent(data, tablespaces, inTablespaces);
        }
    }

    private static long size(ManifestEntry entry) {
        return switch (entry) {
            case ManifestEntry.File file -> blocks(file.size());
            case ManifestEntry.Part part -> blocks(part.bytes().size());
            case ManifestEntry.Directory _, ManifestEntry.Link _ -> BLOCK;
        };
    }

    private static long blocks(long bytes) {
        return Math.ceilDiv(bytes, BLOCK) * BLOCK;
    }

    private static Optional<Long> tablespace(String path) {
        if (!path.startsWith(TABLESPACES)) {
            return Optional.empty();
        }
        int slash = path.indexOf('/', TABLESPACES.length());
        String oid = slash < 0 ? "" : path.substring(TABLESPACES.length(), slash);
        return oid.matches("[0-9]{1,10}") ? Optional.of(Long.valueOf(oid)) : Optional.empty();
    }

    /** Where the backup's tablespaces go, by OID. */
    public Map<Long, Path> places(TablespaceMapping mapping) throws ArchiverException {
        Map<Long, Path> moved = mapping.resolve(tablespaces);
        var places = new LinkedHashMap<Long, Path>();
        for (TablespaceLocation tablespace : tablespaces) {
            places.put(
                    tablespace.oid(),
                    moved.getOrDefault(
                            tablespace.oid(),
                            FileNames.path(tablespace.location()).normalize()));
        }
        return places;
    }

    /** The bytes by the directory they go to; {@code places} as {@link #places} says. */
    public Map<Path, Long> in(Path dataDirectory, Map<Long, Path> places) {
        var bytes = new LinkedHashMap<Path, Long>();
        bytes.put(dataDirectory, data);
        places.forEach((oid, place) -> bytes.put(place, inTablespaces.getOrDefault(oid, 0L)));
        return bytes;
    }
}
