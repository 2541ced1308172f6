package dev.walvault.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.pg.Checkpoint;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ControlFileData;
import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.Wal;
import dev.walvault.pg.link.ArchiverFacts;
import dev.walvault.pg.link.Rights;
import dev.walvault.pg.link.ServerFacts;
import dev.walvault.pg.link.ServerFiles;
import dev.walvault.pg.link.ServerSession;
import dev.walvault.pg.link.StartedBackup;
import dev.walvault.pg.link.StoppedBackup;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Says what a server would say, and writes into its data directory what a server would write. No PostgreSQL runs. */
class FakeServer implements ServerSession {
    static final Lsn START = Lsn.parse("0/1300028");
    static final Lsn STOP = Lsn.parse("0/1500100");
    static final List<String> SEGMENTS =
            List.of("000000010000000000000013", "000000010000000000000014", "000000010000000000000015");
    static final Instant STARTED = Instant.parse("2026-11-20T22:15:29.500Z");
    static final Instant STOPPED = Instant.parse("2026-11-20T22:15:45Z");
    static final TransactionSnapshot SNAPSHOT = TransactionSnapshot.parse("740:745:741");

    final List<String> calls = new ArrayList<>();
    final Path data;
    SystemIdentifier system = Vaults.SYSTEM;
    String version = "15.14";
    int versionNum = 150014;
    boolean inRecovery;
    Optional<ServerFacts> facts = Optional.empty();
    Optional<DataChecksums> checksumsAtTheEnd = Optional.empty();
    String walLevel = "replica";
    String archiveMode = "on";
    Optional<String> holder = Optional.empty();
    volatile ArchiverFacts archiver = new ArchiverFacts(
            "on",
            "walvault archive-push %p",
            "",
            0,
            OptionalLong.of(0),
            OptionalLong.empty(),
            1,
            0,
            Optional.empty(),
            Optional.empty());
    volatile boolean lost;
    volatile Runnable onArchiver = () -> {};
    String tablespaceMap = "";
    final Map<Long, String> tablespaces = new TreeMap<>();
    List<Subscription> subscriptions = List.of();
    Optional<CreatedRestorePoint> restorePoint = Optional.empty();
    boolean switchFails;
    Runnable onStart = () -> {};
    Runnable onStop = () -> {};

    FakeServer(Path data) {
        this.data = data;
    }

    /** What every data directory has. */
    static FakeServer create(Path data) throws IOException {
        for (String directory :
                List.of("global", "base/1", "base/5", "pg_wal/archive_status", "pg_tblspc", "pg_xact")) {
            Files.createDirectories(data.resolve(directory));
        }
        var server = new FakeServer(data);
        server.write("global/pg_control", Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE));
        server.write("PG_VERSION", "15\n");
        server.write("postgresql.conf", "# nothing\n");
        server.write("pg_xact/0000", new byte[8192]);
        for (String segment : SEGMENTS) {
            server.write("pg_wal/" + segment, Wal.segment(segment, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));
        }
        return server;
    }

    void write(String path, String content) throws IOException {
        write(path, content.getBytes(US_ASCII));
    }

    void write(String path, byte[] content) throws IOException {
        Path file = data.resolve(FileNames.path(path));
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.write(file, content);
    }

    /** The archiver has stored one more file. */
    void archiverSucceeded() {
        archiver = new ArchiverFacts(
                "on",
                archiver.command(),
                "",
                0,
                OptionalLong.of(0),
                OptionalLong.empty(),
                archiver.archived() + 1,
                archiver.failed(),
                Optional.empty(),
                Optional.empty());
    }

    /** The archiver's newest attempt was with this file, and failed. */
    void archiverFailed(String file) {
        archiverFailed(file, 3);
    }

    /** The same, after so many failures. */
    void archiverFailed(String file, long times) {
        archiver = new ArchiverFacts(
                "on",
                "false",
                "",
                0,
                OptionalLong.of(1),
                OptionalLong.of(0),
                0,
                times,
                Optional.empty(),
                Optional.of(new ArchiverFacts.Last(file, STOPPED)));
    }

    static String label() {
        return """
            START WAL LOCATION: 0/1300028 (file 000000010000000000000013)
            CHECKPOINT LOCATION: 0/1300060
            BACKUP METHOD: streamed
            BACKUP FROM: primary
            START TIME: 2026-11-20 22:15:29 UTC
            LABEL: nightly
            START TIMELINE: 1
            """;
    }

    @Override
    public void cancel() {
        calls.add("cancel");
    }

    @Override
    public ServerFacts facts() throws ArchiverException {
        if (facts.isPresent()) {
            return facts.get();
        }
        ControlFile control = ControlFile.read(data);
        ControlFileData layout = control.data().orElseThrow();
        return new ServerFacts(
                system,
                version,
                versionNum,
                inRecovery,
                layout.timeline(),
                data,
                walLevel,
                archiveMode,
                new ServerFiles(
                        control.catalogVersion(),
                        layout.blockSize(),
                        layout.blocksPerRelationSegment(),
                        layout.walBlockSize(),
                        layout.walSegmentSize(),
                        layout.dataChecksums()));
    }

    @Override
    public Checkpoint latestCheckpoint() throws ArchiverException {
        return ControlFile.read(data).data().orElseThrow().latestCheckpoint();
    }

    @Override
    public DataChecksums dataChecksums() throws ArchiverException {
        return checksumsAtTheEnd.isPresent()
                ? checksumsAtTheEnd.get()
                : facts().files().checksums();
    }

    @Override
    public Optional<String> tryLockBackups() {
        calls.add("lock");
        return holder;
    }

    @Override
    public StartedBackup startBackup(String label, boolean fastCheckpoint) {
        calls.add("start " + label + (fastCheckpoint ? " fast" : ""));
        onStart.run();
        return new StartedBackup(START, STARTED);
    }

    @Override
    public StoppedBackup stopBackup() {
        calls.add("stop");
        onStop.run();
        return new StoppedBackup(STOP, label(), tablespaceMap, STOPPED, SNAPSHOT);
    }

    @Override
    public CreatedRestorePoint createRestorePoint(String name) {
        calls.add("restore point " + name);
        return restorePoint.orElseGet(() -> new CreatedRestorePoint(STOP, TimelineId.FIRST, STOPPED));
    }

    @Override
    public void switchWal() throws ArchiverException {
        calls.add("switch");
        if (switchFails) {
            throw Fault.of(ErrorCode.POSTGRES_UNREACHABLE, "lost the connection to the server")
                    .postgres();
        }
    }

    @Override
    public Map<Long, String> tablespaces() {
        return Map.copyOf(tablespaces);
    }

    @Override
    public long estimateBytes() {
        return 1;
    }

    @Override
    public List<Subscription> subscriptions() {
        return subscriptions;
    }

    @Override
    public ArchiverFacts archiver() {
        onArchiver.run();
        return archiver;
    }

    @Override
    public Rights rights() {
        return new Rights("postgres", true, List.of());
    }

    @Override
    public void requireAlive() throws ArchiverException {
        if (lost) {
            throw Fault.of(ErrorCode.POSTGRES_UNREACHABLE, "lost the connection to the server")
                    .postgres();
        }
    }

    @Override
    public void close() {}
}
