package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Compression;
import dev.walvault.seal.Unsealed;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The base backups of one system. */
public final class Backups {
    private final MemberKeys keys;
    private final Documents documents;
    private final SealedObjects sealed;
    private final SealedReader reader;

    /** Of the backup whose packs are read, where the list has to vouch for them. */
    private Map<String, StoredDigest> listed = Map.of();

    private @Nullable BackupId listedBackup;

    Backups(MemberKeys keys, Documents documents, SealedObjects sealed, SealedReader reader) {
        this.keys = keys;
        this.documents = documents;
        this.sealed = sealed;
        this.reader = reader;
    }

    /** Every backup, complete or not. Lists the store. */
    public BackupList list() throws ArchiverException {
        var complete = new ArrayList<Backup>();
        var incomplete = new ArrayList<BackupId>();
        var unreadable = new ArrayList<BackupList.Unreadable>();
        for (BackupId id : ids()) {
            try {
                Optional<Backup> backup = find(id);
                if (backup.isPresent()) {
                    complete.add(backup.get());
                } else if (documents.any(keys.backup(id))) {
                    incomplete.add(id);
                }
            } catch (ArchiverException e) {
                if (!e.isOfOneObject()) {
                    throw e;
                }
                unreadable.add(new BackupList.Unreadable(id, e));
            }
        }
        return new BackupList(complete, incomplete, unreadable);
    }

    /** The backup of this id if it is complete. */
    public Optional<Backup> find(BackupId id) throws ArchiverException {
        Optional<JsonObject> json = documents.find(keys.complete(id));
        if (json.isEmpty()) {
            return Optional.empty();
        }
        Backup backup = Backup.read(json.get());
        if (!backup.id().equals(id) || !backup.facts().system().equals(keys.system())) {
            throw Documents.swapped(
                    keys.complete(id),
                    "of backup " + backup.id() + " of system " + backup.facts().system());
        }
        return Optional.of(backup);
    }

    /** Whether the last thing is there that is written of a backup. */
    public boolean isComplete(BackupId id) throws ArchiverException {
        return documents.isThere(keys.complete(id));
    }

    /** Who is said to have signed the backup; nothing is verified. Empty if nobody is, or it is not complete. */
    public Optional<String> writer(BackupId id) throws ArchiverException {
        return documents.writer(keys.complete(id));
    }

    /**
     * Why a backup cannot be restored although its {@code complete.json} is there. Lists the store, and holds no more
     * than it has, however many packs are promised.
     */
    public Optional<ArchiverException> lacking(Backup backup) throws ArchiverException {
        Set<ObjectKey> there = new HashSet<>();
        try {
            documents.each(keys.backup(backup.id()), object -> there.add(object.key()));
        } catch (ArchiverException e) {
            if (!e.isOfOneObject()) {
                throw e;
            }
            return Optional.of(e);
        }
        Optional<ArchiverException> unknown = unknown(backup.id(), there);
        if (unknown.isPresent()) {
            return unknown;
        }
        boolean manifest = there.contains(keys.manifest(backup.id()));
        long packs = there.stream().filter(key -> isPackOf(backup, key)).count();
        long missing = backup.packs() - packs + (manifest ? 0 : 1);
        if (missing <= 0) {
            return Optional.empty();
        }
        ObjectKey first = manifest
                ? Stream.iterate(1, number -> number + 1)
                        .map(number -> keys.pack(backup.id(), number))
                        .filter(key -> !there.contains(key))
                        .findFirst()
                        .orElseThrow()
                : keys.manifest(backup.id());
        return Optional.of(Fault.of(ErrorCode.CORRUPT, "backup " + backup.id() + " is not whole")
                .detail("\"" + first + "\" is missing from the vault"
                        + (missing == 1 ? "" : ", and " + (missing - 1) + " more"))
                .integrity());
    }

    /**
     * Throws where a newer walvault has stored something of this backup in a place that this one does not know. Lists
     * the names of its parts.
     *
     * @throws dev.walvault.IntegrityException FORMAT_TOO_NEW
     */
    public void requireKnownPlaces(BackupId id) throws ArchiverException {
        ObjectKey root = keys.backup(id);
        Optional<ArchiverException> unknown = unknown(id, documents.names(root, root::child));
        if (unknown.isPresent()) {
            throw unknown.get();
        }
    }

    private Optional<ArchiverException> unknown(BackupId id, Collection<ObjectKey> parts) {
        ObjectKey root = keys.backup(id);
        return parts.stream()
                .filter(key -> ReservedPlaces.OF_BACKUP.hold(root, key))
                .min(Comparator.naturalOrder())
                .map(ReservedPlaces::taken);
    }

    /** Whether a key is that of a pack that the backup says that it has. */
    private boolean isPackOf(Backup backup, ObjectKey key) {
        try {
            int number = Integer.parseInt(key.name());
            return number >= 1 && number <= backup.packs() && key.equals(keys.pack(backup.id(), number));
        } catch (NumberFormatException _) {
            return false;
        }
    }

    /** Every id that has any object, complete or not, oldest first. Lists the store. */
    public List<BackupId> ids() throws ArchiverException {
        return documents.names(keys.backups(), BackupId::parse);
    }

    public DigestedUpload beginPack(BackupId id, int number, Compression compression) throws ArchiverException {
        return sealed.beginDigested(keys.pack(id, number), compression);
    }

    public Unsealed openPack(Backup backup, int number) throws ArchiverException {
        ObjectKey key = keys.pack(backup.id(), number);
        if (!reader.isSignedAsWhole()) {
            return require(key, reader.open(key));
        }
        StoredDigest listed = listed(backup).get(MemberKeys.packName(number));
        if (listed == null) {
            throw reader.damaged(keys.packList(backup.id()), "it does not list pack " + MemberKeys.packName(number));
        }
        return require(key, reader.open(key, listed));
    }

    private synchronized Map<String, StoredDigest> listed(Backup backup) throws ArchiverException {
        if (!backup.id().equals(listedBackup)) {
            listed = packList(backup);
            listedBackup = backup.id();
        }
        return listed;
    }

    public DigestedUpload beginManifest(BackupId id, Compression compression) throws ArchiverException {
        return sealed.beginDigested(keys.manifest(id), compression);
    }

    /** Where only its end tells by whom it was written, it is read to its end before it is opened. */
    public Unsealed openManifest(Backup backup) throws ArchiverException {
        ObjectKey key = keys.manifest(backup.id());
        if (!reader.isSignedAsWhole()) {
            return require(key, reader.open(key));
        }
        try (Unsealed proof = require(key, reader.open(key, backup.manifestStored()))) {
            proof.content().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw reader.asFault(key, e);
        }
        return require(key, reader.open(key, backup.manifestStored()));
    }

    public PackListUpload beginPackList(BackupId id) throws ArchiverException {
        return new PackListUpload(id, sealed.beginPlain(keys.packList(id)));
    }

    /**
     * What the packs of a backup are as they are stored, by their names. Needs no key.
     *
     * @throws dev.walvault.IntegrityException CORRUPT if the list is missing, or not what the backup says
     */
    public Map<String, StoredDigest> packList(Backup backup) throws ArchiverException {
        ObjectKey key = keys.packList(backup.id());
        return documents.read(key, in -> PackList.read(key.value(), in, backup)).orElseThrow(() -> missing(key));
    }

    private static IntegrityException missing(ObjectKey key) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + key + "\" is missing from the vault")
                .integrity();
    }

    private static Unsealed require(ObjectKey key, Optional<Unsealed> found) throws IntegrityException {
        return found.orElseThrow(() -> missing(key));
    }

    /** Puts the history of the backup's timeline beside it, sealed to those that can open the backup. */
    public void carry(BackupId id, WalFile.TimelineHistoryFile file, byte[] content, Compression compression)
            throws ArchiverException {
        ObjectKey key = keys.carried(id, file);
        try {
            sealed.create(
                    key,
                    sealed.seal(key, new ByteArrayInputStream(content), content.length, compression, 1)
                            .content());
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is read but memory
        }
    }

    /**
     * Makes a backup exist: the last thing that is written of it. When this throws, the backup does not exist, or the
     * error says that nobody knows.
     */
    public void complete(Backup backup) throws ArchiverException {
        ObjectKey key = keys.complete(backup.id());
        CreateOutcome outcome;
        try {
            outcome = documents.create(key, backup::put);
        } catch (ArchiverException e) {
            throw withdrawn(backup.id(), e);
        }
        if (outcome == CreateOutcome.ALREADY_THERE) {
            throw Fault.of(ErrorCode.CONFLICT, "backup " + backup.id() + " is complete already")
                    .integrity();
        }
    }

    /** It may be there in spite of the error, and would count. */
    private ArchiverException withdrawn(BackupId id, ArchiverException failure) {
        try {
            sealed.delete(keys.complete(id));
            return failure;
        } catch (ArchiverException again) {
            failure.addSuppressed(again);
            return Fault.from(failure)
                    .message("it is not known whether backup " + id + " is complete: " + failure.getMessage())
                    .hint("Once the vault can be reached, \"walvault info\" tells. If it is there, it can be restored.")
                    .cause(failure)
                    .exception();
        }
    }

    /** Deletes what a backup that failed has left; never touches one that is complete. Returns how many objects. */
    public int discardIncomplete(BackupId id) throws ArchiverException {
        if (documents.find(keys.complete(id)).isPresent()) {
            return 0;
        }
        var found = new ArrayList<ObjectKey>();
        documents.each(keys.backup(id), object -> found.add(object.key()));
        sealed.deleteAll(found);
        return found.size();
    }
}
