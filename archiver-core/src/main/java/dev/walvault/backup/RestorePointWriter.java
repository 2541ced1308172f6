package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.link.ServerFacts;
import dev.walvault.pg.link.ServerSession;
import dev.walvault.pg.wal.SegmentFile;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.SystemIdentity;
import java.io.IOException;
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
     * Writes a restore point into the server's WAL, has its segment archived soon, and records it in the vault as its
     * record says. The name is taken first: when this throws, it may have been used up. Where the record cannot be
     * read, the time is that of the server's clock just after it.
     *
     * @param walDirectory the server's, where it can be read from this host
     * @throws dev.walvault.IntegrityException CONFLICT if the name is taken
     */
    public RestorePoint create(String name, Path walDirectory) throws ArchiverException {
        RestorePoint.requireName(name);
        requireReady(session.facts());
        SystemIdentity identity = member.requireIdentity();
        member.restorePoints().reserve(name);
        ServerSession.CreatedRestorePoint created = session.createRestorePoint(name);
        var answered = new RestorePoint(name, created.lsn(), created.timeline(), created.time());
        try {
            // only then is the record in the file for certain
            session.switchWal();
        } catch (ArchiverException e) {
            member.restorePoints().publish(answered);
            throw e;
        }
        var point = asRecorded(answered, walDirectory, identity);
        member.restorePoints().publish(point);
        return point;
    }

    private static RestorePoint asRecorded(RestorePoint answered, Path walDirectory, SystemIdentity identity) {
        WalFile.Segment segment = segmentOf(answered, identity);
        try {
            return SegmentFile.facts(walDirectory, segment, identity.system()).stream()
                    .flatMap(facts -> facts.points().stream())
                    .filter(record ->
                            record.lsn().equals(answered.lsn()) && record.name().equals(answered.name()))
                    .map(record -> new RestorePoint(record.name(), record.lsn(), answered.timeline(), record.time()))
                    .findFirst()
                    .orElse(answered);
        } catch (IOException _) {
            // the server may be on another host
            return answered;
        }
    }

    private static WalFile.Segment segmentOf(RestorePoint point, SystemIdentity identity) {
        return WalSegment.ofLastByteBefore(point.lsn(), point.timeline(), identity.segmentSize())
                .file(identity.segmentSize());
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
     * Returns when the vault has the segment in which the restore point's record ends. What it throws says that the
     * restore point is there all the same.
     */
    public void await(RestorePoint point, WalWait wait, Path walDirectory, Instant deadline) throws ArchiverException {
        WalFile.Segment file = segmentOf(point, member.requireIdentity());
        try {
            var _ = wait.await(file, walDirectory, deadline);
        } catch (ArchiverException e) {
            String written = "restore point \"" + point.name() + "\" is written, at " + point.lsn() + " on timeline "
                    + point.timeline() + ", and can be used once the vault has segment \"" + file.name() + "\"";
            throw Fault.from(e)
                    .detail(e.detail().map(detail -> written + "; " + detail).orElse(written))
                    .exception();
        }
    }
}
