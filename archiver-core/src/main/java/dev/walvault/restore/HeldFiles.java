package dev.walvault.restore;

import dev.walvault.vault.ManifestEntry;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Small files of a backup that are not written as they are found. For several threads. */
final class HeldFiles {
    static final String CONTROL = "global/pg_control";
    static final String TABLESPACE_MAP = "tablespace_map";
    static final String LABEL = "backup_label";

    /** Far more than any of them has. */
    static final int LARGEST = 1 << 20;

    /** What a restored server must not find, or gets anew. */
    private static final Set<String> SUPERSEDED = Set.of(
            "backup_manifest",
            "recovery.signal",
            "standby.signal",
            "postmaster.pid",
            "postmaster.opts",
            RestoreMarker.NAME);

    private static final Set<String> HELD = Set.of(CONTROL, TABLESPACE_MAP, LABEL);

    private final Map<String, Held> found = new ConcurrentHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Held(ManifestEntry.File file, byte[] content) {}

    static boolean isSuperseded(String path) {
        return SUPERSEDED.contains(path);
    }

    static boolean isHeld(String path) {
        return HELD.contains(path);
    }

    /** Whether it is the first of this path. */
    boolean hold(ManifestEntry.File file, byte[] content) {
        return found.putIfAbsent(file.path(), new Held(file, content)) == null;
    }

    /** Lets go of what was held last, to get it again. */
    void release(ManifestEntry.File file) {
        found.remove(file.path());
    }

    Optional<Held> find(String path) {
        return Optional.ofNullable(found.get(path));
    }
}
