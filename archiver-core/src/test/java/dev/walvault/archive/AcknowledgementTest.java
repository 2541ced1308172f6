package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Name;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.ConfiguredVault;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a call may answer that its file was stored ahead, and when not. */
class AcknowledgementTest extends QueuedSegments {
    @ParameterizedTest
    @ValueSource(strings = {"rewritten", "rewritten and its time put back", "renamed", "replaced", "recycled"})
    void aFileThatIsNotTheVeryOneAnyMoreIsPushedAsUsual(String how) throws Exception {
        push(FIRST);
        Path file = file(SECOND);
        byte[] content = Files.readAllBytes(file);
        var modified = Files.getLastModifiedTime(file);
        afterATickOfTheFileSystem();
        switch (how) {
            case "rewritten" -> Files.write(file, content);
            case "rewritten and its time put back" -> {
                Files.write(file, content);
                Files.setLastModifiedTime(file, modified);
            }
            case "renamed" -> {
                Files.move(file, file("away"));
                Files.move(file("away"), file);
            }
            case "replaced" -> {
                Files.write(file("new"), content);
                Files.setLastModifiedTime(file("new"), modified);
                Files.move(file("new"), file, StandardCopyOption.REPLACE_EXISTING);
            }
            default -> {
                Files.delete(file);
                Files.move(file(FIRST), file);
                overwrite(file, content);
            }
        }

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    /** As long as it takes until a file that is written to has another time than before. */
    private void afterATickOfTheFileSystem() throws IOException {
        Path file = Files.createTempFile(root, "tick", "");
        var before = Files.getLastModifiedTime(file);
        do {
            Files.write(file, new byte[1]);
        } while (Files.getLastModifiedTime(file).equals(before));
    }

    private static void overwrite(Path file, byte[] content) throws IOException {
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(content);
        }
    }

    @Test
    void anotherContentUnderAnAcknowledgedNameIsRefused() throws Exception {
        push(FIRST);
        site.write(SECOND, 1);

        Faults.of(() -> push(SECOND)).is(ErrorCode.CONFLICT);
    }

    @Test
    void aFileThatChangesWhileItIsStoredAheadIsNotAcknowledged() throws Exception {
        var calls = new AtomicInteger();
        site.faulty.getFirst().before(Call.CREATE, () -> {
            if (calls.getAndIncrement() == 1) {
                rewrite(SECOND, 1);
            }
        });

        push(ONE_BY_ONE, FIRST);

        assertThat(acknowledged()).doesNotContain(SECOND).contains(SEGMENTS[2]);
        Faults.of(() -> push(SECOND)).is(ErrorCode.CONFLICT);
    }

    private void rewrite(String name, int variant) {
        try {
            afterATickOfTheFileSystem();
            site.write(name, variant);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anotherVaultInTheSamePlaceGetsTheFile() throws Exception {
        push(FIRST);
        var other = new MemoryStore();
        Vaults.created(other, Vaults.NO_KEYS, Vaults.identity(), Vaults.author(77));
        site.vaults.set(0, new SeveralVaults.Opening("vault1", other, Vaults.NO_KEYS));

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.Archived());
        assertThat(other.head(SeveralVaults.key(SECOND))).isPresent();
    }

    /** As when the directory was put back to what it was a minute ago. */
    @Test
    void aDirectoryThatHasLostTheFileSinceGetsItAgain() throws Exception {
        site.vaults.set(0, new SeveralVaults.Opening("vault1", site.faulty.getFirst(), Vaults.NO_KEYS, true));
        push(FIRST);
        site.stores.getFirst().delete(SeveralVaults.key(SECOND));

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.Archived());
        assertThat(site.stores.getFirst().head(SeveralVaults.key(SECOND))).isPresent();
    }

    @Test
    void aVaultInAnotherPlaceGetsTheFile() throws Exception {
        push(FIRST);
        site.vaults.set(0, new SeveralVaults.Opening("elsewhere", site.faulty.getFirst(), Vaults.NO_KEYS));

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void aVaultThatIsUnreachableIsTold() throws Exception {
        push(FIRST);
        site.faulty.getFirst().goAway();

        Faults.of(() -> push(SECOND)).is(ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void anotherNameOfTheMemberGetsItsOwnCopy() throws Exception {
        push(FIRST);
        var standby = new Name("standby");
        var access = new MemberAccess(
                Vaults.opened(site.stores.getFirst(), Vaults.NO_KEYS).vault(),
                Vaults.CLUSTER,
                standby,
                Vaults.NO_KEYS,
                Vaults.author());
        access.of(Vaults.SYSTEM).register(Vaults.identity());
        site.vaults.set(0, new Renamed(access));

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.Archived());
        assertThat(site.stores.getFirst().keys())
                .contains(ObjectKey.of("orders/members/standby/" + Vaults.SYSTEM + "/wal/00000001/00000000/" + SECOND));
    }

    private record Renamed(MemberAccess open) implements ConfiguredVault {
        @Override
        public boolean isNear() {
            return true;
        }

        @Override
        public String location() {
            return "vault1";
        }

        @Override
        public String identity() {
            return "vault1";
        }
    }

    @Test
    void anAcknowledgementThatIsTornIsNone() throws Exception {
        push(FIRST);
        Path kept = acknowledgement(SECOND);
        byte[] whole = Files.readAllBytes(kept);

        for (int length = 0; length < whole.length; length++) {
            assertThat(Acknowledgement.read(Arrays.copyOf(whole, length))).isEmpty();
            byte[] flipped = whole.clone();
            flipped[length] ^= 1;
            assertThat(Acknowledgement.read(flipped)).isEmpty();
        }
        assertThat(Acknowledgement.read(Arrays.copyOf(whole, whole.length + 1))).isEmpty();
        assertThat(Acknowledgement.read(whole)).isPresent();

        Files.write(kept, Arrays.copyOf(whole, whole.length - 10));
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void theAcknowledgementOfAnotherFileIsNone() throws Exception {
        push(FIRST);
        Files.copy(acknowledgement(SEGMENTS[2]), acknowledgement(SECOND), StandardCopyOption.REPLACE_EXISTING);

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @ParameterizedTest
    @CsvSource({"599, true", "600, false", "-1, false"})
    void anAcknowledgementFades(int seconds, boolean counts) throws Exception {
        push(FIRST);
        site.time.set(site.time.instant().plusSeconds(seconds));

        assertThat(push(SECOND))
                .isEqualTo(counts ? new PushOutcome.ArchivedAhead() : new PushOutcome.AlreadyArchived());
    }

    @Test
    void aCallThatDiedBeforeItWasAcknowledgedIsMadeGood() throws Exception {
        push(LookAheadLimits.of(2, 1), FIRST);
        Files.delete(acknowledgement(SEGMENTS[2]));

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.ArchivedAhead());
        assertThat(push(SEGMENTS[2])).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(push(SEGMENTS[3])).isEqualTo(new PushOutcome.Archived());
        assertThat(push(SEGMENTS[4])).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @Test
    void whatNobodyWillAskForIsForgotten() throws Exception {
        push(LookAheadLimits.of(1, 1), FIRST);
        unqueue(FIRST, SECOND);

        push(SEGMENTS[2]);

        assertThat(acknowledged()).containsExactly(SEGMENTS[3], SEGMENTS[4]);
    }

    @Test
    void twoServersOfOneHostDoNotMeet() throws Exception {
        push(FIRST);
        Path other = root.resolve("other");
        try (Stream<Path> files = Files.walk(site.data)) {
            for (Path file : files.toList()) {
                Files.copy(file, other.resolve(site.data.relativize(file).toString()));
            }
        }

        assertThat(site.ahead(1, FAR).push(Path.of("pg_wal", SECOND), other))
                .isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @Test
    void aFileIsRecognisedHoweverItIsNamed(@TempDir Path elsewhere) throws Exception {
        Path wal = elsewhere.resolve("wal");
        Files.move(site.data.resolve("pg_wal"), wal);
        Files.createSymbolicLink(site.data.resolve("pg_wal"), wal);
        push(FIRST);

        assertThat(site.ahead(1, FAR).push(Path.of(SECOND), site.data)).isEqualTo(new PushOutcome.ArchivedAhead());
        assertThat(site.ahead(1, FAR).push(wal.resolve(SEGMENTS[2]).toAbsolutePath(), site.data))
                .isEqualTo(new PushOutcome.ArchivedAhead());
        assertThat(site.ahead(1, FAR).push(site.data.resolve("pg_wal").resolve(SEGMENTS[3]), elsewhere))
                .isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @Test
    void withoutAPlaceForAcknowledgementsNothingIsStoredAhead() throws Exception {
        Files.writeString(site.stateDirectory, "a file");

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(stored()).containsExactly(FIRST);
        assertThat(site.heard.warnings())
                .singleElement()
                .asString()
                .contains("cannot be stored ahead", "state_directory", "archive_push.look_ahead");
    }

    @Test
    void anAcknowledgementThatCannotBeKeptEndsTheLookAhead() throws Exception {
        site.faulty.getFirst().before(Call.CREATE, () -> {
            if (!stored().isEmpty()) {
                inTheWayOf(SECOND);
            }
        });

        assertThat(push(ONE_BY_ONE, FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.heard.warnings()).singleElement().asString().contains("cannot be stored ahead");
        assertThat(stored()).containsExactly(FIRST, SECOND);
    }

    /** A directory that a file cannot be written over. */
    private void inTheWayOf(String name) {
        try (Stream<Path> spools = Files.list(site.stateDirectory.resolve("ahead"))) {
            Files.createDirectories(
                    spools.findFirst().orElseThrow().resolve(name).resolve("full"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
