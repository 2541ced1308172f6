package dev.walvault.examine;

import dev.walvault.ArchiverException;

/** One thing to look at, and what it is called. */
public record Check(String name, Look look) {

    /** Looks, and returns a finding of the name that it is given. An error that it throws is a finding as well. */
    @FunctionalInterface
    public interface Look {
        Finding at(String name) throws ArchiverException;
    }
}
