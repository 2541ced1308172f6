package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.work.Bandwidth;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How to restore.
 *
 * @param directory the new data directory: absent, or there and empty
 * @param server the data directory of the configured server, if there is one on this host
 * @param serverSettings what that server's control file says of the settings that recovery needs at least, by their
 *     names; empty if there is none
 * @param acceptedTablespaces OIDs of tablespaces that recovery may create again where something is in use
 * @param walDirectory where the WAL goes, if it does not go into the data directory: absent, or there and empty
 * @param jobs how many packs are unpacked at the same time
 * @param diskWrites how fast the files of the backup are written
 */
public record RestoreOptions(
        Path directory,
        Optional<Path> server,
        Map<String, Integer> serverSettings,
        TablespaceMapping tablespaces,
        Set<Long> acceptedTablespaces,
        Optional<Path> walDirectory,
        int jobs,
        RecoverySettings recovery,
        Bandwidth diskWrites) {
    /** Where nothing is known of the configured server's settings. */
    public RestoreOptions(
            Path directory,
            Optional<Path> server,
            TablespaceMapping tablespaces,
            Set<Long> acceptedTablespaces,
            Optional<Path> walDirectory,
            int jobs,
            RecoverySettings recovery,
            Bandwidth diskWrites) {
        this(directory, server, Map.of(), tablespaces, acceptedTablespaces, walDirectory, jobs, recovery, diskWrites);
    }

    public RestoreOptions {
        serverSettings = Map.copyOf(serverSettings);
        acceptedTablespaces = Set.copyOf(acceptedTablespaces);
        if (jobs < 1) {
            throw new IllegalArgumentException("invalid number of jobs " + jobs);
        }
    }

    /** The same, with what the control file of the configured server says, which may make room for the restored one. */
    public RestoreOptions with(Map<String, Integer> minimumSettings) {
        return new RestoreOptions(
                directory,
                server,
                minimumSettings,
                tablespaces,
                acceptedTablespaces,
                walDirectory,
                jobs,
                recovery,
                diskWrites);
    }

    /**
     * The same, over a server's directory that was emptied.
     *
     * @param wal where the server has its WAL, if its {@code pg_wal} is a link
     */
    public RestoreOptions over(TablespaceMapping mapping, Optional<Path> wal) {
        return new RestoreOptions(
                directory,
                server,
                serverSettings,
                mapping,
                acceptedTablespaces,
                walDirectory.or(() -> wal),
                jobs,
                recovery,
                diskWrites);
    }

    /**
     * Whether what is restored into a directory takes the configured server's place; otherwise it is a copy beside it.
     * Links are followed.
     */
    public static boolean isServer(Path directory, Optional<Path> server) throws ArchiverException {
        return server.isPresent() && LinkedPath.resolved(directory).equals(LinkedPath.resolved(server.get()));
    }
}
