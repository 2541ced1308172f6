package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Heard;
import dev.walvault.pg.PgMajor;
import java.io.IOException;
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

    @BeforeEach
    void anEmptyDataDirectory() throws Exception {
        data = Files.createDirectory(directory.resolve("data"));
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
    void aTablespaceLinkThatLeadsNowhereIsLeftOutWithAWarning() throws Exception {
        Files.createDirectories(data.resolve("pg_tblspc"));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16399"), directory.resolve("gone"));

        assertThat(paths()).containsExactly("pg_tblspc");
        assertThat(heard.warnings()).singleElement().asString().contains("pg_tblspc/16399", "leads nowhere");
    }

    @Test
    void aLinkedFileIsAFileWithAWarning() throws Exception {
        Path elsewhere = Files.writeString(directory.resolve("pg_hba.conf"), "local all all trust\n");
        Files.createSymbolicLink(data.resolve("pg_hba.conf"), elsewhere);

        assertThat(found()).containsExactly(new Found.RegularFile("pg_hba.conf", data.resolve("pg_hba.conf")));
        assertThat(heard.warnings())
                .containsExactly("\"pg_hba.conf\" is a symbolic link to \"" + elsewhere
                        + "\"; its content is stored in its place");
    }

    @Test
    void aLinkedDirectoryIsADirectoryAndItsContentIsIncluded() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("logs"));
        Files.writeString(elsewhere.resolve("today.log"), "x");
        Files.createSymbolicLink(data.resolve("log"), elsewhere);

        assertThat(paths()).containsExactly("log", "log/today.log");
    }

    @Test
    void aLinkedPgWalIsAnEmptyDirectoryWithoutAWarning() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("wal"));
        Files.writeString(elsewhere.resolve("000000010000000000000013"), "x");
        Files.createSymbolicLink(data.resolve("pg_wal"), elsewhere);

        assertThat(found()).singleElement().isInstanceOf(Found.Directory.class);
        assertThat(heard.warnings()).isEmpty();
    }

    @Test
    void aLinkThatLeadsNowhereIsKeptAsALink() throws Exception {
        Files.createSymbolicLink(data.resolve("conf.d"), Path.of("/etc/no such place"));

        assertThat(found()).containsExactly(new Found.DanglingLink("conf.d", "/etc/no such place"));
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
        Files.createSymbolicLink(data.resolve("loop"), data);

        Faults.of(this::paths).is(ErrorCode.LOCAL_FILE).says("nested too deeply", "symbolic links");
    }

    @Test
    void modesAreThoseOfTheTarget() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("logs"));
        Files.setAttribute(elsewhere, "unix:mode", 0750);
        Files.createSymbolicLink(data.resolve("log"), elsewhere);

        assertThat(found()).containsExactly(new Found.Directory("log", data.resolve("log"), 0750));
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
        return new DataDirectoryWalk(data, VERSION, heard);
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
