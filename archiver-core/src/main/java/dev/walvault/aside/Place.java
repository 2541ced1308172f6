package dev.walvault.aside;

import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory whose content makes room.
 *
 * @param path without links
 * @param aside the directory that its content goes to, on the same file system; empty if there was none
 */
record Place(Part part, Path path, Optional<Path> aside) {

    /** What a server keeps there. */
    enum Part {
        DATA,
        WAL,
        /** Only the directory of this server's version is this server's. */
        TABLESPACE
    }

    void put(JsonText json) {
        // as URIs, because names of files are bytes
        json.put("part", part.name())
                .put("path", path.toUri().toString())
                .put("aside", aside.map(directory -> directory.toUri().toString()));
    }

    static Place read(JsonObject json) throws IntegrityException {
        return new Place(
                json.as("part", Part::valueOf),
                json.as("path", Place::path),
                json.has("aside") ? Optional.of(json.as("aside", Place::path)) : Optional.empty());
    }

    static Path path(String uri) {
        return Path.of(URI.create(uri));
    }
}
