package dev.walvault.it.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A contender set up for one server, with a store, a spool and a configuration of its own. Its commands are for a shell
 * in the server's data directory; {@code %p} and {@code %f} in them are as in archive_command and restore_command.
 */
interface Archiver {
    Contender contender();

    /** Throws away what it has stored and remembers, and makes the server known to it, which must be running. */
    void register() throws IOException, InterruptedException;

    /** Throws away what it has fetched ahead and not yet delivered. */
    void forgetSpool() throws IOException;

    /** Waits until this segment has been fetched ahead and nothing more is being fetched. */
    void awaitFetched(String segment) throws IOException, SQLException, InterruptedException;

    /** Starts, says its version, and ends. */
    String startUp();

    /** Stores one segment, durably. */
    String push();

    /** The same, as it is meant for a server with many of them to store. */
    String pushMany();

    /** Fetches one segment. */
    String get();

    /** The same, as it is meant for a server that will ask for the following ones. */
    String getMany();

    /** A full backup of the running server, durably. */
    String backup();

    /** The backup's data directory, into one that is empty. */
    String restore(Path target);

    /** A command with its placeholders filled in. */
    static String filled(String command, String file, String path) {
        return command.replace("%f", file).replace("%p", path);
    }
}
