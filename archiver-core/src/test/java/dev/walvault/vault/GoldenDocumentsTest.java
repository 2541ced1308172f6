package dev.walvault.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.GoldenKeys;
import dev.walvault.sign.Keys;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.Content;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents that were written once, by hand from docs/FORMAT.md, and are read and written like that forever. */
class GoldenDocumentsTest {
    private static final String SYSTEM = "orders/members/main/17443322110099887766/";
    private static final TimelineId LAST_TIMELINE = TimelineId.parse("4294967295");
    private static final BackupId ID = BackupId.parse("20261120T221530Z");
    private static final BackupFacts FACTS = new BackupFacts(
            ID,
            "nightly \"ä\"",
            Map.of("why", "before the release", "team", "orders"),
            Vaults.SYSTEM,
            "15.14 (Debian 15.14-1)",
            150014,
            LAST_TIMELINE,
            Lsn.parse("16/3000028"),
            Lsn.parse("16/3200138"),
            Instant.parse("2026-11-20T22:15:29.5Z"),
            Instant.parse("2026-11-20T22:15:45Z"),
            (WalFile.Segment) WalFile.parse("FFFFFFFF0000001600000030"),
            (WalFile.Segment) WalFile.parse("FFFFFFFF0000001600000032"),
            WalProof.HEADER,
            TransactionSnapshot.parse("740:745:741,743"),
            true,
            2);
    private static final Backup BACKUP = new Backup(
            FACTS,
            2,
            24576,
            1,
            9183000,
            ContentDigest.of(1234, "00f1c0ffee00d00d"),
            new StoredDigest(264, "01".repeat(32)),
            StoredDigest.of(golden("packs.jsonl")),
            "db1",
            "0.1.0");
    private static final StoredDigest STORED = new StoredDigest(9182736, "9b".repeat(32));
    private static final RestorePoint POINT = new RestorePoint(
            "before release 1.0", Lsn.parse("16/3000060"), LAST_TIMELINE, Instant.parse("2026-11-20T22:15:31Z"));
    private static final ManifestHead HEAD = new ManifestHead(
            FACTS,
            List.of(new TablespaceLocation(16400, "/ts/a"), new TablespaceLocation(4294967295L, "/ts/b \"c\"")),
            List.of(new Subscription("shop", "orders", true), new Subscription("shop", "stock", false)),
            Optional.of("/wal/15"));
    private static final Instant MODIFIED = Instant.parse("2026-11-20T22:15:29Z");
    private static final ManifestPack PACK = new ManifestPack(
            1,
            ContentDigest.of(67110912, "5f1c0a0b0c0d0e0f"),
            9182736,
            List.of(
                    new ManifestEntry.Directory("base", 0700),
                    new ManifestEntry.File("base/5/16384", 8192, MODIFIED, 0600, 0xc0ffee00, List.of(), 1024),
                    new ManifestEntry.File("base/5/16390", 16384, MODIFIED, 0640, 1, List.of(0L, 1L), 10240),
                    new ManifestEntry.Link("postgresql.conf.d", "/etc/gone"),
                    new ManifestEntry.Part(
                            new ManifestEntry.File(
                                    "pg_tblspc/16400/PG_15_202209061/5/16391.1",
                                    8192,
                                    MODIFIED,
                                    0600,
                                    2,
                                    List.of(131072L),
                                    28160),
                            2,
                            2,
                            1073741824)));

    private final MemoryStore store = new MemoryStore();

    @BeforeEach
    void aVaultOfGoldenDocuments() throws Exception {
        put("vault.json", "vault.json");
        put("orders/cluster.json", "cluster.json");
        put(SYSTEM + "identity.json", "identity.json");
        put(SYSTEM + "backups/20261120T221530Z/packs.jsonl", "packs.jsonl");
        put(SYSTEM + "backups/20261120T221530Z/complete.json", "complete.json");
        put(SYSTEM + "points/before%20release%201%2E0/pending.json", "pending.json");
        put(SYSTEM + "points/before%20release%201%2E0/FFFFFFFF-0000001603000060.json", "point.json");
    }

    @Test
    void theyAreRead() throws Exception {
        var vault = Vault.open(store);
        var member = Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM);

        assertThat(vault.id()).isEqualTo("9b2e61d0c3a4f5879b2e61d0c3a4f587");
        assertThat(vault.encrypted()).isFalse();
        assertThat(vault.systems(Vaults.CLUSTER, Vaults.MEMBER)).containsExactly(Vaults.SYSTEM);
        assertThat(member.identity()).contains(Vaults.identity());
        assertThat(member.backups().list().complete()).containsExactly(BACKUP);
        assertThat(member.backups().packList(BACKUP)).isEqualTo(Map.of("000001", STORED));
        assertThat(member.restorePoints().all().points()).containsExactly(POINT);
        assertThat(member.restorePoints().find("before release 1.0")).containsExactly(POINT);
    }

    @Test
    void aListTellsCompleteBackupsFromIncompleteAndUnreadableOnes() throws Exception {
        store.createIfAbsent(
                new ObjectKey(SYSTEM + "backups/20261121T000000Z/packs/000001"), Content.of(new byte[] {1}));
        store.createIfAbsent(
                new ObjectKey(SYSTEM + "backups/20261122T000000Z/complete.json"), Content.of(new byte[] {'{'}));

        BackupList list =
                Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM).backups().list();

        assertThat(list.complete()).containsExactly(BACKUP);
        assertThat(list.incomplete()).containsExactly(BackupId.parse("20261121T000000Z"));
        assertThat(list.unreadable())
                .singleElement()
                .satisfies(damage -> assertThat(damage.reason()).hasMessageContaining("20261122T000000Z"));
    }

    @Test
    void theyAreWrittenByteForByte() throws Exception {
        var written = new MemoryStore();
        var member = Vaults.plain(written).of(Vaults.SYSTEM);
        try (PackListUpload packs = member.backups().beginPackList(ID)) {
            packs.content().write(PackList.head(ID));
            packs.content().write(PackList.line(1, STORED));
            assertThat(packs.commit()).isEqualTo(BACKUP.packList());
        }
        member.backups().complete(BACKUP);
        member.restorePoints().reserve(POINT.name());
        member.restorePoints().publish(POINT);

        assertThat(written.keys()).isEqualTo(store.keys());
        for (ObjectKey key : store.keys()) {
            assertThat(text(written, key)).as(key.value()).isEqualTo(text(store, key));
        }
    }

    @Test
    void aSignedDocumentIsReadByWhoTrustsItsWriter() throws Exception {
        var key = new ObjectKey(SYSTEM + "points/before%20release%201%2E0/FFFFFFFF-0000001603000060.json");
        store.delete(key);
        put(key.value(), "point-signed.json");
        var trusting = Vaults.trusting(Vaults.NO_KEYS, Keys.trusting(GoldenKeys.signing()));

        assertThat(Vaults.opened(store, trusting)
                        .of(Vaults.SYSTEM)
                        .restorePoints()
                        .all()
                        .points())
                .containsExactly(POINT);
        assertThat(Vaults.opened(store, Vaults.NO_KEYS)
                        .of(Vaults.SYSTEM)
                        .restorePoints()
                        .all()
                        .points())
                .containsExactly(POINT);
    }

    @Test
    void aSignedDocumentIsWrittenByteForByte() throws Exception {
        var written = new MemoryStore();
        var signing = Vaults.signing(Vaults.NO_KEYS, GoldenKeys.signing(), TrustedWriters.everybody());
        Vaults.created(written, signing, Vaults.identity())
                .of(Vaults.SYSTEM)
                .restorePoints()
                .publish(POINT);

        assertThat(text(
                        written,
                        new ObjectKey(SYSTEM + "points/before%20release%201%2E0/FFFFFFFF-0000001603000060.json")))
                .isEqualTo(new String(golden("point-signed.json"), UTF_8));
    }

    @Test
    void theManifestIsRead() throws Exception {
        var reader = new ManifestReader("manifest", new ByteArrayInputStream(golden("manifest.jsonl")));

        assertThat(reader.head()).isEqualTo(HEAD);
        assertThat(reader.nextPack()).contains(PACK);
        assertThat(reader.nextPack()).isEmpty();
        assertThat(reader.nextPack()).isEmpty();
        assertThat(reader.totals()).isEqualTo(new ManifestTotals(1, 2, 32768));
    }

    @Test
    void theManifestIsWrittenByteForByte() throws Exception {
        var out = new ByteArrayOutputStream();
        var writer = new ManifestWriter(out);
        writer.head(HEAD);
        writer.pack(PACK);
        writer.totals(ManifestTotals.NONE.plus(PACK));

        assertThat(out.toString(UTF_8)).isEqualTo(new String(golden("manifest.jsonl"), UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "vault.json",
        "orders/cluster.json",
        SYSTEM + "identity.json",
        SYSTEM + "backups/20261120T221530Z/complete.json",
        SYSTEM + "points/before%20release%201%2E0/FFFFFFFF-0000001603000060.json"
    })
    void aDocumentOfALaterFormatIsTooNew(String key) {
        change(key, "\"walvault\":1", "\"walvault\":2");

        Faults.of(this::readEverything)
                .is(ErrorCode.FORMAT_TOO_NEW)
                .says("\"" + key + "\" is of vault format 2", "Install a walvault");
    }

    @ParameterizedTest
    @CsvSource({
        "vault.json",
        "orders/cluster.json",
        SYSTEM + "identity.json",
        SYSTEM + "backups/20261120T221530Z/complete.json",
        SYSTEM + "points/before%20release%201%2E0/FFFFFFFF-0000001603000060.json"
    })
    void aDocumentThatRequiresAnUnknownWordIsTooNew(String key) {
        change(key, "\"walvault\":1", "\"walvault\":1,\"requires\":[\"tape\"]");

        Faults.of(this::readEverything)
                .is(ErrorCode.FORMAT_TOO_NEW)
                .says("\"" + key + "\" was written by a newer walvault", "it requires \"tape\"");
    }

    @Test
    void aBackupOfALaterKindIsTooNewAndTheOthersStayUsable() throws Exception {
        String later = new String(golden("complete.json"), UTF_8)
                .replace("\"type\":\"full\"", "\"type\":\"incremental\"")
                .replace("20261120T221530Z", "20261121T221530Z");
        store.createIfAbsent(
                new ObjectKey(SYSTEM + "backups/20261121T221530Z/complete.json"), Content.of(later.getBytes(UTF_8)));

        BackupList list =
                Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM).backups().list();

        assertThat(list.complete()).containsExactly(BACKUP);
        assertThat(list.unreadable()).singleElement().satisfies(newer -> {
            assertThat(newer.reason().code()).isEqualTo(ErrorCode.FORMAT_TOO_NEW);
            assertThat(newer.reason().detail().orElseThrow()).contains("\"type\" is \"incremental\"");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "orders/cluster.json, single, mesh, kind",
        SYSTEM + "backups/20261120T221530Z/complete.json, header, wishful, walProof",
        SYSTEM + "backups/20261120T221530Z/complete.json, full, incremental, type",
    })
    void aWordThatIsNotKnownIsTooNew(String key, String old, String changed, String member) {
        change(key, old, changed);

        Faults.of(this::readEverything).is(ErrorCode.FORMAT_TOO_NEW).says(key, member);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"dir\":\"base\"| {\"device\":\"base\"",
                "\"walvault\":1| \"walvault\":1,\"requires\":[\"extents\"]",
                "\"type\":\"full\"| \"type\":\"incremental\""
            })
    void aManifestThatHasWhatIsNotKnownIsTooNew(String old, String changed) throws Exception {
        String manifest = new String(golden("manifest.jsonl"), UTF_8);
        assertThat(manifest).contains(old);
        byte[] later = manifest.replace(old, changed).getBytes(UTF_8);

        Faults.of(() -> new ManifestReader("manifest", new ByteArrayInputStream(later)).nextPack())
                .is(ErrorCode.FORMAT_TOO_NEW);
    }

    @Test
    void aManifestOfALaterFormatIsTooNew() throws Exception {
        byte[] later = new String(golden("manifest.jsonl"), UTF_8)
                .replace("\"walvault\":1", "\"walvault\":7")
                .getBytes(UTF_8);

        Faults.of(() -> new ManifestReader("manifest", new ByteArrayInputStream(later)))
                .is(ErrorCode.FORMAT_TOO_NEW);
    }

    @Test
    void anEncryptionThatIsNotKnownIsTooNew() {
        change("vault.json", "\"none\"", "\"post-quantum\"");

        Faults.of(() -> Vault.open(store)).is(ErrorCode.FORMAT_TOO_NEW).says("post-quantum");
    }

    @ParameterizedTest
    @CsvSource({
        "orders/members/main/17443322110099887766/identity.json, 1048576, 1048577, walSegmentSize",
        "orders/members/main/17443322110099887766/identity.json, 1048576, 4296015872, walSegmentSize",
        "orders/members/main/17443322110099887766/identity.json, 17443322110099887766, 7443322110099887766, was swapped",
        "orders/members/main/17443322110099887766/identity.json, true, 1, checksums",
        "orders/members/main/17443322110099887766/backups/20261120T221530Z/complete.json, 4294967295, 0, timeline",
        "orders/members/main/17443322110099887766/backups/20261120T221530Z/complete.json, 4294967295, 4294967296, timeline",
        "orders/members/main/17443322110099887766/backups/20261120T221530Z/complete.json, 20261120T2215, 20261120T2216, was"
                + " swapped",
        "orders/members/main/17443322110099887766/backups/20261120T221530Z/complete.json, 00f1c0ffee00d00d, f1, manifestXxh64",
        "orders/members/main/17443322110099887766/backups/20261120T221530Z/complete.json, 1234, -1, manifestXxh64",
        "orders/members/main/17443322110099887766/backups/20261120T221530Z/complete.json, 16/3000028, 16-3, startLsn",
        "orders/members/main/17443322110099887766/points/before%20release%201%2E0/FFFFFFFF-0000001603000060.json, release, rel\\u0000, name",
    })
    void aMemberThatMakesNoSenseIsDamage(String key, String old, String changed, String member) {
        change(key, old, changed);

        Faults.of(this::readEverything).is(ErrorCode.CORRUPT).says(key, member);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "9182736| 9182737",
                "9b9b| 9b9c",
                "20261120T221530Z| 20261120T221531Z",
                "000001| 000002",
                "\"length\"| \"size\"",
            })
    void aListOfPacksThatIsNotTheBackupsIsDamage(String old, String changed) throws Exception {
        change(SYSTEM + "backups/20261120T221530Z/packs.jsonl", old, changed);
        var member = Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM);

        Faults.of(() -> member.backups().packList(BACKUP)).is(ErrorCode.CORRUPT).says("packs.jsonl\" is damaged");
    }

    @Test
    void aListOfPacksThatIsCutOrGoesOnIsDamage() throws Exception {
        var key = new ObjectKey(SYSTEM + "backups/20261120T221530Z/packs.jsonl");
        var member = Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM);
        byte[] list = golden("packs.jsonl");
        for (int length = 0; length <= list.length + 1; length++) {
            byte[] cut = Arrays.copyOf(list, length);
            if (length != list.length) {
                store.damage(key, _ -> cut);
                Faults.of(() -> member.backups().packList(BACKUP)).is(ErrorCode.CORRUPT);
            }
        }
    }

    @Test
    void aListOfPacksThatRequiresAnUnknownWordIsTooNew() throws Exception {
        change(
                SYSTEM + "backups/20261120T221530Z/packs.jsonl",
                "\"walvault\":1",
                "\"walvault\":1,\"requires\":[\"tape\"]");
        var member = Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM);

        Faults.of(() -> member.backups().packList(BACKUP)).is(ErrorCode.FORMAT_TOO_NEW);
    }

    private void readEverything() throws Exception {
        var access = Vaults.opened(store, Vaults.NO_KEYS);
        access.vault().createCluster(Vaults.CLUSTER, Vaults.NOW);
        var member = access.of(Vaults.SYSTEM);
        member.requireIdentity();
        for (BackupId id : member.backups().ids()) {
            member.backups().find(id);
        }
        member.restorePoints().find(POINT.name());
    }

    private void change(String key, String old, String changed) {
        store.damage(new ObjectKey(key), bytes -> {
            var text = new String(bytes, UTF_8);
            assertThat(text).contains(old);
            return text.replace(old, changed).getBytes(UTF_8);
        });
    }

    private void put(String key, String resource) throws IOException {
        store.createIfAbsent(new ObjectKey(key), Content.of(golden(resource)));
    }

    private static String text(MemoryStore store, ObjectKey key) throws IOException {
        try (var in = store.open(key).orElseThrow()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static byte[] golden(String name) {
        try (var in = GoldenDocumentsTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no golden document " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
