package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.pg.ControlFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What is in the places of one {@link SetAside}, old and new. Each method can be done again when it was interrupted.
 */
final class Contents {
    private static final String CONTROL = "global";

    /** Goes first and comes back last, so that no server starts on half of a data directory. */
    private static final Predicate<Path> HAS_CONTROL =
            entry -> Changes.name(entry).equals(CONTROL);

    /** No server starts on a directory whose control file has this name; it is in {@link #CONTROL}. */
    static final String WITHDRAWN = "pg_control.withdrawn-by-walvault";

    /** Of a data directory that is replaced. */
    private static final Set<String> REPLACED_KEEPS = Set.of("pg_wal", "pg_tblspc");

    private final SetAside what;
    private final Changes changes;

    Contents(SetAside what, Changes changes) {
        this.what = what;
        this.changes = changes;
    }

    /** The entries of a place that are a server's of this version. */
    static Predicate<String> of(Place.Part part, String version, boolean walMounted) {
        return switch (part) {
            case DATA -> name -> !OwnNames.stays(name) && !(walMounted && name.equals("pg_wal"));
            case WAL -> name -> !OwnNames.stays(name);
            case TABLESPACE -> name -> name.startsWith("PG_" + version + "_");
        };
    }

    void putAside() throws ArchiverException {
        for (Place place : what.places()) {
            if (place.aside().isPresent()) {
                Path aside = place.aside().get();
                List<Path> entries = Changes.entries(place.path(), what.isOld(place));
                // durably first: no server starts on half of a data directory, whatever a power failure leaves
                changes.move(those(entries, HAS_CONTROL), place.path(), aside);
                if (place.part() == Place.Part.DATA) {
                    // none can start any more, but one may have started just before
                    requireNoServer();
                }
                changes.move(those(entries, HAS_CONTROL.negate()), place.path(), aside);
            }
        }
    }

    private static List<Path> those(List<Path> entries, Predicate<Path> which) {
        return entries.stream().filter(which).toList();
    }

    /** Refuses before anything is moved if something is where an old file was, or if an old file is out of reach. */
    void giveBack() throws ArchiverException {
        requireAsides();
        var inTheWay = new ArrayList<Path>();
        for (Place place : what.places()) {
            old(place).stream()
                    .map(entry -> place.path().resolve(entry.getFileName()))
                    .filter(Changes::exists)
                    .forEach(inTheWay::add);
        }
        if (!inTheWay.isEmpty()) {
            throw inTheWay(
                    "is in the way of what was there before", "are in the way of what was there before", inTheWay);
        }
        for (Place place : what.places().reversed()) {
            if (place.aside().isPresent()) {
                List<Path> entries = old(place);
                for (Predicate<Path> which : List.of(HAS_CONTROL.negate(), HAS_CONTROL)) {
                    changes.move(those(entries, which), place.aside().get(), place.path());
                }
            }
        }
    }

    private static ArchiverException inTheWay(String one, String several, List<Path> entries) {
        String names = entries.stream().map(entry -> "\"" + entry + "\"").collect(Collectors.joining(", "));
        return Fault.of(ErrorCode.DIRECTORY_IN_USE, names + " " + (entries.size() == 1 ? one : several))
                .detail("Something else than walvault has put " + (entries.size() == 1 ? "it" : "them") + " there.")
                .hint("Move " + (entries.size() == 1 ? "it" : "them") + " away, and run the same command again.")
                .host();
    }

    private void requireNoServer() throws ArchiverException {
        ServerProcesses.requireNone(what.directory(), List.of());
    }

    /**
     * Removes what a restore, and the server that it made, have put into the places.
     *
     * @throws dev.walvault.HostException DIRECTORY_IN_USE if a server has been started meanwhile: nothing is removed;
     *     or if a process goes on writing there
     */
    void clearNew() throws ArchiverException {
        requireAsides();
        withdrawControl();
        for (Place place : what.places().reversed()) {
            if (!Files.isDirectory(place.path())) {
                continue;
            }
            Predicate<String> others = what.isNew(place).and(name -> !name.equals(OwnNames.RESTORE_MARKER));
            List<Path> entries = Changes.entries(place.path(), others);
            clear(entries);
            changes.sync(place.path());
            // says whose the rest is until the rest is gone
            clear(List.of(place.path().resolve(OwnNames.RESTORE_MARKER)));
            changes.sync(place.path());
        }
        requireCleared();
    }

    private void clear(List<Path> entries) throws ArchiverException {
        for (Path entry : entries) {
            if (Changes.exists(entry)) {
                changes.deleteTree(entry);
            }
        }
    }

    /**
     * Keeps a server from being started, and looks for one that was started since the last look: it would lose its
     * files one by one. As long as the withdrawn file is there nothing else was removed.
     */
    private void withdrawControl() throws ArchiverException {
        Path control = what.directory().resolve(ControlFile.PATH);
        if (!Changes.exists(control)) {
            return;
        }
        changes.rename(control, withdrawn());
        try {
            requireNoServer();
        } catch (ArchiverException e) {
            giveControlBack();
            throw e;
        }
        changes.delete(withdrawn());
        changes.syncParent(control);
    }

    /** Whether the restored server is whole, though its control file may have been withdrawn; puts that back then. */
    boolean giveControlBack() throws ArchiverException {
        Path control = what.directory().resolve(ControlFile.PATH);
        if (Changes.exists(withdrawn())) {
            changes.rename(withdrawn(), control);
        }
        boolean there = Changes.exists(control);
        if (there) {
            changes.syncParent(control);
        }
        return there;
    }

    private Path withdrawn() {
        return what.directory().resolve(ControlFile.PATH).resolveSibling(WITHDRAWN);
    }

    /** What a process that ends late has left would look like a part of the old server. */
    private void requireCleared() throws ArchiverException {
        requireNoServer();
        var left = new ArrayList<Path>();
        for (Place place : what.places()) {
            if (Files.isDirectory(place.path())) {
                left.addAll(Changes.entries(place.path(), what.isNew(place)));
            }
        }
        if (!left.isEmpty()) {
            throw inTheWay("has appeared meanwhile", "have appeared meanwhile", left);
        }
    }

    /** Removes all that is aside. */
    void removeOld() throws ArchiverException {
        for (Place place : what.places().reversed()) {
            removeOld(place, _ -> true);
        }
    }

    /**
     * Removes what is aside except the WAL, which may be in no vault, and the links that say where the server had its
     * files.
     */
    void removeOldExceptWal() throws ArchiverException {
        for (Place place : what.places().reversed()) {
            if (place.part() != Place.Part.WAL) {
                removeOld(place, name -> !REPLACED_KEEPS.contains(name));
            }
        }
    }

    private void removeOld(Place place, Predicate<String> which) throws ArchiverException {
        for (Path entry : old(place)) {
            if (which.test(Changes.name(entry))) {
                changes.deleteTree(entry);
            }
        }
        if (place.aside().isPresent() && Files.isDirectory(place.aside().get())) {
            changes.sync(place.aside().get());
        }
    }

    /** The entries that are aside. */
    private static List<Path> old(Place place) throws ArchiverException {
        return place.aside().isPresent() && Files.isDirectory(place.aside().get())
                ? Changes.entries(place.aside().get(), name -> !name.startsWith(OwnNames.JOURNAL))
                : List.of();
    }

    private void requireAsides() throws ArchiverException {
        for (Place place : what.places()) {
            if (place.aside().isPresent() && !Files.isDirectory(place.aside().get())) {
                throw Fault.of(ErrorCode.LOCAL_FILE, "\"" + place.aside().get() + "\" is not there")
                        .detail("It holds what was in \"" + place.path() + "\" before the restore.")
                        .hint("Is its file system mounted? Mount it, and run the same command again.")
                        .host();
            }
        }
    }
}
