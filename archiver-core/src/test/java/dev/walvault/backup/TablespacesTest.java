package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.FileNames;
import dev.walvault.Retry;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
import dev.walvault.pg.TablespaceMap;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tablespaces belong into a backup, and whether they were there from its beginning to its end. */
class TablespacesTest {
    private static final String VERSION = "PG_15_202209061";
    private static final TablespaceMap MAP = new TablespaceMap(Map.of(16399L, "/ts/sales"));

    @TempDir
    private Path directory;

    private final Heard heard = new Heard();
    private final FakeTime time = new FakeTime(Vaults.NOW);
    private Path data = Path.of("unset");
    private Path sales = Path.of("unset");
    private FakeServer server = new FakeServer(data);

    @BeforeEach
    void aServerWithATablespace() throws Exception {
        data = directory.resolve("data");
        server = FakeServer.create(data);
        sales = Files.createDirectories(directory.resolve("sales"));
        Files.createDirectories(sales.resolve(VERSION).resolve("5"));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16399"), sales);
        server.tablespaces.put(16399L, "sales");
    }

    private Tablespaces find() throws Exception {
        return Tablespaces.find(data, VERSION, server, time, heard);
    }

    @Test
    void whatTheServerHasIsFoundAndTheSameAtTheEnd() throws Exception {
        Files.createDirectories(data.resolve("pg_tblspc/16420").resolve(VERSION));
        server.tablespaces.put(16420L, "in_place");

        Tablespaces tablespaces = find();

        assertThat(tablespaces.contains("16399")).isTrue();
        assertThat(tablespaces.contains("16420")).isTrue();
        tablespaces.requireSame(MAP);
        assertThat(heard.warnings()).isEmpty();
    }

    @Test
    void aVolumeThatIsNotMountedIsAnError() throws Exception {
        Files.move(sales.resolve(VERSION), directory.resolve("unmounted"));

        Faults.of(this::find)
                .is(ErrorCode.LOCAL_FILE)
                .says("\"sales\" (16399)", VERSION, sales.toString(), "Mount the volume");
    }

    @Test
    void aLinkThatLeadsNowhereIsAnError() throws Exception {
        Files.move(sales, directory.resolve("elsewhere"));

        Faults.of(this::find).is(ErrorCode.LOCAL_FILE).says("\"sales\" (16399)", sales.toString());
    }

    @Test
    void aLinkThatIsMissingIsAnError() throws Exception {
        Files.delete(data.resolve("pg_tblspc/16399"));

        Faults.of(this::find).is(ErrorCode.LOCAL_FILE).says("\"sales\" (16399)");
    }

    @Test
    void oneThatIsJustBeingDroppedIsWaitedFor() throws Exception {
        Files.delete(data.resolve("pg_tblspc/16399"));
        time.next(server.tablespaces::clear);

        assertThat(find().contains("16399")).isFalse();
    }

    @Test
    void whatIsNoTablespaceIsLeftOutWithAWarning() throws Exception {
        Files.createSymbolicLink(data.resolve("pg_tblspc/old"), sales);
        Files.createSymbolicLink(data.resolve("pg_tblspc/16500"), directory.resolve("gone"));
        Files.createDirectory(data.resolve("pg_tblspc").resolve(FileNames.path("\uDCE9")));

        Tablespaces tablespaces = find();

        assertThat(tablespaces.contains("old")).isFalse();
        assertThat(tablespaces.contains("16500")).isFalse();
        assertThat(tablespaces.contains("\uDCE9")).isFalse();
        assertThat(heard.warnings()).hasSize(3).allMatch(warning -> warning.contains("is left out"));
    }

    @Test
    void aVolumeThatWentAwayMeanwhileIsAnError() throws Exception {
        Tablespaces tablespaces = find();
        Files.move(sales.resolve(VERSION), directory.resolve("unmounted"));

        Faults.of(() -> tablespaces.requireSame(MAP)).is(ErrorCode.LOCAL_FILE).says("\"sales\" (16399)");
    }

    @Test
    void anotherDirectoryInItsPlaceIsAnError() throws Exception {
        Tablespaces tablespaces = find();
        Files.move(sales.resolve(VERSION), directory.resolve("unmounted"));
        Files.createDirectory(sales.resolve(VERSION));

        Faults.of(() -> tablespaces.requireSame(MAP)).is(ErrorCode.LOCAL_FILE).says("\"sales\" (16399)");
    }

    @Test
    void oneThatWasDroppedMeanwhileMayBeGone() throws Exception {
        Tablespaces tablespaces = find();
        drop();
        server.tablespaces.clear();

        tablespaces.requireSame(MAP);
    }

    @Test
    void oneWhoseDropIsAboutToBeCommittedMayBeGone() throws Exception {
        Tablespaces tablespaces = find();
        drop();
        time.next(server.tablespaces::clear);

        tablespaces.requireSame(MAP);
    }

    @Test
    void oneThatIsDroppedAndCreatedAgainHasAnotherOidAndIsLeftOut() throws Exception {
        Tablespaces tablespaces = find();
        drop();
        Files.createSymbolicLink(data.resolve("pg_tblspc/16444"), sales);
        Files.createDirectory(sales.resolve(VERSION));
        server.tablespaces.clear();
        server.tablespaces.put(16444L, "sales");

        tablespaces.requireSame(MAP);
        assertThat(tablespaces.contains("16444")).isFalse();
    }

    @Test
    void whatTheMapDoesNotNameMustNotHaveBeenCopied() throws Exception {
        Tablespaces tablespaces = find();

        Faults.of(() -> tablespaces.requireSame(TablespaceMap.EMPTY))
                .is(ErrorCode.POSTGRES_SETTINGS)
                .isRetried(Retry.YES)
                .says("tablespace 16399 was created", "Take the backup again");
    }

    private void drop() {
        try {
            Files.delete(sales.resolve(VERSION).resolve("5"));
            Files.delete(sales.resolve(VERSION));
            Files.delete(data.resolve("pg_tblspc/16399"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
