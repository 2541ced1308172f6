package dev.walvault.pg.link;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.PostgresException;
import dev.walvault.pg.PgMajor;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import java.nio.file.Path;

/** What a backup must know of the server before it begins. {@code timeline} is that of the latest checkpoint. */
public record ServerFacts(
        SystemIdentifier system,
        String version,
        int versionNum,
        boolean inRecovery,
        TimelineId timeline,
        Path dataDirectory,
        String walLevel,
        String archiveMode,
        ServerFiles files) {

    /** The major version; throws PostgresException if it is too old. */
    public PgMajor major() throws PostgresException {
        return PgMajor.fromServerVersionNum(versionNum);
    }

    /**
     * Requires that a data directory is this server's.
     *
     * @param found the system of the directory's control file
     * @throws PostgresException (WRONG_SYSTEM) if it is another's
     */
    public void requireSystem(SystemIdentifier found, Path directory) throws PostgresException {
        if (!found.equals(system)) {
            throw Fault.of(
                            ErrorCode.WRONG_SYSTEM,
                            "the server is system " + system + ", but \"" + directory + "\" is of system " + found)
                    .detail("the server says that its data directory is \"" + dataDirectory + "\"")
                    .hint("Make pgdata and the [postgres] section of the configuration speak of the same server.")
                    .postgres();
        }
    }

    /** The directory that this server makes in each of its tablespaces. */
    public String tablespaceVersionDirectory() throws PostgresException {
        return major().tablespaceVersionDirectory(files.catalogVersion());
    }
}
