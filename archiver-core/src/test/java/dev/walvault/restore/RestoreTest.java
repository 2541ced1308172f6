package dev.walvault.restore;

import static dev.walvault.reach.Fixture.bytes;
import static dev.walvault.reach.Fixture.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.FileNames;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Event;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Progress;
import dev.walvault.reach.Fixture;
import dev.walvault.vault.Backup;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a restore makes of a sound backup, and where it refuses to. */
class RestoreTest extends BackupToRestore {
    /** Takes out all of it but what a promoted server, and its standbys, have a use for. */
    private static final String END =
            "sed -E \"/^(recovery_target|recovery_target_time|recovery_target_xid|recovery_target_lsn"
                    + "|recovery_target_inclusive|recovery_min_apply_delay|promote_trigger_file|archive_cleanup_command|recovery_end_command|recovery_target_name|recovery_target_action|recovery_target_timeline)"
                    + " /d\" postgresql.auto.conf > postgresql.auto.conf.walvault && sync postgresql.auto.conf.walvault &&"
                    + " mv postgresql.auto.conf.walvault postgresql.auto.conf || rm -f postgresql.auto.conf.walvault";

    @Test
    void everythingComesBackAsItWas() throws Exception {
        Backup backup = ordinary().complete();

        RestoreResult result = restore(backup);

        assertThat(result.files()).isEqualTo(backup.files());
        assertThat(data.resolve("base/5/16384")).hasSize(3 << 20);
        assertThat(data.resolve("base/5/16385")).isEmptyFile();
        assertThat(data.resolve("base/5/" + "x".repeat(180))).hasContent("a long name");
        assertThat(data.resolve("global/pg_control")).hasContent("control");
        assertThat(Files.readSymbolicLink(data.resolve("gone"))).hasToString("/nowhere/at/all");
        assertThat(Files.getLastModifiedTime(data.resolve("PG_VERSION")).toInstant())
                .isEqualTo(Fixture.NOW);
        assertThat(mode(data)).isEqualTo("rwx------");
        assertThat(mode(data.resolve("pg_wal"))).isEqualTo("rwxr-x---");
        assertThat(mode(data.resolve("pg_wal/archive_status"))).isEqualTo("rwx------");
        assertThat(mode(data.resolve("PG_VERSION"))).isEqualTo("rw-------");
        assertThat(data.resolve(RestoreMarker.NAME)).doesNotExist();
        assertThat(data.resolve("global/pg_control.walvault")).doesNotExist();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void theServerIsToldWhereToStop() throws Exception {
        restore(ordinary().complete());

        assertThat(data.resolve("recovery.signal")).isEmptyFile();
        assertThat(Files.readString(data.resolve("postgresql.auto.conf"))).isEqualTo("""
            work_mem = '8MB'
            # restored by walvault 0.1.0 on db1 at 2026-11-20T22:00:00Z, from backup %s to restore point "it's"
            recovery_target = ''
            recovery_target_time = ''
            recovery_target_xid = ''
            recovery_target_lsn = ''
            recovery_target_inclusive = 'true'
            recovery_min_apply_delay = '0'
            promote_trigger_file = ''
            archive_cleanup_command = ''
            restore_command = 'walvault archive-get %%f %%p'
            recovery_end_command = '%s'
            recovery_target_name = 'it''s'
            recovery_target_action = 'pause'
            recovery_target_timeline = '1'
            """.formatted(id(3), END));
    }

    @Test
    void theServersOwnManifestListsWhatWasRestored() throws Exception {
        restore(ordinary().complete());

        assertThat(Files.readString(data.resolve("backup_manifest")))
                .contains("\"Path\": \"PG_VERSION\", \"Size\": 3")
                .contains("\"Path\": \"global/pg_control\"", "\"Path\": \"backup_label\"")
                .contains("\"Start-LSN\": \"0/300028\", \"End-LSN\": \"0/301000\"");
    }

    @Test
    void namesAreRestoredAsTheBytesThatTheyAre() throws Exception {
        restore(ordinary()
                .directory("d-\uDCE9", 0700)
                .file("d-\uDCE9/core-\uDCE9", bytes("one"))
                .file("d-\uDCE9/core-\uDCE8", bytes("two"))
                .link("link-\uDCE8", "to-\uDCE9")
                .complete());

        Path directory = data.resolve(FileNames.path("d-\uDCE9"));
        assertThat(directory.resolve(FileNames.path("core-\uDCE9"))).hasContent("one");
        assertThat(directory.resolve(FileNames.path("core-\uDCE8"))).hasContent("two");
        assertThat(FileNames.text(Files.readSymbolicLink(data.resolve(FileNames.path("link-\uDCE8")))))
                .isEqualTo("to-\uDCE9");
        assertThat(data.resolve("backup_manifest"))
                .content()
                .contains("\"Encoded-Path\": \"642de92f636f72652de9\"", "\"Encoded-Path\": \"642de92f636f72652de8\"");
        assertThat(warnings()).anyMatch(warning -> warning.contains("link-"));
    }

    @Test
    void aLinkIsRestoredWithAWordOnWhatItMeans() throws Exception {
        restore(ordinary().complete());

        assertThat(warnings())
                .singleElement()
                .asString()
                .contains("\"gone\"", "\"/nowhere/at/all\"", "leads nowhere here", "--ignore=gone");
    }

    @Test
    void progressEndsAtTheTotal() throws Exception {
        Backup backup = ordinary().complete();

        restore(backup);

        long most = events.stream()
                .mapToLong(event -> event instanceof Progress progress ? progress.bytesDone() : 0)
                .max()
                .orElseThrow();
        assertThat(most).isEqualTo(backup.bytes());
    }

    @Test
    void aServerWithoutItsConfigurationFileIsWarnedOf() throws Exception {
        restore(vault.packing(3).complete());

        assertThat(warnings()).singleElement().asString().contains("postgresql.conf");
    }

    @Test
    void whatTheRestoredServerMustNotFindIsLeftOut() throws Exception {
        restore(ordinary()
                .file("standby.signal", bytes(""))
                .file("postmaster.pid", bytes("1"))
                .file("backup_manifest", bytes("old"))
                .complete());

        assertThat(data.resolve("standby.signal")).doesNotExist();
        assertThat(data.resolve("postmaster.pid")).doesNotExist();
        assertThat(data.resolve("backup_manifest")).content().doesNotContain("standby.signal", "old");
    }

    @Test
    void anExistingEmptyDirectoryIsUsedAndStaysWhenTheRestoreFails() throws Exception {
        Files.createDirectory(data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Backup broken = ordinary().file("x", bytes("is"), bytes("as")).complete();

        refused(ErrorCode.CORRUPT, broken);

        assertThat(data).isEmptyDirectory();
        assertThat(mode(data)).isEqualTo("rwxr-xr-x");
    }

    @Test
    void missingParentsAreMadeAndRemovedAgainOnFailure() throws Exception {
        data = temporary.resolve("a/b/data");
        Backup broken = ordinary().file("x", bytes("is"), bytes("as")).complete();

        refused(ErrorCode.CORRUPT, broken);

        assertThat(temporary.resolve("a")).doesNotExist();
    }

    @Test
    void aDirectoryWithAnythingInItIsRefusedAndUntouched() throws Exception {
        Files.createDirectories(data);
        Files.writeString(data.resolve("mine"), "precious");
        Backup backup = ordinary().complete();

        refused(ErrorCode.DIRECTORY_IN_USE, backup).hasMessageContaining("not empty");

        assertThat(data.resolve("mine")).hasContent("precious");
        assertThat(data).isDirectoryContaining("glob:**/mine");
        try (Stream<Path> entries = Files.list(data)) {
            assertThat(entries).hasSize(1);
        }
    }

    @Test
    void whatIsRefusedIsToldWithoutWhatWouldMatterIfItWereNot() throws Exception {
        Files.createDirectories(data);
        Path mine = Files.writeString(data.resolve("mine"), "precious");
        Backup backup =
                ordinary().tablespace(16401, temporary.resolve("ts").toString()).complete();
        RestorePlan plan = plan(backup).warning(List.of("of the plan"));
        var options = new RestoreOptions(
                data,
                Optional.empty(),
                TablespaceMapping.NONE,
                Set.of(),
                Optional.empty(),
                1,
                SETTINGS,
                Bandwidth.unlimited());
        var restore = new Restore(MemberVaults.of(vault.member), vault.author, events::add, new Cancellation());

        Faults.of(() -> restore.run(plan, options)).is(ErrorCode.DIRECTORY_IN_USE);
        assertThat(events).noneMatch(event -> event.severity() == Event.Severity.WARNING);

        Files.delete(mine);
        restore.run(plan, options);
        assertThat(events)
                .contains(new RestoreEvent.Caveat("of the plan"))
                .anyMatch(
                        event -> event instanceof RestoreEvent.TablespaceAtOldPlace(long oid, Path _) && oid == 16401);
    }

    @Test
    void aServersDirectoryAndAFileAreRefused() throws Exception {
        Backup backup = ordinary().complete();
        Files.createDirectories(data);
        Files.writeString(data.resolve("postmaster.pid"), "1");
        refused(ErrorCode.DIRECTORY_IN_USE, backup).hasMessageContaining("a server runs");

        data = temporary.resolve("file");
        Files.writeString(data, "x");
        refused(ErrorCode.DIRECTORY_IN_USE, backup).hasMessageContaining("not a directory");
        assertThat(data).hasContent("x");
    }

    @Test
    void tablespacesGoWhereTheyAreMapped() throws Exception {
        Path kept = temporary.resolve("kept");
        Path moved = temporary.resolve("new/moved");
        Backup backup = ordinary()
                .tablespace(16400, "/old/place")
                .tablespace(16401, kept.toString())
                .directory("pg_tblspc/16400/PG_15_202209061", 0700)
                .file("pg_tblspc/16400/PG_15_202209061/1", bytes("one"))
                .file("pg_tblspc/16401/PG_15_202209061/2", bytes("two"))
                .complete();

        restore(backup, TablespaceMapping.parse(List.of("/old/place=" + moved), Optional.empty()), new Cancellation());

        assertThat(moved.resolve("PG_15_202209061/1")).hasContent("one");
        assertThat(kept.resolve("PG_15_202209061/2")).hasContent("two");
        assertThat(Files.readSymbolicLink(data.resolve("pg_tblspc/16400"))).isEqualTo(moved);
        assertThat(data.resolve("tablespace_map")).hasContent("16400 " + moved + "\n16401 " + kept + "\n");
        assertThat(moved.resolve(RestoreMarker.NAME)).doesNotExist();
        assertThat(warnings())
                .filteredOn(warning -> warning.contains("tablespace "))
                .singleElement()
                .asString()
                .contains("16401");
    }

    @Test
    void inTheServersOwnDirectoryTheOldPlaceOfATablespaceIsTheRightOne() throws Exception {
        Path place = temporary.resolve("ts");
        Backup backup = ordinary()
                .tablespace(16400, place.toString())
                .file("pg_tblspc/16400/PG_15_202209061/1", bytes("one"))
                .complete();

        new Restore(MemberVaults.of(vault.member), vault.author, events::add, new Cancellation())
                .run(
                        plan(backup),
                        new RestoreOptions(
                                data,
                                Optional.of(data),
                                TablespaceMapping.NONE,
                                Set.of(),
                                Optional.empty(),
                                1,
                                SETTINGS,
                                Bandwidth.unlimited()));

        assertThat(place.resolve("PG_15_202209061/1")).hasContent("one");
        assertThat(warnings()).noneMatch(warning -> warning.contains("tablespace "));
    }

    @Test
    void anOccupiedTablespacePlaceIsRefusedBeforeAnythingIsMade() throws Exception {
        Path place = Files.createDirectory(temporary.resolve("ts"));
        Files.writeString(place.resolve("mine"), "precious");
        Backup backup = ordinary().tablespace(16400, place.toString()).complete();

        refused(ErrorCode.DIRECTORY_IN_USE, backup);

        nothingIsLeft();
        assertThat(place.resolve("mine")).hasContent("precious");
    }

    @Test
    void aFailedRestoreEmptiesTablespacesToo() throws Exception {
        Path place = temporary.resolve("ts");
        Backup backup = ordinary()
                .tablespace(16400, place.toString())
                .file("pg_tblspc/16400/PG_15_202209061/1", bytes("is"), bytes("as"))
                .complete();

        refused(ErrorCode.CORRUPT, backup);

        nothingIsLeft();
        assertThat(place).doesNotExist();
    }

    @Test
    void aRestoreThatIsCalledOffCleansUp() throws Exception {
        Backup backup = ordinary().complete();
        var cancellation = new Cancellation();
        cancellation.cancel();

        assertThatThrownBy(() -> restore(backup, TablespaceMapping.NONE, cancellation))
                .satisfies(e -> assertThat(((ArchiverException) e).code()).isEqualTo(ErrorCode.CANCELLED));

        nothingIsLeft();
    }

    @Test
    void theControlFileAppearsWhenEverythingElseIsThere() throws Exception {
        Backup backup = ordinary().complete();
        var seen = new ArrayList<Boolean>();

        new Restore(
                        MemberVaults.of(vault.member),
                        vault.author,
                        event -> {
                            if (event.severity() == Event.Severity.STEP) {
                                seen.add(Files.exists(data.resolve("global/pg_control"), LinkOption.NOFOLLOW_LINKS));
                            }
                        },
                        new Cancellation())
                .run(
                        plan(backup),
                        new RestoreOptions(
                                data,
                                Optional.empty(),
                                TablespaceMapping.NONE,
                                Set.of(),
                                Optional.empty(),
                                1,
                                SETTINGS,
                                Bandwidth.unlimited()));

        assertThat(seen).hasSize(2).containsOnly(false);
        assertThat(data.resolve("global/pg_control")).exists();
    }

    @Test
    void filesAreWrittenNoFasterThanTheLimit() throws Exception {
        Backup backup = ordinary().complete();
        var time = new FakeTime(Instant.EPOCH);
        var limit = new Bandwidth(OptionalLong.of(1 << 20), time, time);

        new Restore(MemberVaults.of(vault.member), vault.author, events::add, new Cancellation())
                .run(
                        plan(backup),
                        new RestoreOptions(
                                data,
                                Optional.empty(),
                                TablespaceMapping.NONE,
                                Set.of(),
                                Optional.empty(),
                                1,
                                SETTINGS,
                                limit));

        assertThat(time.instant()).isAfter(Instant.EPOCH.plusMillis(2_980));
    }

    @Test
    void whatWillHaveBeenMovedAwayIsNotInTheWay() throws Exception {
        Backup backup = ordinary().complete();
        Files.createDirectory(data);
        Path letter = Files.writeString(data.resolve("letter"), "dear");
        Path process = Files.writeString(data.resolve("postmaster.pid"), "1\n");

        Faults.of(() -> require(backup, letter::equals))
                .is(ErrorCode.DIRECTORY_IN_USE)
                .says("a server runs, or may run");
        Faults.of(() -> require(backup, process::equals))
                .is(ErrorCode.DIRECTORY_IN_USE)
                .says("is not empty");
        require(backup, List.of(letter, process)::contains);

        assertThat(data)
                .isDirectoryNotContaining(entry -> !List.of(letter, process).contains(entry));
        assertThat(letter).hasContent("dear");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data.before-restore-20261129T061000Z/new", ".walvault-aside-20261129T061000Z/pg/new"})
    void oldFilesThatMayBeRemovedAreNoPlaceToRestoreInto(String place) throws Exception {
        data = temporary.resolve(place);
        Backup backup = ordinary().complete();

        refused(ErrorCode.DIRECTORY_IN_USE, backup).hasMessageContaining("is inside of");

        nothingIsLeft();
    }
}
