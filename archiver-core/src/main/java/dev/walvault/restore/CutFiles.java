package dev.walvault.restore;

import dev.walvault.checksum.Crc32c;
import dev.walvault.vault.ManifestEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a backup that are in several packs, as the manifest lists their parts. For one thread. */
final class CutFiles {
    private final Map<String, List<ManifestEntry.Part>> parts = new LinkedHashMap<>();

    void add(ManifestEntry.Part part) {
        parts.computeIfAbsent(part.path(), _ -> new ArrayList<>()).add(part);
    }

    /**
     * Each file as one.
     *
     * @throws IllegalArgumentException if the parts of one do not make a file; the message says why
     */
    List<ManifestEntry.File> whole() {
        return parts.values().stream().map(CutFiles::joined).toList();
    }

    private static ManifestEntry.File joined(List<ManifestEntry.Part> parts) {
        parts.sort(Comparator.comparingInt(ManifestEntry.Part::number));
        ManifestEntry.File first = parts.getFirst().bytes();
        long size = 0;
        int crc = 0;
        for (int i = 0; i < parts.size(); i++) {
            ManifestEntry.Part part = parts.get(i);
            ManifestEntry.File bytes = part.bytes();
            boolean fits = part.number() == i + 1
                    && part.of() == parts.size()
                    && part.offset() == size
                    && isOneFile(first, bytes);
            if (!fits) {
                throw new IllegalArgumentException("the parts of \"" + part.path() + "\" do not make a file: "
                        + parts.size() + " of them are listed, and one is number " + part.number() + " of " + part.of()
                        + " at " + part.offset());
            }
            crc = Crc32c.concatenated(crc, bytes.crc32c(), bytes.size());
            size += bytes.size();
        }
        return new ManifestEntry.File(first.path(), size, first.modified(), first.mode(), crc, List.of(), first.at());
    }

    private static boolean isOneFile(ManifestEntry.File one, ManifestEntry.File other) {
        Instant modified = one.modified();
        return modified.equals(other.modified()) && one.mode() == other.mode();
    }
}
