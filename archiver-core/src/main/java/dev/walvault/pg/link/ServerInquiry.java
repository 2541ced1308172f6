package dev.walvault.pg.link;

import dev.walvault.ArchiverException;

/** What a session asks of a server, without changing anything. */
public interface ServerInquiry extends AutoCloseable {
    ServerFacts facts() throws ArchiverException;

    /** What the server says of its archiving. */
    ArchiverFacts archiver() throws ArchiverException;

    /** What the session's user may do. */
    Rights rights() throws ArchiverException;

    @Override
    void close();
}
