package dev.walvault.cli;

import dev.walvault.ArchiverException;

/** What a command does when its options are parsed. */
interface Subcommand {
    /** Answers the exit status. */
    int run() throws ArchiverException;
}
