package dev.walvault.aside;

import static dev.walvault.aside.OldServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.host.WatchedDisk;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.RunningServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Whoever starts a server, or another restore, while an old data directory makes room or comes back. */
class InPlaceIntrusionTest extends ServerInPlace {
    /** Starts a server just before the first such change to the disk. */
    private WatchedDisk startingAServer(String what, String name, List<RunningServer> started) {
        return new WatchedDisk((step, path) -> {
            if (started.isEmpty() && step.equals(what) && path.endsWith(name)) {
                try {
                    started.add(RunningServer.start(temporary, server.data));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    private static void refusedBecauseOf(List<RunningServer> started, ThrowingCallable call) {
        try {
            refused(ErrorCode.DIRECTORY_IN_USE, call)
                    .hasMessageContaining("a server runs in")
                    .satisfies(e -> assertThat(((ArchiverException) e).hint().orElse(""))
                            .contains(" stop\" or as your system does"));
        } finally {
            started.forEach(RunningServer::close);
        }
    }

    @Test
    void aServerThatIsStartedWhileItIsMovedAsideKeepsItsFiles() throws Exception {
        Map<String, String> before = server.all();
        var started = new ArrayList<RunningServer>();
        WatchedDisk disk = startingAServer("rename", "global", started);

        refusedBecauseOf(started, () -> {
            try (var inPlace = InPlace.begin(server.data, CLOCK, events::add, disk, new Mounts(List.of()))) {
                inPlace.run(server.content(), false, _ -> restore());
            }
        });

        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void aServerThatIsStartedWhileItIsUndoneKeepsItsFiles() throws Exception {
        Map<String, String> before = server.all();
        restoreOver();
        Map<String, String> restored = server.all();
        var started = new ArrayList<RunningServer>();
        WatchedDisk disk = startingAServer("rename", ControlFile.PATH, started);

        refusedBecauseOf(started, () -> {
            try (var inPlace = InPlace.begin(server.data, CLOCK, events::add, disk, new Mounts(List.of()))) {
                inPlace.undo(false);
            }
        });

        // whoever has gone on with the restored server does not lose it by the next command
        begin().close();
        assertThat(server.all()).isEqualTo(restored);
        undo(false);
        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void whatAppearsWhileItIsUndoneIsToldAtOnceAndRemovedByTheNextCall() throws Exception {
        Map<String, String> before = server.all();
        restoreOver();
        var disk = new WatchedDisk((what, path) -> {
            if (what.equals("remove") && path.endsWith("pg_wal")) {
                try {
                    write(server.data.resolve("backup_label.old"), "by a server that ends");
                    write(server.data.resolve("tablespace_map.old"), "by a server that ends");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });

        refused(ErrorCode.DIRECTORY_IN_USE, () -> {
                    try (var inPlace = InPlace.begin(server.data, CLOCK, events::add, disk, new Mounts(List.of()))) {
                        inPlace.undo(false);
                    }
                })
                .hasMessageContainingAll("backup_label.old", "tablespace_map.old", "have appeared meanwhile");

        try (var inPlace = begin()) {
            assertThat(inPlace.hasSettled()).isTrue();
        }
        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void onlyOneIsAtWork() throws Exception {
        try (var _ = begin()) {
            refused(ErrorCode.LOCKED, this::begin);
        }
        begin().close();
    }

    @Test
    void nobodyElseCanBeAtWorkAtAnyStep() throws Exception {
        var open = new ArrayList<String>();
        var disk = new WatchedDisk((what, path) -> {
            try {
                // the lock itself is the first to come and the last to go
                if (!path.endsWith(OwnNames.LOCK) && !LockedFileTest.isLocked(server.data.resolve(OwnNames.LOCK))) {
                    open.add(what + " " + path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try (var inPlace = InPlace.begin(server.data, CLOCK, events::add, disk, new Mounts(List.of()))) {
            inPlace.run(server.content(), false, _ -> restore());
        }
        try (var inPlace = InPlace.begin(server.data, CLOCK, events::add, disk, new Mounts(List.of()))) {
            assertThat(inPlace.undo(true)).isPresent();
        }

        assertThat(open).isEmpty();
    }
}
