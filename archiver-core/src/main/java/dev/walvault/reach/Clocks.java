package dev.walvault.reach;

import java.time.Duration;

/** The clocks of different hosts do not agree. */
public final class Clocks {
    /** Two moments closer to each other than this may have been in the other order. */
    public static final Duration MARGIN = Duration.ofMinutes(5);

    private Clocks() {}
}
