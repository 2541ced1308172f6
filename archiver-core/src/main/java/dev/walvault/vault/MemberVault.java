package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.json.JsonObject;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.ObjectMeta;
import dev.walvault.sign.Signed;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of a vault that belongs to one PostgreSQL system: its identity, WAL, backups and restore points. */
public final class MemberVault {
    private final Vault vault;
    private final ObjectStore store;
    private final Documents documents;
    private final MemberKeys keys;
    private final Keyring keyring;
    private final Author author;
    private final WalArchive wal;
    private final Backups backups;
    private final RestorePoints restorePoints;
    private final IndexedWal indexedWal;
    private final SealedReader reader;

    MemberVault(Vault vault, ObjectStore store, Documents documents, MemberKeys keys, Keyring keyring, Author author) {
        this.vault = vault;
        this.store = store;
        this.documents = documents.with(DocumentSignatures.of(keyring, author));
        this.keys = keys;
        this.keyring = keyring;
        this.author = author;
        this.reader = new SealedReader(vault, store, keys, keyring);
        var sealed = new SealedObjects(vault, store, keys, keyring, author, reader);
        this.wal = new WalArchive(keys, this.documents, sealed, reader);
        this.backups = new Backups(keys, this.documents, sealed, reader);
        this.restorePoints = new RestorePoints(keys, this.documents, author);
        this.indexedWal = new IndexedWal(keys, this.documents);
    }

    public Vault vault() {
        return vault;
    }

    public MemberKeys keys() {
        return keys;
    }

    /** As whom this process writes. */
    public Author author() {
        return author;
    }

    public WalArchive wal() {
        return wal;
    }

    public Backups backups() {
        return backups;
    }

    public RestorePoints restorePoints() {
        return restorePoints;
    }

    /** Which WAL the restore points are known of. */
    public IndexedWal indexedWal() {
        return indexedWal;
    }

    /**
     * Whether those who believe a segment will believe what this host writes of it: it signs that, or nobody looks at
     * signatures here and the segment has none.
     */
    public boolean isBelievedOf(WalFile.Segment segment) throws ArchiverException {
        return keyring.signingKey().isPresent()
                || (keyring.trusted().areEverybody() && wal.writer(segment).isEmpty());
    }

    /**
     * Whether a backup whose document cannot be read may have ended behind a segment. It has not if the store got the
     * segment after that document: all WAL of a backup is there before its document is.
     */
    public boolean mayHaveEndedBehind(BackupId unreadable, WalFile.Segment segment) throws ArchiverException {
        Optional<Instant> document = storedAt(keys.complete(unreadable));
        Optional<Instant> wal = storedAt(keys.wal(segment));
        return document.isEmpty() || wal.isEmpty() || !wal.get().isAfter(document.get());
    }

    private Optional<Instant> storedAt(ObjectKey key) throws ArchiverException {
        return store.head(key).map(StoredObject::lastModified);
    }

    /**
     * What a newer walvault has stored of the cluster or of this system in places that this one does not know: for each
     * such place an error that says so. Lists the store.
     */
    public List<ArchiverException> unknownPlaces() throws ArchiverException {
        var unknown = new ArrayList<ArchiverException>();
        var roots = Map.of(
                ReservedPlaces.OF_CLUSTER, MemberKeys.root(keys.cluster()), ReservedPlaces.OF_SYSTEM, keys.root());
        for (var each : roots.entrySet()) {
            ObjectKey root = each.getValue();
            for (ObjectKey below : documents.names(root, root::child)) {
                if (each.getKey().hold(root, below)) {
                    unknown.add(ReservedPlaces.taken(below));
                }
            }
        }
        return unknown;
    }

    /**
     * Throws unless this host believes a sealed object by who has signed it.
     *
     * @param meta what the object says of itself
     * @throws dev.walvault.IntegrityException CORRUPT
     */
    public void requireTrusted(ObjectKey key, ObjectMeta meta, Optional<Signed> signed) throws ArchiverException {
        reader.requireTrust(key, meta, signed);
    }

    /**
     * What a document says.
     *
     * @param stored its bytes
     * @throws dev.walvault.IntegrityException CORRUPT if it is damaged, or this host does not believe who has signed it
     */
    public JsonObject believed(ObjectKey key, byte[] stored) throws ArchiverException {
        return documents.believed(key, stored);
    }

    /**
     * Who has signed a sealed object that is read from this stream, wherever it lies; empty if nobody has and nobody
     * must.
     */
    public Optional<Signer> signer(ObjectKey key, InputStream stored) throws IOException {
        return reader.signer(key, stored);
    }

    public Optional<SystemIdentity> identity() throws ArchiverException {
        return identity(documents.find(keys.identity()));
    }

    private Optional<SystemIdentity> identity(Optional<JsonObject> json) throws ArchiverException {
        if (json.isEmpty()) {
            return Optional.empty();
        }
        SystemIdentity identity = SystemIdentity.read(json.get());
        if (!identity.system().equals(keys.system())) {
            throw Documents.swapped(keys.identity(), "of system " + identity.system());
        }
        return Optional.of(identity);
    }

    /**
     * Makes the system known, so that its WAL and backups are taken in.
     *
     * @throws dev.walvault.StoreException VAULT_EXISTS if it is known with other properties
     */
    public CreateOutcome register(SystemIdentity identity) throws ArchiverException {
        CreateOutcome outcome = documents.create(keys.identity(), identity::put);
        SystemIdentity stored = requireIdentity();
        if (!stored.sameSystem(identity)) {
            throw Fault.of(
                            ErrorCode.VAULT_EXISTS,
                            "system " + keys.system() + " is known to the vault with other properties")
                    .detail("The server has " + String.join(", ", stored.differences(identity)) + ".")
                    .hint(
                            "If the server was changed in place (pg_upgrade, pg_resetwal), give it another member or cluster name.")
                    .store();
        }
        return outcome;
    }

    /**
     * The identity of a system that must have been registered, asked of the vault or remembered; otherwise tells which
     * ones have been.
     */
    public SystemIdentity requireIdentity() throws ArchiverException {
        return require(identity(documents.recall(keys.identity())));
    }

    private SystemIdentity require(Optional<SystemIdentity> identity) throws ArchiverException {
        if (identity.isPresent()) {
            return identity.get();
        }
        vault.requirePresent();
        List<SystemIdentifier> known = vault.systems(keys.cluster(), keys.member());
        String who = "system " + keys.system() + " is not known as member \"" + keys.member() + "\" of cluster \""
                + keys.cluster() + "\"";
        if (known.isEmpty()) {
            throw Fault.of(ErrorCode.VAULT_MISSING, who)
                    .hint("Register it with \"walvault init\".")
                    .store();
        }
        if (known.contains(keys.system())) {
            throw Fault.of(ErrorCode.VAULT_MISSING, who)
                    .detail("\"" + keys.identity() + "\" is missing, though the vault has other objects of this system")
                    .hint("Make it again with \"walvault init\".")
                    .store();
        }
        throw Fault.of(ErrorCode.WRONG_SYSTEM, who)
                .detail("known: " + SystemIdentifier.listed(known))
                .hint(
                        "If another server has this configuration by mistake, give it a cluster name of its own. If this"
                                + " server replaced the old one (initdb, pg_upgrade), register it with \"walvault init --new-system\".")
                .postgres();
    }

    /**
     * Throws unless the vault and this system's identity can be read at this moment. An object that was not found
     * before and is not found after is proven absent.
     */
    public void requirePresent() throws ArchiverException {
        vault.requirePresent();
        Optional<SystemIdentity> identity = identity();
        if (identity.isEmpty()) {
            documents.forget(keys.identity());
        }
        require(identity);
    }

    /** Clears away what writers that died left unfinished; returns how much there was. */
    public int discardAbandonedUploads(Duration age) throws ArchiverException {
        return store.discardAbandonedUploads(keys.root(), age);
    }
}
