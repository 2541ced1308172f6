package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.IntegrityException;
import dev.walvault.LockException;
import dev.walvault.PostgresException;
import dev.walvault.Presence;
import dev.walvault.StoreException;
import dev.walvault.host.LocalFiles;
import dev.walvault.host.StateFiles;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ControlFileData;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.ServerControl;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.UnfinishedSegment;
import dev.walvault.pg.wal.WalPageHeader;
import dev.walvault.pg.wal.WalSegmentCheck;
import dev.walvault.seal.Compression;
import dev.walvault.vaults.CatchUp;
import dev.walvault.vaults.ConfiguredVault;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Brings all WAL of a server that does not run any more to the vaults: what was queued, what was finished and not
 * queued yet, and what was being written when the server ended. The directory is only read, so the server can still be
 * started, and a salvage that was interrupted is run again.
 */
public final class Salvage {
    /** How long vaults that need not have a file are waited for: this may be the last time that anybody can read it. */
    private static final Duration GRACE = Duration.ofSeconds(60);

    private static final int LARGEST_IN_MEMORY = 64 << 20;

    /** Histories decide whose a timeline is; then what lies on it, the oldest first. */
    private static final Comparator<WalFile> ORDER = Comparator.<WalFile, Boolean>comparing(
                    file -> !(file instanceof WalFile.TimelineHistoryFile))
            .thenComparing(WalFile::name);

    private final List<ConfiguredVault> vaults;
    private final Delivery delivery;
    private final CatchUp catchUp;
    private final Compression compression;
    private final Listener listener;
    private final Cancellation cancellation;

    /**
     * Stores into all of the vaults.
     *
     * @param copies how many of them must have a file; for each of the others it is remembered that it has not
     */
    public Salvage(
            List<ConfiguredVault> vaults,
            int copies,
            LocalState state,
            Compression compression,
            Listener listener,
            Cancellation cancellation) {
        this.vaults = List.copyOf(vaults);
        this.delivery = new Delivery(vaults, copies, GRACE, state, listener);
        this.catchUp = new CatchUp(vaults, state.vaults(), listener, cancellation);
        this.compression = compression;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    /**
     * Salvages the WAL of a data directory. What can be stored is stored, and the rest is in the report.
     *
     * @throws PostgresException WRONG_SYSTEM if its control file is of a system that a vault does not know
     * @throws HostException DIRECTORY_IN_USE if a server runs in it, LOCAL_FILE if it has no WAL directory, or what
     *     keeps everything from being stored, such as a vault that cannot be reached
     */
    public SalvageReport run(Path dataDirectory) throws ArchiverException {
        var data = new DataDirectory(dataDirectory.toAbsolutePath().normalize());
        Path walDirectory = data.path().resolve("pg_wal");
        if (!isDirectory(walDirectory)) {
            throw Fault.of(
                            ErrorCode.LOCAL_FILE,
                            "directory \"" + data.path()
                                    + "\" is not a PostgreSQL data directory: it has no \"pg_wal\"")
                    .host();
        }
        if (data.isServed()) {
            throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "a server runs in \"" + data.path() + "\"")
                    .detail("\"postmaster.pid\" names a process that lives.")
                    .hint(
                            "A server that runs archives its WAL by itself. Stop it before its directory is salvaged, with \""
                                    + ServerControl.of(data.path()).stop() + "\" or as your system does.")
                    .host();
        }
        List<WalFile> files = walFiles(walDirectory);
        Optional<ControlFile> control = controlOf(data);
        SystemIdentifier system =
                control.isPresent() ? control.get().systemIdentifier() : systemOf(walDirectory, files);
        if (control.isPresent()) {
            requireKnown(system, data.path());
        }
        listener.on(new ArchiveEvent.SalvageStarted(system, walDirectory));
        var run = new Run(new WalDirectory(walDirectory), system, control);
        for (WalFile file : files) {
            cancellation.check();
            run.take(file);
        }
        run.requireRedo(data.path());
        run.catchUp();
        return run.report();
    }

    private static boolean isDirectory(Path path) throws ArchiverException {
        try {
            return Presence.isDirectory(path);
        } catch (IOException e) {
            throw LocalFiles.cannot("read", path, e);
        }
    }

    /** Each file would be refused for the same reason. A vault that is unreachable is met by those that are stored. */
    private void requireKnown(SystemIdentifier system, Path data) throws ArchiverException {
        for (ConfiguredVault vault : vaults) {
            try {
                var _ = vault.open().of(system).requireIdentity();
            } catch (PostgresException e) {
                throw Fault.from(e)
                        .message("\"" + data + "\" belongs to system " + system + ", which vault \"" + vault.location()
                                + "\" does not know: nothing of it is stored")
                        .hint(
                                "Name the data directory of the server that this configuration is of, or with --config the"
                                        + " configuration of this server. If it replaced the other one, register it with \"walvault"
                                        + " init --new-system\".")
                        .cause(e)
                        .postgres();
            } catch (LockException e) {
                throw e;
            } catch (ArchiverException _) {
                // what keeps a file from being stored is told then
            }
        }
    }

    private static List<WalFile> walFiles(Path walDirectory) throws ArchiverException {
        var files = new ArrayList<WalFile>();
        try {
            for (String name : StateFiles.names(walDirectory)) {
                Optional<WalFile> file = walFile(name);
                if (file.isPresent() && Presence.isRegularFile(walDirectory.resolve(name))) {
                    files.add(file.get());
                }
            }
        } catch (IOException e) {
            throw LocalFiles.cannot("list", walDirectory, e);
        }
        files.sort(ORDER);
        return files;
    }

    private static Optional<WalFile> walFile(String name) {
        try {
            return Optional.of(WalFile.parse(name));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Empty if it is lost or damaged. */
    private static Optional<ControlFile> controlOf(DataDirectory data) {
        try {
            return data.controlFile();
        } catch (HostException | PostgresException _) {
            return Optional.empty();
        }
    }

    /** By the newest segment that is what its name says. */
    private static SystemIdentifier systemOf(Path walDirectory, List<WalFile> files) throws ArchiverException {
        for (WalFile file : files.reversed()) {
            if (file instanceof WalFile.Segment segment) {
                Optional<WalPageHeader> header = headerOf(segment, walDirectory.resolve(file.name()));
                if (header.isPresent()) {
                    return header.get().systemIdentifier();
                }
            }
        }
        throw Fault.of(ErrorCode.LOCAL_FILE, "there is no WAL in \"" + walDirectory + "\"")
                .detail("The control file is lost or damaged, so that only WAL could tell which system this is.")
                .host();
    }

    /** Empty for a file that waits to be used: it has the name of a segment, and another's content or none. */
    private static Optional<WalPageHeader> headerOf(WalFile.Segment segment, Path file) throws ArchiverException {
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(WalSegmentCheck.check(segment, Files.size(file), in.readNBytes(WalPageHeader.BYTES)));
        } catch (IntegrityException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw LocalFiles.cannot("read", file, e);
        }
    }

    /** One salvage of one directory. */
    private final class Run {
        private final WalDirectory directory;
        private final SystemIdentifier system;
        private final Optional<ControlFile> control;
        private final List<WalFile> stored = new ArrayList<>();
        private final List<SalvageReport.Tail> tails = new ArrayList<>();
        private final TreeMap<TimelineId, Lsn> reach = new TreeMap<>();

        /** Timelines of which the vault lacks a segment: what it has behind that is no continuation. */
        private final Set<TimelineId> broken = new HashSet<>();

        private final List<WalFile> leftOut = new ArrayList<>();
        private final List<ArchiverException> problems = new ArrayList<>();
        private final Set<String> told = new HashSet<>();

        /**
         * Timelines that another server has gone on with in a vault, and from where on: what follows must not get in
         * its way.
         */
        private final TreeMap<TimelineId, Lsn> foreign = new TreeMap<>();

        private Optional<WalSegmentSize> segmentSize = Optional.empty();
        private Optional<Delivered> last = Optional.empty();
        private int there;

        Run(WalDirectory directory, SystemIdentifier system, Optional<ControlFile> control) {
            this.directory = directory;
            this.system = system;
            this.control = control;
        }

        void take(WalFile file) throws ArchiverException {
            try {
                if (file instanceof WalFile.Segment segment) {
                    takeSegment(segment);
                } else {
                    store(file, file);
                }
            } catch (IntegrityException | PostgresException e) {
                fail(file, e);
                if (e.code() == ErrorCode.CONFLICT) {
                    foreign.put(file.timeline(), placeOf(file));
                }
            } catch (HostException | StoreException e) {
                if (e.code() != ErrorCode.LOCAL_FILE && e.code() != ErrorCode.STORE_OBSTRUCTED) {
                    throw e;
                }
                // a disk that fails may still give the others, and a vault may have nothing in the place of theirs
                fail(file, e);
            }
        }

        private void fail(WalFile file, ArchiverException problem) {
            tell(problem);
            if (file instanceof WalFile.Segment) {
                broken.add(file.timeline());
            }
        }

        /** Where a segment begins; for what is none, where the WAL before it ends. */
        private Lsn placeOf(WalFile file) {
            return file instanceof WalFile.Segment segment && segmentSize.isPresent()
                    ? segment.toWalSegment(segmentSize.get()).startLsn(segmentSize.get())
                    : reach.getOrDefault(file.timeline(), Lsn.ZERO);
        }

        /** The vault has the WAL of this timeline up to here, unless it lacks some before. */
        private void reaches(TimelineId timeline, Lsn end) {
            if (!broken.contains(timeline) && !foreign.containsKey(timeline)) {
                reach.put(timeline, end);
            }
        }

        /** What is wrong with all files alike is told once. */
        private void tell(ArchiverException problem) {
            problems.add(problem);
            var event = new ArchiveEvent.NotSalvaged(problem);
            if (told.add(event.sentence())) {
                listener.on(event);
            }
        }

        /**
         * A server keeps its WAL from its last checkpoint on. Where that begins is missing, what is here is not all
         * that the server had, but for a directory that was restored and has not been started: it has none yet.
         */
        void requireRedo(Path data) throws ArchiverException {
            Optional<ControlFileData> found = control.flatMap(ControlFile::data);
            if (found.isEmpty()) {
                return;
            }
            WalSegmentSize size = found.get().walSegmentSize();
            WalFile.Segment segment = WalSegment.containing(
                            found.get().redo(), found.get().timeline(), size)
                    .file(size);
            Path place = directory.file(segment);
            try {
                if (Presence.isRegularFile(place) || Presence.exists(data.resolve("backup_label"))) {
                    return;
                }
            } catch (IOException e) {
                throw LocalFiles.cannot("read", place, e);
            }
            tell(Fault.of(
                            ErrorCode.LOCAL_FILE,
                            "\"" + place + "\" is missing, and the server's last checkpoint is in it")
                    .detail("WAL that only this server has may be missing, too. Is the volume of pg_wal mounted?")
                    .host());
        }

        private void takeSegment(WalFile.Segment segment) throws ArchiverException {
            Path local = directory.file(segment);
            Optional<WalPageHeader> header = headerOf(segment, local);
            if (header.isEmpty()) {
                if (directory.isQueued(segment)) {
                    store(segment, segment); // tells what is wrong with it
                }
                return;
            }
            WalSegmentSize size = header.get().segmentSize();
            segmentSize = Optional.of(size);
            Lsn end = segment.toWalSegment(size).endLsn(size);
            if (directory.isQueued(segment) || directory.isFollowed(segment, size)) {
                store(segment, segment);
                reaches(segment.timeline(), end);
            } else if (directory.isDone(segment)) {
                reaches(segment.timeline(), end);
            } else {
                takeTail(segment, local);
            }
        }

        private void takeTail(WalFile.Segment segment, Path local) throws ArchiverException {
            Lsn end = endOf(segment, local);
            Optional<WalFile> storedAs = store(segment, new WalFile.Partial(segment));
            if (storedAs.isPresent()) {
                tails.add(new SalvageReport.Tail(segment, storedAs.get(), end));
                reaches(segment.timeline(), end);
            }
        }

        private static Lsn endOf(WalFile.Segment segment, Path local) throws ArchiverException {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(local), 1 << 16)) {
                return UnfinishedSegment.endOf(segment, in);
            } catch (ArchiverException e) {
                throw e;
            } catch (IOException e) {
                throw LocalFiles.cannot("read", local, e);
            }
        }

        /** Empty if it was left out. */
        private Optional<WalFile> store(WalFile file, WalFile as) throws ArchiverException {
            if (foreign.containsKey(file.timeline())) {
                leftOut.add(file);
                return Optional.empty();
            }
            Path local = directory.file(file);
            ProvenWal wal = ProvenWal.read(as, local, Optional.of(system), control, LARGEST_IN_MEMORY);
            Delivered delivered =
                    delivery.deliver(wal, compression, Runtime.getRuntime().availableProcessors());
            last = Optional.of(delivered);
            if (delivered.outcome() instanceof PushOutcome.AlreadyArchived) {
                there++;
            } else {
                stored.add(delivered.file());
            }
            return Optional.of(delivered.file());
        }

        void catchUp() throws ArchiverException {
            if (vaults.size() > 1 && last.isPresent()) {
                catchUp.all(last.get().keys());
            }
        }

        SalvageReport report() {
            var ends = new TreeMap<>(reach);
            ends.putAll(foreign);
            List<SalvageReport.Reach> reached = ends.entrySet().stream()
                    .map(each ->
                            new SalvageReport.Reach(each.getKey(), each.getValue(), foreign.containsKey(each.getKey())))
                    .toList();
            return new SalvageReport(system, stored, there, tails, reached, leftOut, problems);
        }
    }
}
