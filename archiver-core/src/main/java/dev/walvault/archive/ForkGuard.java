package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Listener;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ControlFileData;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Keeps a server from recovering past a fork. For the segment in which a timeline begins it asks for that timeline's
 * own file, and where it gets none, for its parent's (XLogFileReadAnyTLI of {@code xlogrecovery.c}). That is the same
 * up to the fork; behind it the parent may have gone on, and PostgreSQL recovers whatever is in it. So whoever could
 * not be given the timeline's own file is not given an ancestor's either.
 *
 * <p>Only what a server asks for tells which timeline it recovers along, so it is noted from one call to the next, for
 * as long as that server runs.
 */
public final class ForkGuard {
    private final Path walDirectory;
    private final DataDirectory data;
    private final ForkMarks marks;
    private final Listener listener;

    /** Gets the file from wherever it may come. */
    @FunctionalInterface
    public interface Fetch {
        GetOutcome fetch() throws ArchiverException;
    }

    /** @param walDirectory of the server that asks */
    public ForkGuard(LocalState state, Path walDirectory, Listener listener) {
        this.walDirectory = walDirectory.toAbsolutePath();
        this.data = DataDirectory.of(this.walDirectory.resolve("x"), this.walDirectory);
        this.marks = state.forks();
        this.listener = listener;
    }

    /** What {@code fetch} returns, or {@link GetOutcome.Absent} for a segment that would lead past a fork. */
    public GetOutcome get(WalFile file, Fetch fetch) throws ArchiverException {
        if (!(file instanceof WalFile.Segment segment)) {
            return fetch.fetch();
        }
        Optional<WalFile.Segment> refused = marks.lately(walDirectory, data.start())
                .filter(other -> isAncestors(segment, other) && beginsIn(other));
        if (refused.isPresent()) {
            listener.on(new ArchiveEvent.AncestorWithheld(segment, refused.get()));
            return new GetOutcome.Absent();
        }
        requireNotes(segment);
        boolean served = false;
        try {
            GetOutcome outcome = fetch.fetch();
            served = !(outcome instanceof GetOutcome.Absent);
            return outcome;
        } finally {
            if (!served && beginsIn(segment)) {
                note(segment);
            }
        }
    }

    /**
     * Where nothing can be noted, an ancestor's segment is in doubt as soon as the server may be on a later timeline.
     */
    private void requireNotes(WalFile.Segment segment) throws ArchiverException {
        if (marks.isUsable()) {
            return;
        }
        try (DirectoryStream<Path> histories = Files.newDirectoryStream(walDirectory, "*.history")) {
            for (Path history : histories) {
                String name = String.valueOf(history.getFileName());
                TimelineId later = WalFile.parse(name).timeline();
                var laters = new WalFile.Segment(later, segment.logId(), segment.segmentInLog());
                if (isAncestors(segment, laters) && beginsIn(laters)) {
                    throw Fault.of(
                                    ErrorCode.LOCAL_FILE,
                                    "\"" + segment.name() + "\" is kept from the server: it may recover along timeline "
                                            + later + ", which begins in this segment")
                            .detail("Which file it has asked for before cannot be noted in the state directory.")
                            .hint("Give the state directory to this user alone: \"walvault doctor\" says how.")
                            .host();
                }
            }
        } catch (IllegalArgumentException | DirectoryIteratorException | NoSuchFileException _) {
            // no history of a server
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("read", walDirectory, e);
        }
    }

    private static boolean isAncestors(WalFile.Segment segment, WalFile.Segment other) {
        return segment.logId() == other.logId()
                && segment.segmentInLog() == other.segmentInLog()
                && segment.timeline().compareTo(other.timeline()) < 0;
    }

    /** Whether its timeline begins in it or with it, as the history says that the server has. */
    private boolean beginsIn(WalFile.Segment segment) {
        Path history = walDirectory.resolve(new WalFile.TimelineHistoryFile(segment.timeline()).name());
        try {
            Optional<WalSegmentSize> size =
                    data.controlFile().flatMap(ControlFile::data).map(ControlFileData::walSegmentSize);
            if (size.isEmpty() || !segment.fits(size.get())) {
                return false;
            }
            WalSegment place = segment.toWalSegment(size.get());
            Optional<Lsn> begin = TimelineHistory.parse(segment.timeline(), Files.readAllBytes(history))
                    .begin();
            return begin.isPresent()
                    && !begin.get().isBefore(place.startLsn(size.get()))
                    && begin.get().isBefore(place.endLsn(size.get()));
        } catch (IOException _) {
            // without a history the server does not recover along this timeline
            return false;
        }
    }

    private void note(WalFile.Segment segment) {
        try {
            marks.mark(walDirectory, data.start(), segment);
        } catch (IOException e) {
            listener.on(new ArchiveEvent.ForkNotNoted(
                    segment, LocalFiles.cannot("note \"" + segment.name() + "\" for", walDirectory, e)));
        }
    }
}
