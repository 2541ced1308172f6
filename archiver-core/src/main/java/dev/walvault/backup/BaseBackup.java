package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Pause;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.link.ServerFacts;
import dev.walvault.pg.link.ServerSession;
import dev.walvault.vault.Author;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.SystemIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Takes full base backups of a running server, through its own functions, from a host that sees its data directory.
 *
 * <p>What {@link #take} returns can be restored: its files are in the vault, and so is every segment that makes them
 * consistent. When it throws, what it had stored is removed again.
 */
public final class BaseBackup {
    /** What writers left behind for so long has no writer any more. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    /** Of several backups that begin in one second the later ones have ids of the next seconds. */
    private static final Duration AHEAD = Duration.ofMinutes(1);

    private final MemberAccess access;
    private final ServerSession session;
    private final Pause pause;
    private final Cancellation cancellation;
    private final Listener listener;
    private final Author author;
    private final long largestPart;

    public BaseBackup(
            MemberAccess access, ServerSession session, Pause pause, Cancellation cancellation, Listener listener) {
        this(access, session, pause, cancellation, listener, ManifestEntry.Part.LARGEST);
    }

    /** Cuts files that are larger than this, which a test cannot have as large as others. */
    BaseBackup(
            MemberAccess access,
            ServerSession session,
            Pause pause,
            Cancellation cancellation,
            Listener listener,
            long largestPart) {
        this.access = access;
        this.session = session;
        this.pause = pause;
        this.cancellation = cancellation;
        this.listener = listener;
        this.author = access.author();
        this.largestPart = largestPart;
    }

    /**
     * Takes a backup.
     *
     * @param dataDirectory as this host sees it
     * @throws dev.walvault.LockException LOCKED if another backup of this server runs, TIMED_OUT if the WAL does not
     *     arrive, CANCELLED
     * @throws dev.walvault.PostgresException if the server is another one than the data directory's, or cannot be
     *     backed up
     */
    public Backup take(Path dataDirectory, BackupOptions options) throws ArchiverException {
        ServerFacts server = session.facts();
        ControlFile control = ControlFile.read(dataDirectory);
        requireReady(server, control, dataDirectory, options);
        MemberVault member = access.of(server.system());
        SystemIdentity identity = member.requireIdentity();
        Optional<String> holder = session.tryLockBackups();
        if (holder.isPresent()) {
            throw Fault.of(ErrorCode.LOCKED, "another backup of this server is being taken")
                    .detail(holder.get())
                    .hint("Wait for it to end, or end it with pg_terminate_backend().")
                    .lock();
        }
        BackupId id = newId(member);
        var means = new BackupRun.Means(session, pause, cancellation, listener, author, largestPart);
        try {
            Backup backup = new BackupRun(means, member, identity, server, dataDirectory, options, id).run();
            discardAbandonedUploads(member);
            return backup;
        } catch (ArchiverException e) {
            // what is there under the same id is another's, whose backup may succeed
            if (e.code() != ErrorCode.CONFLICT) {
                discard(member, id);
            }
            throw e;
        } catch (IOException e) {
            discard(member, id);
            throw DataDirectoryWalk.unreadable(dataDirectory, dataDirectory, e);
        }
    }

    private void requireReady(ServerFacts server, ControlFile control, Path dataDirectory, BackupOptions options)
            throws ArchiverException {
        server.requireSystem(control.systemIdentifier(), dataDirectory);
        requireKnownVersion(server, options);
        if (server.inRecovery()) {
            throw settings("the server is in recovery")
                    .hint(
                            "Back up the primary: backups of a standby are not supported yet. Where this is a restored server"
                                    + " that has paused at its target, end its recovery: SELECT pg_wal_replay_resume()")
                    .postgres();
        }
        if (server.walLevel().equals("minimal")) {
            throw settings("wal_level is \"minimal\"")
                    .hint("Set wal_level = replica and restart the server.")
                    .postgres();
        }
        if (server.archiveMode().equals("off")) {
            throw settings("archive_mode is \"off\"")
                    .detail("a backup without the WAL written meanwhile cannot be restored")
                    .hint("Set archive_mode = on and archive_command, and restart the server.")
                    .postgres();
        }
    }

    /** What a newer version has changed about its files may be missing in the copy, and nobody would notice. */
    private void requireKnownVersion(ServerFacts server, BackupOptions options) throws ArchiverException {
        if (server.major().isKnown()) {
            return;
        }
        String what = "the server is of version " + server.version() + ", which this version of walvault does not know";
        if (!options.allowUnknownVersion()) {
            throw Fault.of(ErrorCode.POSTGRES_VERSION, what)
                    .detail("WAL of this server is archived and served all the same.")
                    .hint("Use a newer version of walvault. To take the backup with this one, give"
                            + " --allow-unknown-version, and try a restore before you rely on it.")
                    .postgres();
        }
        listener.on(new BackupEvent.VersionUnknown(server.version(), what));
    }

    private static Fault settings(String what) {
        return Fault.of(ErrorCode.POSTGRES_SETTINGS, "the server cannot be backed up: " + what);
    }

    /** The present second, or the one after the newest backup's if the clock has gone backwards. */
    private BackupId newId(MemberVault member) throws ArchiverException {
        var now = new BackupId(author.clock().instant());
        List<BackupId> taken = member.backups().ids();
        if (taken.isEmpty() || now.compareTo(taken.getLast()) > 0) {
            return now;
        }
        BackupId newest = taken.getLast();
        if (newest.begun().isAfter(now.begun().plus(AHEAD))) {
            listener.on(new BackupEvent.ClockWentBack(now, newest));
        }
        return newest.next();
    }

    private void discardAbandonedUploads(MemberVault member) {
        try {
            int abandoned = member.discardAbandonedUploads(ABANDONED);
            if (abandoned > 0) {
                listener.on(new BackupEvent.UploadsRemoved(abandoned));
            }
        } catch (ArchiverException e) {
            listener.on(new BackupEvent.UploadsLeft(e));
        }
    }

    private void discard(MemberVault member, BackupId id) {
        try {
            member.backups().discardIncomplete(id);
        } catch (ArchiverException e) {
            listener.on(new BackupEvent.FailedBackupLeft(id, e));
        }
    }
}
