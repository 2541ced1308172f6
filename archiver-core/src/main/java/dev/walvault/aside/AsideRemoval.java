package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.host.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Removes for good what restores in place have moved aside; the restored server may run meanwhile. */
public final class AsideRemoval {
    private AsideRemoval() {}

    /**
     * Removes all of it, its WAL included; returns where it was.
     *
     * @throws dev.walvault.HostException DIRECTORY_IN_USE if a restore was interrupted, or if a server runs in what is
     *     to be removed
     */
    public static List<AsideReport> run(Path directory) throws ArchiverException {
        return run(directory, Disk.ofThisHost());
    }

    static List<AsideReport> run(Path directory, Disk disk) throws ArchiverException {
        Path data = InPlace.real(directory);
        var changes = new Changes(disk);
        var journals = new Journals(data, changes);
        try (var _ = DirectoryLock.take(data, disk)) {
            List<SetAside> all = journals.all();
            for (SetAside aside : all) {
                requireFinished(aside);
                requireUnused(data, aside);
                ServerProcesses.requireNone(aside.home(), List.of());
            }
            var removed = new ArrayList<AsideReport>();
            for (SetAside aside : all) {
                SetAside given =
                        journals.write(aside.in(SetAside.State.RESTORED).replaced());
                new Contents(given, changes).removeOld();
                journals.end(given);
                removed.add(AsideReport.of(aside));
            }
            return removed;
        }
    }

    /** What was restored may have been given a place among the old files. */
    private static void requireUnused(Path data, SetAside aside) throws ArchiverException {
        for (Path used : ServerPlaces.linked(data)) {
            for (Place place : aside.places()) {
                if (place.aside().filter(used::startsWith).isPresent()) {
                    throw Fault.of(
                                    ErrorCode.DIRECTORY_IN_USE,
                                    "\"" + used + "\" belongs to the server in \"" + data + "\"")
                            .detail("It is inside of \"" + place.aside().get() + "\", which would be removed.")
                            .hint("Move it elsewhere first: stop the server, move the directory, and change the link"
                                    + " that leads to it.")
                            .host();
                }
            }
        }
    }

    private static void requireFinished(SetAside aside) throws ArchiverException {
        boolean complete = aside.state() == SetAside.State.RESTORED
                || (aside.state() == SetAside.State.RESTORING
                        && Files.exists(aside.directory().resolve("global/pg_control")));
        if (!complete) {
            throw Fault.of(
                            ErrorCode.DIRECTORY_IN_USE,
                            "a restore in place of \"" + aside.directory() + "\" was interrupted")
                    .hint("Finish it with --in-place, or go back with --undo-in-place.")
                    .host();
        }
    }
}
