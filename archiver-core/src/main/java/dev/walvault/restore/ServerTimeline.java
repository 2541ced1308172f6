package dev.walvault.restore;

import dev.walvault.PostgresException;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.PostmasterFile;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The timeline that the configured server is on, as its data directory tells.
 *
 * @param running whether the server lives at this moment
 * @param checkpoint when it made its latest checkpoint
 */
public record ServerTimeline(TimelineId timeline, boolean running, Instant checkpoint) {

    /** That of the data directory; empty if there is no server of this system. */
    public static Optional<ServerTimeline> of(Path pgdata, SystemIdentifier system) {
        ControlFile control;
        try {
            control = ControlFile.read(pgdata);
        } catch (PostgresException _) {
            return Optional.empty();
        }
        if (!control.systemIdentifier().equals(system)) {
            return Optional.empty();
        }
        return control.data()
                .map(data -> new ServerTimeline(
                        data.newestTimeline(), PostmasterFile.isServed(pgdata), data.checkpointTime()));
    }

    /** Whether it was seen alive after that moment. */
    boolean outlived(Instant moment) {
        return running || checkpoint.isAfter(moment.plus(Clocks.MARGIN));
    }
}
