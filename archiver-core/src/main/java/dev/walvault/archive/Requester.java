package dev.walvault.archive;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.PostgresException;
import dev.walvault.host.Processes;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.Postmaster;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who waits for a call of {@code restore_command} to end. A server's call can outlive the server: its process for
 * recovery alone is killed, and the call goes on trying until the vault is back. By then another server may be
 * recovering in the same data directory, and what this call puts there would be taken for what that one has asked for.
 *
 * <p>A server is between this process and the postmaster, with whatever shells and launchers; all of them must go on
 * living. Whatever else asks, pg_rewind or a person, has no server beside it, or must find the same one at the end.
 */
final class Requester {
    private final Optional<DataDirectory> data;
    private final Processes processes;
    private final boolean forRecovery;
    private final Optional<Postmaster> postmaster;
    private final Optional<Processes.Ancestry> server;

    private Requester(
            Optional<DataDirectory> data,
            Processes processes,
            boolean forRecovery,
            Optional<Postmaster> postmaster,
            Optional<Processes.Ancestry> server) {
        this.data = data;
        this.processes = processes;
        this.forRecovery = forRecovery;
        this.postmaster = postmaster;
        this.server = server;
    }

    /**
     * Whoever is there now.
     *
     * @param destination where the file was asked for; outside of a data directory it is nobody's concern
     */
    static Requester of(Path destination, Processes processes) {
        Path directory = destination.toAbsolutePath().normalize().getParent();
        if (directory == null || !directory.endsWith("pg_wal")) {
            return new Requester(Optional.empty(), processes, false, Optional.empty(), Optional.empty());
        }
        DataDirectory data = DataDirectory.of(destination, directory);
        Optional<Postmaster> postmaster = data.postmaster();
        boolean forRecovery = Handover.isForRecovery(destination);
        return new Requester(
                Optional.of(data),
                processes,
                forRecovery,
                postmaster,
                forRecovery ? postmaster.flatMap(each -> line(processes, each)) : Optional.empty());
    }

    /** From this process up to the postmaster; empty if it does not descend from that. */
    private static Optional<Processes.Ancestry> line(Processes processes, Postmaster postmaster) {
        long id = Math.abs(postmaster.process());
        return Optional.of(processes.ancestry())
                .filter(ancestry -> ancestry.contains(id))
                .map(ancestry -> ancestry.upTo(id));
    }

    /** Whether it is a server that recovers, and not a person or another program. */
    boolean isServer() {
        return server.isPresent();
    }

    /** Throws unless whoever asked is still there, and nobody else. */
    void requireThere() throws PostgresException {
        if (data.isPresent()) {
            requireThere(data.get());
        }
    }

    private void requireThere(DataDirectory directory) throws PostgresException {
        Optional<Postmaster> now = directory.postmaster();
        if (!now.equals(postmaster)) {
            throw gone(
                    now.isEmpty()
                            ? "the server that ran in \"" + directory.path() + "\" does not run any more"
                            : "another server was started in \"" + directory.path() + "\" meanwhile");
        }
        if (!forRecovery || now.isEmpty()) {
            return;
        }
        if (server.isPresent()) {
            if (!line(processes, now.get()).equals(server)) {
                throw gone("the process that started this call has ended");
            }
        } else if (processes.isAlive(now.get().process())
                && processes.ancestry().whole()) {
            throw Fault.of(
                            ErrorCode.POSTGRES_REFUSED,
                            "a server runs in \"" + directory.path() + "\", and it is not the one that asks")
                    .detail("process " + now.get().process() + " is not among those that this call descends from")
                    .hint("What lies there is taken for what that server has asked for. To fetch a file by hand, name"
                            + " another place.")
                    .postgres();
        }
    }

    private static PostgresException gone(String how) {
        return Fault.of(ErrorCode.POSTGRES_UNREACHABLE, "whoever asked for the file is gone: " + how)
                .detail("nothing was put into the data directory")
                .hint("A server that runs now asks again by itself.")
                .postgres();
    }
}
