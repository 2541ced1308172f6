package dev.walvault.store;

import java.net.URI;
import java.util.Optional;

/**
 * One kind of store: how its places are written. All else is asked of the {@link Place}. A driver lives in a module of
 * its own, and one line of the command line's wiring names it.
 */
public interface Driver {

    /** What its URLs begin with: {@code s3}. */
    String scheme();

    /** How its URLs look, for errors: {@code s3://bucket/prefix}. */
    String form();

    /** The same for the help of the setting, with what else may be written, and where the options are described. */
    String help();

    /**
     * The place that this URL of its scheme names.
     *
     * @throws IllegalArgumentException if it names none; the message says what is expected
     */
    Place place(URI url);

    /** The place that an absolute path names; empty for a driver of something else than directories. */
    default Optional<Place> place(String path) {
        return Optional.empty();
    }
}
