package dev.walvault.aside;

import static dev.walvault.aside.OldServer.VERSION_DIRECTORY;
import static dev.walvault.aside.OldServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the way of a restore in place is found before anything is moved or removed. */
class InPlaceRefusalTest extends ServerInPlace {
    @Test
    void aDirectoryThatCannotBeLookedAtIsNotSaidToBeMissing() throws Exception {
        Path loop = Files.createSymbolicLink(temporary.resolve("loop"), temporary.resolve("loop"));

        Faults.of(() -> InPlace.real(loop.resolve("data")))
                .is(ErrorCode.LOCAL_FILE)
                .says("could not read", "symbolic links");
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
}
