package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.PostgresException;
import dev.walvault.observe.Pause;
import dev.walvault.pg.link.ArchiverFacts;
import dev.walvault.pg.link.ServerSession;
import java.time.Duration;

/**
 * Watches whether the server's archiver works: without the WAL that is written meanwhile a backup is worth nothing, and
 * it is better to know that before everything is copied. One success is enough, because what fails later may be mended
 * before the end.
 */
public final class ArchiverWatch {
    /**
     * NUM_ARCHIVE_RETRIES of {@code pgarch.c}: so often the server tries, a second apart, before it waits for a minute.
     */
    private static final int ATTEMPTS = 3;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final int LOOKS = 50;

    private final ServerSession session;
    private final ArchiverFacts before;
    private boolean works;

    private ArchiverWatch(ServerSession session, ArchiverFacts before) {
        this.session = session;
        this.before = before;
    }

    /** Counts from now on. */
    public static ArchiverWatch begin(ServerSession session) throws ArchiverException {
        return new ArchiverWatch(session, session.archiver());
    }

    /** Refuses a server that has nothing to archive with. */
    void requireSet() throws PostgresException {
        if (before.command().isEmpty() && before.library().isEmpty()) {
            throw Fault.of(ErrorCode.POSTGRES_SETTINGS, "the server cannot be backed up: archive_command is empty")
                    .detail("a backup without the WAL written meanwhile cannot be restored")
                    .hint("Set archive_command = 'walvault archive-push %p' and reload the server's configuration.")
                    .postgres();
        }
    }

    /**
     * Returns when an archiver that failed before has shown that it works, or has said nothing for a while: the
     * backup's first checkpoint gives it something to do.
     *
     * @throws PostgresException POSTGRES_SETTINGS if it fails
     */
    void awaitRecovery(Pause pause) throws ArchiverException {
        for (int look = 0; before.isFailing() && look < LOOKS; look++) {
            look();
            if (works) {
                return;
            }
            pause.sleep(BETWEEN_LOOKS);
        }
    }

    /**
     * Asks the server.
     *
     * @throws PostgresException POSTGRES_SETTINGS if the archiver has failed again and again, and never succeeded
     */
    void look() throws ArchiverException {
        if (works) {
            return;
        }
        ArchiverFacts now = session.archiver();
        works = now.archived() > before.archived();
        if (!works && now.failed() - before.failed() >= ATTEMPTS) {
            throw Fault.of(ErrorCode.POSTGRES_SETTINGS, "the server does not archive its WAL")
                    .detail(now.trouble().orElse("the archiver fails"))
                    .hint(
                            "Look at the server's log for what archive_command says, and try it by hand as the server's user."
                                    + " pg_stat_archiver shows when it succeeds.")
                    .postgres();
        }
    }

    /** How the archiver does, in one line: its last failure, or that it is silent, and who tells why then. */
    String trouble() throws ArchiverException {
        ArchiverFacts now = session.archiver();
        boolean silent = now.archived() == before.archived() && now.failed() == before.failed();
        if (!silent) {
            return now.trouble().orElse("the archiver has reported no failure; it may be slow, or archive another way");
        }
        return now.trouble().map(trouble -> trouble + ", and").orElse("the archiver")
                + " has reported neither success nor failure since the wait began: the server's log tells why";
    }
}
