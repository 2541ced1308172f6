package dev.walvault.restore;

import static dev.walvault.reach.Fixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.aside.OwnNames;
import dev.walvault.host.Disk;
import dev.walvault.host.WatchedDisk;
import dev.walvault.observe.Cancellation;
import dev.walvault.vault.Backup;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The directories that a restore fills: whose they are, what becomes of them when it fails, and that all in them is
 * durable.
 */
class RestoreSiteTest extends BackupToRestore {
    private final Queue<Path> synced = new ConcurrentLinkedQueue<>();
    private final Disk watched = new WatchedDisk((what, path) -> {
        if (what.equals("sync")) {
            synced.add(path);
        }
    });

    private RestoreResult restoreWithWalIn(Path wal, Backup backup) throws ArchiverException {
        return new Restore(MemberVaults.of(vault.member), vault.author, events::add, new Cancellation(), watched)
                .run(
                        plan(backup),
                        new RestoreOptions(
                                data,
                                Optional.empty(),
                                TablespaceMapping.NONE,
                                Set.of(),
                                Optional.of(wal),
                                3,
                                SETTINGS,
                                Bandwidth.unlimited()));
    }

    private static boolean stays(Path entry) {
        return OwnNames.stays(String.valueOf(entry.getFileName()));
    }

    private RestoreSite claim(Path... tablespaces) throws ArchiverException {
        return RestoreSite.claim(
                data, List.of(tablespaces), Optional.empty(), RestoreSiteTest::stays, Disk.ofThisHost(), events::add);
    }

    @ParameterizedTest
    @ValueSource(strings = {"global/pg_control", "vault.json"})
    void nothingIsRestoredIntoADataDirectoryOrAVault(String file) throws Exception {
        Path above = temporary.resolve("above");
        Files.createDirectories(above.resolve(file).getParent());
        Files.createFile(above.resolve(file));
        Path inside = above.resolve("deep/inside");

        Faults.of(() -> RestoreSite.claim(
                        inside, List.of(), Optional.empty(), RestoreSiteTest::stays, Disk.ofThisHost(), events::add))
                .is(ErrorCode.DIRECTORY_IN_USE)
                .says("inside of the ", above.toString());
        Faults.of(() -> claim(inside)).is(ErrorCode.DIRECTORY_IN_USE).says("inside of the ");
        assertThat(above.resolve("deep")).doesNotExist();
    }

    private static Set<Path> everythingIn(Path... roots) throws IOException {
        var all = new HashSet<Path>();
        for (Path root : roots) {
            try (Stream<Path> paths = Files.walk(root)) {
                paths.filter(path -> !Files.isSymbolicLink(path)).forEach(all::add);
            }
        }
        return all;
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void allOfItIsMadeDurableAlsoBehindLinks() throws Exception {
        Path realData = Files.createDirectory(temporary.resolve("real-data"));
        Path realTablespace = Files.createDirectory(temporary.resolve("real-ts"));
        Files.createSymbolicLink(data, realData);
        Path tablespace = Files.createSymbolicLink(temporary.resolve("ts"), realTablespace);
        Path wal = temporary.resolve("new/wal");
        Backup backup = ordinary()
                .tablespace(16400, tablespace.toString())
                .file("pg_tblspc/16400/PG_15_202209061/1", bytes("one"))
                .complete();

        // long ago, so that every directory has changed since
        vault.clock.set(Instant.EPOCH);
        RestoreResult result = restoreWithWalIn(wal, backup);

        // pg_control is renamed when it is durable
        var expected = everythingIn(realData, realTablespace, wal);
        expected.remove(realData.resolve("global/pg_control"));
        expected.add(realData.resolve("global/pg_control.walvault"));
        expected.add(temporary.resolve("new"));
        expected.add(temporary);
        assertThat(synced).containsAll(expected);
        assertThat(data).isSymbolicLink();
        assertThat(result.directory()).isEqualTo(data);
        assertThat(Files.readSymbolicLink(realData.resolve("pg_tblspc/16400"))).isEqualTo(tablespace);
        assertThat(realTablespace.resolve("PG_15_202209061/1")).hasContent("one");
    }

    @Test
    void whatFailsLeavesTheOperatorsLinksAndEmptyDirectoriesBehind() throws Exception {
        Path realData = Files.createDirectory(temporary.resolve("real-data"));
        Path realTablespace = Files.createDirectory(temporary.resolve("real-ts"));
        Files.createSymbolicLink(data, realData);
        Path tablespace = Files.createSymbolicLink(temporary.resolve("ts"), realTablespace);
        Backup broken = ordinary()
                .tablespace(16400, tablespace.toString())
                .file("pg_tblspc/16400/PG_15_202209061/1", bytes("is"), bytes("as"))
                .complete();

        refused(ErrorCode.CORRUPT, broken);

        assertThat(data).isSymbolicLink();
        assertThat(tablespace).isSymbolicLink();
        assertThat(realData).isEmptyDirectory();
        assertThat(realTablespace).isEmptyDirectory();
    }

    @Test
    void aLinkThatLeadsNowhereIsRefused() throws Exception {
        Files.createSymbolicLink(data, temporary.resolve("not/mounted"));
        Backup backup = ordinary().complete();

        refused(ErrorCode.LOCAL_FILE, backup).hasMessageContaining("leads nowhere");

        assertThat(data).isSymbolicLink();
        assertThat(temporary.resolve("not")).doesNotExist();
    }

    @Test
    void twoTablespacesOfOnePlaceAreRefusedHoweverItIsNamed() throws Exception {
        Path place = Files.createDirectory(temporary.resolve("ts"));
        Path link = Files.createSymbolicLink(temporary.resolve("other"), place);

        assertThatThrownBy(() -> claim(place, link)).hasMessageContaining("cannot both be restored");
        assertThatThrownBy(() -> claim(data.resolve("inside"))).hasMessageContaining("cannot both be restored");

        assertThat(data).doesNotExist();
        assertThat(place).isEmptyDirectory();
    }

    @Test
    void theWalGoesToADirectoryOfItsOwn() throws Exception {
        Path wal = temporary.resolve("wal");

        restoreWithWalIn(
                wal, ordinary().directory("pg_wal/archive_status", 0700).complete());

        assertThat(Files.readSymbolicLink(data.resolve("pg_wal"))).isEqualTo(wal);
        assertThat(wal.resolve("archive_status")).isEmptyDirectory();
        assertThat(wal.resolve(RestoreMarker.NAME)).doesNotExist();
    }

    @Test
    void aWalDirectoryThatIsInUseIsRefused() throws Exception {
        Path wal = Files.createDirectory(temporary.resolve("wal"));
        Files.writeString(wal.resolve("000000010000000000000001"), "precious");
        Backup backup = ordinary().complete();

        assertThatThrownBy(() -> restoreWithWalIn(wal, backup))
                .satisfies(e -> assertThat(((ArchiverException) e).code()).isEqualTo(ErrorCode.DIRECTORY_IN_USE));

        nothingIsLeft();
        assertThat(wal.resolve("000000010000000000000001")).hasContent("precious");
    }

    @Test
    void aServerThatLetItsGroupReadIsRestoredWithThatMode() throws Exception {
        Files.createDirectory(data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));

        restore(ordinary().groupReads().complete());

        assertThat(mode(data)).isEqualTo("rwxr-x---");
    }

    @Test
    void whatMkfsLeavesInAMountPointIsNotInTheWayAndStays() throws Exception {
        Path found = Files.createDirectories(data.resolve("lost+found"));
        Files.writeString(found.resolve("#17"), "of an fsck");

        refused(
                ErrorCode.CORRUPT,
                ordinary().file("x", bytes("is"), bytes("as")).complete());
        assertThat(found.resolve("#17")).hasContent("of an fsck");
        restore(vault.packing(4).complete());

        assertThat(found.resolve("#17")).hasContent("of an fsck");
        assertThat(data.resolve("global/pg_control")).exists();
    }

    @Test
    void aDirectoryWithNothingButTheMarkerOfADeadRestoreIsTaken() throws Exception {
        // as a full disk, or a kill between two system calls, leaves it
        Files.createDirectories(data);
        Files.createFile(data.resolve(RestoreMarker.NAME));

        restore(ordinary().complete());

        assertThat(data.resolve("global/pg_control")).exists();
        assertThat(data.resolve(RestoreMarker.NAME)).doesNotExist();
    }

    @Test
    void whatADeadRestoreHasLeftIsNamedWithAllItsDirectories() throws Exception {
        Path tablespace = temporary.resolve("ts");
        Files.createDirectories(data);
        Files.writeString(data.resolve(RestoreMarker.NAME), RestoreMarker.text(List.of(data, tablespace)));
        Files.writeString(data.resolve("PG_VERSION"), "15\n");
        Backup backup = ordinary().complete();

        refused(ErrorCode.DIRECTORY_IN_USE, backup)
                .hasMessageContaining("was interrupted")
                .satisfies(e -> assertThat(((ArchiverException) e).hint())
                        .hasValueSatisfying(hint -> assertThat(hint).contains(data.toString(), tablespace.toString())));

        assertThat(data.resolve("PG_VERSION")).exists();
    }

    @Test
    void overAnInterruptedRestoreInPlaceTheWayBackIsNamed() throws Exception {
        Files.createDirectories(data.resolve("base"));
        Files.writeString(data.resolve("walvault-in-place.lock"), "");
        Files.writeString(data.resolve(RestoreMarker.NAME), "");

        assertThatThrownBy(() -> claim())
                .hasMessage("a restore over \"" + data + "\" was interrupted")
                .satisfies(e -> assertThat(((ArchiverException) e).hint().orElse(""))
                        .contains("walvault restore --undo-in-place -D " + data));
    }

    @Test
    void aRestoreThatIsUnderWayIsLeftAlone() throws Exception {
        Path tablespace = temporary.resolve("ts");
        RestoreSite living = claim(tablespace);
        Backup backup = ordinary().complete();

        refused(ErrorCode.DIRECTORY_IN_USE, backup).hasMessageContaining("under way");
        Path first = data;
        data = temporary.resolve("other");
        assertThatThrownBy(() -> claim(tablespace)).hasMessageContaining("under way");

        assertThat(data).doesNotExist();
        assertThat(first.resolve(RestoreMarker.NAME)).isNotEmptyFile();
        living.undo();
        assertThat(first).doesNotExist();
        assertThat(tablespace).doesNotExist();
    }

    @Test
    void aCleanUpThatFailsIsTold() throws Exception {
        Path place = Files.createDirectory(temporary.resolve("ts"));
        Path away = temporary.resolve("unmounted");
        RestoreSite site = claim(place);
        Files.writeString(data.resolve("PG_VERSION"), "15\n");
        Files.move(place, away);

        site.undo();

        assertThat(events)
                .singleElement()
                .isInstanceOfSatisfying(
                        RestoreEvent.LeftBehind.class,
                        warning -> assertThat(warning.sentence()).contains(place.toString(), "by hand"));
        assertThat(Files.exists(data, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }
}
