package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.json.JsonObject;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.seal.Identities;
import dev.walvault.seal.Recipients;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A vault: its {@code vault.json} was read when it was opened, now or by a call a short while ago. */
public final class Vault {
    private static final String AGE = "age";
    private static final String NOT_ENCRYPTED = "none";
    private static final Set<String> ENCRYPTIONS = Set.of(AGE, NOT_ENCRYPTED);
    private static final String SINGLE = "single";

    private final ObjectStore store;
    private final Documents documents;
    private final String id;
    private final boolean encrypted;

    private Vault(ObjectStore store, Documents documents, String id, boolean encrypted) {
        this.store = store;
        this.documents = documents;
        this.id = id;
        this.encrypted = encrypted;
    }

    /** The store stays the caller's to close. */
    public static Vault open(ObjectStore store) throws ArchiverException {
        return open(store, DocumentMemory.none());
    }

    /** Opens a vault that may have been seen lately: then nothing is asked of the store yet, and nothing is proven. */
    public static Vault open(ObjectStore store, DocumentMemory memory) throws ArchiverException {
        var documents = new Documents(store, memory);
        JsonObject json = documents
                .recall(MemberKeys.VAULT)
                .orElseThrow(
                        () -> Fault.of(ErrorCode.VAULT_MISSING, "there is no vault at \"" + store.location() + "\"")
                                .detail("\"vault.json\" is not there")
                                // what is mounted there may come back
                                .retry(Retry.UNKNOWN)
                                .hint(
                                        "Check that the right place is mounted and configured, or create a vault with \"walvault init\".")
                                .store());
        return read(store, documents, json);
    }

    private static Vault read(ObjectStore store, Documents documents, JsonObject json) throws ArchiverException {
        boolean encrypted = json.word("encryption", ENCRYPTIONS).equals(AGE);
        return new Vault(store, documents, json.text("id"), encrypted);
    }

    /**
     * Creates a vault, or finds the one that is there already with the same encryption.
     *
     * @throws dev.walvault.StoreException VAULT_EXISTS if there is one that is encrypted when this should not be, or
     *     the other way round
     */
    public static Vault create(ObjectStore store, boolean encrypted, Author author) throws ArchiverException {
        var documents = new Documents(store, DocumentMemory.none());
        CreateOutcome outcome = documents.create(
                MemberKeys.VAULT,
                json -> json.put("walvault", JsonObject.FORMAT)
                        .put("id", author.randomHex(2))
                        .put("created", author.clock().instant().toString())
                        .put("encryption", encrypted ? AGE : NOT_ENCRYPTED));
        Vault vault = open(store);
        if (outcome == CreateOutcome.ALREADY_THERE && vault.encrypted != encrypted) {
            throw Fault.of(
                            ErrorCode.VAULT_EXISTS,
                            "the vault at \"" + store.location() + "\" exists and is "
                                    + (vault.encrypted ? "encrypted" : "not encrypted"))
                    .detail(encrypted ? "the configuration names recipients" : "the configuration names no recipients")
                    .hint("A vault keeps its kind for life. Use another place, or make the configuration agree.")
                    .store();
        }
        return vault;
    }

    /**
     * Throws unless vaults can be used together.
     *
     * @throws dev.walvault.ConfigurationException if two of them are the same, or encrypted and not encrypted
     */
    public static void requireTogether(List<Vault> vaults) throws ArchiverException {
        for (int i = 0; i < vaults.size(); i++) {
            for (Vault other : vaults.subList(0, i)) {
                Vault vault = vaults.get(i);
                if (vault.id.equals(other.id)) {
                    throw Fault.of(
                                    ErrorCode.CONFIGURATION,
                                    "\"" + other.location() + "\" and \"" + vault.location() + "\" are the same vault")
                            .detail("both have the id " + vault.id)
                            .hint("Name it once: two names of one vault are not two copies.")
                            .configuration();
                }
                if (vault.encrypted != other.encrypted) {
                    throw vault.disagreement(other);
                }
            }
        }
    }

    ConfigurationException disagreement(Vault other) {
        String encryptedOne = (encrypted ? this : other).location();
        String plainOne = (encrypted ? other : this).location();
        return Fault.of(ErrorCode.CONFIGURATION, "the vaults do not agree on encryption")
                .detail("\"" + encryptedOne + "\" is encrypted, \"" + plainOne + "\" is not")
                .hint("Vaults that are used together are all encrypted, or none is: create one of them anew in another"
                        + " place.")
                .configuration();
    }

    /** A random name that no other vault has. */
    public String id() {
        return id;
    }

    public boolean encrypted() {
        return encrypted;
    }

    public String location() {
        return store.location();
    }

    /** Creates the cluster, or finds the one of the same kind that is there. */
    public void createCluster(Name cluster, Instant now) throws ArchiverException {
        ObjectKey key = MemberKeys.clusterDocument(cluster);
        CreateOutcome outcome = documents.create(
                key,
                json -> json.put("walvault", JsonObject.FORMAT)
                        .put("cluster", cluster.value())
                        .put("kind", SINGLE)
                        .put("created", now.toString()));
        if (outcome == CreateOutcome.ALREADY_THERE) {
            requireCluster(cluster);
        }
    }

    /** Throws unless the cluster is there, and of a kind that this program knows. */
    private void requireCluster(Name cluster) throws ArchiverException {
        documents
                .find(MemberKeys.clusterDocument(cluster))
                .orElseThrow(() -> Fault.of(
                                ErrorCode.VAULT_MISSING,
                                "the vault at \"" + store.location() + "\" has no cluster \"" + cluster + "\"")
                        .hint("Check the configured name, or create the cluster with \"walvault init\".")
                        .store())
                .word("kind", Set.of(SINGLE));
    }

    /** The systems that have anything stored as this member, by their identifiers. Lists the store. */
    public List<SystemIdentifier> systems(Name cluster, Name member) throws ArchiverException {
        requireCluster(cluster);
        return documents.names(MemberKeys.systems(cluster, member), SystemIdentifier::parse);
    }

    /** The part of the vault that belongs to one system, whether it was registered yet or not. */
    public MemberVault member(MemberKeys keys, Keyring keyring, Author author) throws ArchiverException {
        if (encrypted && keyring.isOfPlainVault()) {
            throw Fault.of(
                            ErrorCode.KEY_MISSING,
                            "the vault at \"" + store.location() + "\" is encrypted, and the configuration has no keys")
                    .hint("Set encryption.recipients to store, and encryption.identity_files to restore.")
                    .key();
        }
        // vault.json is not signed: with keys at hand, nothing in it makes a plain object believed
        if (!encrypted && !keyring.isOfPlainVault()) {
            throw Fault.of(
                            ErrorCode.KEY_INVALID,
                            "the vault at \"" + store.location() + "\" is not encrypted, but "
                                    + (keyring.recipients().isEmpty() ? "identities" : "recipients")
                                    + " are configured")
                    .detail(
                            "\"vault.json\" says so; was it changed, by somebody who wants plain objects to be believed?")
                    .hint(
                            "Use a vault that was created with recipients. If this one was created without, remove"
                                    + " encryption.recipients and encryption.identity_files: then it is read and written plain.")
                    .key();
        }
        return new MemberVault(this, store, documents, keys, keyring, author);
    }

    /**
     * The same for whoever reads documents and listings only, and takes the sealed objects of these writers as they
     * are.
     */
    public MemberVault memberWithoutKeys(MemberKeys keys, TrustedWriters trusted, Author author) {
        var keyring = new Keyring(Recipients.none(), Identities.none(), Optional.empty(), trusted);
        return new MemberVault(this, store, documents, keys, keyring, author);
    }

    /** What the vault lies on, for whoever takes objects as they are. */
    public ObjectStore store() {
        return store;
    }

    /** Reads {@code vault.json} once more: throws unless this very vault is there at this moment. */
    void requirePresent() throws ArchiverException {
        Optional<JsonObject> json = documents.find(MemberKeys.VAULT);
        if (json.isEmpty() || !json.get().text("id").equals(id)) {
            documents.forget(MemberKeys.VAULT);
            throw Fault.of(
                            ErrorCode.STORE_UNREACHABLE,
                            "the vault at \"" + store.location() + "\" went away while it was read")
                    .retry(Retry.YES)
                    .hint("Check that the right place is mounted.")
                    .store();
        }
    }
}
