package dev.walvault.prefetch;

import dev.walvault.ArchiverException;
import dev.walvault.HostException;
import dev.walvault.archive.GetOutcome;
import dev.walvault.archive.LocalState;
import dev.walvault.archive.WalGet;
import dev.walvault.observe.Pause;
import dev.walvault.pg.WalFile;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Fetches one segment into the spool. For several threads. */
final class SegmentFetch {
    private final PrefetchSpool spool;
    private final List<WalGet.Source> sources;
    private final LocalState state;
    private final InstantSource clock;

    SegmentFetch(PrefetchSpool spool, List<WalGet.Source> sources, LocalState state, InstantSource clock) {
        this.spool = spool;
        this.sources = List.copyOf(sources);
        this.state = state;
        this.clock = clock;
    }

    /**
     * Fetches the first of these that is there. Empty if none is, and where the operator would have to be told
     * something of the vault: the server's own request meets the same, and tells it.
     *
     * @throws ArchiverException if this host cannot keep it
     */
    Optional<WalFile.Segment> firstOf(List<WalFile.Segment> names) throws ArchiverException {
        for (WalFile.Segment name : names) {
            var told = new AtomicBoolean();
            var get = new WalGet(Duration.ZERO, state, clock, Pause.SLEEP, _ -> told.set(true));
            try {
                if (get.get(name, spool.landing(name), sources) instanceof GetOutcome.Served) {
                    if (told.get()) {
                        spool.discard(name);
                        return Optional.empty();
                    }
                    return Optional.of(name);
                }
            } catch (HostException e) {
                throw e;
            } catch (IOException _) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
