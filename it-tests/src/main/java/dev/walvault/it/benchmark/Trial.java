package dev.walvault.it.benchmark;

import java.io.IOException;
import java.sql.SQLException;

/** One contender's part in one round of a measure. */
@FunctionalInterface
interface Trial {
    /** Prepares what it needs, does what is measured once, and returns the figure in the measure's unit. */
    double run(int round) throws IOException, SQLException, InterruptedException;
}
