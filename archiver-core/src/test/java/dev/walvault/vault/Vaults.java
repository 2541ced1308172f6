package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.KeyException;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.seal.Compression;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.Identities;
import dev.walvault.seal.Recipients;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Vaults for tests: one system of one member, known to the vault, on whatever store the test brings. */
public final class Vaults {
    /** More than a signed number holds. */
    public static final SystemIdentifier SYSTEM = SystemIdentifier.parse("17443322110099887766");

    public static final SystemIdentifier OTHER_SYSTEM = SystemIdentifier.parse("7710402303953991025");
    public static final Name CLUSTER = new Name("orders");
    public static final Name MEMBER = new Name("main");
    public static final Instant NOW = Instant.parse("2026-11-20T22:15:30.123Z");
    public static final WalSegmentSize SEGMENT_SIZE = new WalSegmentSize(1 << 20);
    public static final Keyring NO_KEYS = new Keyring(Recipients.none(), Identities.none());

    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private Vaults() {}

    /** Always the same process, at the same moment, with the same luck. */
    public static Author author() {
        return author(CLOCK);
    }

    public static Author author(Clock clock) {
        return new Author("db1", "0.1.0", clock, () -> 0x9b2e61d0c3a4f587L);
    }

    public static SystemIdentity identity() {
        return identity(SYSTEM, SEGMENT_SIZE);
    }

    public static SystemIdentity identity(SystemIdentifier system, WalSegmentSize size) {
        return new SystemIdentity(system, 15, 202209061, size, 8192, 8192, true, NOW);
    }

    /** The same process once more, with luck of its own: its vaults have other ids. */
    public static Author author(long luck) {
        return new Author("db1", "0.1.0", CLOCK, () -> luck);
    }

    /** A plain vault that knows {@link #SYSTEM}. */
    public static MemberAccess plain(ObjectStore store) throws ArchiverException {
        return created(store, NO_KEYS, identity());
    }

    /** A vault that knows the system, encrypted if the keyring has recipients. */
    public static MemberAccess created(ObjectStore store, Keyring keyring, SystemIdentity identity)
            throws ArchiverException {
        return created(store, keyring, identity, author());
    }

    /** A plain vault that knows {@link #SYSTEM} as this member. */
    public static MemberAccess plain(ObjectStore store, Name member) throws ArchiverException {
        return created(store, NO_KEYS, identity(), member, author());
    }

    /** The same, by this author, who gives the vault its id. */
    public static MemberAccess created(ObjectStore store, Keyring keyring, SystemIdentity identity, Author author)
            throws ArchiverException {
        return created(store, keyring, identity, MEMBER, author);
    }

    private static MemberAccess created(
            ObjectStore store, Keyring keyring, SystemIdentity identity, Name member, Author author)
            throws ArchiverException {
        var vault = Vault.create(store, !keyring.recipients().isEmpty(), author);
        vault.createCluster(CLUSTER, NOW);
        var access = new MemberAccess(vault, CLUSTER, member, keyring, author);
        access.of(identity.system()).register(identity);
        return access;
    }

    /** The vault that is there, opened once more. */
    public static MemberAccess opened(ObjectStore store, Keyring keyring) throws ArchiverException {
        return new MemberAccess(Vault.open(store), CLUSTER, MEMBER, keyring, author());
    }

    /** Stores a file of the WAL as it is, whatever is in it. */
    public static CreateOutcome put(WalArchive wal, WalFile file, byte[] content, Compression compression)
            throws ArchiverException {
        return wal.create(seal(wal, file, content, compression));
    }

    /** Seals a file of the WAL as it is, whatever is in it. */
    public static SealedWal seal(WalArchive wal, WalFile file, byte[] content, Compression compression)
            throws ArchiverException {
        try {
            return wal.seal(file, new ByteArrayInputStream(content), content.length, compression, 1, Optional::empty);
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Encrypts for all of the keys and opens with all of them. */
    public static Keyring keyring(AgeKey... keys) throws KeyException {
        return new Keyring(recipients(keys), Identities.of(List.of(keys)));
    }

    /** Encrypts for all of the keys and opens nothing. */
    public static Keyring sealOnly(AgeKey... keys) throws KeyException {
        return new Keyring(recipients(keys), Identities.none());
    }

    /** The same keyring, which signs with a key, and believes these writers. */
    public static Keyring signing(Keyring keyring, SigningKey key, TrustedWriters trusted) {
        return new Keyring(keyring.recipients(), keyring.identities(), Optional.of(key), trusted);
    }

    /** The same keyring, which signs nothing, and believes these writers. */
    public static Keyring trusting(Keyring keyring, TrustedWriters trusted) {
        return new Keyring(keyring.recipients(), keyring.identities(), Optional.empty(), trusted);
    }

    private static Recipients recipients(AgeKey... keys) throws KeyException {
        return Recipients.parse(Arrays.stream(keys).map(AgeKey::recipient).toList());
    }

    /** What an object of no bytes is. */
    public static StoredDigest nothingStored() {
        return StoredDigest.of(new byte[0]);
    }

    /** A backup of no files in no packs, whose manifest was never written. */
    public static Backup emptyBackup(BackupFacts facts) {
        return new Backup(
                facts, 0, 0, 0, 0, ContentDigest.of(new byte[0]), nothingStored(), nothingStored(), "db1", "0.1.0");
    }
}
