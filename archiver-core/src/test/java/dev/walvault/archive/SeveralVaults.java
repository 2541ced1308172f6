package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
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
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.ConfiguredVault;
import dev.walvault.vaults.Debts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A data directory, three vaults that can go away, and a state directory. */
final class SeveralVaults {
    static final String SEGMENT = "000000010000000000000013";
    static final MemberKeys KEYS = new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, Vaults.SYSTEM);
    static final Compression ZSTD = new Compression(Codec.ZSTD, 1);

    final Path data;
    final Path stateDirectory;
    final Keyring keyring;
    final Heard heard = new Heard();
    final FakeTime time = new FakeTime(Vaults.NOW);
    final LocalState state;
    final List<MemoryStore> stores = new ArrayList<>();
    final List<FaultyStore> faulty = new ArrayList<>();
    final List<ConfiguredVault> vaults = new ArrayList<>();

    SeveralVaults(Path root, int count) throws IOException {
        this(root, count, Vaults.NO_KEYS);
    }

    SeveralVaults(Path root, int count, Keyring keyring) throws IOException {
        this(root.resolve("data"), root.resolve("state"), count, keyring);
    }

    SeveralVaults(Path data, Path stateDirectory, int count, Keyring keyring) throws IOException {
        this.data = data;
        this.stateDirectory = stateDirectory;
        this.keyring = keyring;
        this.state = LocalState.in(stateDirectory, time);
        Files.createDirectories(data.resolve("pg_wal"));
        Files.createDirectories(data.resolve("global"));
        Files.write(data.resolve("global/pg_control"), Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE));
        for (int number = 1; number <= count; number++) {
            var store = new MemoryStore();
            Vaults.created(store, keyring, Vaults.identity(), Vaults.author(number));
            stores.add(store);
            var faults = new FaultyStore(store);
            faulty.add(faults);
            vaults.add(new Opening("vault" + number, faults, keyring));
        }
    }

    /** Opens anew each time, as a process does. */
    record Opening(String location, ObjectStore store, Keyring keyring, boolean isNear) implements ConfiguredVault {
        /** One that is asked over a network. */
        Opening(String location, ObjectStore store, Keyring keyring) {
            this(location, store, keyring, false);
        }

        @Override
        public String identity() {
            return location;
        }

        @Override
        public MemberAccess open() throws ArchiverException {
            return Vaults.opened(store, keyring);
        }
    }

    WalPush pusher(int copies) {
        return ahead(copies, LookAheadLimits.none());
    }

    WalPush ahead(int copies, LookAheadLimits limits) {
        return new WalPush(vaults, copies, state, ZSTD, limits, heard, 64 << 20, Duration.ofSeconds(20));
    }

    /** One that waits for no vault that is not demanded. */
    WalPush hasty(int copies) {
        return new WalPush(vaults, copies, state, ZSTD, LookAheadLimits.none(), heard, 64 << 20, Duration.ofMillis(1));
    }

    PushOutcome push(int copies, String name) throws ArchiverException {
        return pusher(copies).push(Path.of("pg_wal", name), data);
    }

    SeveralVaults write(String name, int variant) throws IOException {
        Files.write(
                data.resolve("pg_wal").resolve(name), Wal.segment(name, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, variant));
        return this;
    }

    SeveralVaults writeHistory(String name) throws IOException {
        Files.writeString(data.resolve("pg_wal").resolve(name), "1\t0/1300000\tno recovery target specified\n");
        return this;
    }

    /** As a server does that has archive_command call for these. */
    SeveralVaults queue(String... names) throws IOException {
        Path status = Files.createDirectories(data.resolve("pg_wal/archive_status"));
        for (String name : names) {
            Files.writeString(status.resolve(name + ".ready"), "");
        }
        return this;
    }

    static ObjectKey key(String name) {
        return KEYS.wal(WalFile.parse(name));
    }

    boolean has(int vault, String name) {
        return stores.get(vault - 1).head(key(name)).isPresent();
    }

    byte[] object(int vault, String name) throws IOException {
        try (var in = stores.get(vault - 1).open(key(name)).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    MemberVault member(int vault) throws ArchiverException {
        return Vaults.opened(stores.get(vault - 1), keyring).of(Vaults.SYSTEM);
    }

    List<String> debts(int vault) throws ArchiverException {
        return state.vaults().debts().oldest(vaults.get(vault - 1), KEYS, 1000).stream()
                .map(WalFile::name)
                .toList();
    }

    List<Debts.Failed> setAside(int vault) throws ArchiverException {
        return state.vaults().debts().setAside(vaults.get(vault - 1), KEYS);
    }

    /** Long enough that nobody is held to be unreachable any more. */
    void later() {
        time.set(time.instant().plusSeconds(60));
    }

    boolean stateIsUntouched() {
        return !Files.exists(stateDirectory);
    }

    /** Below the directory of debts, whatever is there. */
    List<Path> debtFiles() throws IOException {
        Path debts = stateDirectory.resolve("debts");
        if (!Files.exists(debts)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(debts)) {
            return paths.filter(path -> !path.equals(debts)).toList();
        }
    }
}
