package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Presence;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Listener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds the directories, without links, that an old server has and its successor fills, and refuses what cannot be. */
final class OldParts {
    private final ServerPlaces server;
    private final NewContent content;
    private final String version;
    private final Listener listener;

    /** {@code version}: the old server's. */
    OldParts(ServerPlaces server, NewContent content, String version, Listener listener) {
        this.server = server;
        this.content = content;
        this.version = version;
        this.listener = listener;
    }

    /** The data directory first. */
    Map<Path, Place.Part> find() throws ArchiverException {
        var parts = new LinkedHashMap<Path, Place.Part>();
        parts.put(server.data(), Place.Part.DATA);
        Optional<Path> wal = server.wal();
        if (wal.isPresent()) {
            Optional<Path> place = filled(there(wal.get(), "pg_wal"), _ -> true);
            if (place.isEmpty() && !content.walElsewhere()) {
                throw absent("pg_wal", wal.get());
            }
            place.filter(path -> server.walMounted() || !path.startsWith(server.data()))
                    .ifPresent(path -> parts.put(path, Place.Part.WAL));
        }
        for (var tablespace : server.tablespaces().entrySet()) {
            String name = "pg_tblspc/" + tablespace.getKey();
            Optional<Path> place = filled(there(tablespace.getValue(), name), of(Place.Part.TABLESPACE, version));
            if (place.isPresent() && place.get().startsWith(server.data())) {
                throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "tablespace \"" + name + "\" is within the data directory")
                        .hint("Choose another place with --tablespace-mapping, into an empty directory.")
                        .host();
            }
            if (place.isPresent()) {
                parts.put(place.get(), Place.Part.TABLESPACE);
            } else if (content.tablespacesElsewhere().contains(tablespace.getKey())) {
                listener.on(new AsideEvent.TablespaceGone(name, tablespace.getValue()));
            } else {
                throw absent(name, tablespace.getValue());
            }
        }
        for (var part : parts.entrySet()) {
            requireMovable(Changes.entries(part.getKey(), of(part.getValue(), version)));
        }
        for (Path place : content.bytes().keySet()) {
            Optional<Path> real = there(place, "tablespace");
            parts.putIfAbsent(real.orElse(place.normalize()), Place.Part.TABLESPACE);
        }
        for (var part : parts.entrySet()) {
            requireOnlyOld(part.getKey(), part.getValue());
        }
        return parts;
    }

    private Predicate<String> of(Place.Part part, String version) {
        return Contents.of(part, version, server.walMounted());
    }

    /** In a place of the old server is nothing that would be taken for the restored one's; another place is empty. */
    private void requireOnlyOld(Path place, Place.Part part) throws ArchiverException {
        if (part != Place.Part.TABLESPACE || !Files.isDirectory(place)) {
            return;
        }
        boolean old = server.tablespaces().values().stream().anyMatch(each -> Changes.isSame(each, place));
        Predicate<String> others =
                old ? of(part, content.version()).and(of(part, version).negate()) : name -> !OwnNames.stays(name);
        for (Path entry : Changes.entries(place, others)) {
            throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "tablespace location \"" + place + "\" is in use")
                    .detail("\"" + entry + "\" is there, and does not belong to the server in \"" + server.data()
                            + "\".")
                    .hint("Choose an empty directory with --tablespace-mapping.")
                    .host();
        }
    }

    private static Optional<Path> there(Path path, String what) throws ArchiverException {
        try {
            return Presence.exists(path) ? Optional.of(path.toRealPath()) : Optional.empty();
        } catch (IOException e) {
            throw LocalFiles.cannot("follow \"" + what + "\" to", path, e);
        }
    }

    /** The place if anything of the server is in it: where a file system is not mounted there is an empty directory. */
    private static Optional<Path> filled(Optional<Path> place, Predicate<String> servers) throws ArchiverException {
        return place.isPresent() && Changes.entries(place.get(), servers).isEmpty() ? Optional.empty() : place;
    }

    private static ArchiverException absent(String link, Path target) {
        String what = Files.exists(target) ? "where nothing of the server is" : "which is not there";
        return Fault.of(ErrorCode.DIRECTORY_IN_USE, "\"" + link + "\" leads to \"" + target + "\", " + what)
                .detail("The restore would fill the file system below it instead.")
                .hint("Is its file system mounted? Mount it, or give the restored server another place, with"
                        + " --tablespace-mapping or --waldir.")
                .host();
    }

    /** Renaming a directory to another parent changes the directory itself. */
    private static void requireMovable(List<Path> entries) throws ArchiverException {
        for (Path entry : entries) {
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && !Files.isWritable(entry)) {
                throw Fault.of(ErrorCode.LOCAL_FILE, "\"" + entry + "\" cannot be moved: permission denied")
                        .hint("Give it to the server's operating-system user with chown, or move it away.")
                        .host();
            }
        }
    }

    /** What {@code --replace} removes. */
    static List<Path> removable(Map<Path, Place.Part> parts, String version) throws ArchiverException {
        var removable = new ArrayList<Path>();
        for (var part : parts.entrySet()) {
            if (part.getValue() != Place.Part.WAL && Files.isDirectory(part.getKey())) {
                removable.addAll(Changes.entries(
                        part.getKey(),
                        name -> !name.equals("pg_wal")
                                && Contents.of(part.getValue(), version, false).test(name)));
            }
        }
        return removable;
    }
}
