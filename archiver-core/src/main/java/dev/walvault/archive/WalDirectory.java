package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.Presence;
import dev.walvault.ShellWord;
import dev.walvault.host.LocalFiles;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.UnfinishedSegment;
import dev.walvault.pg.wal.WalPageHeader;
import dev.walvault.pg.wal.WalSegmentCheck;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A server's {@code pg_wal}, by what the server itself left there: a mark in {@code archive_status} for each segment
 * that it has finished (StatusFilePath of {@code xlog_internal.h}), and a next segment where it went on.
 */
final class WalDirectory {
    private static final String DONE = ".done";

    private final Path path;
    private final Path status;
    private final ReadyFiles ready;

    WalDirectory(Path path) {
        this.path = path;
        this.status = path.resolve("archive_status");
        this.ready = ReadyFiles.of(path);
    }

    Path file(WalFile file) {
        return path.resolve(file.name());
    }

    /** Whether the server wants this file archived. */
    boolean isQueued(WalFile file) {
        return ready.contains(file.name());
    }

    /** Whether the server takes this file for archived. */
    boolean isDone(WalFile file) {
        return Files.exists(status.resolve(file.name() + DONE));
    }

    /** Whether it is there, and the server has marked that it is to be archived or has been, neither. */
    boolean isForgotten(WalFile file) throws ArchiverException {
        return hasMarks() && Files.isRegularFile(file(file)) && !isQueued(file) && !isDone(file);
    }

    /**
     * Whether the server has gone on to the next segment, which it does when this one is written and synced: then it is
     * finished, whatever the marks say. A file that waits to be used has the name of a segment, and another's content.
     */
    boolean isFollowed(WalFile.Segment segment, WalSegmentSize size) {
        WalFile.Segment next = segment.toWalSegment(size).next().file(size);
        Path file = file(next);
        try (InputStream in = Files.newInputStream(file)) {
            WalSegmentCheck.check(next, Files.size(file), in.readNBytes(WalPageHeader.BYTES));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Whether the segment is there with all its records up to this place, and not one that was received in part only,
     * or a file that waits to be used under its name.
     */
    boolean reaches(Lsn place, WalFile.Segment segment) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file(segment)), 1 << 16)) {
            return UnfinishedSegment.reaches(place, segment, in);
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Throws if this is the segment that the server is writing, or was writing when it died. A directory without marks
     * is no server's, and nothing is known of what lies in it.
     */
    void requireFinished(WalFile.Segment segment, WalSegmentSize size) throws ArchiverException {
        if (isQueued(segment) || !hasMarks() || isDone(segment) || isFollowed(segment, size)) {
            return;
        }
        throw unfinished(segment);
    }

    private boolean hasMarks() throws ArchiverException {
        try {
            return Presence.isDirectory(status);
        } catch (IOException e) {
            throw LocalFiles.cannot("read", status, e);
        }
    }

    private IntegrityException unfinished(WalFile.Segment segment) {
        Path directory = DataDirectory.of(file(segment), path).path();
        boolean served = new DataDirectory(directory).isServed();
        return Fault.of(
                        ErrorCode.UNFINISHED,
                        served
                                ? "WAL file \"" + segment.name() + "\" is the one that the server is writing"
                                : "WAL file \"" + segment.name()
                                        + "\" was not finished when the server that wrote it ended")
                .detail("\"" + status + "\" has neither \"" + segment.name() + ".ready\" nor \"" + segment.name() + DONE
                        + "\", and no later segment follows.")
                .hint(
                        served
                                ? "The server archives it by itself when it is full; SELECT pg_switch_wal() ends it now."
                                : "\"walvault salvage " + ShellWord.of(directory) + "\" stores it as \""
                                        + segment.name()
                                        + ".partial\", which \"walvault restore --with-tail\" uses. If the server is"
                                        + " started again, it finishes and archives the segment by itself.")
                .integrity();
    }
}
