package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.PostgresException;
import dev.walvault.observe.Pause;
import dev.walvault.pg.Checkpoint;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ControlFileData;
import dev.walvault.pg.link.ServerSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a data directory is the one that a server works in. One that it was moved away from, or a clone's, is of the
 * same system. A path tells nothing where the server sees its files in another place, so their control files are
 * compared.
 */
public final class OwnDirectory {
    /** The server may write the file at the moment of a look, or a checkpoint between two. */
    private static final int LOOKS = 10;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private OwnDirectory() {}

    /**
     * Requires it. Says more after a checkpoint than before: a copy has the latest one until then.
     *
     * @param dataDirectory as this host sees it; one of a version whose control file is unknown passes
     * @throws PostgresException WRONG_SYSTEM if it is not
     */
    public static void require(ServerSession session, Path dataDirectory, Pause pause) throws ArchiverException {
        Optional<ArchiverException> obstacle = obstacle(session, dataDirectory);
        for (int look = 1; obstacle.isPresent() && look < LOOKS; look++) {
            pause.sleep(BETWEEN_LOOKS);
            obstacle = obstacle(session, dataDirectory);
        }
        if (obstacle.isPresent()) {
            throw obstacle.get();
        }
    }

    private static Optional<ArchiverException> obstacle(ServerSession session, Path dataDirectory)
            throws ArchiverException {
        Optional<Checkpoint> here;
        try {
            here = ControlFile.read(dataDirectory).data().map(ControlFileData::latestCheckpoint);
        } catch (HostException | PostgresException e) {
            return Optional.of(e);
        }
        if (here.isEmpty()) {
            return Optional.empty();
        }
        Checkpoint server = session.latestCheckpoint();
        return here.get().equals(server)
                ? Optional.empty()
                : Optional.of(Fault.of(
                                ErrorCode.WRONG_SYSTEM,
                                "\"" + dataDirectory + "\" is not the server's data directory, but a copy of it")
                        .detail("its latest checkpoint is at " + here.get() + ", the server's at " + server
                                + "; the server says that its data directory is \""
                                + session.facts().dataDirectory() + "\"")
                        .hint(
                                "Set pgdata to the directory of the server that you mean, or connect to the other server.")
                        .postgres());
    }
}
