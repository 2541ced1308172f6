package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.link.ServerFacts;
import dev.walvault.pg.link.ServerSession;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.SystemIdentity;
import java.nio.file.Path;
import java.time.Instant;

/** Makes restore points: a name for a place in the WAL, which only one place can ever have. */
public final class RestorePointWriter {
    private final MemberVault member;
    private final ServerSession session;

    /** The session must be one with the member's own server. */
    public RestorePointWriter(MemberVault member, ServerSession session) {
        this.member = member;
        this.session = session;
    }

    /**
     * Writes a restore point into the server's WAL, records it in the vault, and has its segment archived soon. The name is
     * taken first: when this throws, it may have been used up.
     *
     * @throws dev.walvault.IntegrityException CONFLICT if the name is taken
     */
    public RestorePoint create(String name) throws ArchiverException {
        RestorePoint.requireName(name);
        requireReady(session.facts());
        member.requireIdentity();
        member.restorePoints().reserve(name);
        ServerSession.CreatedRestorePoint created = session.createRestorePoint(name);
        var point = new RestorePoint(name, created.lsn(), created.timeline(), created.time());
        member.restorePoints().publish(point);
        session.switchWal();
        return point;
    }

    /** What the server would refuse, found out before a name is used up. */
    private static void requireReady(ServerFacts server) throws ArchiverException {
        if (server.inRecovery()) {
            throw Fault.of(ErrorCode.POSTGRES_SETTINGS, "the server is in recovery and cannot write a restore point")
                    .hint("Connect to the primary.")
                    .postgres();
        }
        if (server.walLevel().equals("minimal")) {
            throw Fault.of(
                            ErrorCode.POSTGRES_SETTINGS,
                            "wal_level is \"minimal\", with which the server refuses restore points")
                    .hint("Set wal_level = replica and restart the server.")
                    .postgres();
        }
    }

    /**
     * Returns when the vault has the segment in which the restore point's record ends. What it throws says that the restore
     * point is there all the same.
     */
    public void await(RestorePoint point, WalWait wait, Path walDirectory, Instant deadline) throws ArchiverException {
        SystemIdentity identity = member.requireIdentity();
        var segment = WalSegment.ofLastByteBefore(point.lsn(), point.timeline(), identity.segmentSize());
        WalFile.Segment file = segment.file(identity.segmentSize());
        try {
            var _ = wait.await(file, walDirectory, deadline);
        } catch (ArchiverException e) {
            String written = "restore point \"" + point.name() + "\" is written, at " + point.lsn() + " on timeline "
                    + point.timeline() + ", and can be used once the vault has segment \"" + file.name() + "\"";
            throw Fault.from(e)
                    .detail(e.detail().map(detail -> written + "; " + detail).orElse(written))
                    .like(e);
        }
    }
}
