package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What the journal of one restore in place says.
 *
 * @param kept whether the old content is still whole
 * @param directory the data directory, without links
 * @param oldVersion whose directories in tablespaces are moved aside, such as "15"
 * @param newVersion whose directories in tablespaces the restore makes
 * @param walMounted whether {@code pg_wal} is a mount point within the data directory
 * @param places the data directory first
 */
record SetAside(
        State state,
        boolean kept,
        Path directory,
        Instant begun,
        String oldVersion,
        String newVersion,
        boolean walMounted,
        List<Place> places) {

    /** Where the old content is, and whose the places are. */
    enum State {
        /** All of the old is back where it was; the directories that held it are being removed. */
        RETURNED,
        /** Some of the old is where it was, and some is aside; there is nothing new. */
        MOVING,
        /** All of the old is aside; what is in the places is a restore that is not complete, or became so just now. */
        RESTORING,
        /** All of the old is aside; the places are the restored server's. */
        RESTORED,
        /** All of the old is aside; what is in the places is to be removed. */
        REMOVING
    }

    SetAside {
        places = List.copyOf(places);
    }

    SetAside in(State next) {
        return new SetAside(next, kept, directory, begun, oldVersion, newVersion, walMounted, places);
    }

    SetAside replaced() {
        return new SetAside(state, false, directory, begun, oldVersion, newVersion, walMounted, places);
    }

    /** The directory that holds what the data directory held, and the journal. */
    Path home() {
        return places.getFirst().aside().orElseThrow();
    }

    /** Whether an entry of a place is, by its name, of the server that the restore makes. */
    Predicate<String> isNew(Place place) {
        return Contents.of(place.part(), newVersion, walMounted);
    }

    /** Whether an entry of a place is, by its name, of the old server. */
    Predicate<String> isOld(Place place) {
        return Contents.of(place.part(), oldVersion, walMounted);
    }

    /** Where the old server kept its files, told by what is left of its data directory. */
    ServerPlaces formerPlaces() throws ArchiverException {
        return ServerPlaces.former(directory, home(), oldVersion, walMounted);
    }

    /** Whether an entry of one of the places is none of the restore's: it does not count, and is not touched. */
    boolean stays(Path entry) {
        String name = Changes.name(entry);
        return places.stream()
                .filter(place -> place.path().equals(entry.getParent()))
                .findFirst()
                .map(place -> !isNew(place).test(name) && !name.equals(OwnNames.RESTORE_MARKER))
                .orElse(OwnNames.stays(name));
    }

    byte[] document() {
        List<Consumer<JsonText>> each = new ArrayList<>();
        places.forEach(place -> each.add(place::put));
        return JsonText.document(json -> json.put("walvault", 1)
                .put("state", state.name())
                .put("kept", kept)
                .put("directory", directory.toUri().toString())
                .put("begun", begun.toString())
                .put("oldVersion", oldVersion)
                .put("newVersion", newVersion)
                .put("walMounted", walMounted)
                .putObjects("places", each));
    }

    static SetAside parse(String document, byte[] utf8) throws IntegrityException {
        JsonObject json = JsonObject.parse(document, utf8).requireFormat();
        var places = new ArrayList<Place>();
        for (JsonObject place : json.objects("places")) {
            places.add(Place.read(place));
        }
        return new SetAside(
                json.as("state", State::valueOf),
                json.flag("kept"),
                json.as("directory", Place::path),
                json.as("begun", Instant::parse),
                json.text("oldVersion"),
                json.text("newVersion"),
                json.flag("walMounted"),
                places);
    }
}
