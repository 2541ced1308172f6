package dev.walvault.reach;

import dev.walvault.HostException;
import dev.walvault.PostgresException;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.PostmasterFile;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The timeline that the configured server is on, as its data directory tells. One that recovers may follow a newer
 * timeline than its control file has, which learns of it with the next restart point: then it has a segment of that one
 * in {@code pg_wal} (KeepFileRestoredFromArchive of {@code xlogarchive.c}). A history alone says nothing: it also reads
 * those of timelines that it does not follow.
 *
 * @param running whether the server lives at this moment
 * @param checkpoint when it made its latest checkpoint
 */
public record ServerTimeline(TimelineId timeline, boolean running, Instant checkpoint) {

    private static final String SEGMENT = "[0-9A-F]{24}";

    /** That of the data directory; empty if there is no server of this system. */
    public static Optional<ServerTimeline> of(Path pgdata, SystemIdentifier system) {
        ControlFile control;
        try {
            control = ControlFile.read(pgdata);
        } catch (HostException | PostgresException _) {
            return Optional.empty();
        }
        if (!control.systemIdentifier().equals(system)) {
            return Optional.empty();
        }
        return control.data()
                .map(data -> new ServerTimeline(
                        data.state().isRecovery() ? followed(pgdata, data.newestTimeline()) : data.newestTimeline(),
                        PostmasterFile.isServed(pgdata),
                        data.checkpointTime()));
    }

    /** The newest timeline that descends from {@code reached} and of which the server has WAL. */
    private static TimelineId followed(Path pgdata, TimelineId reached) {
        Path wal = pgdata.resolve("pg_wal");
        TimelineId newest = reached;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(wal)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (name.matches(SEGMENT)) {
                    TimelineId timeline = WalFile.parse(name).timeline();
                    if (timeline.compareTo(newest) > 0 && descends(timeline, reached, wal)) {
                        newest = timeline;
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException | IllegalArgumentException _) {
            // what it has reached is known at least
        }
        return newest;
    }

    private static boolean descends(TimelineId timeline, TimelineId ancestor, Path wal) {
        Path history = wal.resolve(new WalFile.TimelineHistoryFile(timeline).name());
        try {
            return TimelineHistory.parse(timeline, Files.readAllBytes(history)).entries().stream()
                    .anyMatch(entry -> entry.timeline().equals(ancestor));
        } catch (IOException _) {
            return false;
        }
    }

    /** Whether it was seen alive after that moment. */
    public boolean outlived(Instant moment) {
        return running || checkpoint.isAfter(moment.plus(Clocks.MARGIN));
    }
}
