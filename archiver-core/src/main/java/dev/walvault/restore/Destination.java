package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.FileNames;
import dev.walvault.observe.Listener;
import dev.walvault.pg.Postmaster;
import dev.walvault.pg.PostmasterFile;
import dev.walvault.pg.ServerDirectories;
import dev.walvault.vault.ManifestHead;
import dev.walvault.vault.TablespaceLocation;
import dev.walvault.vaults.MemberVaults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Where a backup's files go.
 *
 * @param data the new data directory, as it was named
 * @param moved the tablespaces that do not go where the server had them, by OID
 * @param tablespaces the places of all, by OID
 * @param wal of the WAL, where it is not within the data directory
 */
record Destination(Path data, Map<Long, Path> moved, Map<Long, Path> tablespaces, Optional<Path> wal) {

    /**
     * Finds it.
     *
     * @param stays whether an entry at the top of a directory does not count
     * @param later is told each warning, which holds only if nothing is refused
     * @throws dev.walvault.ConfigurationException USAGE if tablespaces are mapped that the backup does not have
     * @throws dev.walvault.HostException DIRECTORY_IN_USE if recovery could overwrite a tablespace that is in use
     */
    static Destination of(
            RestorePlan plan,
            RestoreOptions options,
            ManifestHead head,
            MemberVaults vaults,
            Predicate<Path> stays,
            Listener later)
            throws ArchiverException {
        Map<Long, Path> moved = options.tablespaces().resolve(head.tablespaces());
        Map<Long, Path> places = places(head.tablespaces(), moved, options, later);
        Optional<Path> wal =
                options.walDirectory().map(path -> path.toAbsolutePath().normalize());
        // to be consistent, recovery also repeats what was created while the backup ran
        requireLaterTablespacesFree(plan, places, options, vaults, stays, later);
        if (wal.isEmpty() && head.walDirectory().isPresent()) {
            later.on(new RestoreEvent.WalMovedIn(head.walDirectory().get()));
        }
        return new Destination(options.directory().toAbsolutePath().normalize(), moved, places, wal);
    }

    private static Map<Long, Path> places(
            List<TablespaceLocation> tablespaces, Map<Long, Path> moved, RestoreOptions options, Listener later)
            throws ArchiverException {
        boolean isCopy = !RestoreOptions.isServer(options.directory(), options.server());
        var places = new LinkedHashMap<Long, Path>();
        for (TablespaceLocation tablespace : tablespaces) {
            Path place = moved.get(tablespace.oid());
            if (place == null) {
                place = FileNames.path(tablespace.location()).normalize();
                if (isCopy) {
                    later.on(new RestoreEvent.TablespaceAtOldPlace(tablespace.oid(), place));
                }
            }
            places.put(tablespace.oid(), place);
        }
        return places;
    }

    /** Recovery creates tablespaces at their original places, where the live server may have its own. */
    private static void requireLaterTablespacesFree(
            RestorePlan plan,
            Map<Long, Path> places,
            RestoreOptions options,
            MemberVaults vaults,
            Predicate<Path> stays,
            Listener warned)
            throws ArchiverException {
        var later = new LaterTablespaces(plan.backup(), plan.outlook(), places, warned);
        later.readBackups(vaults);
        boolean isCopy = !RestoreOptions.isServer(options.directory(), options.server());
        Set<Path> servers = new TreeSet<>(Postmaster.dataDirectories());
        if (options.server().isPresent()) {
            servers.add(LinkedPath.resolved(options.server().get()));
        }
        Path own = LinkedPath.resolved(options.directory());
        var live = new HashSet<Path>();
        for (Path server : servers) {
            boolean beside = PostmasterFile.isIn(server) && !server.equals(own);
            if (later.readServer(server) && beside) {
                warned.on(new RestoreEvent.ServerBeside(server, isCopy));
            }
            if (beside) {
                live.addAll(directoriesOf(server));
            }
        }
        later.requireFree(places.values(), live, options.acceptedTablespaces(), stays);
    }

    private static List<Path> directoriesOf(Path server) {
        try {
            return ServerDirectories.of(server).all();
        } catch (IOException _) {
            // another user's
            return List.of();
        }
    }
}
