package dev.walvault.copy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.StoredObject;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.StoredDigest;
import dev.walvault.vault.SystemIdentity;
import dev.walvault.work.Workers;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Copies one system of a member. A problem with one object ends the backup that needs it, and nothing else. */
final class SystemCopy {
    private static final Set<ErrorCode> PROBLEMS = Set.of(
            ErrorCode.CONFLICT, ErrorCode.STORE_OBSTRUCTED, ErrorCode.CORRUPT, ErrorCode.GAP, ErrorCode.FORMAT_TOO_NEW);

    private static final ObjectCopier.Meaning BYTE_FOR_BYTE = (_, _) -> false;

    /** Who could not read a record has written the server's time just after it. */
    private static final ObjectCopier.Meaning SAME_RECORD =
            (ours, theirs) -> ours.text("name").equals(theirs.text("name"))
                    && ours.text("lsn").equals(theirs.text("lsn"))
                    && ours.number("timeline") == theirs.number("timeline");

    private final MemberVault from;
    private final MemberKeys keys;
    private final WalSegmentSize size;
    private final ObjectCopier copier;
    private final Parting parting;
    private final CopyLedger ledger;
    private final Workers workers;
    private final Cancellation cancellation;
    private final Listener listener;
    private final List<BackupFacts> taken = new ArrayList<>();

    SystemCopy(
            MemberVault from,
            ObjectCopier copier,
            CopyLedger ledger,
            Workers workers,
            Cancellation cancellation,
            Listener listener)
            throws ArchiverException {
        this.from = from;
        this.keys = from.keys();
        this.size = from.requireIdentity().segmentSize();
        this.copier = copier;
        this.parting = new Parting(from, copier.target(), size, this::compare, ledger);
        this.ledger = ledger;
        this.workers = workers;
        this.cancellation = cancellation;
        this.listener = listener;
    }

    /**
     * Copies these backups with what each needs. Finds out first where the other vault has other WAL: nothing is stored
     * behind that, then or by {@link #everythingElse}.
     *
     * @throws ArchiverException if the other vault knows the system with other properties, or a store fails
     */
    void backups(List<Backup> backups) throws ArchiverException {
        register();
        parting.find();
        for (Backup backup : backups) {
            cancellation.check();
            if (parting.leavesOut(backup.facts().lastSegment())) {
                ledger.incomplete(backup.id());
                continue;
            }
            listener.on(new CopyEvent.CopyingBackup(backup.id(), keys.system(), copier.mode()));
            taken.add(backup.facts());
            if (new BackupCopy(backup).run()) {
                ledger.backup(backup.id());
            } else {
                ledger.incomplete(backup.id());
            }
        }
    }

    /** Copies the histories, the WAL and the restore points that did not come with the backups. */
    void everythingElse() throws ArchiverException {
        listener.on(new CopyEvent.CopyingRest(keys.system(), copier.mode()));
        from.unknownPlaces().forEach(ledger::problem);
        var any = new AtomicBoolean();
        for (TimelineId timeline : from.wal().histories()) {
            // a listing of objects does not show what is in the place of one
            noting(any, () -> from.vault().store().head(keys.wal(new WalFile.TimelineHistoryFile(timeline))));
        }
        eachBelow(keys.histories(), object -> wal(any, object));
        eachBelow(keys.timelines(), object -> {
            if (!cameWithBackup(object.key().name())) {
                wal(any, object);
            }
        });
        eachBelow(keys.points(), object -> {
            if (!parting.leavesOutPoint(object.key())) {
                submit(any, () -> point(object.key()));
            }
        });
        workers.join();
    }

    /** Names of one length are in the order of their segments. */
    private boolean cameWithBackup(String name) {
        return taken.stream()
                .anyMatch(facts -> name.length() == facts.lastSegment().name().length()
                        && name.compareTo(facts.firstSegment().name()) >= 0
                        && name.compareTo(facts.lastSegment().name()) <= 0);
    }

    /** An object below the WAL or the histories. */
    private void wal(AtomicBoolean failed, StoredObject object) throws ArchiverException {
        WalFile file;
        try {
            file = WalFile.parse(object.key().name());
        } catch (IllegalArgumentException _) {
            submit(failed, sealed(object)); // no file of a server's, which belongs to no timeline
            return;
        }
        if (!parting.leavesOut(file)) {
            Workers.Task task = sealed(object);
            submit(failed, () -> wal(failed, file, task));
        }
    }

    /** Does it unless another server has gone on there meanwhile. */
    private void wal(AtomicBoolean failed, WalFile file, Workers.Task task) throws ArchiverException {
        if (parting.leavesOut(file)) {
            failed.set(true);
            return;
        }
        try {
            task.run();
        } catch (IntegrityException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                parting.met(file);
            }
            throw e;
        }
    }

    private void compare(ObjectKey key) throws ArchiverException {
        Optional<StoredObject> ours = from.vault().store().head(key);
        if (ours.isPresent()) {
            copier.compare(source(ours.get(), Optional.empty()));
        }
    }

    private void register() throws ArchiverException {
        copier.document(
                MemberKeys.clusterDocument(keys.cluster()),
                // nobody signs it, and nobody believes more for what it says
                (key, stored) -> JsonObject.parse(key.value(), stored).requireFormat(),
                (ours, theirs) -> ours.text("kind").equals(theirs.text("kind")));
        copier.document(
                keys.identity(),
                from::believed,
                (ours, theirs) -> SystemIdentity.read(ours).sameSystem(SystemIdentity.read(theirs)));
    }

    private void point(ObjectKey key) throws ArchiverException {
        // a name is taken, whoever took it; and a place in the WAL is the same, whoever has signed for it
        boolean reservation = key.name().equals("pending.json");
        copier.document(key, from::believed, reservation ? (_, _) -> true : SAME_RECORD);
    }

    /** A point that SQL made has none. */
    private void reservation(String name) throws ArchiverException {
        ObjectKey key = keys.pendingPoint(name);
        if (from.vault().store().head(key).isPresent()) {
            point(key);
        }
    }

    private Workers.Task sealed(StoredObject object) {
        return sealed(object, Optional.empty());
    }

    private Workers.Task sealed(StoredObject object, Optional<StoredDigest> digest) {
        ledger.expect(object.bytesStored());
        return () -> copier.sealed(source(object, digest));
    }

    private SourceObject source(StoredObject object, Optional<StoredDigest> digest) {
        return new SourceObject(
                from, object.key(), keys.nameOf(object.key()), object.bytesStored(), digest, cancellation);
    }

    /** Has it done by one of the threads; a problem of the object is noted, and {@code failed} is set. */
    private void submit(AtomicBoolean failed, Workers.Task task) throws ArchiverException {
        workers.submit(() -> noting(failed, task));
    }

    private void noting(AtomicBoolean failed, Workers.Task task) throws ArchiverException {
        try {
            task.run();
        } catch (ArchiverException e) {
            if (!PROBLEMS.contains(e.code())) {
                throw e;
            }
            failed.set(true);
            ledger.problem(e);
        }
    }

    @FunctionalInterface
    private interface Visitor {
        void visit(StoredObject object) throws ArchiverException;
    }

    private void eachBelow(ObjectKey prefix, Visitor visitor) throws ArchiverException {
        try (Stream<StoredObject> objects = from.vault().store().list(prefix)) {
            for (var each = objects.iterator(); each.hasNext(); ) {
                visitor.visit(each.next());
            }
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause()) instanceof ArchiverException known
                    ? known
                    : Fault.of(ErrorCode.STORE_UNREACHABLE, "could not list \"" + prefix + "\"")
                            .cause(e)
                            .store();
        }
    }

    /** One backup, in the order in which an interrupted copy is never taken for a backup. */
    private final class BackupCopy {
        private final Backup backup;
        private final BackupFacts facts;
        private final AtomicBoolean failed = new AtomicBoolean();

        BackupCopy(Backup backup) {
            this.backup = backup;
            this.facts = backup.facts();
        }

        /** Whether it is complete in the other vault now. */
        boolean run() throws ArchiverException {
            if (!facts.timeline().equals(TimelineId.FIRST)) {
                walFile(new WalFile.TimelineHistoryFile(facts.timeline()));
                noting(
                        failed,
                        () -> eachBelow(
                                keys.carriedHistories(backup.id()), history -> submit(failed, sealed(history))));
            }
            WalSegment last = facts.lastSegment().toWalSegment(size);
            for (var segment = facts.firstSegment().toWalSegment(size); segment.compareTo(last) <= 0; ) {
                walFile(segment.file(size));
                segment = segment.next();
            }
            noting(failed, () -> from.backups().requireKnownPlaces(backup.id()));
            noting(failed, this::packs);
            workers.join();
            if (failed.get()) {
                return false;
            }
            points();
            noting(failed, () -> copier.document(keys.complete(backup.id()), from::believed, BYTE_FOR_BYTE));
            return !failed.get();
        }

        private void walFile(WalFile file) throws ArchiverException {
            ObjectKey key = keys.wal(file);
            submit(failed, () -> wal(failed, file, () -> sealed(require(key)).run()));
        }

        private StoredObject require(ObjectKey key) throws ArchiverException {
            Optional<StoredObject> found = from.vault().store().head(key);
            if (found.isEmpty()) {
                from.requirePresent();
                throw Fault.of(ErrorCode.GAP, "\"" + from.vault().location() + "/" + key + "\" is missing")
                        .detail("backup " + backup.id() + " needs it")
                        .hint("The backup was not copied. Copy it from a vault that has the file, or archive it.")
                        .integrity();
            }
            return found.get();
        }

        private void packs() throws ArchiverException {
            StoredObject manifest = require(keys.manifest(backup.id()));
            Map<String, StoredDigest> listed = from.backups().packList(backup);
            var seen = new long[] {0, manifest.bytesStored()};
            eachBelow(keys.packs(backup.id()), pack -> {
                seen[0]++;
                seen[1] += pack.bytesStored();
                submit(
                        failed,
                        sealed(pack, Optional.ofNullable(listed.get(pack.key().name()))));
            });
            if (seen[0] != backup.packs() || seen[1] != backup.bytesStored()) {
                throw Fault.of(ErrorCode.CORRUPT, "backup " + backup.id() + " is damaged")
                        .detail("it should have " + backup.packs() + " packs and, with its manifest, "
                                + backup.bytesStored() + " bytes; there are " + seen[0] + " packs and " + seen[1]
                                + " bytes")
                        .hint("The backup was not copied. Copy it from a vault where it is sound, or take a new one.")
                        .integrity();
            }
            // the manifest comes after all packs
            workers.join();
            if (!failed.get()) {
                noting(failed, sealed(manifest, Optional.of(backup.manifestStored())));
                noting(failed, () -> copier.plain(keys.packList(backup.id()), backup.packList()));
            }
        }

        /** Those in the WAL that was copied along; there is no WAL to reach the others with. */
        private void points() throws ArchiverException {
            var end = facts.lastSegment().toWalSegment(size).endLsn(size);
            for (RestorePoint point : from.restorePoints().all().points()) {
                boolean reachable = point.timeline().equals(facts.timeline())
                        && point.lsn().compareTo(facts.stop()) >= 0
                        && point.lsn().compareTo(end) <= 0;
                if (reachable) {
                    noting(failed, () -> reservation(point.name()));
                    noting(failed, () -> point(keys.point(point)));
                }
            }
        }
    }
}
