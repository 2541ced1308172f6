package dev.walvault.pg.link;

import dev.walvault.PostgresException;

/** What a session asks of a server, without changing anything. */
public interface ServerInquiry extends AutoCloseable {
    ServerFacts facts() throws PostgresException;

    /** What the server says of its archiving. */
    ArchiverFacts archiver() throws PostgresException;

    /** What the session's user may do. */
    Rights rights() throws PostgresException;

    @Override
    void close();
}
