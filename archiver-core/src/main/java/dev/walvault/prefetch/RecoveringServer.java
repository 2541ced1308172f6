package dev.walvault.prefetch;

import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.Postmaster;
import java.util.Optional;

/**
 * A server that runs and recovers: the one it is as long as the process lives. Neither pg_rewind nor a person who
 * fetches a file by hand is one.
 *
 * @param process its process id and when it was started
 */
public record RecoveringServer(String process) {
    /** The one whose data directory this is, if it recovers. */
    public static Optional<RecoveringServer> of(DataDirectory data) {
        if (!data.isRecovering()) {
            return Optional.empty();
        }
        return data.postmaster()
                .filter(Postmaster::isRunning)
                .map(running -> new RecoveringServer(running.process() + "-" + running.started()));
    }
}
