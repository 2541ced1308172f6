package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.archive.Pushes;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
import dev.walvault.observe.Listener;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Wal;
import dev.walvault.pg.link.StoppedBackup;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectStore;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vaults;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server with a vault, and what a backup of it leaves there. */
abstract class ServerToBackUp {
    static final Compression ZSTD = new Compression(Codec.ZSTD, 1);
    static final Lsn BEFORE = Lsn.parse("0/1200000");
    static final String BACKUPS = "orders/members/main/17443322110099887766/backups/";

    @TempDir
    Path directory;

    final MemoryStore store = new MemoryStore();
    final FaultyStore faulty = new FaultyStore(store);
    final FakeTime time = new FakeTime(Vaults.NOW);
    final Heard heard = new Heard();
    final Cancellation cancellation = new Cancellation();
    Keyring keyring = Vaults.NO_KEYS;
    Path data = Path.of("unset");
    FakeServer server = new FakeServer(data);
    int jobs = 1;
    Bandwidth diskReads = Bandwidth.unlimited();
    boolean allowUnknownVersion;
    Listener heardToo = event -> {};

    @BeforeEach
    void aServerAndItsVault() throws Exception {
        data = Files.createDirectories(directory.resolve("data"));
        Files.createDirectories(directory.resolve("tmp"));
        server = FakeServer.create(data);
        server.onStop = this::archive;
        Vaults.plain(store);
    }

    void nothingIsLeft() {
        assertThat(store.keys()).noneMatch(key -> key.value().startsWith(BACKUPS));
        assertThat(files("tmp")).isEmpty();
    }

    Backup take() throws Exception {
        return take(store);
    }

    Backup take(ObjectStore where) throws Exception {
        Listener both = event -> {
            heard.on(event);
            heardToo.on(event);
        };
        return backup(where, both).take(data, options());
    }

    BaseBackup backup(ObjectStore where, Listener listener) throws Exception {
        var opened = Vaults.opened(where, keyring);
        var access = new MemberAccess(
                opened.vault(), opened.cluster(), opened.member(), opened.keyring(), Vaults.author(time));
        return new BaseBackup(access, server, time, cancellation, listener);
    }

    BackupOptions options() {
        return new BackupOptions(
                "nightly",
                Map.of("team", "orders"),
                jobs,
                true,
                ZSTD,
                Duration.ofSeconds(60),
                directory.resolve("tmp"),
                allowUnknownVersion,
                diskReads);
    }

    MemberVault member() throws Exception {
        return Vaults.opened(store, keyring).of(Vaults.SYSTEM);
    }

    void archive() {
        FakeServer.SEGMENTS.forEach(this::push);
    }

    /** The server was promoted before; nothing but names and header tell the timeline. */
    void timelineTwo() {
        server = new FakeServer(data) {
            @Override
            public StoppedBackup stopBackup() {
                var stopped = super.stopBackup();
                return new StoppedBackup(
                        stopped.stop(),
                        stopped.backupLabel()
                                .replace("file 00000001", "file 00000002")
                                .replace("TIMELINE: 1", "TIMELINE: 2"),
                        "",
                        stopped.time(),
                        stopped.snapshot());
            }
        };
        write(
                "global/pg_control",
                Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE, new TimelineId(2), true, 131072));
        server.onStop = () -> {
            for (String name : FakeServer.SEGMENTS) {
                String onTwo = name.replaceFirst("00000001", "00000002");
                write("pg_wal/" + onTwo, Wal.segment(onTwo, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));
                push(onTwo);
            }
        };
    }

    /** As the server does when it has finished a segment. */
    void push(String name) {
        try {
            server.write("pg_wal/archive_status/" + name + ".ready", "");
            Pushes.to(Vaults.opened(store, keyring), ZSTD, event -> {}).push(Path.of("pg_wal", name), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String path, byte[] content) {
        try {
            server.write(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Path> files(String path) {
        try (var names = Files.list(directory.resolve(path))) {
            return names.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
