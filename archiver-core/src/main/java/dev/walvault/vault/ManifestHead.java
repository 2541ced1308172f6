package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import dev.walvault.pg.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The first line of a manifest.
 *
 * @param subscriptions of the server that was backed up: what a copy of it would receive in its place
 * @param walDirectory where the server's WAL was, if not in its data directory
 */
public record ManifestHead(
        BackupFacts facts,
        List<TablespaceLocation> tablespaces,
        List<Subscription> subscriptions,
        Optional<String> walDirectory) {

    public ManifestHead {
        tablespaces = List.copyOf(tablespaces);
        subscriptions = List.copyOf(subscriptions);
    }

    String line() {
        return JsonText.object(json -> {
            facts.put(json);
            json.putObjects(
                    "tablespaces",
                    members(
                            tablespaces,
                            (each, object) -> object.put("oid", each.oid()).put("location", each.location())));
            json.putObjects(
                    "subscriptions",
                    members(
                            subscriptions,
                            (each, object) -> object.put("database", each.database())
                                    .put("name", each.name())
                                    .put("enabled", each.enabled())));
            walDirectory.ifPresent(directory -> json.put("walDirectory", directory));
        });
    }

    private static <T> List<Consumer<JsonText>> members(List<T> values, BiConsumer<T, JsonText> put) {
        return values.stream()
                .<Consumer<JsonText>>map(value -> json -> put.accept(value, json))
                .toList();
    }

    static ManifestHead read(JsonObject json) throws IntegrityException {
        var tablespaces = new ArrayList<TablespaceLocation>();
        for (JsonObject object : json.objects("tablespaces")) {
            tablespaces.add(new TablespaceLocation(object.number("oid"), object.text("location")));
        }
        var subscriptions = new ArrayList<Subscription>();
        for (JsonObject object : json.objects("subscriptions")) {
            subscriptions.add(new Subscription(object.text("database"), object.text("name"), object.flag("enabled")));
        }
        return new ManifestHead(
                BackupFacts.read(json.requireFormat()), tablespaces, subscriptions, json.find("walDirectory"));
    }
}
