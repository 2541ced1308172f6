package dev.walvault.pg.link;

import dev.walvault.ArchiverException;
import dev.walvault.pg.Checkpoint;
import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.TimelineId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One session with a server. A backup is bound to the session that began it: when the session ends, the server forgets
 * the backup.
 */
public interface ServerSession extends ServerInquiry {

    /**
     * Takes the lock that keeps a second backup of this server away, until the session ends. Empty if it was free,
     * otherwise who holds it.
     */
    Optional<String> tryLockBackups() throws ArchiverException;

    /** Begins a non-exclusive backup; returns when the checkpoint that it begins with is done. */
    StartedBackup startBackup(String label, boolean fastCheckpoint) throws ArchiverException;

    /** Ends the backup; does not wait for WAL to be archived. */
    StoppedBackup stopBackup() throws ArchiverException;

    /** Writes a restore point; returns the end of its record, and where and when that is. */
    CreatedRestorePoint createRestorePoint(String name) throws ArchiverException;

    /** The latest checkpoint that is complete, as the server's control file says. */
    Checkpoint latestCheckpoint() throws ArchiverException;

    /** Ends the current segment, so that it is archived. */
    void switchWal() throws ArchiverException;

    /** Whether its pages have checksums at this moment. */
    DataChecksums dataChecksums() throws ArchiverException;

    /** The server's tablespaces besides the two that every server has: OID and name. */
    Map<Long, String> tablespaces() throws ArchiverException;

    /** About how many bytes a backup will read. */
    long estimateBytes() throws ArchiverException;

    /**
     * Returns if the session is there; asking keeps it so, where something between ends connections that are idle. May
     * be called while another thread uses the session.
     *
     * @throws ArchiverException POSTGRES_UNREACHABLE if it is lost
     */
    void requireAlive() throws ArchiverException;

    /**
     * Asks the server to give up what it is doing for this session, if anything; may be called by another thread. The
     * one that waits for it gets CANCELLED.
     */
    void cancel();

    /** The subscriptions of all databases: publishers keep replication slots for them. */
    List<Subscription> subscriptions() throws ArchiverException;

    /** A restore point as the server wrote it. */
    record CreatedRestorePoint(Lsn lsn, TimelineId timeline, Instant time) {}
}
