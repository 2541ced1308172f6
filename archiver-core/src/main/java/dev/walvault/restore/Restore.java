package dev.walvault.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.IntegrityException;
import dev.walvault.KeyException;
import dev.walvault.aside.OwnNames;
import dev.walvault.checksum.Crc32c;
import dev.walvault.host.Disk;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import dev.walvault.pg.BackupManifestWriter;
import dev.walvault.pg.PgMajor;
import dev.walvault.pg.Postmaster;
import dev.walvault.pg.TablespaceMap;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Unsealed;
import dev.walvault.vault.Author;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.ManifestHead;
import dev.walvault.vault.ManifestPack;
import dev.walvault.vault.ManifestReader;
import dev.walvault.vault.ManifestTotals;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Workers;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Puts a backup into an empty directory, ready for the server to recover. {@code global/pg_control}, without which no
 * server starts, appears last, when everything else was compared with the manifest and is durable. A restore that fails
 * removes what it had made; one that was killed leaves a marker that names what to remove.
 */
public final class Restore {
    private static final int GROUP_READS = 040;
    private static final String NOT_THE_ONE = "It is not the one that \"complete.json\" names.";

    private final MemberVaults vaults;
    private final List<MemberVault> orders;
    private final Author author;
    private final Listener listener;
    private final Cancellation cancellation;
    private final Disk disk;

    /** What is damaged in one of the vaults, or cannot be read from it, is taken from the next. */
    public Restore(MemberVaults vaults, Author author, Listener listener, Cancellation cancellation) {
        this(vaults, author, listener, cancellation, Disk.ofThisHost());
    }

    Restore(MemberVaults vaults, Author author, Listener listener, Cancellation cancellation, Disk disk) {
        this.vaults = vaults;
        this.orders = vaults.orders();
        this.disk = disk;
        this.author = author;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    /**
     * Restores. What the plan warns of is told when nothing is left that this could be refused for.
     *
     * @throws dev.walvault.HostException DIRECTORY_IN_USE if a directory has anything in it, LOCAL_FULL if there is no
     *     room
     * @throws IntegrityException CORRUPT if anything of the backup is not what was stored
     * @throws dev.walvault.ConfigurationException USAGE if tablespaces are mapped that the backup does not have
     */
    public RestoreResult run(RestorePlan plan, RestoreOptions options) throws ArchiverException {
        return run(plan, options, entry -> OwnNames.stays(String.valueOf(entry.getFileName())));
    }

    /**
     * Restores into directories that need not be empty.
     *
     * @param stays whether an entry at the top of one of them does not count, and is not touched
     */
    public RestoreResult run(RestorePlan plan, RestoreOptions options, Predicate<Path> stays) throws ArchiverException {
        Backup backup = plan.backup();
        PgMajor major = PgMajor.fromServerVersionNum(backup.facts().serverVersionNum());
        var told = new ArrayList<Event>();
        plan.warnings().forEach(warning -> told.add(new RestoreEvent.Caveat(warning)));
        try (Unsealed stored = openManifest(backup)) {
            var manifest = new ManifestReader(manifestOf(backup), stored.content());
            ManifestHead head = requireOf(backup, manifest);
            Destination to = Destination.of(plan, options, head, vaults, stays, told::add);
            RestoreSite site = RestoreSite.claim(
                    to.data(), List.copyOf(to.tablespaces().values()), to.wal(), stays, disk, listener);
            told.forEach(listener::on);
            boolean done = false;
            try {
                var run = new Run(plan, options, site, to);
                listener.on(new RestoreEvent.Started(backup.id(), to.data()));
                run.unpack(stored, manifest, major);
                run.finish();
                done = true;
                ServerStart.Advice start = ServerStart.advise(
                        to.data(), major, options.server(), Postmaster.dataDirectories(), options.serverSettings());
                start.warnings().forEach(warning -> listener.on(new RestoreEvent.Caveat(warning)));
                return new RestoreResult(
                        to.data(),
                        backup.files(),
                        backup.bytes(),
                        to.tablespaces(),
                        options.recovery(),
                        head.subscriptions(),
                        start.command());
            } finally {
                if (!done) {
                    site.undo();
                }
            }
        } catch (IOException e) {
            throw failure(plan, e);
        }
    }

    /**
     * Looks whether {@link #run} would refuse its directories or find the backup's manifest damaged; changes nothing,
     * and warns of nothing. Throws as it does.
     *
     * @param stays as for {@link #run}
     */
    public void require(RestorePlan plan, RestoreOptions options, Predicate<Path> stays) throws ArchiverException {
        Backup backup = plan.backup();
        try (Unsealed stored = openManifest(backup)) {
            var manifest = new ManifestReader(manifestOf(backup), stored.content());
            ManifestHead head = requireOf(backup, manifest);
            Destination to = Destination.of(plan, options, head, vaults, stays, _ -> {});
            RestoreSite.requireFree(to.data(), List.copyOf(to.tablespaces().values()), to.wal(), stays);
            stored.content().transferTo(OutputStream.nullOutputStream());
            if (!stored.digest().equals(backup.manifest())) {
                throw damaged(backup, NOT_THE_ONE);
            }
        } catch (IOException e) {
            throw failure(plan, e);
        }
    }

    /** Where the backup itself is damaged, or only a key opens it that is not here, with what to do. */
    private static ArchiverException failure(RestorePlan plan, IOException e) {
        if (e instanceof IntegrityException damage
                && damage.code() == ErrorCode.CORRUPT
                && damage.hint().isEmpty()) {
            return Fault.from(damage).hint(otherThan(plan)).cause(damage).integrity();
        }
        if (e instanceof KeyException closed
                && closed.code() == ErrorCode.KEY_WRONG
                && plan.nextBest().isPresent()) {
            String hint = closed.hint().map(first -> first + " ").orElse("");
            return Fault.from(closed).hint(hint + otherThan(plan)).cause(closed).key();
        }
        return PackUnpacker.storeFailed(e);
    }

    private static ManifestHead requireOf(Backup backup, ManifestReader manifest) throws IntegrityException {
        ManifestHead head = manifest.head();
        if (!head.facts().equals(backup.facts())) {
            throw damaged(backup, "It describes another backup than \"complete.json\".");
        }
        return head;
    }

    private static String otherThan(RestorePlan plan) {
        return plan.nextBest()
                .map(id -> "The next best backup is " + id + ": take it with --backup " + id + ".")
                .orElse("No other backup in the vault leads to " + plan.target()
                        + ". If another vault has this one, name that vault with --vault.");
    }

    private static String manifestOf(Backup backup) {
        return "the manifest of backup " + backup.id();
    }

    /**
     * Where there are several vaults, from the first that has it sound: all of it is read once before anything is made.
     */
    private Unsealed openManifest(Backup backup) throws IOException {
        for (MemberVault order : orders.subList(0, orders.size() - 1)) {
            try (Unsealed proof = order.backups().openManifest(backup)) {
                proof.content().transferTo(OutputStream.nullOutputStream());
                if (proof.digest().equals(backup.manifest())) {
                    return order.backups().openManifest(backup);
                }
                listener.on(new RestoreEvent.ReadAgain(manifestOf(backup), damaged(backup, NOT_THE_ONE), true));
            } catch (IOException e) {
                PackUnpacker.requireElsewhere(e);
                listener.on(new RestoreEvent.ReadAgain(manifestOf(backup), PackUnpacker.storeFailed(e), true));
            }
        }
        return orders.getLast().backups().openManifest(backup);
    }

    private static IntegrityException damaged(Backup backup, String detail) {
        return Fault.of(ErrorCode.CORRUPT, manifestOf(backup) + " is damaged")
                .detail(detail)
                .integrity();
    }

    /** One restore into directories that it owns. */
    private final class Run {
        private final RestorePlan plan;
        private final Backup backup;
        private final RestoreOptions options;
        private final RecoverySettings recovery;
        private final Path data;
        private final RestoreSite site;
        private final Destination to;
        private final RestoredTree tree;
        private final HeldFiles held = new HeldFiles();

        Run(RestorePlan plan, RestoreOptions options, RestoreSite site, Destination to) {
            this.plan = plan;
            this.backup = plan.backup();
            this.options = options;
            this.recovery = options.recovery();
            this.data = site.dataDirectory();
            this.site = site;
            this.to = to;
            this.tree = new RestoredTree(disk, data, options.diskWrites());
        }

        /**
         * Everything but {@code global/pg_control}, compared with the manifest, and PostgreSQL's own manifest of it.
         */
        void unpack(Unsealed stored, ManifestReader manifest, PgMajor major) throws IOException {
            for (var place : to.tablespaces().entrySet()) {
                tree.putElsewhere("pg_tblspc/" + place.getKey(), place.getValue());
            }
            if (to.wal().isPresent()) {
                tree.putElsewhere("pg_wal", to.wal().get());
            }
            Path path = data.resolve("backup_manifest");
            try (OutputStream file = tree.create("backup_manifest", path);
                    var out = new BufferedOutputStream(file, 1 << 16)) {
                var copy = BackupManifestWriter.begin(out, major, backup.facts().system());
                unpackPacks(manifest, copy);
                requireBalance(stored, manifest);
                finishSmallFiles(copy);
                BackupFacts facts = backup.facts();
                copy.finish(List.of(new BackupManifestWriter.WalRange(facts.timeline(), facts.start(), facts.stop())));
            } catch (ArchiverException e) {
                throw e;
            } catch (IOException e) {
                throw LocalFiles.cannot("write", path, e);
            }
            // a server makes it when it starts; until then it tells this directory from one that nothing is mounted at
            tree.directory(new ManifestEntry.Directory("pg_wal/archive_status", 0700));
            for (ManifestEntry.Link link : tree.makeLinks()) {
                boolean there = Files.exists(data.resolve(FileNames.path(link.path())));
                listener.on(new RestoreEvent.LinkRestored(link.path(), link.target(), there));
            }
            if (plan.tail().isPresent()) {
                plan.tail().get().put(vaults, data.resolve("pg_wal"));
            }
        }

        private void unpackPacks(ManifestReader manifest, BackupManifestWriter copy) throws IOException {
            var unpacker =
                    new PackUnpacker(orders.stream().map(MemberVault::backups).toList(), backup, tree, held, listener);
            var cut = new CutFiles();
            try (var workers = new Workers("restore", options.jobs(), cancellation)) {
                for (Optional<ManifestPack> pack = next(manifest); pack.isPresent(); pack = next(manifest)) {
                    ManifestPack each = pack.get();
                    requireWithinPromise(manifest);
                    workers.submit(() -> unpacker.unpack(each, workers::check));
                    for (ManifestEntry entry : each.entries()) {
                        boolean listed = !HeldFiles.isSuperseded(entry.path())
                                && !entry.path().equals(HeldFiles.TABLESPACE_MAP);
                        if (listed && entry instanceof ManifestEntry.File file) {
                            list(copy, file.path(), file.size(), file.modified(), file.crc32c());
                        } else if (entry instanceof ManifestEntry.Part part) {
                            cut.add(part);
                        }
                    }
                }
                workers.join();
            }
            for (ManifestEntry.File file : whole(cut)) {
                tree.finish(file, tree.place(file.path()));
                list(copy, file.path(), file.size(), file.modified(), file.crc32c());
            }
        }

        private List<ManifestEntry.File> whole(CutFiles cut) throws ArchiverException {
            try {
                return cut.whole();
            } catch (IllegalArgumentException e) {
                throw damaged(backup, String.valueOf(e.getMessage()));
            }
        }

        private Optional<ManifestPack> next(ManifestReader manifest) throws ArchiverException {
            try {
                return manifest.nextPack();
            } catch (IllegalArgumentException e) {
                throw damaged(backup, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                throw PackUnpacker.storeFailed(e);
            }
        }

        private void list(BackupManifestWriter copy, String path, long size, Instant modified, int crc32c)
                throws IOException {
            try {
                copy.file(FileNames.encode(path), size, modified, crc32c);
            } catch (IllegalArgumentException e) {
                throw damaged(backup, String.valueOf(e.getMessage()));
            }
        }

        /** Before more is written than the backup is said to have. */
        private void requireWithinPromise(ManifestReader manifest) throws ArchiverException {
            if (manifest.totals().exceed(promised())) {
                throw damaged(backup, "It should list " + promised() + ", and lists more.");
            }
        }

        private ManifestTotals promised() {
            return new ManifestTotals(backup.packs(), backup.files(), backup.bytes());
        }

        /** The manifest balances in itself; it must also be the one that was there when the backup was completed. */
        private void requireBalance(Unsealed stored, ManifestReader manifest) throws ArchiverException {
            if (!manifest.totals().equals(promised())) {
                throw damaged(backup, "It should list " + promised() + ", and lists " + manifest.totals() + ".");
            }
            if (!stored.digest().equals(backup.manifest())) {
                throw damaged(backup, "It should be " + backup.manifest() + ", and is " + stored.digest() + ".");
            }
        }

        private void finishSmallFiles(BackupManifestWriter copy) throws IOException {
            HeldFiles.Held label = require(HeldFiles.LABEL);
            write(HeldFiles.LABEL, label);
            site.allowGroup((require(HeldFiles.CONTROL).file().mode() & GROUP_READS) != 0);
            Optional<HeldFiles.Held> map = held.find(HeldFiles.TABLESPACE_MAP);
            if (map.isPresent()) {
                byte[] content = to.moved().isEmpty()
                        ? map.get().content()
                        : rewritten(map.get().content());
                ManifestEntry.File file = map.get().file();
                write(HeldFiles.TABLESPACE_MAP, new HeldFiles.Held(file, content));
                list(copy, file.path(), content.length, file.modified(), Crc32c.of(content));
            } else if (!to.tablespaces().isEmpty()) {
                throw damaged(backup, "It lists tablespaces, but no \"" + HeldFiles.TABLESPACE_MAP + "\".");
            }
            writeSettings();
        }

        private HeldFiles.Held require(String path) throws ArchiverException {
            return held.find(path).orElseThrow(() -> damaged(backup, "It does not list \"" + path + "\"."));
        }

        private byte[] rewritten(byte[] map) throws ArchiverException {
            var locations = new LinkedHashMap<Long, String>();
            to.moved().forEach((oid, place) -> locations.put(oid, FileNames.text(place)));
            try {
                return TablespaceMap.parse(FileNames.decode(map))
                        .withLocations(locations)
                        .toString()
                        .getBytes(UTF_8);
            } catch (IllegalArgumentException e) {
                throw damaged(backup, String.valueOf(e.getMessage()));
            }
        }

        private void writeSettings() throws ArchiverException {
            Path path = data.resolve(AutoConf.NAME);
            Optional<TimelineId> newest = newestFrom(backup.facts().timeline());
            String comment = author.version() + " on " + author.host() + " at "
                    + author.clock().instant() + ", from backup " + backup.id() + " to " + plan.target();
            try {
                if (!Files.exists(path)) {
                    create(AutoConf.NAME, new byte[0]);
                }
                // in place, so that it keeps its mode; links that came with the backup are not there yet
                byte[] former = Files.readAllBytes(path);
                Files.write(
                        path, AutoConf.rewritten(former, comment, recovery.settings(plan, newest), recovery.role()));
            } catch (ArchiverException e) {
                throw e;
            } catch (IOException e) {
                throw LocalFiles.cannot("rewrite", path, e);
            }
            create(recovery.role().signalFile(), new byte[0]);
            recovery.caveat(plan, newest).ifPresent(caveat -> listener.on(new RestoreEvent.Caveat(caveat)));
        }

        /** Where {@code latest} leads, tried as the server tries it: findNewestTimeLine of {@code timeline.c}. */
        private Optional<TimelineId> newestFrom(TimelineId start) {
            try {
                TimelineId newest = start;
                for (var next = newest.next(); hasHistory(next); next = next.next()) {
                    newest = next;
                }
                return Optional.of(newest);
            } catch (ArchiverException _) {
                // a vault that is unreachable may have more
                return Optional.empty();
            }
        }

        private boolean hasHistory(TimelineId timeline) throws ArchiverException {
            return vaults.together()
                    .wal()
                    .inspect(new WalFile.TimelineHistoryFile(timeline))
                    .isPresent();
        }

        private void write(String path, HeldFiles.Held content) throws ArchiverException {
            Path place = create(path, content.content());
            tree.finish(content.file(), place);
        }

        private Path create(String path, byte[] content) throws ArchiverException {
            Path place = tree.place(path);
            try (OutputStream out = tree.create(path, place)) {
                out.write(content);
                return place;
            } catch (ArchiverException e) {
                throw e;
            } catch (IOException e) {
                throw LocalFiles.cannot("write", place, e);
            }
        }

        /** Makes all durable, then lets {@code global/pg_control} appear, then removes the markers. */
        void finish() throws ArchiverException {
            String temporary = HeldFiles.CONTROL + ".walvault";
            write(temporary, require(HeldFiles.CONTROL));
            listener.on(new RestoreEvent.Syncing(data));
            try (var workers = new Workers("restore", options.jobs(), cancellation)) {
                site.sync(author.clock(), workers);
            }
            Path control = data.resolve(HeldFiles.CONTROL);
            cancellation.check();
            try {
                disk.rename(data.resolve(temporary), control);
                disk.syncDirectory(data.resolve("global"));
            } catch (IOException e) {
                throw LocalFiles.cannot("write", control, e);
            }
            site.release();
        }
    }
}
