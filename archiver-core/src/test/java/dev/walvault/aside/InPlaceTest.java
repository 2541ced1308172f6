package dev.walvault.aside;

import static dev.walvault.aside.OldServer.VERSION_DIRECTORY;
import static dev.walvault.aside.OldServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.observe.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An old data directory makes room and comes back, wherever its parts are. */
class InPlaceTest extends ServerInPlace {
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
