package dev.walvault.aside;

import static dev.walvault.aside.OldServer.VERSION_DIRECTORY;
import static dev.walvault.aside.OldServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import dev.walvault.FileNames;
import dev.walvault.host.Disk;
import dev.walvault.host.WatchedDisk;
import dev.walvault.observe.Event;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.RunningServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An old data directory makes room and comes back, wherever its parts are, and whoever is in the way. */
class InPlaceTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-29T06:10:00Z"), ZoneOffset.UTC);
    private static final String STAMP = "20261129T061000Z";

    @TempDir
    Path temporary;

    private OldServer server;
    private final List<Event> events = new ArrayList<>();

    @BeforeEach
    void anOldServer() throws Exception {
        server = new OldServer(temporary.resolve("site"));
    }

    private InPlace begin(Path... mounts) throws ArchiverException {
        return InPlace.begin(server.data, CLOCK, events::add, Disk.ofThisHost(), new Mounts(List.of(mounts)));
    }

    @Test
    void aDirectoryThatCannotBeLookedAtIsNotSaidToBeMissing() throws Exception {
        Path loop = Files.createSymbolicLink(temporary.resolve("loop"), temporary.resolve("loop"));

        Faults.of(() -> InPlace.real(loop.resolve("data")))
                .is(ErrorCode.LOCAL_FILE)
                .says("could not read", "symbolic links");
    }

    private void restoreOver(Path... mounts) throws Exception {
        try (var inPlace = begin(mounts)) {
            inPlace.run(server.content(), false, _ -> restore());
        }
    }

    private String restore() throws ArchiverException {
        try {
            server.restore();
            return "done";
        } catch (IOException e) {
            throw Fault.of(ErrorCode.LOCAL_FILE, String.valueOf(e)).host();
        }
    }

    private void undo(boolean discard, Path... mounts) throws Exception {
        try (var inPlace = begin(mounts)) {
            assertThat(inPlace.undo(discard)).isPresent();
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(ErrorCode code, ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ArchiverException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void everyPartMovesToAPlaceBesideItself() throws Exception {
        restoreOver();

        Path aside = server.data.resolveSibling("data.before-restore-" + STAMP);
        assertThat(aside.resolve("global/pg_control")).hasContent("old control");
        assertThat(aside.resolve("pg_tblspc/16400")).isSymbolicLink();
        assertThat(server.one.resolveSibling("one.before-restore-" + STAMP).resolve(VERSION_DIRECTORY))
                .isDirectory();
        assertThat(server.wal.resolveSibling("data.before-restore-" + STAMP).resolve("000000010000000000000007"))
                .hasContent("old segment");
        assertThat(server.data.resolve("global/pg_control")).hasContent("new control");
        assertThat(server.two.resolve(VERSION_DIRECTORY)).doesNotExist();
        assertThat(server.two.resolve("PG_14_202107181/5/9")).hasContent("another version's");
        assertThat(server.data.resolve(OwnNames.LOCK)).doesNotExist();
    }

    @Test
    void mountPointsKeepTheirOldContentWithin() throws Exception {
        Map<String, String> before = server.all();
        Path[] mounts = {server.data, server.wal, server.one};

        restoreOver(mounts);

        String inside = ".walvault-aside-" + STAMP;
        assertThat(server.data.resolve(inside + "/global/pg_control")).hasContent("old control");
        assertThat(server.wal.resolve(inside + "/000000010000000000000007")).hasContent("old segment");
        assertThat(server.one.resolve(inside).resolve(VERSION_DIRECTORY)).isDirectory();
        assertThat(server.two.resolveSibling("two.before-restore-" + STAMP)).isDirectory();
        undo(false, mounts);
        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void walThatIsMountedWithinTheDataDirectoryStaysOnItsVolume() throws Exception {
        Path wal = server.data.resolve("pg_wal");
        Files.delete(wal);
        write(wal.resolve("000000010000000000000007"), "old segment");
        write(wal.resolve("lost+found/x"), "the file system's");
        Map<String, String> before = server.all();

        restoreOver(wal);

        assertThat(wal.resolve(".walvault-aside-" + STAMP + "/000000010000000000000007"))
                .hasContent("old segment");
        assertThat(wal.resolve("lost+found/x")).exists();
        undo(false, wal);
        // the restore in this test writes to the other place
        before.put("wal/data/000000010000000000000003", "new segment");
        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void aLinkToTheDataDirectoryStays() throws Exception {
        Path link = server.root.resolve("main");
        Files.createSymbolicLink(link, server.data);
        Map<String, String> before = server.all();
        try (var inPlace = InPlace.begin(link, CLOCK, events::add)) {
            inPlace.run(server.content(), false, _ -> restore());
        }
        assertThat(link).isSymbolicLink();
        assertThat(link.resolve("global/pg_control")).hasContent("new control");

        try (var inPlace = InPlace.begin(link, CLOCK, events::add)) {
            inPlace.undo(false);
        }
        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void goingBackRemovesWhatTheNewServerHasMade() throws Exception {
        Map<String, String> before = server.all();
        restoreOver();
        write(server.data.resolve("base/6/1"), "made since");
        write(server.two.resolve(VERSION_DIRECTORY + "/6/1"), "made since");
        write(server.wal.resolve("000000020000000000000009"), "made since");

        undo(false);

        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void aTablespaceThatTheNewServerHasCreatedElsewhereIsToldOf() throws Exception {
        Path place = Files.createDirectories(temporary.resolve("later"));
        restoreOver();
        Files.createSymbolicLink(server.data.resolve("pg_tblspc/16500"), place);

        undo(false);

        assertThat(events)
                .filteredOn(event -> event.severity() == Event.Severity.WARNING)
                .singleElement()
                .extracting(Event::sentence)
                .asString()
                .contains("created tablespace 16500 at \"" + place + "\"");
    }

    @Test
    void aPromotedServerIsDiscardedOnlyWhenThatIsMeant() throws Exception {
        Map<String, String> before = server.all();
        restoreOver();
        Files.delete(server.data.resolve("recovery.signal"));
        Map<String, String> promoted = server.all();

        refused(ErrorCode.DIRECTORY_IN_USE, () -> undo(false)).hasMessageContaining("promoted");
        assertThat(server.all()).isEqualTo(promoted);

        undo(true);
        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void aFailingRestoreBringsTheOldBack() throws Exception {
        Map<String, String> before = server.all();

        refused(ErrorCode.CORRUPT, () -> {
                    try (var inPlace = begin()) {
                        inPlace.run(server.content(), false, _ -> {
                            restore();
                            throw Fault.of(ErrorCode.CORRUPT, "a pack is damaged")
                                    .integrity();
                        });
                    }
                })
                .hasMessageContaining("a pack is damaged");

        assertThat(server.all()).isEqualTo(before);
        assertThat(events).hasAtLeastOneElementOfType(AsideEvent.OldIsBack.class);
    }

    @Test
    void whatCannotBePutBackIsToldWithTheWayThere() throws Exception {
        Map<String, String> before = server.all();
        Path inTheWay = server.two.resolve(VERSION_DIRECTORY);

        refused(ErrorCode.CORRUPT, () -> {
                    try (var inPlace = begin()) {
                        inPlace.run(new NewContent("16", Map.of(), Set.of(), false), false, _ -> {
                            try {
                                write(inTheWay.resolve("x"), "put there by somebody");
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                            throw Fault.of(ErrorCode.CORRUPT, "a pack is damaged")
                                    .integrity();
                        });
                    }
                })
                .satisfies(e -> assertThat(((ArchiverException) e).hint().orElseThrow())
                        .contains("--undo-in-place", inTheWay.toString()));

        Files.delete(inTheWay.resolve("x"));
        Files.delete(inTheWay);
        try (var inPlace = begin()) {
            assertThat(inPlace.undo(false)).isEmpty();
        }
        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void restoresInPlaceAreUndoneOneByOne() throws Exception {
        Map<String, String> before = server.all();
        restoreOver();
        write(server.data.resolve("base/5/1259"), "of the first restore");
        Map<String, String> first = server.all();

        restoreOver();
        try (var inPlace = begin()) {
            assertThat(inPlace.asides()).hasSize(2);
            inPlace.undo(false);
        }
        assertThat(server.all()).isEqualTo(first);

        undo(false);
        assertThat(server.all()).isEqualTo(before);
        try (var inPlace = begin()) {
            assertThat(inPlace.undo(false)).isEmpty();
        }
    }

    @Test
    void whatIsAsideIsRemovedOnRequestOnly() throws Exception {
        restoreOver();

        assertThat(AsideRemoval.run(server.data))
                .singleElement()
                .satisfies(report -> assertThat(report.directories()).hasSize(4));

        assertThat(server.all().toString()).doesNotContain("old", "before-restore");
        assertThat(server.data.resolve("global/pg_control")).hasContent("new control");
    }

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

    @ParameterizedTest
    @ValueSource(strings = {"ts/one", "wal/data"})
    void anEmptyDirectoryWhereTheServerHadFilesIsOneThatIsNotMounted(String place) throws Exception {
        Path volume = server.root.resolve(place);
        Files.move(volume, server.root.resolve("unmounted"));
        Files.createDirectory(volume);
        Map<String, String> before = server.all();

        try (var inPlace = begin()) {
            refused(ErrorCode.DIRECTORY_IN_USE, () -> inPlace.run(server.content(), false, _ -> restore()))
                    .hasMessageContaining("leads to \"" + volume + "\", where nothing of the server is");
        }
        assertThat(server.all()).isEqualTo(before);
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

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingChanges() throws Exception {
        Map<String, String> before = server.all();

        try (var inPlace = begin()) {
            refused(
                            ErrorCode.LOCAL_FULL,
                            () -> inPlace.run(
                                    new NewContent("15", Map.of(server.one, Long.MAX_VALUE), Set.of(), false),
                                    false,
                                    _ -> restore()))
                    .satisfies(e -> assertThat(((ArchiverException) e).hint().orElseThrow())
                            .contains("--replace"));
        }

        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void whatTheRestoreRefusesIsRefusedBeforeTheOldIsMoved() throws Exception {
        Path three = Files.createDirectories(server.root.resolve("ts/three"));
        var content = new NewContent("16", Map.of(server.one, 1L, three, 1L), Set.of(), false);
        Map<String, String> before = server.all();
        var staying = new ArrayList<Path>();

        try (var inPlace = begin()) {
            refused(
                            ErrorCode.DIRECTORY_IN_USE,
                            () -> inPlace.run(content, true, new InPlace.Restoring<String>() {
                                @Override
                                public void require(Predicate<Path> stays) throws ArchiverException {
                                    Stream.of(
                                                    server.data.resolve("global"),
                                                    server.data.resolve(OwnNames.LOCK),
                                                    server.one.resolve(VERSION_DIRECTORY),
                                                    server.two.resolve("PG_14_202107181"),
                                                    three.resolve("PG_16_202307071"),
                                                    three.resolve("lost+found"),
                                                    server.root.resolve("elsewhere"))
                                            .filter(stays)
                                            .forEach(staying::add);
                                    throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "the vault is there")
                                            .host();
                                }

                                @Override
                                public String restore(Predicate<Path> stays) {
                                    throw new AssertionError("nothing was to be moved");
                                }
                            }))
                    .hasMessageContaining("the vault is there");
        }

        assertThat(server.all()).isEqualTo(before);
        assertThat(events).isEmpty();
        assertThat(staying)
                .containsExactly(
                        server.data.resolve("global"),
                        server.data.resolve(OwnNames.LOCK),
                        server.one.resolve(VERSION_DIRECTORY),
                        server.two.resolve("PG_14_202107181"),
                        three.resolve("lost+found"));
    }

    @Test
    void whatIsReplacedCannotComeBackButItsWalIsKept() throws Exception {
        try (var inPlace = begin()) {
            inPlace.run(server.content(), true, _ -> restore());
            refused(ErrorCode.NOTHING_TO_UNDO, () -> inPlace.undo(true)).hasMessageContaining("cannot come back");
        }

        assertThat(server.all().toString()).doesNotContain("old relation", "old rows");
        assertThat(server.anywhere("000000010000000000000007", "old segment")).isPresent();
        assertThat(server.data.resolve("global/pg_control")).hasContent("new control");
    }

    @Test
    void whatIsNoDataDirectoryIsRefused() throws Exception {
        Path home = Files.createDirectories(temporary.resolve("home"));
        write(home.resolve("letter"), "precious");

        try (var inPlace = InPlace.begin(home, CLOCK, events::add)) {
            refused(ErrorCode.DIRECTORY_IN_USE, inPlace::places).hasMessageContaining("no data directory");
        }
        refused(ErrorCode.DIRECTORY_IN_USE, () -> InPlace.begin(temporary.resolve("absent"), CLOCK, events::add))
                .hasMessageContaining("there is no directory");
    }

    @Test
    void aMountPointWithinIsRefused() throws Exception {
        try (var inPlace = begin(server.data.resolve("base"))) {
            refused(ErrorCode.DIRECTORY_IN_USE, inPlace::places).hasMessageContaining("mount point");
        }
    }

    @Test
    void aTablespaceThatIsNotThereIsRefusedUnlessTheNewServerDoesWithoutIt() throws Exception {
        Files.move(server.two, server.root.resolve("unmounted"));
        Map<String, String> before = server.all();

        try (var inPlace = begin()) {
            refused(
                            ErrorCode.DIRECTORY_IN_USE,
                            () -> inPlace.run(new NewContent("15", Map.of(), Set.of(), false), false, _ -> restore()))
                    .hasMessageContaining("not there");
        }
        assertThat(server.all()).isEqualTo(before);

        try (var inPlace = begin()) {
            inPlace.run(server.content(), false, _ -> restore());
        }
        undo(false);
        assertThat(server.all()).isEqualTo(before);
    }

    /** Whatever version is restored: both the old and the new one's names stand for a server's files. */
    @ParameterizedTest
    @ValueSource(strings = {"15", "16"})
    void aTablespaceOfAnotherServerIsLeftAlone(String restored) throws Exception {
        Path others = server.root.resolve("others");
        write(others.resolve(VERSION_DIRECTORY + "/5/1"), "another server's");
        Map<String, String> before = server.all();

        try (var inPlace = begin()) {
            refused(
                    ErrorCode.DIRECTORY_IN_USE,
                    () -> inPlace.run(
                            new NewContent(restored, Map.of(others, 1000L), Set.of(), false), false, _ -> restore()));
        }

        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void aPlaceThatIsNotOfTheOldServerMustBeEmpty() throws Exception {
        Path others = server.root.resolve("others");
        write(others.resolve("letter"), "dear");
        Map<String, String> before = server.all();

        try (var inPlace = begin()) {
            refused(
                            ErrorCode.DIRECTORY_IN_USE,
                            () -> inPlace.run(
                                    new NewContent("15", Map.of(others, 1000L), Set.of(), false),
                                    false,
                                    _ -> restore()))
                    .hasMessageContaining("is in use");
        }

        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void whatTheServerUsesIsNotRemovedWithTheOldFiles() throws Exception {
        restoreOver();
        Path aside = server.one.resolveSibling("one.before-restore-" + STAMP);
        write(aside.resolve("new/" + VERSION_DIRECTORY + "/5/1"), "new rows");
        Path link = server.data.resolve("pg_tblspc/16402");
        Files.createSymbolicLink(link, aside.resolve("new"));
        Map<String, String> before = server.all();

        refused(ErrorCode.DIRECTORY_IN_USE, () -> AsideRemoval.run(server.data))
                .hasMessageContaining("belongs to the server in");
        assertThat(server.all()).isEqualTo(before);

        Files.delete(link);
        assertThat(AsideRemoval.run(server.data)).hasSize(1);
    }

    @Test
    void aVaultIsFoundAmongWhatWouldBeMoved() throws Exception {
        write(server.data.resolve("vault/vault.json"), "{}");
        write(server.wal.resolve("vault/vault.json"), "{}");
        write(server.one.resolve("vault/vault.json"), "{}");

        try (var inPlace = begin()) {
            ServerPlaces places = inPlace.places();
            assertThat(places.holding(server.data.resolve("vault"))).contains(server.data);
            assertThat(places.holding(server.data.resolve("pg_wal/vault"))).contains(server.wal);
            assertThat(places.holding(server.one.resolve("vault"))).isEmpty();
            assertThat(places.holding(server.root.resolve("nowhere"))).isEmpty();
        }
    }

    @Test
    void aVolumeThatVanishedIsMissedBeforeAnythingIsRemoved() throws Exception {
        Map<String, String> before = server.all();
        restoreOver();
        Path aside = server.one.resolveSibling("one.before-restore-" + STAMP);
        Path unmounted = server.root.resolve("unmounted");
        Files.move(aside, unmounted);
        Map<String, String> restored = server.all();

        refused(ErrorCode.LOCAL_FILE, () -> undo(false)).hasMessageContaining(aside.toString());
        restored.keySet().removeIf(name -> name.endsWith(".json"));
        assertThat(server.all()).containsAllEntriesOf(restored);

        Files.move(unmounted, aside);
        undo(false);
        assertThat(server.all()).isEqualTo(before);
    }

    @Test
    void aCopyOfADirectoryDoesNotUndoTheOriginal() throws Exception {
        restoreOver(server.data);
        Path copy = temporary.resolve("copy");
        write(copy.resolve("PG_VERSION"), "15\n");
        String inside = ".walvault-aside-" + STAMP + "/walvault-in-place.json";
        write(copy.resolve(inside), Files.readString(server.data.resolve(inside)));
        Map<String, String> restored = server.all();

        try (var inPlace = InPlace.begin(copy, CLOCK, events::add)) {
            assertThat(inPlace.undo(true)).isEmpty();
        }

        assertThat(server.all()).isEqualTo(restored);
        assertThat(events).anySatisfy(event -> assertThat(event.toString()).contains(server.data.toString()));
    }

    @Test
    void namesOfFilesAndPlacesAreBytes() throws Exception {
        Path odd = server.root.resolve(FileNames.path("ts/ü {one} %20\n two"));
        write(odd.resolve(VERSION_DIRECTORY + "/5/1"), "old rows");
        Files.createSymbolicLink(server.data.resolve("pg_tblspc/16402"), odd);
        Map<String, String> before = server.all();

        restoreOver();
        assertThat(odd.resolve(VERSION_DIRECTORY)).doesNotExist();
        undo(false);

        assertThat(server.all()).isEqualTo(before);
    }
}
