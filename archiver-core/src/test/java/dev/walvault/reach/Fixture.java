package dev.walvault.reach;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.FileNames;
import dev.walvault.observe.FakeTime;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.pg.wal.WalFactsReader;
import dev.walvault.pg.wal.WalPageHeader;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.ContentDigest;
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
import dev.walvault.vault.Name;
import dev.walvault.vault.PackList;
import dev.walvault.vault.PackListUpload;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.StoredDigest;
import dev.walvault.vault.SystemIdentity;
import dev.walvault.vault.TablespaceLocation;
import dev.walvault.vault.Vault;
import dev.walvault.vault.Vaults;
import dev.walvault.vault.WalProof;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A vault in memory with one system, segments of 1 MB, and whatever a test puts into it. */
public final class Fixture {
    public static final Instant NOW = Instant.parse("2026-11-20T22:00:00Z");
    public static final SystemIdentifier SYSTEM = SystemIdentifier.parse("7459276829153342812");
    public static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
    public static final Compression PLAIN = new Compression(Codec.NONE, 0);
    public static final TimelineId T1 = TimelineId.FIRST;
    public static final TimelineId T2 = new TimelineId(2);
    public static final TimelineId T3 = new TimelineId(3);

    public final FakeTime clock;
    public final MemoryStore store;
    public final Author author;
    public final MemberVault member;

    private Fixture(FakeTime clock, MemoryStore store, Author author, MemberVault member) {
        this.clock = clock;
        this.store = store;
        this.author = author;
        this.member = member;
    }

    public Fixture() throws IOException {
        this(Keyring.none());
    }

    /** Encrypted if the keyring has recipients. */
    public Fixture(Keyring keyring) throws IOException {
        clock = new FakeTime(NOW);
        store = new MemoryStore(clock);
        author = new Author("db1", "0.1.0", clock, new SplittableRandom(7));
        Vault vault = Vault.create(store, !keyring.recipients().isEmpty(), author);
        var keys = new MemberKeys(new Name("c"), new Name("main"), SYSTEM);
        vault.createCluster(keys.cluster(), NOW);
        member = vault.member(keys, keyring, author);
        member.register(new SystemIdentity(SYSTEM, 15, 202209061, SIZE, 8192, 8192, false, NOW));
    }

    /** The same system as another store shows it. */
    public MemberVault on(ObjectStore other) throws IOException {
        return on(other, Keyring.none());
    }

    /** The same to somebody with other keys. */
    public MemberVault on(ObjectStore other, Keyring keyring) throws IOException {
        return Vault.open(other).member(member.keys(), keyring, author);
    }

    /** The same vault, in which somebody else writes. */
    public Fixture by(MemberVault writer) {
        return new Fixture(clock, store, author, writer);
    }

    /** Backups in segments 3, 10 and 20 of timeline 1, in hours 3, 10 and 20, and WAL from 3 to 30, of hour 24. */
    public static Fixture threeBackups() throws IOException {
        return new Fixture()
                .at(24)
                .wal(T1, 3, 30)
                .backup(facts(3, T1, 3))
                .backup(facts(10, T1, 10))
                .backup(facts(20, T1, 20));
    }

    /**
     * Timeline 2 left timeline 1 in segment 12, in hour 25; both went on. Backups in 3, 10 and 20 of timeline 1, in 16
     * of timeline 2.
     */
    public static Fixture branched() throws IOException {
        return threeBackups()
                .at(25)
                .history(T2, "1\t" + in(12) + "\tno recovery target specified\n")
                .wal(T2, 12, 18)
                .backup(facts(30, T2, 16));
    }

    public static RecoveryWindows windows(Fixture vault) throws IOException {
        return RecoveryWindows.of(vault.member, vault.member.backups().list().complete(), Optional.empty());
    }

    /** What comes next is written in this hour. */
    public Fixture at(long hour) {
        clock.set(time(hour));
        return this;
    }

    /** Segments by their numbers, both ends included. */
    public Fixture wal(TimelineId timeline, long first, long last) throws IOException {
        for (long number = first; number <= last; number++) {
            byte[] content = {1};
            Vaults.put(member.wal(), new WalSegment(timeline, number).file(SIZE), content, PLAIN);
        }
        return this;
    }

    /** A segment with this content, and with what its records say, as a push stores it. */
    public Fixture segment(TimelineId timeline, long number, byte[] content) throws IOException {
        return segment(timeline, number, content, factsOf(timeline, number, content));
    }

    /** A segment with this content, and these facts or none. */
    public Fixture segment(TimelineId timeline, long number, byte[] content, Optional<WalFacts> facts)
            throws IOException {
        var file = new WalSegment(timeline, number).file(SIZE);
        member.wal()
                .create(member.wal()
                        .seal(
                                file,
                                new ByteArrayInputStream(content),
                                content.length,
                                new Compression(Codec.ZSTD, 1),
                                1,
                                () -> facts));
        return this;
    }

    private static Optional<WalFacts> factsOf(TimelineId timeline, long number, byte[] content) throws IOException {
        var reader = new WalFactsReader(WalPageHeader.readLong(segmentName(timeline, number), content));
        reader.update(content, 0, content.length);
        return Optional.of(reader.facts());
    }

    public Fixture history(TimelineId timeline, String text) throws IOException {
        byte[] content = text.getBytes(UTF_8);
        Vaults.put(member.wal(), new WalFile.TimelineHistoryFile(timeline), content, PLAIN);
        return this;
    }

    public Fixture point(String name, TimelineId timeline, Lsn lsn) throws IOException {
        member.restorePoints().publish(new RestorePoint(name, lsn, timeline, NOW));
        return this;
    }

    /** Position in the middle of a segment. */
    public static Lsn in(long segment) {
        return new Lsn((segment << 20) + 4096);
    }

    public static String segmentName(TimelineId timeline, long number) {
        return new WalSegment(timeline, number).fileName(SIZE);
    }

    public static BackupId id(long hour) {
        return new BackupId(time(hour));
    }

    public static Instant time(long hour) {
        return NOW.plusSeconds(3600 * hour);
    }

    /**
     * Of a backup that began and ended in this segment, in this hour; transactions below 100 times the hour had ended.
     */
    public static BackupFacts facts(long hour, TimelineId timeline, long segment) {
        return facts(hour, timeline, segment, segment);
    }

    public static BackupFacts facts(long hour, TimelineId timeline, long first, long last) {
        return new BackupFacts(
                id(hour),
                "",
                Map.of(),
                SYSTEM,
                "15.6",
                150006,
                timeline,
                new Lsn((first << 20) + 40),
                in(last),
                time(hour),
                time(hour).plusSeconds(60),
                new WalSegment(timeline, first).file(SIZE),
                new WalSegment(timeline, last).file(SIZE),
                WalProof.CONTENT,
                TransactionSnapshot.parse(100 * hour + ":" + 100 * hour + ":"),
                false,
                0);
    }

    /** A backup without packs, for plans. */
    public Fixture backup(BackupFacts facts) throws IOException {
        try (var manifest = member.backups().beginManifest(facts.id(), PLAIN)) {
            manifest.commit();
        }
        member.backups().complete(Vaults.emptyBackup(facts));
        return this;
    }

    public void damage(String endOfKey, UnaryOperator<byte[]> damage) {
        store.damage(key(endOfKey), damage);
    }

    public ObjectKey key(String end) {
        return store.keys().stream()
                .filter(key -> key.value().endsWith(end))
                .findFirst()
                .orElseThrow();
    }

    public PackedBackup packing(long hour) {
        return new PackedBackup(facts(hour, T1, 3));
    }

    public static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** A backup with packs in the making; can be made wrong in every way. */
    public final class PackedBackup {
        private final BackupFacts facts;
        private final List<TablespaceLocation> tablespaces = new ArrayList<>();
        private final List<ManifestPack> packs = new ArrayList<>();
        private final ByteArrayOutputStream list = new ByteArrayOutputStream();
        private final List<Entry> entries = new ArrayList<>();
        private final List<Subscription> subscriptions = new ArrayList<>();
        private Optional<String> walDirectory = Optional.empty();
        private int fileMode = 0600;
        public UnaryOperator<ManifestTotals> totals = UnaryOperator.identity();
        public UnaryOperator<ContentDigest> packDigest = UnaryOperator.identity();

        private record Entry(TarArchiveEntry tar, Optional<byte[]> content, ManifestEntry listed) {}

        public PackedBackup(BackupFacts facts) {
            this.facts = facts;
        }

        public PackedBackup tablespace(long oid, String location) {
            tablespaces.add(new TablespaceLocation(oid, location));
            return this;
        }

        public PackedBackup subscription(String database, String name) {
            subscriptions.add(new Subscription(database, name, true));
            return this;
        }

        public PackedBackup walIn(String directory) {
            walDirectory = Optional.of(directory);
            return this;
        }

        /** The files that follow are those of a server with group access. */
        public PackedBackup groupReads() {
            fileMode = 0640;
            return this;
        }

        public PackedBackup directory(String path, int mode) {
            entries.add(new Entry(
                    new TarArchiveEntry(FileNames.inTar(path) + "/", TarConstants.LF_DIR),
                    Optional.empty(),
                    new ManifestEntry.Directory(path, mode)));
            return this;
        }

        public PackedBackup link(String path, String target) {
            var tar = new TarArchiveEntry(FileNames.inTar(path), TarConstants.LF_SYMLINK);
            tar.setLinkName(FileNames.inTar(target));
            entries.add(new Entry(tar, Optional.empty(), new ManifestEntry.Link(path, target)));
            return this;
        }

        public PackedBackup file(String path, byte[] content) {
            return file(path, content, content);
        }

        /** What GNU tar writes before an entry whose name does not fit into its header. */
        public PackedBackup longName(int length) {
            var tar = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
            tar.setSize(length);
            entries.add(new Entry(tar, Optional.of(new byte[length]), new ManifestEntry.Directory("long", 0700)));
            return this;
        }

        /** A pax header of the whole archive. */
        public PackedBackup globalHeader(String key, String value) {
            var tar = new TarArchiveEntry("global", TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER);
            tar.addPaxHeader(key, value);
            entries.add(new Entry(tar, Optional.empty(), new ManifestEntry.Directory("global", 0700)));
            return this;
        }

        /** A file whose tar content need not be what the manifest says. */
        public PackedBackup file(String path, byte[] content, byte[] listed) {
            var crc = new CRC32C();
            crc.update(listed);
            return file(
                    path,
                    content,
                    new ManifestEntry.File(path, listed.length, NOW, fileMode, (int) crc.getValue(), List.of(), 0));
        }

        public PackedBackup part(String path, int number, int of, long offset, byte[] content, int mode) {
            var crc = new CRC32C();
            crc.update(content);
            var bytes = new ManifestEntry.File(path, content.length, NOW, mode, (int) crc.getValue(), List.of(), 0);
            var part = new ManifestEntry.Part(bytes, number, of, offset);
            return file(part.inTar(), content, part);
        }

        public PackedBackup file(String path, byte[] content, ManifestEntry listed) {
            var tar = new TarArchiveEntry(FileNames.inTar(path), true);
            tar.setSize(content.length);
            entries.add(new Entry(tar, Optional.of(content), listed));
            return this;
        }

        public PackedBackup pack() throws IOException {
            int number = packs.size() + 1;
            try (var upload = member.backups().beginPack(facts.id(), number, new Compression(Codec.ZSTD, 1))) {
                var tar = new TarArchiveOutputStream(upload.content(), FileNames.TAR_ENCODING);
                tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
                tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
                for (Entry entry : entries) {
                    tar.putArchiveEntry(entry.tar);
                    if (entry.content.isPresent()) {
                        tar.write(entry.content.get());
                    }
                    if (!entry.tar.isGlobalPaxHeader()) {
                        tar.closeArchiveEntry();
                    }
                }
                tar.finish();
                upload.commit();
                list.write(PackList.line(number, upload.stored()));
                packs.add(new ManifestPack(
                        number,
                        packDigest.apply(upload.content().digest()),
                        upload.stored().length(),
                        entries.stream().map(Entry::listed).toList()));
            }
            entries.clear();
            return this;
        }

        /** Ends with the files that every backup ends with. */
        public Backup complete() throws IOException {
            file("backup_label", bytes("START WAL LOCATION: …\n"));
            if (!tablespaces.isEmpty()) {
                var map = new StringBuilder();
                tablespaces.forEach(each -> map.append(each.oid())
                        .append(' ')
                        .append(each.location())
                        .append('\n'));
                file("tablespace_map", bytes(map.toString()));
            }
            file("global/pg_control", bytes("control"));
            pack();
            return finish();
        }

        private StoredDigest packList() throws IOException {
            try (PackListUpload upload = member.backups().beginPackList(facts.id())) {
                upload.content().write(PackList.head(facts.id()));
                list.writeTo(upload.content());
                return upload.commit();
            }
        }

        public Backup finish() throws IOException {
            ManifestTotals sum = ManifestTotals.NONE;
            try (var upload = member.backups().beginManifest(facts.id(), PLAIN)) {
                var manifest = new ManifestWriter(upload.content());
                manifest.head(new ManifestHead(facts, tablespaces, subscriptions, walDirectory));
                for (ManifestPack pack : packs) {
                    manifest.pack(pack);
                    sum = sum.plus(pack);
                }
                manifest.totals(totals.apply(sum));
                upload.commit();
                var backup = new Backup(
                        facts,
                        sum.files(),
                        sum.bytes(),
                        sum.packs(),
                        upload.stored().length(),
                        upload.content().digest(),
                        upload.stored(),
                        packList(),
                        "db1",
                        "0.1.0");
                member.backups().complete(backup);
                return backup;
            }
        }
    }
}
