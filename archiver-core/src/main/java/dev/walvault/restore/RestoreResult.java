package dev.walvault.restore;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was restored.
 *
 * @param tablespaces where each of them is now, by OID
 */
public record RestoreResult(
        Path directory, long files, long bytes, Map<Long, Path> tablespaces, List<String> warnings) {
    public RestoreResult {
        tablespaces = Collections.unmodifiableMap(new LinkedHashMap<>(tablespaces));
        warnings = List.copyOf(warnings);
    }
}
