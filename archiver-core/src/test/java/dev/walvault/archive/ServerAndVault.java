package dev.walvault.archive;

import dev.walvault.observe.Heard;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server with its vault, what it pushes there, and what has become of it. */
abstract class ServerAndVault {
    static final String SEGMENT = "000000010000000000000013";
    static final String WAL = "orders/members/main/17443322110099887766/wal/00000001/00000000/";
    static final Compression ZSTD = new Compression(Codec.ZSTD, 1);

    @TempDir
    Path data;

    final MemoryStore store = new MemoryStore();
    final FaultyStore faulty = new FaultyStore(store);
    final Heard heard = new Heard();
    Keyring keyring = Vaults.NO_KEYS;

    @BeforeEach
    void aServerAndItsVault() throws Exception {
        Files.createDirectories(data.resolve("pg_wal"));
        Files.createDirectories(data.resolve("global"));
        Files.write(data.resolve("global/pg_control"), Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE));
        Vaults.plain(store);
    }

    void serverIs(SystemIdentifier system) throws IOException {
        Files.write(data.resolve("global/pg_control"), Wal.controlFile(system, Vaults.SEGMENT_SIZE));
    }

    PushOutcome push(String name) throws Exception {
        return pusher(store).push(Path.of("pg_wal", name), data);
    }

    WalPush pusher(ObjectStore where) throws Exception {
        return Pushes.to(access(where), ZSTD, heard);
    }

    WalPush streaming(ObjectStore where) throws Exception {
        return Pushes.to(access(where), ZSTD, heard, 1 << 16);
    }

    MemberAccess access(ObjectStore where) throws Exception {
        return Vaults.opened(where, keyring);
    }

    static byte[] segment(String name, int variant) {
        return Wal.segment(name, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, variant);
    }

    void write(String name, byte[] content) {
        try {
            Files.write(data.resolve("pg_wal").resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String key) {
        store.delete(new ObjectKey(key));
    }

    byte[] object(String key) throws IOException {
        try (var in = store.open(new ObjectKey(key)).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    byte[] stored(String name) throws Exception {
        try (var unsealed =
                access(store).of(Vaults.SYSTEM).wal().open(WalFile.parse(name)).orElseThrow()) {
            return unsealed.content().readAllBytes();
        }
    }
}
