package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.WalFile;
import dev.walvault.seal.ContentDigest;
import dev.walvault.store.MemoryStore;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalStateTest {
    private static final String START = "100/1764000000";
    private static final WalFile FILE = WalFile.parse("000000010000000000000007");

    private static final WalFile.Segment FORKED = (WalFile.Segment) WalFile.parse("000000020000000000000007");

    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final ContentDigest DIGEST = ContentDigest.of(new byte[] {1});

    @TempDir
    Path directory;

    private final MemoryStore store = new MemoryStore();
    private MemberAccess member;

    @BeforeEach
    void aVault() throws Exception {
        member = Vaults.plain(store);
    }

    private LocalState state() {
        return LocalState.in(directory.resolve("state"), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private Path only() throws Exception {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
    }

    /** Something that a later call would act upon: the end of the WAL, no look at a vault. */
    enum Note {
        ABSENCE,
        AWAY,
        FORK,
        ACKNOWLEDGEMENT
    }

    private void write(Note note) throws Exception {
        switch (note) {
            case ABSENCE -> state().absences().mark("vault", START, FILE);
            case AWAY -> state().vaults().away().mark(new SeveralVaults.Opening("vault", store, Vaults.NO_KEYS));
            case FORK -> state().forks().mark(directory, START, FORKED);
            case ACKNOWLEDGEMENT ->
                state().acknowledgements(directory)
                        .keep(
                                FILE.name(),
                                new Acknowledgement(
                                        NOW,
                                        new Fingerprint("1/2/3/4/5", DIGEST.hex()),
                                        member.of(Vaults.SYSTEM).keys(),
                                        Map.of("vault", Acknowledgement.OWED)));
        }
    }

    private boolean isBelieved(Note note) throws Exception {
        return switch (note) {
            case ABSENCE -> state().absences().lately("vault", START, FILE);
            case AWAY -> state().vaults().away().lately(new SeveralVaults.Opening("vault", store, Vaults.NO_KEYS));
            case FORK -> state().forks().lately(directory, START).isPresent();
            case ACKNOWLEDGEMENT ->
                state().acknowledgements(directory).find(FILE.name()).isPresent();
        };
    }

    @ParameterizedTest
    @EnumSource
    void whatOthersCouldHaveWrittenIsNotBelieved(Note note) throws Exception {
        write(note);
        Path file = only();
        assertThat(isBelieved(note)).isTrue();

        Path state = directory.resolve("state");
        for (Path open = file; !open.equals(directory); open = Objects.requireNonNull(open.getParent())) {
            Set<PosixFilePermission> before = Files.getPosixFilePermissions(open);
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

            assertThat(isBelieved(note)).as("with " + state.relativize(open)).isFalse();

            Files.setPosixFilePermissions(open, before);
        }
        assertThat(isBelieved(note)).isTrue();
    }

    @Test
    void aMarkThatOthersCouldHaveWrittenIsReplaced() throws Exception {
        state().absences().mark("vault", START, FILE);
        Files.setPosixFilePermissions(only(), PosixFilePermissions.fromString("rw-rw-rw-"));

        state().absences().mark("vault", START, FILE);

        assertThat(state().absences().lately("vault", START, FILE)).isTrue();
        assertThat(Files.getPosixFilePermissions(only())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
}
