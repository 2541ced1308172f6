package dev.walvault.restore;

import dev.walvault.json.JsonText;
import dev.walvault.pg.Subscription;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What was restored. What the operator has to weigh is told as events.
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
        String start) {
    public RestoreResult {
        tablespaces = Collections.unmodifiableMap(new LinkedHashMap<>(tablespaces));
        subscriptions = List.copyOf(subscriptions);
    }

    /** Whether the server archives what it writes once it is promoted. */
    public boolean archives() {
        return recovery.archiving() == RecoverySettings.Archiving.AS_BACKED_UP;
    }

    /** Whether its subscriptions receive what their publishers send. */
    public boolean subscribes() {
        return recovery.subscribing() == RecoverySettings.Subscribing.AS_BACKED_UP;
    }

    /** Puts the members that results have. */
    public void describe(JsonText json) {
        json.put("directory", directory.toString())
                .put("files", files)
                .put("bytes", bytes)
                .putObjects(
                        "tablespaces",
                        tablespaces.entrySet().stream()
                                .<Consumer<JsonText>>map(each -> tablespace -> tablespace
                                        .put("oid", each.getKey())
                                        .put("path", each.getValue().toString()))
                                .toList())
                .put("archives", archives())
                .putObjects(
                        "subscriptions",
                        subscriptions.stream()
                                .<Consumer<JsonText>>map(each -> subscription -> subscription
                                        .put("database", each.database())
                                        .put("name", each.name())
                                        .put("enabled", each.enabled()))
                                .toList())
                .put("subscribes", subscribes())
                .put("start", start);
    }
}
