package dev.walvault.restore;

import java.time.Duration;

/** The clocks of different hosts do not agree. */
final class Clocks {
    /** Two moments closer to each other than this may have been in the other order. */
    static final Duration MARGIN = Duration.ofMinutes(5);

    private Clocks() {}
}
