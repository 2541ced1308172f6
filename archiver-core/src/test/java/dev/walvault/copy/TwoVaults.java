package dev.walvault.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Heard;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.vault.Author;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.ManifestHead;
import dev.walvault.vault.ManifestPack;
import dev.walvault.vault.ManifestTotals;
import dev.walvault.vault.ManifestWriter;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.PackList;
import dev.walvault.vault.PackListUpload;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.StoredDigest;
import dev.walvault.vault.SystemIdentity;
import dev.walvault.vault.Vault;
import dev.walvault.vault.Vaults;
import dev.walvault.vault.WalProof;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** A vault to copy from, with whatever a test puts into it, and an empty one of the same kind to copy to. */
final class TwoVaults {
    static final MemberKeys KEYS = new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, Vaults.SYSTEM);
    static final TimelineId T1 = TimelineId.FIRST;
    static final TimelineId T2 = new TimelineId(2);

    private static final Compression FAST = new Compression(Codec.ZSTD, 1);

    final MemoryStore source = new MemoryStore();
    final MemoryStore target = new MemoryStore();
    final Heard heard = new Heard();
    final Cancellation cancellation = new Cancellation();
    private final SplittableRandom random = new SplittableRandom(11);
    private final Keyring keyring;
    private final MemberVault member;
    private TrustedWriters trusted = TrustedWriters.everybody();

    /** Encrypted if the keyring has recipients. */
    TwoVaults(Keyring keyring) throws ArchiverException {
        this.keyring = keyring;
        boolean encrypted = !keyring.recipients().isEmpty();
        this.member = registered(source, Vaults.SYSTEM);
        Vault.create(target, encrypted, author(Vaults.NOW));
    }

    Author author(Instant now) {
        return new Author("db1", "0.1.0", Clock.fixed(now, ZoneOffset.UTC), random);
    }

    /** As {@code walvault init} does it, in either of the two. */
    MemberVault registered(ObjectStore store, SystemIdentifier system) throws ArchiverException {
        Author author = author(store == source ? Vaults.NOW : Vaults.NOW.plusSeconds(5));
        Vault vault = Vault.create(store, !keyring.recipients().isEmpty(), author);
        vault.createCluster(Vaults.CLUSTER, author.clock().instant());
        var registered = vault.member(new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, system), keyring, author);
        var identity = Vaults.identity(system, Vaults.SEGMENT_SIZE);
        registered.register(new SystemIdentity(
                identity.system(),
                identity.postgresMajor(),
                identity.catalogVersion(),
                identity.segmentSize(),
                identity.blockSize(),
                identity.walBlockSize(),
                identity.checksums(),
                author.clock().instant()));
        return registered;
    }

    /** Segments by their numbers, both ends included; each has content of its own. */
    TwoVaults wal(TimelineId timeline, long first, long last) throws IOException {
        for (long number = first; number <= last; number++) {
            store(member, segment(timeline, number), "segment " + number);
        }
        return this;
    }

    static void store(MemberVault member, WalFile file, String text) throws IOException {
        byte[] content = text.getBytes(UTF_8);
        Vaults.put(member.wal(), file, content, FAST);
    }

    TwoVaults file(WalFile file) throws IOException {
        store(member, file, file.name());
        return this;
    }

    TwoVaults history(TimelineId timeline, String text) throws IOException {
        store(member, new WalFile.TimelineHistoryFile(timeline), text);
        return this;
    }

    TwoVaults point(String name, TimelineId timeline, Lsn lsn) throws IOException {
        member.restorePoints().reserve(name);
        return pointBySql(name, timeline, lsn);
    }

    /** One whose name nobody has reserved. */
    TwoVaults pointBySql(String name, TimelineId timeline, Lsn lsn) throws IOException {
        member.restorePoints().publish(new RestorePoint(name, lsn, timeline, Vaults.NOW));
        return this;
    }

    static WalFile.Segment segment(TimelineId timeline, long number) {
        return new WalSegment(timeline, number).file(Vaults.SEGMENT_SIZE);
    }

    static Lsn in(long segment) {
        return new Lsn((segment << 20) + 8192);
    }

    static BackupId id(long hour) {
        return new BackupId(Vaults.NOW.plusSeconds(3600 * hour));
    }

    static ObjectKey pack(long hour, int number) {
        return KEYS.packs(id(hour)).child(String.format("%06d", number));
    }

    /** Three packs; the WAL is for the test to store. */
    TwoVaults backup(long hour, TimelineId timeline, long first, long last) throws IOException {
        return backup(hour, timeline, first, last, 3, 1000);
    }

    TwoVaults backup(long hour, TimelineId timeline, long first, long last, int packs, int packBytes)
            throws IOException {
        BackupFacts facts = facts(hour, timeline, first, last);
        var manifest = new ArrayList<ManifestPack>();
        var list = new ByteArrayOutputStream();
        long stored = 0;
        ManifestTotals totals = ManifestTotals.NONE;
        for (int number = 1; number <= packs; number++) {
            try (var upload = member.backups().beginPack(facts.id(), number, FAST)) {
                byte[] content = new byte[packBytes];
                random.nextBytes(content);
                upload.content().write(content);
                upload.commit();
                var entry = new ManifestEntry.Directory("base/" + number, 0700);
                var pack = new ManifestPack(
                        number, upload.content().digest(), upload.stored().length(), List.of(entry));
                list.write(PackList.line(number, upload.stored()));
                manifest.add(pack);
                totals = totals.plus(pack);
                stored += upload.stored().length();
            }
        }
        try (var upload = member.backups().beginManifest(facts.id(), FAST)) {
            var writer = new ManifestWriter(upload.content());
            writer.head(new ManifestHead(facts, List.of(), List.of(), Optional.empty()));
            for (ManifestPack pack : manifest) {
                writer.pack(pack);
            }
            writer.totals(totals);
            upload.commit();
            member.backups()
                    .complete(new Backup(
                            facts,
                            totals.files(),
                            totals.bytes(),
                            packs,
                            stored + upload.stored().length(),
                            upload.content().digest(),
                            upload.stored(),
                            packList(facts.id(), list),
                            "db1",
                            "0.1.0"));
        }
        return this;
    }

    private StoredDigest packList(BackupId id, ByteArrayOutputStream lines) throws IOException {
        try (PackListUpload upload = member.backups().beginPackList(id)) {
            upload.content().write(PackList.head(id));
            lines.writeTo(upload.content());
            return upload.commit();
        }
    }

    private static BackupFacts facts(long hour, TimelineId timeline, long first, long last) {
        Instant begun = id(hour).begun();
        return new BackupFacts(
                id(hour),
                "",
                Map.of(),
                Vaults.SYSTEM,
                "15.6",
                150006,
                timeline,
                new Lsn((first << 20) + 40),
                new Lsn((last << 20) + 4096),
                begun,
                begun.plusSeconds(60),
                segment(timeline, first),
                segment(timeline, last),
                WalProof.CONTENT,
                TransactionSnapshot.parse("730:730:"),
                false,
                0);
    }

    /** A backup with its WAL, and WAL before and after it. */
    static TwoVaults withBackup(TwoVaults vaults) throws IOException {
        return vaults.wal(T1, 1, 6).backup(1, T1, 3, 4);
    }

    /** Whoever copies believes these only. */
    TwoVaults trusting(TrustedWriters writers) {
        trusted = writers;
        return this;
    }

    CopyReport copy(CopySelection selection) throws ArchiverException {
        return copy(source, target, selection, CopyOptions.Mode.COPY);
    }

    CopyReport copy(ObjectStore from, ObjectStore to, CopySelection selection, CopyOptions.Mode mode)
            throws ArchiverException {
        return new VaultCopy(Vault.open(from), Vault.open(to), trusted, author(Vaults.NOW), cancellation, heard)
                .copy(List.of(KEYS), new CopyOptions(selection, mode, 2));
    }

    static byte[] bytes(ObjectStore store, ObjectKey key) throws IOException {
        try (InputStream in = store.open(key).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    /** What is in the vault that is copied to is as it is in the other. */
    void assertSameBytes() throws IOException {
        for (ObjectKey key : target.keys()) {
            if (!key.value().equals("vault.json")) {
                assertThat(bytes(target, key)).as(key.value()).isEqualTo(bytes(source, key));
            }
        }
    }

    /** Keys below the system in the vault that is copied to, without the path of the system. */
    List<String> copied() {
        return target.keys().stream()
                .map(ObjectKey::value)
                .filter(key -> key.startsWith(root()))
                .map(key -> key.substring(root().length()))
                .toList();
    }

    static String root() {
        return KEYS.root() + "/";
    }
}
