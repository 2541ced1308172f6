package dev.walvault.restore;

import dev.walvault.pg.Subscription;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was restored.
 *
 * @param tablespaces where each of them is now, by OID
 * @param recovery how the server begins
 * @param subscriptions that the server had when it was backed up
 * @param start the command that starts this directory, and no other
 */
public record RestoreResult(
        Path directory,
        long files,
        long bytes,
        Map<Long, Path> tablespaces,
        RecoverySettings recovery,
        List<Subscription> subscriptions,
        String start,
        List<String> warnings) {
    public RestoreResult {
        tablespaces = Collections.unmodifiableMap(new LinkedHashMap<>(tablespaces));
        subscriptions = List.copyOf(subscriptions);
        warnings = List.copyOf(warnings);
    }
}
