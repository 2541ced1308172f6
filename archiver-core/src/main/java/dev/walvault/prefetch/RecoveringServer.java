package dev.walvault.prefetch;

import dev.walvault.archive.DataDirectory;
import dev.walvault.pg.Postmaster;
import java.nio.file.Files;
import java.util.Optional;

/**
 * A server that runs and recovers: the one it is as long as the process lives. Neither pg_rewind nor a person who fetches a
 * file by hand is one.
 *
 * @param process its process id and when it was started
 */
public record RecoveringServer(String process) {
    /** The one whose data directory this is, if it recovers. It tells by files that it removes when it is done. */
    public static Optional<RecoveringServer> of(DataDirectory data) {
        boolean recovers = data.isStandby() || Files.exists(data.path().resolve("recovery.signal"));
        if (!recovers) {
            return Optional.empty();
        }
        return data.postmaster()
                .filter(Postmaster::isRunning)
                .map(running -> new RecoveringServer(running.process() + "-" + running.started()));
    }
}
