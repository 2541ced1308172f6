package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.archive.LocalFiles;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What is in the places of one {@link SetAside}, old and new. Each method can be done again when it was interrupted. */
final class Contents {
    private static final String CONTROL = "global";
    /** Goes first and comes back last, so that no server starts on half of a data directory. */
    private static final Comparator<Path> CONTROL_FIRST = Comparator.comparing(
                    (Path path) -> !Disk.name(path).equals(CONTROL))
            .thenComparing(Path::compareTo);

    /** Of a data directory that is replaced. */
    private static final Set<String> REPLACED_KEEPS = Set.of("pg_wal", "pg_tblspc");

    private final SetAside what;
    private final Disk disk;

    Contents(SetAside what, Disk disk) {
        this.what = what;
        this.disk = disk;
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
                move(
                        Disk.entries(place.path(), what.isOld(place)).stream()
                                .sorted(CONTROL_FIRST)
                                .toList(),
                        aside);
                Disk.sync(aside);
                Disk.sync(place.path());
            }
        }
    }

    /** Refuses before anything is moved if something is where an old file was, or if an old file is out of reach. */
    void giveBack() throws ArchiverException {
        requireAsides();
        for (Place place : what.places()) {
            for (Path entry : old(place)) {
                Path back = place.path().resolve(entry.getFileName());
                if (Disk.exists(back)) {
                    throw Fault.of(
                                    ErrorCode.DIRECTORY_IN_USE,
                                    "\"" + back + "\" is in the way of what was there before, \"" + entry + "\"")
                            .detail("Something else than walvault has put it there since.")
                            .hint("Move it away, and run the same command again.")
                            .store();
                }
            }
        }
        for (Place place : what.places().reversed()) {
            if (place.aside().isPresent()) {
                move(old(place).stream().sorted(CONTROL_FIRST.reversed()).toList(), place.path());
                Disk.sync(place.path());
                Disk.sync(place.aside().get());
            }
        }
    }

    /** Removes what a restore, and the server that it made, have put into the places. */
    void clearNew() throws ArchiverException {
        requireAsides();
        disk.delete(what.directory().resolve("global/pg_control"));
        for (Place place : what.places().reversed()) {
            if (!Files.isDirectory(place.path())) {
                continue;
            }
            var entries = new ArrayList<>(Disk.entries(place.path(), what.isNew(place)));
            if (place.part() == Place.Part.TABLESPACE) {
                entries.add(place.path().resolve(OwnNames.RESTORE_MARKER));
            }
            // the marker says whose the rest is until the rest is gone
            entries.sort(Comparator.comparing(path -> Disk.name(path).equals(OwnNames.RESTORE_MARKER)));
            for (Path entry : entries) {
                if (Disk.exists(entry)) {
                    disk.deleteTree(entry);
                }
            }
            Disk.sync(place.path());
        }
    }

    /** Removes all that is aside. */
    void removeOld() throws ArchiverException {
        for (Place place : what.places().reversed()) {
            removeOld(place, _ -> true);
        }
    }

    /** Removes what is aside except the WAL, which may be in no vault, and the links that say where the server had its files. */
    void removeOldExceptWal() throws ArchiverException {
        for (Place place : what.places().reversed()) {
            if (place.part() != Place.Part.WAL) {
                removeOld(place, name -> !REPLACED_KEEPS.contains(name));
            }
        }
    }

    private void removeOld(Place place, Predicate<String> which) throws ArchiverException {
        for (Path entry : old(place)) {
            if (which.test(Disk.name(entry))) {
                disk.deleteTree(entry);
            }
        }
    }

    /** The entries that are aside. */
    private static List<Path> old(Place place) throws ArchiverException {
        return place.aside().isPresent() && Files.isDirectory(place.aside().get())
                ? Disk.entries(place.aside().get(), name -> !name.startsWith(OwnNames.JOURNAL))
                : List.of();
    }

    private void move(List<Path> entries, Path to) throws ArchiverException {
        for (Path entry : entries) {
            try {
                disk.rename(entry, to.resolve(entry.getFileName()));
            } catch (AtomicMoveNotSupportedException e) {
                throw Fault.from(LocalFiles.cannot("rename", entry, e))
                        .detail("The file system cannot rename it into \"" + to + "\".")
                        .hint("Stop here, or move the old data directory away yourself and restore without --in-place.")
                        .store();
            }
        }
    }

    private void requireAsides() throws ArchiverException {
        for (Place place : what.places()) {
            if (place.aside().isPresent() && !Files.isDirectory(place.aside().get())) {
                throw Fault.of(ErrorCode.LOCAL_FILE, "\"" + place.aside().get() + "\" is not there")
                        .detail("It holds what was in \"" + place.path() + "\" before the restore.")
                        .hint("Is its file system mounted? Mount it, and run the same command again.")
                        .store();
            }
        }
    }
}
