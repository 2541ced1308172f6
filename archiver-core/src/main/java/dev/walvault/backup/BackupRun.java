package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.KeyException;
import dev.walvault.Retry;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Pause;
import dev.walvault.observe.Progress;
import dev.walvault.pg.BackupLabel;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ControlFileData;
import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.TablespaceMap;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.link.ServerFacts;
import dev.walvault.pg.link.ServerFiles;
import dev.walvault.pg.link.ServerSession;
import dev.walvault.pg.link.StartedBackup;
import dev.walvault.pg.link.StoppedBackup;
import dev.walvault.store.CreateOutcome;
import dev.walvault.vault.Author;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.DigestedUpload;
import dev.walvault.vault.ManifestHead;
import dev.walvault.vault.ManifestTotals;
import dev.walvault.vault.ManifestWriter;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.PackList;
import dev.walvault.vault.PackListUpload;
import dev.walvault.vault.StoredDigest;
import dev.walvault.vault.SystemIdentity;
import dev.walvault.vault.TablespaceLocation;
import dev.walvault.vault.WalProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One backup in the making: what {@link BaseBackup} does after its checks, until the backup is complete. */
final class BackupRun {
    /** Of one file; the manifest has all of them. */
    private static final int MOST_PAGES_TOLD = 20;

    /** Firewalls that forget a connection do so after some minutes. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(20);

    private final ServerSession session;
    private final Pause pause;
    private final Cancellation cancellation;
    private final Listener listener;
    private final Author author;
    private final long largestPart;
    private final MemberVault member;
    private final SystemIdentity identity;
    private final ServerFacts server;
    private final Path dataDirectory;
    private final BackupOptions options;
    private final BackupId id;
    private final AtomicInteger packNumber = new AtomicInteger();
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong filesRead = new AtomicLong();
    private final AtomicLong badPages = new AtomicLong();

    /**
     * What every backup is taken with.
     *
     * @param largestPart a file that has more bytes is cut
     */
    record Means(
            ServerSession session,
            Pause pause,
            Cancellation cancellation,
            Listener listener,
            Author author,
            long largestPart) {}

    BackupRun(
            Means means,
            MemberVault member,
            SystemIdentity identity,
            ServerFacts server,
            Path dataDirectory,
            BackupOptions options,
            BackupId id) {
        this.session = means.session();
        this.pause = means.pause();
        this.cancellation = means.cancellation();
        this.listener = means.listener();
        this.author = means.author();
        this.largestPart = means.largestPart();
        this.member = member;
        this.identity = identity;
        this.server = server;
        this.dataDirectory = dataDirectory;
        this.options = options;
        this.id = id;
    }

    /** Takes it; what was stored stays when this throws. */
    Backup run() throws IOException {
        ArchiverWatch archiver = ArchiverWatch.begin(session);
        archiver.requireSet();
        var histories = new CarriedHistory(member, listener);
        if (!server.timeline().isFirst()) {
            histories.carry(id, server.timeline(), dataDirectory, options.compression());
        }
        histories.carryLater(id, server.timeline(), dataDirectory, options.compression());
        listener.on(new BackupEvent.CheckpointAwaited(id));
        Map<Long, String> before = session.tablespaces();
        StartedBackup started = session.startBackup(options.label(), options.fastCheckpoint());
        OwnDirectory.require(session, dataDirectory, pause);
        Tablespaces.requireNoneCreated(before, session.tablespaces());
        archiver.awaitRecovery(pause);
        long total = session.estimateBytes();
        try (var spool = new ManifestSpool(options.temporaryDirectory())) {
            Tablespaces tablespaces =
                    Tablespaces.find(dataDirectory, server.tablespaceVersionDirectory(), session, pause, listener);
            listener.on(new BackupEvent.Copying(id, started.start()));
            copyFiles(started, total, tablespaces, archiver, spool);
            byte[] controlFile = readControlFile();
            StoppedBackup stopped = session.stopBackup();
            TablespaceMap map = TablespaceMap.parse(stopped.tablespaceMap());
            tablespaces.requireSame(map);
            List<Subscription> subscriptions = session.subscriptions();
            packLast(stopped, controlFile, spool);
            BackupFacts facts = proveWal(started, stopped, archiver);
            return complete(facts, map, subscriptions, spool);
        }
    }

    private void copyFiles(
            StartedBackup started, long total, Tablespaces tablespaces, ArchiverWatch archiver, ManifestSpool spool)
            throws IOException {
        ServerFiles files = server.files();
        Optional<PageVerifier> verifier = files.checksums() == DataChecksums.ON
                ? Optional.of(
                        new PageVerifier(started.start(), files.blockSize(), files.blocksPerRelationSegment(), pause))
                : Optional.empty();
        try (var watch = SessionWatch.of(session, KEEP_ALIVE);
                var walk = new DataDirectoryWalk(dataDirectory, tablespaces, listener)) {
            new Workers(options.jobs())
                    .run(() -> pack(walk, verifier, total, spool, watch), archiver::look, walk::close);
        }
    }

    /** One worker's share of what the walk finds. */
    private void pack(
            DataDirectoryWalk walk,
            Optional<PageVerifier> verifier,
            long total,
            ManifestSpool spool,
            SessionWatch watch)
            throws IOException {
        var copier = new FileCopier(verifier, options.diskReads(), cancellation, bytes -> progress(bytes, total));
        try (PackBuilder packs = builder(copier, walk::passOver, spool)) {
            for (var found = walk.next(); found.isPresent(); found = walk.next()) {
                cancellation.check();
                watch.check();
                packs.add(found.get());
                filesRead.incrementAndGet();
            }
            packs.finish();
        }
    }

    private PackBuilder builder(FileCopier copier, PackBuilder.Unreadable unreadable, ManifestSpool spool) {
        return new PackBuilder(
                member.backups(),
                id,
                packNumber::incrementAndGet,
                options.compression(),
                copier,
                this::foundBadPages,
                unreadable,
                spool,
                largestPart);
    }

    private void foundBadPages(String path, List<Long> pages) {
        badPages.addAndGet(pages.size());
        List<Long> first = pages.stream().limit(MOST_PAGES_TOLD).toList();
        listener.on(new SourceEvent.BadPages(path, first, pages.size()));
    }

    private void progress(long bytes, long total) {
        long done = bytesRead.addAndGet(bytes);
        listener.on(new Progress(filesRead.get(), done, Math.max(total, done)));
    }

    /** As bytes, proven to be whole: the server may write it at any moment. */
    private byte[] readControlFile() throws IOException {
        Path file = dataDirectory.resolve(ControlFile.PATH);
        ArchiverException last = null;
        for (int time = 0; time < 10; time++) {
            byte[] content = Files.readAllBytes(file);
            try {
                Optional<ControlFileData> data =
                        ControlFile.parse(file.toString(), content).data();
                if (data.isPresent()) {
                    requireSameTimeline(data.get().timeline());
                }
                return content;
            } catch (ArchiverException e) {
                last = e;
                pause.sleep(Duration.ofMillis(10));
            }
        }
        throw Objects.requireNonNull(last);
    }

    private void requireSameTimeline(TimelineId now) throws ArchiverException {
        if (!now.equals(server.timeline())) {
            throw Fault.of(
                            ErrorCode.POSTGRES_SETTINGS,
                            "the server went from timeline " + server.timeline() + " to " + now
                                    + " while it was backed up")
                    .hint("Take the backup again.")
                    .retry(Retry.YES)
                    .postgres();
        }
    }

    /** The label and the map as the server gave them, and pg_control as the very last entry. */
    private void packLast(StoppedBackup stopped, byte[] controlFile, ManifestSpool spool) throws IOException {
        var copier = new FileCopier(Optional.empty(), options.diskReads(), cancellation, _ -> {});
        Path like = dataDirectory.resolve(ControlFile.PATH);
        PackBuilder.Unreadable all = (_, location, e) -> {
            throw DataDirectoryWalk.unreadable(dataDirectory, location, e);
        };
        try (PackBuilder packs = builder(copier, all, spool)) {
            packs.add("backup_label", FileNames.encode(stopped.backupLabel()), like);
            if (!stopped.tablespaceMap().isEmpty()) {
                packs.add("tablespace_map", FileNames.encode(stopped.tablespaceMap()), like);
            }
            packs.add(ControlFile.PATH, controlFile, like);
            packs.finish();
        }
    }

    /** Only where pages had checksums all the while. Since version 19 they can be switched while the server runs. */
    private boolean pagesVerified() throws ArchiverException {
        DataChecksums before = server.files().checksums();
        DataChecksums now = session.dataChecksums();
        if (before != now) {
            listener.on(new BackupEvent.ChecksumsChanged(before, now, badPages.get()));
        }
        return before == DataChecksums.ON && now == DataChecksums.ON;
    }

    private BackupFacts proveWal(StartedBackup started, StoppedBackup stopped, ArchiverWatch archiver)
            throws ArchiverException {
        BackupLabel label = BackupLabel.parse(stopped.backupLabel());
        TimelineId timeline = label.startTimeline();
        requireSameTimeline(timeline);
        WalSegment first = WalSegment.containing(started.start(), timeline, identity.segmentSize());
        WalSegment last = WalSegment.ofLastByteBefore(stopped.stop(), timeline, identity.segmentSize());
        Instant deadline = author.clock().instant().plus(options.walTimeout());
        listener.on(new BackupEvent.WalAwaited(id, stopped.stop(), last.file(identity.segmentSize())));
        var wait = new WalWait(member, archiver, author.clock(), pause, cancellation, listener);
        WalProof proof = WalProof.CONTENT;
        for (WalSegment segment = first; segment.compareTo(last) <= 0; segment = segment.next()) {
            WalFile.Segment file = segment.file(identity.segmentSize());
            proof = proof.and(wait.await(file, dataDirectory.resolve("pg_wal"), deadline));
            requireForRecipients(file);
        }
        boolean verified = pagesVerified();
        return new BackupFacts(
                id,
                options.label(),
                options.annotations(),
                server.system(),
                server.version(),
                server.versionNum(),
                timeline,
                started.start(),
                stopped.stop(),
                started.time(),
                stopped.time(),
                first.file(identity.segmentSize()),
                last.file(identity.segmentSize()),
                proof,
                stopped.snapshot(),
                verified,
                verified ? badPages.get() : 0);
    }

    /** Where the server's WAL is, if it has a volume of its own. */
    private Optional<String> walDirectory() throws IOException {
        Path wal = dataDirectory.resolve("pg_wal");
        return Files.isSymbolicLink(wal) ? Optional.of(FileNames.text(Files.readSymbolicLink(wal))) : Optional.empty();
    }

    /** The server may have archived it before the recipients were changed. */
    private void requireForRecipients(WalFile.Segment file) throws ArchiverException {
        try {
            member.wal().requireForRecipients(file);
        } catch (KeyException e) {
            throw Fault.from(e)
                    .hint("The recipients were changed while the backup ran. Take it again: what the server archives"
                            + " from now on is encrypted to the new ones.")
                    .cause(e)
                    .key();
        }
    }

    private StoredDigest packList(ManifestSpool spool) throws IOException {
        try (PackListUpload list = member.backups().beginPackList(id)) {
            list.content().write(PackList.head(id));
            spool.copyPackListTo(list.content());
            return list.commit();
        }
    }

    private Backup complete(BackupFacts facts, TablespaceMap map, List<Subscription> subscriptions, ManifestSpool spool)
            throws IOException {
        List<TablespaceLocation> tablespaces = new ArrayList<>();
        map.locations().forEach((oid, location) -> tablespaces.add(new TablespaceLocation(oid, location)));
        ManifestTotals totals = spool.totals();
        Backup backup;
        try (DigestedUpload manifest = member.backups().beginManifest(id, options.compression())) {
            var writer = new ManifestWriter(manifest.content());
            writer.head(new ManifestHead(facts, tablespaces, subscriptions, walDirectory()));
            spool.copyManifestTo(manifest.content());
            writer.totals(totals);
            if (manifest.commit() == CreateOutcome.ALREADY_THERE) {
                throw Fault.of(ErrorCode.CONFLICT, "backup " + id + " has a manifest already")
                        .hint("Another backup with the same id is being taken. Try again.")
                        .integrity();
            }
            StoredDigest stored = manifest.stored();
            backup = new Backup(
                    facts,
                    totals.files(),
                    totals.bytes(),
                    totals.packs(),
                    spool.bytesStored() + stored.length(),
                    manifest.content().digest(),
                    stored,
                    packList(spool),
                    author.host(),
                    author.version());
        }
        member.backups().complete(backup);
        return backup;
    }
}
