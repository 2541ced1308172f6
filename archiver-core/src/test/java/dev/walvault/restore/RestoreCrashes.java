package dev.walvault.restore;

import static dev.walvault.reach.Fixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.host.CrashPath;
import dev.walvault.host.CrashingDisk;
import dev.walvault.host.Disk;
import dev.walvault.observe.Cancellation;
import dev.walvault.reach.Fixture;
import dev.walvault.vault.Backup;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A restore after a crash: where there is a control file, everything else is there, whole; where there is none but
 * content, a marker says whose it is.
 */
public final class RestoreCrashes {
    private static final long OID = 16400;
    private static final String CONTROL = "global/pg_control";

    private RestoreCrashes() {}

    public static List<CrashPath> paths() throws IOException {
        var sound = new Fixture();
        Backup whole = backup(sound, bytes("rows"));
        var damaged = new Fixture();
        Backup broken = backup(damaged, bytes("sowr"));
        return List.of(
                new CrashPath("a restore", root -> new Restored(root, sound, whole)),
                new CrashPath("a restore that fails", root -> new Failed(root, damaged, broken)));
    }

    /** Its last pack is listed with other content, or not. */
    private static Backup backup(Fixture vault, byte[] listed) throws IOException {
        // long ago, so that every directory has changed since
        vault.clock.set(Instant.EPOCH);
        return vault.packing(3)
                .tablespace(OID, "/nowhere")
                .directory("base", 0700)
                .directory("pg_wal", 0700)
                .directory("pg_tblspc", 0700)
                .file("PG_VERSION", bytes("15\n"))
                .file("base/5/1259", bytes("relation"))
                .file("pg_wal/000000010000000000000003", bytes("segment"))
                .link("gone", "/nowhere/at/all")
                .pack()
                .file("pg_tblspc/" + OID + "/PG_15_202209061/5/1", bytes("rows"), listed)
                .pack()
                .complete();
    }

    private abstract static class Restoring implements CrashPath.Trial {
        final Path data;
        final Path wal;
        final Path tablespace;
        private final Fixture vault;
        private final Backup backup;

        Restoring(Path root, Fixture vault, Backup backup) {
            this.data = root.resolve("srv/pg/data");
            this.wal = root.resolve("wal/data");
            this.tablespace = root.resolve("ts");
            this.vault = vault;
            this.backup = backup;
        }

        /** Does as the operator is told where an earlier one was interrupted. */
        void restore(Disk disk) throws Exception {
            try {
                begin(disk);
            } catch (ArchiverException e) {
                if (e.code() != ErrorCode.DIRECTORY_IN_USE) {
                    throw e;
                }
                for (Path place : places()) {
                    empty(place);
                }
                begin(disk);
            }
        }

        private void begin(Disk disk) throws ArchiverException {
            new Restore(MemberVaults.of(vault.member), vault.author, _ -> {}, new Cancellation(), disk)
                    .run(
                            BackupToRestore.plan(backup),
                            new RestoreOptions(
                                    data,
                                    Optional.empty(),
                                    new TablespaceMapping(
                                            Map.of(String.valueOf(OID), tablespace), Optional.empty(), Map.of()),
                                    Set.of(),
                                    Optional.of(wal),
                                    1,
                                    BackupToRestore.SETTINGS,
                                    Bandwidth.unlimited()));
        }

        List<Path> places() {
            return List.of(data, wal, tablespace);
        }

        private static void empty(Path directory) throws IOException {
            if (Files.isDirectory(directory)) {
                try (Stream<Path> all = Files.walk(directory)) {
                    for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                        if (!each.equals(directory)) {
                            Files.delete(each);
                        }
                    }
                }
            }
        }

        /** Every file of a place with its content. */
        static Map<String, String> content(Path place) throws IOException {
            var content = new TreeMap<String, String>();
            if (Files.isDirectory(place)) {
                try (Stream<Path> all = Files.walk(place)) {
                    all.filter(path -> !path.equals(place)).forEach(path -> {
                        try {
                            content.put(
                                    place.relativize(path).toString(),
                                    Files.isRegularFile(path) ? Files.readString(path) : "");
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
                }
            }
            return content;
        }

        void isWhole(boolean marked) throws IOException {
            Map<String, String> restored = content(data);
            assertThat(restored)
                    .containsEntry("PG_VERSION", "15\n")
                    .containsEntry("base/5/1259", "relation")
                    .containsEntry("backup_label", "START WAL LOCATION: …\n")
                    .containsEntry("tablespace_map", OID + " " + tablespace + "\n")
                    .containsEntry("recovery.signal", "")
                    .containsEntry(CONTROL, "control");
            assertThat(restored.get("postgresql.auto.conf")).contains("restore_command");
            assertThat(restored.get("backup_manifest")).endsWith("}\n");
            assertThat(data.resolve("gone")).isSymbolicLink();
            assertThat(data.resolve("pg_wal/000000010000000000000003")).hasContent("segment");
            assertThat(data.resolve("pg_tblspc/" + OID + "/PG_15_202209061/5/1"))
                    .hasContent("rows");
            if (!marked) {
                for (Path place : places()) {
                    assertThat(place.resolve(RestoreMarker.NAME)).doesNotExist();
                }
            }
        }

        /** The operator is told of all places, wherever the restore is met. */
        void isMarked() throws IOException {
            for (Path place : places()) {
                Map<String, String> left = content(place);
                left.remove(RestoreMarker.NAME);
                if (!left.isEmpty()) {
                    assertThat(RestoreMarker.places(place)).containsExactlyInAnyOrderElementsOf(places());
                }
            }
        }
    }

    private static final class Restored extends Restoring {
        Restored(Path root, Fixture vault, Backup backup) {
            super(root, vault, backup);
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            restore(disk);
        }

        @Override
        public void check(boolean returned) throws Exception {
            if (returned || Files.exists(data.resolve(CONTROL))) {
                isWhole(!returned);
                return;
            }
            isMarked();
            restore(Disk.ofThisHost());
            isWhole(false);
        }
    }

    private static final class Failed extends Restoring {
        Failed(Path root, Fixture vault, Backup backup) {
            super(root, vault, backup);
        }

        @Override
        public void run(CrashingDisk disk) throws Exception {
            try {
                restore(disk);
            } catch (ArchiverException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
            }
        }

        @Override
        public void check(boolean returned) throws Exception {
            assertThat(data.resolve(CONTROL)).doesNotExist();
            isMarked();
        }
    }
}
