package dev.walvault.store;

import dev.walvault.ArchiverException;
import dev.walvault.StoreException;
import java.io.OutputStream;

/**
 * An object in the making. {@link #commit()} is the only thing that publishes it; closing without a commit discards it.
 * Not safe for several threads.
 */
public interface Upload extends AutoCloseable {

    /** Where the bytes go; always the same stream. Closing it publishes nothing. Throws {@link StoreException}. */
    OutputStream body();

    /**
     * Makes the object durable and visible under its key, unless there is one already. Called once at most. Throws when
     * a write to the body failed before, whether or not the writer noticed.
     */
    CreateOutcome commit() throws ArchiverException;

    /** Discards what was not committed. Never throws: the reason for discarding matters more. */
    @Override
    void close();
}
