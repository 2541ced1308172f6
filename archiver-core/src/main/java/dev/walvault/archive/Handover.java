package dev.walvault.archive;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.host.GrowingFiles;
import dev.walvault.host.Processes;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Lets one file appear, whole, at the place where somebody waits for it, and not for anybody else: see
 * {@link Requester}.
 *
 * <p>A server removes what lies at that place before it asks (RestoreArchivedFile of {@code xlogarchive.c}). So what is
 * for a server is linked there and never takes the place of another file: a call that was suspended between its last
 * look at the server and that link cannot spoil what a later call has put there.
 */
public final class Handover {
    /** What recovery asks segments to be put at, and histories; pg_rewind names its files itself. */
    private static final Path SEGMENT = Path.of("pg_wal", "RECOVERYXLOG");

    private static final Path HISTORY = Path.of("pg_wal", "RECOVERYHISTORY");

    private final Path destination;
    private final Requester requester;
    private final boolean neverOver;

    private Handover(Path destination, Requester requester, boolean neverOver) {
        this.destination = destination;
        this.requester = requester;
        this.neverOver = neverOver;
    }

    /**
     * For whoever asks at this moment: made first of all.
     *
     * @param destination {@code %p} of {@code restore_command}
     */
    public static Handover at(Path destination) {
        return at(destination, Processes.ofThisHost());
    }

    static Handover at(Path destination, Processes processes) {
        var requester = Requester.of(destination, processes);
        boolean free = !Files.exists(destination, LinkOption.NOFOLLOW_LINKS);
        return new Handover(destination, requester, isForRecovery(destination) && (free || requester.isServer()));
    }

    /** Whether a server in recovery asks for a file to be put there. */
    public static boolean isForRecovery(Path destination) {
        return destination.endsWith(SEGMENT) || destination.endsWith(HISTORY);
    }

    public Path destination() {
        return destination;
    }

    /**
     * Throws unless whoever asked still waits.
     *
     * @throws dev.walvault.PostgresException if not
     */
    void requireThere() throws IOException {
        requester.requireThere();
    }

    /**
     * Lets a file appear, which is on the same file system or on another.
     *
     * @param from is gone when this returns
     * @throws dev.walvault.PostgresException if whoever asked is gone: nothing has appeared
     */
    public void give(Path from) throws IOException {
        try {
            appear(from);
        } catch (AtomicMoveNotSupportedException _) {
            Path beside = GrowingFiles.beside(destination);
            try {
                Files.copy(from, beside);
                appear(beside);
            } finally {
                Files.deleteIfExists(beside);
            }
        }
        Files.deleteIfExists(from);
    }

    private void appear(Path from) throws IOException {
        requester.requireThere();
        if (neverOver) {
            try {
                Files.createLink(destination, from);
                return;
            } catch (FileAlreadyExistsException e) {
                throw taken(e);
            } catch (IOException | UnsupportedOperationException _) {
                // a file system without links, or another one
                requester.requireThere();
                if (Files.exists(destination, LinkOption.NOFOLLOW_LINKS)) {
                    throw taken(new FileAlreadyExistsException(destination.toString()));
                }
            }
        }
        Files.move(from, destination, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private HostException taken(FileAlreadyExistsException e) {
        return Fault.of(
                        ErrorCode.LOCAL_FILE,
                        "\"" + destination + "\" is there already, and this call has not put it there")
                .detail("a server removes it before it asks; perhaps a call for an earlier server was late")
                .hint("Start the server again: it removes the file and asks anew.")
                .cause(e)
                .host();
    }
}
