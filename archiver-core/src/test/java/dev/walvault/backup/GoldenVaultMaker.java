package dev.walvault.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.walvault.FileNames;
import dev.walvault.archive.Pushes;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.FakeTime;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.link.StartedBackup;
import dev.walvault.pg.link.StoppedBackup;
import dev.walvault.points.PointIndex;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.store.MemoryStore;
import dev.walvault.vault.IndexedWal;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Makes the golden vault with our own writers: a small data directory, its backup, and WAL of a real server of version
 * 15 that lies around it. The content is the same whatever the keys.
 */
public final class GoldenVaultMaker {
    /** Of the server that wrote the WAL. */
    public static final SystemIdentifier SYSTEM = SystemIdentifier.parse("7713917148625961357");

    private static final WalFile.Segment FIRST = (WalFile.Segment) WalFile.parse("000000010000000000000009");
    private static final WalFile.Segment LAST = (WalFile.Segment) WalFile.parse("00000001000000000000000A");
    private static final WalFile.Segment SILENT = (WalFile.Segment) WalFile.parse("00000001000000000000000B");
    private static final String UNFINISHED = "00000001000000000000000C.partial";
    private static final String HISTORY = "00000002.history";
    private static final String BACKUP_HISTORY = FIRST.name() + ".00000028.backup";
    private static final Path TABLESPACE = Path.of("/tmp/walvault-golden-tablespace");
    private static final int LARGEST_PART = 24 << 10;
    private static final int PAGE = 8192;

    private final Path data;
    private final Keyring keyring;
    private final MemoryStore store = new MemoryStore();
    private final FakeTime time = new FakeTime(Vaults.NOW);
    private final Map<String, byte[]> wal = new TreeMap<>();

    private GoldenVaultMaker(Path directory, Keyring keyring) {
        this.data = directory.resolve("data");
        this.keyring = keyring;
    }

    /**
     * What was made.
     *
     * @param files of the data directory by their paths, as a restore must bring them back; those with names in ASCII
     *     only
     * @param wal by the names of the files
     */
    public record Made(MemoryStore store, Map<String, byte[]> files, Map<String, byte[]> wal) {}

    /** Makes it anew: encrypted if the keyring has recipients. */
    public static Made make(Path directory, Keyring keyring) throws IOException {
        try {
            return new GoldenVaultMaker(directory, keyring).make();
        } finally {
            if (Files.exists(TABLESPACE)) {
                try (Stream<Path> all = Files.walk(TABLESPACE)) {
                    for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(each);
                    }
                }
            }
        }
    }

    private Made make() throws IOException {
        long luck = keyring.recipients().isEmpty() ? 0x0123456789abcdefL : 0xfedcba9876543210L;
        Vaults.created(store, keyring, Vaults.identity(SYSTEM, Vaults.SEGMENT_SIZE), Vaults.author(luck));
        FakeServer server = server();
        new BaseBackup(access(), server, time, new Cancellation(), _ -> {}, LARGEST_PART)
                .take(
                        data,
                        new BackupOptions(
                                "nightly",
                                Map.of("team", "orders"),
                                1,
                                true,
                                new Compression(Codec.ZSTD, 19),
                                Duration.ofSeconds(60),
                                Files.createDirectories(data.resolveSibling("tmp")),
                                false,
                                Bandwidth.unlimited()));
        push(BACKUP_HISTORY, backupHistory(), Codec.XZ);
        push(SILENT.name(), twoPages(0xB00000), Codec.GZIP);
        push(HISTORY, "1\t0/C02000\tno recovery target specified\n".getBytes(US_ASCII), Codec.NONE);
        push(UNFINISHED, twoPages(0xC00000), Codec.XZ);
        points();
        return new Made(store, files(), wal);
    }

    private MemberAccess access() throws IOException {
        var opened = Vaults.opened(store, keyring);
        return new MemberAccess(opened.vault(), opened.cluster(), opened.member(), keyring, Vaults.author(time));
    }

    /**
     * Those of the WAL's records, by the index; one of them was reserved before. A gzip object says nothing of its
     * records.
     */
    private void points() throws IOException {
        var member = access().of(SYSTEM);
        member.restorePoints().reserve("first lz4");
        new PointIndex(MemberVaults.of(member), new Cancellation()).complete();
        member.indexedWal().add(new IndexedWal.Run(SILENT, SILENT, true));
        member.indexedWal().add(new IndexedWal.Run(FIRST, SILENT, false));
    }

    private FakeServer server() throws IOException {
        Files.createDirectories(data);
        Files.createDirectories(TABLESPACE.resolve("PG_15_202209061/5"));
        Files.createDirectories(data.resolve("pg_tblspc"));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16400"), TABLESPACE);
        Files.createSymbolicLink(data.resolve("gone"), Path.of("/nowhere/at/all"));
        for (String empty : List.of("pg_wal/archive_status", "pg_xact", "base/1", "pg_replslot")) {
            Files.createDirectories(data.resolve(empty));
        }
        var server = new GoldenServer(data);
        server.system = SYSTEM;
        server.subscriptions = List.of(new Subscription("shop", "orders", true));
        server.tablespaceMap = "16400 " + TABLESPACE + "\n";
        server.tablespaces.put(16400L, "sales");
        server.write("PG_VERSION", "15\n");
        server.write("postgresql.conf", "port = 5432\n");
        server.write("pg_xact/0000", new byte[PAGE]);
        server.write("pg_tblspc/16400/PG_15_202209061/5/16391", resource("relation.15"));
        server.write("base/5/16384", resource("relation.15"));
        server.write("base/5/16385", new byte[0]);
        server.write("base/5/" + "x".repeat(180), "a long name");
        server.write("base/5/name-\uDCE9", "a name of bytes");
        server.write("base/5/16390", sevenPages());
        server.write("global/pg_control", Wal.controlFile(SYSTEM, Vaults.SEGMENT_SIZE));
        server.onStop = () -> {
            push(FIRST.name(), unzipped("15." + FIRST.name()), Codec.ZSTD);
            push(LAST.name(), unzipped("15." + LAST.name()), Codec.LZ4);
        };
        settle();
        return server;
    }

    /** Modes and times are of no machine. */
    private void settle() throws IOException {
        for (Path root : List.of(data, TABLESPACE)) {
            try (Stream<Path> all = Files.walk(root)) {
                for (Path each : all.filter(path -> !Files.isSymbolicLink(path)).toList()) {
                    boolean directory = Files.isDirectory(each);
                    Files.setPosixFilePermissions(
                            each, PosixFilePermissions.fromString(directory ? "rwx------" : "rw-------"));
                    Files.setLastModifiedTime(each, FileTime.from(Instant.parse("2026-11-20T22:15:29Z")));
                }
            }
        }
    }

    /** Larger than the largest part; what compresses best has a checksum, too. */
    private static byte[] sevenPages() {
        byte[] file = new byte[7 * PAGE];
        byte[] page = Pages.page(6, Lsn.parse("0/800000"));
        System.arraycopy(page, 0, file, 6 * PAGE, PAGE);
        return file;
    }

    /** Two pages that the server has written, and nothing behind them. */
    private static byte[] twoPages(long start) {
        byte[] segment =
                Arrays.copyOf(Arrays.copyOf(unzipped("15." + LAST.name()), 2 * PAGE), Vaults.SEGMENT_SIZE.bytes());
        for (int at = 0; at < 2 * PAGE; at += PAGE) {
            ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN).putLong(at + 8, start + at);
        }
        return segment;
    }

    private static byte[] backupHistory() {
        return """
            START WAL LOCATION: 0/900028 (file 000000010000000000000009)
            STOP WAL LOCATION: 0/A00100 (file 00000001000000000000000A)
            CHECKPOINT LOCATION: 0/900060
            BACKUP METHOD: streamed
            BACKUP FROM: primary
            START TIME: 2026-11-20 22:15:29 UTC
            LABEL: nightly
            START TIMELINE: 1
            STOP TIME: 2026-11-20 22:15:45 UTC
            STOP TIMELINE: 1
            """.getBytes(US_ASCII);
    }

    private static final class GoldenServer extends FakeServer {
        GoldenServer(Path data) {
            super(data);
        }

        @Override
        public StartedBackup startBackup(String label, boolean fastCheckpoint) {
            return new StartedBackup(Lsn.parse("0/900028"), STARTED);
        }

        @Override
        public StoppedBackup stopBackup() {
            onStop.run();
            String label = """
                START WAL LOCATION: 0/900028 (file 000000010000000000000009)
                CHECKPOINT LOCATION: 0/900060
                BACKUP METHOD: streamed
                BACKUP FROM: primary
                START TIME: 2026-11-20 22:15:29 UTC
                LABEL: nightly
                START TIMELINE: 1
                """;
            return new StoppedBackup(Lsn.parse("0/A00100"), label, tablespaceMap, STOPPED, SNAPSHOT);
        }
    }

    private void push(String name, byte[] content, Codec codec) {
        try {
            Files.write(data.resolve("pg_wal").resolve(name), content);
            Files.createFile(data.resolve("pg_wal/archive_status").resolve(name + ".ready"));
            Pushes.to(access(), new Compression(codec, codec.usualLevel()), _ -> {})
                    .push(Path.of("pg_wal", name), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        wal.put(name, content);
    }

    private Map<String, byte[]> files() throws IOException {
        var files = new TreeMap<String, byte[]>();
        for (Path root : List.of(data, TABLESPACE)) {
            String in = root.equals(data) ? "" : "pg_tblspc/16400/";
            try (Stream<Path> all = Files.walk(root)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    String path = in + FileNames.text(root.relativize(file));
                    if (!path.startsWith("pg_wal/") && US_ASCII.newEncoder().canEncode(path)) {
                        files.put(path, Files.readAllBytes(file));
                    }
                }
            }
        }
        return files;
    }

    private static byte[] resource(String name) {
        try (var in = Wal.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new AssertionError("there is no resource " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] unzipped(String name) {
        try (var in = GoldenVaultMaker.class.getResourceAsStream("/dev/walvault/pg/wal/" + name + ".gz")) {
            if (in == null) {
                throw new AssertionError("there is no resource " + name);
            }
            return new GZIPInputStream(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
