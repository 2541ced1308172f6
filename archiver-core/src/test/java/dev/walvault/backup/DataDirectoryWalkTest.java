package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.FileNames;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
import dev.walvault.pg.PgMajor;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryWalkTest {
    private static final String VERSION = PgMajor.V15.tablespaceVersionDirectory(202209061);

    @TempDir
    private Path directory;

    private final Heard heard = new Heard();
    private Path data = Path.of("unset");
    private FakeServer server = new FakeServer(data);

    @BeforeEach
    void anEmptyDataDirectory() throws Exception {
        data = Files.createDirectory(directory.resolve("data"));
        server = new FakeServer(data);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PG_VERSION",
                "postgresql.conf",
                "postgresql.auto.conf",
                "current_logfiles",
                "base/5/16384",
                "base/5/16384.1",
                "base/5/16384_fsm",
                "base/5/16384_vm",
                "base/5/pg_filenode.map",
                "base/5/PG_VERSION",
                "global/1262",
                "pg_xact/0000",
                "pg_multixact/offsets/0000",
                "pg_logical/replorigin_checkpoint",
                "pg_twophase/0000000000000001",
                "pg_stat/pgstat.stat",
                "log/postgresql.log",
                "mine/recovery.signal",
                "mine/postmaster.pid",
                "mine/pg_wal/x",
                "mine/t3_16384",
            })
    void whatAServerNeedsIsIncluded(String path) throws Exception {
        file(path);

        assertThat(paths()).contains(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postmaster.pid",
                "postmaster.opts",
                "postgresql.auto.conf.tmp",
                "current_logfiles.tmp",
                "backup_label",
                "backup_label.old",
                "tablespace_map",
                "tablespace_map.old",
                "backup_manifest",
                "recovery.signal",
                "standby.signal",
                "global/pg_control",
                "global/pg_internal.init",
                "base/5/pg_internal.init.4711",
                "base/5/t3_16384",
                "base/5/t3_16384.1",
                "base/5/t12_16384_fsm",
                "base/pgsql_tmp/pgsql_tmp4711.0",
                "base/5/pgsql_tmp4711",
                "pg_wal/000000010000000000000013",
                "pg_wal/archive_status/000000010000000000000013.ready",
                "pg_replslot/standby/state",
                "pg_dynshmem/mmap.1",
                "pg_notify/0000",
                "pg_serial/0000",
                "pg_snapshots/00000003-1",
                "pg_stat_tmp/global.stat",
                "pg_subtrans/0000",
                ".walvault-aside-20261129T061000Z/base/5/1259",
                "walvault-in-place.lock",
                "walvault-restore.incomplete",
                "walvault-parts",
                "walvault-parts/base/5/16384/000001",
            })
    void whatAServerMakesAnewIsNot(String path) throws Exception {
        file(path);

        assertThat(paths()).doesNotContain(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg_wal",
                "pg_replslot",
                "pg_dynshmem",
                "pg_notify",
                "pg_serial",
                "pg_snapshots",
                "pg_stat_tmp",
                "pg_subtrans"
            })
    void aDirectoryWhoseContentIsLeftOutIsKeptEmpty(String name) throws Exception {
        file(name + "/x/y");

        assertThat(paths()).containsExactly(name);
    }

    @Test
    void anEmptyDirectoryIsKept() throws Exception {
        Files.createDirectories(data.resolve("pg_commit_ts/deeper"));

        assertThat(paths()).containsExactly("pg_commit_ts", "pg_commit_ts/deeper");
    }

    @Test
    void ofAnUnloggedRelationOnlyTheInitForksAreIncluded() throws Exception {
        for (String name :
                List.of("16384", "16384.1", "16384_fsm", "16384_vm", "16384_init", "16384_init.1", "16385")) {
            file("base/5/" + name);
        }

        assertThat(paths())
                .containsExactlyInAnyOrder(
                        "base", "base/5", "base/5/16384_init", "base/5/16384_init.1", "base/5/16385");
    }

    @Test
    void aDirectoryComesBeforeWhatIsInIt() throws Exception {
        file("a/b/c/1");
        file("a/b/2");
        file("a/3");

        List<String> paths = paths();

        for (String path : paths) {
            Path parent = Path.of(path).getParent();
            if (parent != null) {
                assertThat(paths.indexOf(parent.toString())).isBetween(0, paths.indexOf(path) - 1);
            }
        }
        assertThat(paths).hasSize(6);
    }

    @Test
    void aTablespaceIsWalkedThroughItsLinkAndOnlyInTheDirectoryOfThisVersion() throws Exception {
        Path tablespace = directory.resolve("tablespace");
        Files.createDirectories(data.resolve("pg_tblspc"));
        Files.createDirectories(tablespace.resolve(VERSION).resolve("5"));
        Files.createDirectories(tablespace.resolve(VERSION).resolve("pgsql_tmp"));
        server.tablespaces.put(16399L, "sales");
        Files.createDirectories(tablespace.resolve("PG_14_202107181/5"));
        Files.writeString(tablespace.resolve(VERSION + "/5/16400"), "x");
        Files.writeString(tablespace.resolve(VERSION + "/5/t3_16401"), "x");
        Files.writeString(tablespace.resolve("PG_14_202107181/5/16400"), "x");
        Files.createSymbolicLink(data.resolve("pg_tblspc/16399"), tablespace);

        assertThat(paths())
                .containsExactly(
                        "pg_tblspc",
                        "pg_tblspc/16399/" + VERSION,
                        "pg_tblspc/16399/" + VERSION + "/5",
                        "pg_tblspc/16399/" + VERSION + "/5/16400");
        assertThat(heard.warnings()).isEmpty();
    }

    @Test
    void whatAppearsBelowPgTblspcLaterIsLeftOut() throws Exception {
        Files.createDirectories(data.resolve("pg_tblspc"));
        try (var walk = walk()) {
            Path tablespace = Files.createDirectories(directory.resolve("later").resolve(VERSION));
            Files.createSymbolicLink(data.resolve("pg_tblspc/16400"), tablespace.resolveSibling(""));
            file("pg_tblspc/16401/" + VERSION + "/5/16402");

            assertThat(walk.next()).get().extracting(Found::path).isEqualTo("pg_tblspc");
            assertThat(walk.next()).isEmpty();
        }
    }

    @Test
    void aLinkOfPeopleIsKeptAsALinkWithAWarning() throws Exception {
        Path elsewhere = Files.writeString(directory.resolve("pg_hba.conf"), "local all all trust\n");
        Files.createSymbolicLink(data.resolve("pg_hba.conf"), elsewhere);

        assertThat(found()).containsExactly(new Found.Link("pg_hba.conf", elsewhere.toString()));
        assertThat(heard.warnings()).singleElement().asString().contains("\"pg_hba.conf\"", "is not in the backup");
    }

    @Test
    void aLinkToADirectoryIsNotFollowedOutOfTheDataDirectory() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("logs"));
        Files.writeString(elsewhere.resolve("today.log"), "x");
        Files.createSymbolicLink(data.resolve("log"), elsewhere);

        assertThat(paths()).containsExactly("log");
    }

    @Test
    void aLinkWithinTheDataDirectoryIsALinkWithoutAWarning() throws Exception {
        file("conf.d/memory.conf");
        Files.createSymbolicLink(data.resolve("current.conf"), Path.of("conf.d/memory.conf"));

        assertThat(found()).contains(new Found.Link("current.conf", "conf.d/memory.conf"));
        assertThat(heard.warnings()).isEmpty();
    }

    @Test
    void dataOfTheServerIsFollowedThroughLinksWithAWarning() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("fast"));
        Files.writeString(elsewhere.resolve("16384"), "x");
        Files.setAttribute(elsewhere, "unix:mode", 0750);
        Files.createDirectory(data.resolve("base"));
        Files.createSymbolicLink(data.resolve("base/5"), elsewhere);

        assertThat(found())
                .contains(
                        new Found.Directory("base/5", data.resolve("base/5"), 0750),
                        new Found.RegularFile("base/5/16384", data.resolve("base/5/16384")));
        assertThat(heard.warnings())
                .containsExactly(
                        "\"base/5\" is a symbolic link to \"" + elsewhere + "\"; its content is stored in its place");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base/5", "base/5/16384", "pg_xact", "global", "pg_wal"})
    void dataOfTheServerThatIsNotThereIsAnError(String path) throws Exception {
        Files.createDirectories(Objects.requireNonNull(data.resolve(path).getParent()));
        Files.createSymbolicLink(data.resolve(path), directory.resolve("gone"));

        Faults.of(this::paths).is(ErrorCode.LOCAL_FILE).says("\"" + path + "\"", "not there", "Mount the volume");
    }

    @Test
    void aLinkedDirectoryThatIsEmptiedMayBeGone() throws Exception {
        Files.createSymbolicLink(data.resolve("pg_stat_tmp"), directory.resolve("gone"));

        assertThat(found()).containsExactly(new Found.Directory("pg_stat_tmp", data.resolve("pg_stat_tmp"), 0700));
    }

    @Test
    void aLinkedPgWalIsAnEmptyDirectoryWithoutAWarning() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("wal"));
        Files.writeString(elsewhere.resolve("000000010000000000000013"), "x");
        Files.createSymbolicLink(data.resolve("pg_wal"), elsewhere);

        assertThat(found()).singleElement().isInstanceOf(Found.Directory.class);
        assertThat(heard.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/no such place", "self", "../self"})
    void aLinkThatLeadsNowhereOrToItselfIsKeptAsALink(String target) throws Exception {
        Files.createSymbolicLink(data.resolve("self"), Path.of(target));

        assertThat(found()).containsExactly(new Found.Link("self", target));
    }

    @Test
    void namesAreBytes() throws Exception {
        for (String name : List.of("core-\uDCE9", "core-\uDCE8", "core-é")) {
            Files.writeString(data.resolve(FileNames.path(name)), "x");
        }
        Files.createSymbolicLink(data.resolve("link"), FileNames.path("to-\uDCE9"));

        assertThat(paths()).containsExactlyInAnyOrder("core-\uDCE9", "core-\uDCE8", "core-é", "link");
        assertThat(found()).contains(new Found.Link("link", "to-\uDCE9"));
    }

    @Test
    void whatAMountPointBringsIsLeftOut() throws Exception {
        file("lost+found/#123");

        assertThat(paths()).isEmpty();
    }

    @Test
    void aFileOfOthersThatCannotBeReadIsPassedOverAndOneOfTheServerIsAnError() throws Exception {
        file("server.key");
        file("base/5/16384");
        try (var walk = walk()) {
            var denied = new AccessDeniedException("x");
            walk.passOver("server.key", data.resolve("server.key"), denied);

            assertThat(heard.warnings())
                    .singleElement()
                    .asString()
                    .contains("\"server.key\"", "left out", "permission denied", "it belongs to \"", "mode rw");
            Faults.of(() -> walk.passOver("base/5/16384", data.resolve("base/5/16384"), denied))
                    .is(ErrorCode.LOCAL_FILE)
                    .says(
                            "base/5/16384",
                            "permission denied",
                            "Check the modes of \"" + data.resolve("base/5/16384") + "\"");
        }
    }

    @Test
    void aDirectoryThatVanishesUnderWayIsPassedOver() throws Exception {
        file("a/b/c");
        try (var walk = walk()) {
            assertThat(walk.next()).isPresent();
            Files.delete(data.resolve("a/b/c"));
            Files.delete(data.resolve("a/b"));

            assertThat(walk.next()).isEmpty();
        }
    }

    @Test
    void aLoopOfLinksIsAnErrorAndNotForEver() throws Exception {
        Files.createDirectory(data.resolve("base"));
        Files.createSymbolicLink(data.resolve("base/loop"), data.resolve("base"));

        Faults.of(this::paths).is(ErrorCode.LOCAL_FILE).says("nested too deeply", "symbolic links");
    }

    @Test
    void aClosedWalkHasNothingMore() throws Exception {
        file("a");
        var walk = walk();

        walk.close();

        assertThat(walk.next()).isEmpty();
    }

    private void file(String path) throws IOException {
        Path file = data.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, "x");
    }

    private DataDirectoryWalk walk() throws IOException {
        var tablespaces = Tablespaces.find(data, VERSION, server, new FakeTime(Vaults.NOW), heard);
        return new DataDirectoryWalk(data, tablespaces, heard);
    }

    private List<Found> found() throws IOException {
        var all = new ArrayList<Found>();
        try (var walk = walk()) {
            for (Optional<Found> found = walk.next(); found.isPresent(); found = walk.next()) {
                all.add(found.get());
            }
        }
        return all;
    }

    private List<String> paths() throws IOException {
        return found().stream().map(Found::path).toList();
    }
}
