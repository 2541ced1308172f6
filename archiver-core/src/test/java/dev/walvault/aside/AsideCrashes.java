package dev.walvault.aside;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import dev.walvault.host.CrashPath;
import dev.walvault.host.CrashingDisk;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A restore in place and the way back after a crash. Where there is a control file, the old server is whole, or the new
 * one. Where there is none, the directory is known to be unfinished. Either way the next call brings back every old
 * file.
 */
public final class AsideCrashes {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-29T06:10:00Z"), ZoneOffset.UTC);

    private AsideCrashes() {}

    public static List<CrashPath> paths() {
        // first those that need most of the calls: what depends on a call is found sooner
        return List.of(
                new CrashPath("a restore in place that fails", Failed::new),
                new CrashPath("a restore in place that is undone, over mount points", root -> new Undone(root, true)),
                new CrashPath("a restore in place that is undone", root -> new Undone(root, false)),
                new CrashPath("an old data directory that is removed", Removed::new),
                new CrashPath("a server is started while the restore is undone", Started::new),
                new CrashPath("a control file that was withdrawn", Withdrawn::new),
                new CrashPath("a replaced data directory, after a restore failed", root -> new Replaced(root, true)),
                new CrashPath("a replaced data directory", root -> new Replaced(root, false)),
                new CrashPath("a restore in place", root -> new Restored(root, false, false)),
                new CrashPath("a restore in place, over mount points", root -> new Restored(root, true, false)),
                new CrashPath("a restore in place that is done again", root -> new Restored(root, false, true)));
    }

    private interface Work {
        void on(InPlace inPlace) throws ArchiverException;
    }

    private abstract static class OnServer implements CrashPath.Trial {
        final OldServer server;
        final Map<String, String> old;
        private final Mounts mounts;

        OnServer(Path root, boolean mounted) throws IOException {
            server = new OldServer(root);
            old = server.all();
            mounts = new Mounts(mounted ? List.of(server.data, server.wal, server.one) : List.of());
        }

        /** With a disk that crashes, or one that only saves the time of syncing. */
        void call(CrashingDisk disk, Work work) throws ArchiverException {
            try (var inPlace = InPlace.begin(server.data, CLOCK, _ -> {}, disk, mounts)) {
                work.on(inPlace);
            }
        }

        void next(Work work) throws ArchiverException {
            call(new CrashingDisk(server.root), work);
        }

        void undoAll() throws ArchiverException {
            next(inPlace -> {
                while (inPlace.undo(false).isPresent()) {
                    // one for each restore that had become complete
                }
            });
        }

        /** Puts everything as a restore does: durable in this order. */
        void restore(InPlace inPlace, boolean replace, CrashingDisk disk) throws ArchiverException {
            inPlace.run(server.content(), replace, _ -> {
                try {
                    fill(disk);
                    Path control = server.data.resolve(ControlFile.PATH);
                    Path unnamed = control.resolveSibling("pg_control.new");
                    OldServer.write(unnamed, "new control");
                    disk.settle();
                    Files.move(unnamed, control);
                    disk.settle();
                    server.unmark();
                    disk.settle();
                    return "done";
                } catch (IOException e) {
                    throw Fault.of(ErrorCode.LOCAL_FILE, String.valueOf(e)).host();
                }
            });
        }

        void fill(CrashingDisk disk) throws IOException {
            server.mark();
            disk.settle();
            server.fill();
            disk.settle();
        }

        /** No server starts on half of a data directory, and nobody takes one for a whole one. */
        void isWholeOrKnownToBeNone() throws Exception {
            Map<String, String> now = server.all();
            String control = now.get(server.root.relativize(server.data) + "/" + ControlFile.PATH);
            if (control == null) {
                Faults.of(() -> InterruptedRestore.requireNone(server.data))
                        .is(ErrorCode.DIRECTORY_IN_USE)
                        .says("has an interrupted restore in place");
            } else if (control.equals("old control")) {
                isThere(old);
            } else {
                newIsWhole();
            }
        }

        /** Each file with its content; there may be others, and what is aside is not counted. */
        private void isThere(Map<String, String> files) throws IOException {
            assertThat(server.all()).containsAllEntriesOf(files);
        }

        void newIsWhole() throws IOException {
            var files = new TreeMap<String, String>();
            files.put("volume/data/" + ControlFile.PATH, "new control");
            files.put("volume/data/PG_VERSION", "15\n");
            files.put("volume/data/base/5/1259", "new relation");
            files.put("volume/data/recovery.signal", "");
            files.put("volume/data/pg_wal", "-> " + server.wal);
            files.put("volume/data/pg_tblspc/16400", "-> " + server.one);
            files.put("ts/one/" + OldServer.VERSION_DIRECTORY + "/5/16400", "new rows");
            files.put("wal/data/000000010000000000000003", "new segment");
            isThere(files);
        }

        void walIsKept() throws IOException {
            assertThat(server.anywhere("000000010000000000000007", "old segment"))
                    .isPresent();
        }

        /** As it was, with nothing of ours left. */
        void isAsBefore() throws IOException {
            assertThat(server.all()).isEqualTo(old);
        }
    }

    private static final class Restored extends OnServer {
        private final boolean again;

        Restored(Path root, boolean mounted, boolean again) throws IOException {
            super(root, mounted);
            this.again = again;
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            call(disk, inPlace -> restore(inPlace, false, disk));
        }

        @Override
        public void check(boolean returned) throws Exception {
            isWholeOrKnownToBeNone();
            if (returned) {
                newIsWhole();
            }
            if (again) {
                var disk = new CrashingDisk(server.root);
                call(disk, inPlace -> restore(inPlace, false, disk));
                newIsWhole();
            }
            undoAll();
            isAsBefore();
        }
    }

    private static final class Failed extends OnServer {
        Failed(Path root) throws IOException {
            super(root, false);
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            call(
                    disk,
                    inPlace -> Faults.of(() -> inPlace.run(server.content(), false, _ -> {
                                try {
                                    fill(disk);
                                } catch (IOException e) {
                                    throw Fault.of(ErrorCode.LOCAL_FILE, String.valueOf(e))
                                            .host();
                                }
                                throw Fault.of(ErrorCode.CORRUPT, "a pack is damaged")
                                        .integrity();
                            }))
                            .is(ErrorCode.CORRUPT));
        }

        @Override
        public void check(boolean returned) throws Exception {
            isWholeOrKnownToBeNone();
            if (returned) {
                assertThat(server.data.resolve(ControlFile.PATH)).hasContent("old control");
            }
            undoAll();
            isAsBefore();
        }
    }

    private static final class Undone extends OnServer {
        Undone(Path root, boolean mounted) throws Exception {
            super(root, mounted);
            var disk = new CrashingDisk(root);
            call(disk, inPlace -> restore(inPlace, false, disk));
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            call(disk, inPlace -> inPlace.undo(false));
        }

        @Override
        public void check(boolean returned) throws Exception {
            isWholeOrKnownToBeNone();
            if (returned) {
                assertThat(server.data.resolve(ControlFile.PATH)).hasContent("old control");
            }
            undoAll();
            isAsBefore();
        }
    }

    /** It keeps its files, whenever the power fails: nothing had been removed. */
    private static final class Started extends OnServer {
        private final Path programs;

        Started(Path root) throws Exception {
            super(root, false);
            programs = Files.createDirectories(root.resolveSibling("programs"));
            var disk = new CrashingDisk(root);
            call(disk, inPlace -> restore(inPlace, false, disk));
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            call(disk, inPlace -> {
                try (var _ = RunningServer.start(programs, server.data)) {
                    Faults.of(() -> inPlace.undo(false))
                            .is(ErrorCode.DIRECTORY_IN_USE)
                            .says("a server runs in");
                } catch (IOException e) {
                    throw Fault.of(ErrorCode.LOCAL_FILE, String.valueOf(e)).host();
                }
            });
        }

        @Override
        public void check(boolean returned) throws Exception {
            if (returned) {
                newIsWhole();
            }
            isWholeOrKnownToBeNone();
            next(_ -> {});
            newIsWhole();
            undoAll();
            isAsBefore();
        }
    }

    /** By a call that was killed before it had removed anything. */
    private static final class Withdrawn extends OnServer {
        Withdrawn(Path root) throws Exception {
            super(root, false);
            var whole = new CrashingDisk(root);
            call(whole, inPlace -> restore(inPlace, false, whole));
            Path withdrawn = server.data.resolve(ControlFile.PATH).resolveSibling(Contents.WITHDRAWN);
            for (int step = 0; !Files.exists(withdrawn); step++) {
                var disk = new CrashingDisk(root);
                disk.crashAt(step);
                try {
                    call(disk, inPlace -> inPlace.undo(false));
                } catch (CrashingDisk.Crashed _) {
                    // killed at the next step, then
                }
            }
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            call(disk, _ -> {});
        }

        @Override
        public void check(boolean returned) throws Exception {
            if (returned) {
                newIsWhole();
            }
            next(_ -> {});
            newIsWhole();
            undoAll();
            isAsBefore();
        }
    }

    private static final class Replaced extends OnServer {
        Replaced(Path root, boolean failed) throws Exception {
            super(root, false);
            if (failed) {
                var disk = new CrashingDisk(root);
                Faults.of(() -> call(
                                disk,
                                inPlace -> inPlace.run(server.content(), true, _ -> {
                                    try {
                                        fill(disk);
                                    } catch (IOException e) {
                                        throw Fault.of(ErrorCode.LOCAL_FILE, String.valueOf(e))
                                                .host();
                                    }
                                    throw Fault.of(ErrorCode.CORRUPT, "a pack is damaged")
                                            .integrity();
                                })))
                        .is(ErrorCode.CORRUPT);
            }
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            call(disk, inPlace -> restore(inPlace, true, disk));
        }

        @Override
        public void check(boolean returned) throws Exception {
            isWholeOrKnownToBeNone();
            walIsKept();
            if (returned) {
                newIsWhole();
            } else {
                var disk = new CrashingDisk(server.root);
                call(disk, inPlace -> restore(inPlace, true, disk));
                newIsWhole();
                walIsKept();
            }
        }
    }

    /** Gone as a whole, or known, so that it can be removed again. */
    private static final class Removed extends OnServer {
        private final Map<String, String> restored;

        Removed(Path root) throws Exception {
            super(root, false);
            var disk = new CrashingDisk(root);
            call(disk, inPlace -> restore(inPlace, false, disk));
            restored = server.all();
            restored.keySet().removeIf(name -> name.contains(OwnNames.BESIDE));
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            AsideRemoval.run(server.data, disk);
        }

        @Override
        public void check(boolean returned) throws Exception {
            newIsWhole();
            AsideRemoval.run(server.data, new CrashingDisk(server.root));
            next(_ -> {});
            assertThat(server.all()).isEqualTo(restored);
        }
    }
}
