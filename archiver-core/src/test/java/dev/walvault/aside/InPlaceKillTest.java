package dev.walvault.aside;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import dev.walvault.host.WatchedDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A restore in place, and the way back, that are killed before each change they make to the disk. */
class InPlaceKillTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-29T06:10:00Z"), ZoneOffset.UTC);

    @TempDir
    Path temporary;

    /** Not an exception that anything would catch to clean up after itself. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Ends the call before its n-th change. */
    private static final class Killing implements WatchedDisk.Watcher {
        private int left;

        Killing(int steps) {
            this.left = steps;
        }

        @Override
        public void before(String what, Path path) {
            if (left-- == 0) {
                throw new Killed();
            }
        }
    }

    private interface Call {
        void on(InPlace inPlace) throws ArchiverException;
    }

    /** Whether it was killed. */
    private static boolean killed(OldServer server, boolean mounted, int steps, Call call) throws Exception {
        var mounts = new Mounts(mounted ? List.of(server.data, server.wal, server.one) : List.of());
        try (var inPlace = InPlace.begin(server.data, CLOCK, _ -> {}, new WatchedDisk(new Killing(steps)), mounts)) {
            call.on(inPlace);
            return false;
        } catch (Killed _) {
            return true;
        }
    }

    private static void restore(OldServer server, InPlace inPlace, boolean replace) throws ArchiverException {
        inPlace.run(server.content(), replace, _ -> {
            try {
                server.restore();
                return "done";
            } catch (IOException e) {
                throw Fault.of(ErrorCode.LOCAL_FILE, String.valueOf(e)).host();
            }
        });
    }

    private static final int UNTOUCHED = Integer.MAX_VALUE;

    private OldServer server(int number) throws IOException {
        return new OldServer(temporary.resolve("site-" + number));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNextCallUndoesAKilledRestore(boolean mounted) throws Exception {
        int steps = 0;
        for (boolean killed = true; killed; steps++) {
            var server = server(steps);
            Map<String, String> before = server.all();
            killed = killed(server, mounted, steps, inPlace -> restore(server, inPlace, false));

            if (Files.exists(server.data.resolve("global/pg_control"))) {
                InterruptedRestore.requireNone(server.data);
            } else {
                Faults.of(() -> InterruptedRestore.requireNone(server.data))
                        .is(ErrorCode.DIRECTORY_IN_USE)
                        .says("has an interrupted restore in place", "--undo-in-place -D " + server.data);
            }
            killed(server, mounted, UNTOUCHED, inPlace -> inPlace.undo(false));

            assertThat(server.all()).as("killed before step %d", steps).isEqualTo(before);
        }
        assertThat(steps).isGreaterThan(15);
    }

    @Test
    void theNextRestoreFinishesWhatAKilledOneHasBegun() throws Exception {
        int steps = 0;
        for (boolean killed = true; killed; steps++) {
            var server = server(steps);
            Map<String, String> before = server.all();
            killed = killed(server, false, steps, inPlace -> restore(server, inPlace, false));

            killed(server, false, UNTOUCHED, inPlace -> restore(server, inPlace, false));
            assertThat(server.data.resolve("global/pg_control")).hasContent("new control");

            killed(server, false, UNTOUCHED, inPlace -> {
                while (inPlace.undo(false).isPresent()) {
                    // one for each restore that had become complete
                }
            });
            assertThat(server.all()).as("killed before step %d", steps).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNextCallFinishesAKilledWayBack(boolean mounted) throws Exception {
        int steps = 0;
        for (boolean killed = true; killed; steps++) {
            var server = server(steps);
            Map<String, String> before = server.all();
            killed(server, mounted, UNTOUCHED, inPlace -> restore(server, inPlace, false));
            killed = killed(server, mounted, steps, inPlace -> inPlace.undo(false));

            killed(server, mounted, UNTOUCHED, inPlace -> inPlace.undo(false));

            assertThat(server.all()).as("killed before step %d", steps).isEqualTo(before);
        }
        assertThat(steps).isGreaterThan(15);
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 22})
    void killsInARowLoseNothing(int first) throws Exception {
        int steps = 0;
        for (boolean killed = true; killed; steps++) {
            var server = server(steps);
            Map<String, String> before = server.all();
            killed(server, false, first, inPlace -> restore(server, inPlace, false));
            killed = killed(server, false, steps, inPlace -> restore(server, inPlace, false));

            killed(server, false, UNTOUCHED, inPlace -> {
                while (inPlace.undo(false).isPresent()) {
                    // one for each restore that had become complete
                }
            });

            assertThat(server.all()).as("killed before step %d", steps).isEqualTo(before);
        }
    }

    @Test
    void aKilledReplacementIsRepeatedAndKeepsTheWal() throws Exception {
        int steps = 0;
        for (boolean killed = true; killed; steps++) {
            var server = server(steps);
            killed = killed(server, false, steps, inPlace -> restore(server, inPlace, true));
            assertThat(server.anywhere("000000010000000000000007", "old segment"))
                    .isPresent();

            killed(server, false, UNTOUCHED, inPlace -> restore(server, inPlace, true));

            assertThat(server.data.resolve("global/pg_control")).hasContent("new control");
            assertThat(server.anywhere("000000010000000000000007", "old segment"))
                    .as("killed before step %d", steps)
                    .isPresent();
            assertThat(server.all().toString()).doesNotContain("old rows", "old relation");
        }
    }
}
