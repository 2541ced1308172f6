package dev.walvault.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.FakeTime;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentMemoryTest {
    private static final ObjectKey VAULT = ObjectKey.of("vault.json");

    @TempDir
    private Path directory;

    private final MemoryStore store = new MemoryStore();
    private final FaultyStore counting = new FaultyStore(store);
    private final FakeTime time = new FakeTime(Vaults.NOW);

    @BeforeEach
    void aVault() throws Exception {
        Vaults.plain(store);
    }

    @Test
    void aSecondCallAsksForNoDocument() throws Exception {
        open().requireIdentity();
        assertThat(counting.count(Call.OPEN)).isEqualTo(2);

        assertThat(open().requireIdentity()).isEqualTo(Vaults.identity());
        assertThat(counting.count(Call.OPEN)).isEqualTo(2);
    }

    @Test
    void aPushIsOneCreationAndAGetIsOneOpening() throws Exception {
        open().requireIdentity();
        int before = counting.count(Call.OPEN);
        WalFile file = WalFile.parse("000000010000000000000013");
        byte[] content = Wal.segment(file.name(), Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0);

        var pushing = open();
        pushing.requireIdentity();
        assertThat(Vaults.put(pushing.wal(), file, content, new Compression(Codec.ZSTD, 1)))
                .isEqualTo(CreateOutcome.CREATED);
        assertThat(counting.count(Call.CREATE)).isEqualTo(1);
        assertThat(counting.count(Call.OPEN)).isEqualTo(before);

        try (var stored = open().wal().open(file).orElseThrow()) {
            assertThat(stored.content().readAllBytes()).isEqualTo(content);
        }
        assertThat(counting.count(Call.OPEN)).isEqualTo(before + 1);
        assertThat(List.of(counting.count(Call.HEAD), counting.count(Call.LIST)))
                .containsOnly(0);
    }

    @Test
    void aMemoryFades() throws Exception {
        open();
        time.sleep(Duration.ofMinutes(11));

        open();

        assertThat(counting.count(Call.OPEN)).isEqualTo(2);
    }

    @Test
    void aMemoryFromTheFutureIsNotBelieved() throws Exception {
        open();
        time.set(Vaults.NOW.minusSeconds(3600));

        open();

        assertThat(counting.count(Call.OPEN)).isEqualTo(2);
    }

    @Test
    void aMemoryIsNoProofThatTheVaultIsThere() throws Exception {
        var member = open();
        member.requireIdentity();
        counting.goAway();

        Faults.of(member::requirePresent).is(ErrorCode.STORE_UNREACHABLE);
        Faults.of(open()::requirePresent).is(ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void anotherVaultInTheSamePlaceIsNoticedWhenPresenceIsProvenAndThenForgotten() throws Exception {
        open();
        store.damage(
                VAULT, bytes -> new String(bytes, UTF_8).replace("9b2e", "1111").getBytes(UTF_8));

        Faults.of(open()::requirePresent).is(ErrorCode.STORE_UNREACHABLE).says("went away");

        open().requirePresent();
    }

    @Test
    void aSystemThatIsGoneIsForgotten() throws Exception {
        open().requireIdentity();
        store.delete(ObjectKey.of("orders", "members", "main", Vaults.SYSTEM.toString(), "identity.json"));
        Faults.of(open()::requirePresent).is(ErrorCode.VAULT_MISSING);

        Faults.of(open()::requireIdentity).is(ErrorCode.VAULT_MISSING);
    }

    @Test
    void aDamagedMemoryIsReplaced() throws Exception {
        open();
        Files.writeString(directory.resolve("v/vault.json"), "{\"walv");

        assertThat(open().vault().id()).isEqualTo(Vault.open(store).id());

        int before = counting.count(Call.OPEN);
        open();
        assertThat(counting.count(Call.OPEN)).isEqualTo(before);
    }

    @Test
    void withoutAPlaceToWriteTheVaultIsAsked() throws Exception {
        Files.writeString(directory.resolve("v"), "in the way");

        open().requireIdentity();
        open().requireIdentity();

        assertThat(counting.count(Call.OPEN)).isEqualTo(4);
        assertThat(Files.readString(directory.resolve("v"))).isEqualTo("in the way");
    }

    @Test
    void nothingButTheDocumentsIsLeft() throws Exception {
        open().requireIdentity();

        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file ->
                                    Objects.requireNonNull(file.getFileName()).toString()))
                    .containsExactlyInAnyOrder("vault.json", "identity.json");
        }
    }

    private MemberVault open() throws ArchiverException {
        // another instance for each call: only the files remember
        var vault = Vault.open(counting, DocumentMemory.in(directory.resolve("v"), time));
        return new MemberAccess(vault, Vaults.CLUSTER, Vaults.MEMBER, Vaults.NO_KEYS, Vaults.author())
                .of(Vaults.SYSTEM);
    }
}
