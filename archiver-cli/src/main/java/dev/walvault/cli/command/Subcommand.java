package dev.walvault.cli.command;

import dev.walvault.ArchiverException;

/** What a command does when its options are parsed. */
public interface Subcommand {
    /** Returns the exit status. */
    int run() throws ArchiverException;
}
