package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The first line of a manifest. */
public record ManifestHead(BackupFacts facts, List<TablespaceLocation> tablespaces) {

    public ManifestHead {
        tablespaces = List.copyOf(tablespaces);
    }

    String line() {
        return JsonText.object(json -> {
            facts.put(json);
            List<Consumer<JsonText>> locations = new ArrayList<>();
            for (TablespaceLocation tablespace : tablespaces) {
                locations.add(object -> object.put("oid", tablespace.oid()).put("location", tablespace.location()));
            }
            json.putObjects("tablespaces", locations);
        });
    }

    static ManifestHead read(JsonObject json) throws IntegrityException {
        var tablespaces = new ArrayList<TablespaceLocation>();
        for (JsonObject object : json.objects("tablespaces")) {
            tablespaces.add(new TablespaceLocation(object.number("oid"), object.text("location")));
        }
        return new ManifestHead(BackupFacts.read(json.requireFormat()), tablespaces);
    }
}
