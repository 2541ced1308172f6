package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.FileNames;
import dev.walvault.host.LocalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where the journals of a data directory are: each in the directory that holds its old content, which has a name that
 * tells whose it is. So they are found from the data directory's path alone.
 */
final class Journals {
    private final Path data;
    private final Changes changes;

    /** {@code data} is without links. */
    Journals(Path data, Changes changes) {
        this.data = data;
        this.changes = changes;
    }

    /** Those of this data directory, the latest first. A copy of the directory has none. */
    List<SetAside> all() throws ArchiverException {
        List<SetAside> all = found();
        all.removeIf(each -> !each.directory().equals(data));
        all.sort(Comparator.comparing(SetAside::begun).reversed());
        return all;
    }

    /** Those that lie where this data directory's would, and are of another one. */
    List<SetAside> others() throws ArchiverException {
        List<SetAside> others = found();
        others.removeIf(each -> each.directory().equals(data));
        return others;
    }

    private List<SetAside> found() throws ArchiverException {
        var found = new ArrayList<SetAside>();
        for (Path aside : asidesOf(data)) {
            read(aside).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<SetAside> read(Path aside) throws ArchiverException {
        Path journal = aside.resolve(OwnNames.JOURNAL);
        if (!Files.exists(journal)) {
            return Optional.empty();
        }
        try {
            return Optional.of(SetAside.parse(journal.toString(), Files.readAllBytes(journal)));
        } catch (IOException e) {
            throw e instanceof ArchiverException known ? known : LocalFiles.cannot("read", journal, e);
        }
    }

    /** Returns what it has written, durably. */
    SetAside write(SetAside what) throws ArchiverException {
        changes.write(what.home().resolve(OwnNames.JOURNAL), what.document());
        return what;
    }

    /** Makes durable what a killed call may only have written: what is done next must not outlive it. */
    void secure(SetAside what) throws ArchiverException {
        changes.sync(what.home());
    }

    /** Removes the directories that are aside, which are empty by now, and the journal last. */
    void end(SetAside what) throws ArchiverException {
        for (Place place : what.places().reversed()) {
            if (place.part() != Place.Part.DATA && place.aside().isPresent()) {
                changes.delete(place.aside().get());
                // without the journal nobody would know of it
                changes.syncParent(place.aside().get());
            }
        }
        changes.delete(what.home().resolve(OwnNames.JOURNAL));
        changes.delete(what.home());
    }

    /** Removes empty directories that a killed call has made for one of these places and not come to use. */
    void sweep(List<Path> places) throws ArchiverException {
        for (Path place : places) {
            for (Path aside : asidesOf(place)) {
                Path unfinished = aside.resolve(OwnNames.JOURNAL + ".tmp");
                List<Path> entries = Changes.entries(aside, _ -> true);
                if (entries.isEmpty() || entries.equals(List.of(unfinished))) {
                    changes.delete(unfinished);
                    changes.delete(aside);
                }
            }
        }
    }

    /**
     * Makes an empty directory for the content of a place: beside it where a rename leads there, otherwise within it.
     */
    Path make(Path place, String stamp, Mounts mounts) throws ArchiverException {
        Path inside = place.resolve(OwnNames.INSIDE + stamp);
        changes.makeLike(place, inside);
        Path parent = place.getParent();
        try {
            if (parent == null || !mounts.together(parent, place)) {
                return inside;
            }
            Path beside = parent.resolve(FileNames.path(Changes.name(place) + OwnNames.BESIDE + stamp));
            changes.rename(inside, beside);
            changes.sync(parent);
            changes.sync(place);
            return beside;
        } catch (ArchiverException e) {
            if (Files.isDirectory(inside)) {
                return inside;
            }
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("read", place, e);
        }
    }

    private static List<Path> asidesOf(Path place) throws ArchiverException {
        var asides = new ArrayList<>(Changes.entries(place, name -> name.startsWith(OwnNames.INSIDE)));
        Path parent = place.getParent();
        if (parent != null && Files.isReadable(parent)) {
            asides.addAll(Changes.entries(parent, name -> name.startsWith(Changes.name(place) + OwnNames.BESIDE)));
        }
        return asides.stream().filter(Files::isDirectory).toList();
    }
}
