package dev.walvault.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.FileNames;
import dev.walvault.archive.ServedWal;
import dev.walvault.backup.GoldenVaultMaker;
import dev.walvault.copy.CopyOptions;
import dev.walvault.copy.CopySelection;
import dev.walvault.copy.VaultCopy;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.restore.RecoverySettings;
import dev.walvault.restore.Restore;
import dev.walvault.restore.RestoreOptions;
import dev.walvault.restore.RestorePlan;
import dev.walvault.restore.RestorePlanner;
import dev.walvault.restore.RestoreRequest;
import dev.walvault.restore.TablespaceMapping;
import dev.walvault.seal.GoldenObjects;
import dev.walvault.sign.Keys;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Bandwidth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole vaults that were written once, and are read forever. */
class GoldenVaultTest {
    private static final MemberKeys KEYS = new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, GoldenVaultMaker.SYSTEM);
    private static final BackupId ID = BackupId.parse("20261120T221530Z");
    private static final WalFile.Segment ZSTD = segment("000000010000000000000009");
    private static final WalFile.Segment LZ4 = segment("00000001000000000000000A");
    private static final WalFile.Segment GZIP = segment("00000001000000000000000B");
    private static final RecoverySettings SETTINGS = new RecoverySettings(
            "walvault archive-get %f %p",
            RecoverySettings.Action.PAUSE,
            RecoverySettings.Role.PRIMARY,
            RecoverySettings.Archiving.AS_BACKED_UP,
            RecoverySettings.Subscribing.AS_BACKED_UP);

    @TempDir
    private Path temporary;

    private static List<GoldenVault> vaults() {
        return GoldenVault.all();
    }

    private static WalFile.Segment segment(String name) {
        return (WalFile.Segment) WalFile.parse(name);
    }

    @Test
    void thereAreBothKinds() {
        assertThat(vaults()).extracting(GoldenVault::name).contains("1/plain", "1/encrypted");
    }

    /** With {@code -Dwalvault.regenerate=true}; what is there already is never changed. */
    @Test
    @EnabledIfSystemProperty(named = "walvault.regenerate", matches = "true")
    void anotherIsMade() throws Exception {
        GoldenVault.makeAnother(temporary);
    }

    @ParameterizedTest
    @MethodSource("vaults")
    void itsBackupIsListed(GoldenVault vault) throws Exception {
        MemberVault member = vault.open(vault.reader());

        BackupList list = member.backups().list();

        assertThat(list.unreadable()).isEmpty();
        assertThat(list.incomplete()).isEmpty();
        Backup backup = list.complete().getFirst();
        assertThat(list.complete()).hasSize(1);
        assertThat(backup.id()).isEqualTo(ID);
        assertThat(backup.facts().label()).isEqualTo("nightly");
        assertThat(backup.facts().annotations()).isEqualTo(Map.of("team", "orders"));
        assertThat(backup.facts().firstSegment()).isEqualTo(ZSTD);
        assertThat(backup.facts().lastSegment()).isEqualTo(LZ4);
        assertThat(backup.facts().walProof()).isEqualTo(WalProof.CONTENT);
        assertThat(backup.packs()).isEqualTo(5);
        assertThat(backup.files()).isEqualTo(12);
        assertThat(member.requireIdentity().system()).isEqualTo(GoldenVaultMaker.SYSTEM);
        assertThat(member.unknownPlaces()).isEmpty();
        assertThat(member.wal().strangers()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("vaults")
    void itIsVerifiedAgainstItsAccountsWithoutAKey(GoldenVault vault) throws Exception {
        MemberVault member =
                Vault.open(vault.store()).memberWithoutKeys(KEYS, TrustedWriters.everybody(), Vaults.author());
        Backup backup = member.backups().find(ID).orElseThrow();

        Map<String, StoredDigest> packs = member.backups().packList(backup);

        assertThat(packs).hasSize(backup.packs());
        for (var pack : packs.entrySet()) {
            assertThat(StoredDigest.of(vault.bytes(vault.key("/packs/" + pack.getKey()))))
                    .isEqualTo(pack.getValue());
        }
        assertThat(StoredDigest.of(vault.bytes(vault.key("/manifest")))).isEqualTo(backup.manifestStored());
        for (String name : vault.digestsIn("wal").keySet()) {
            WalFile file = WalFile.parse(name);
            if (vault.encrypted()) {
                assertThat(member.wal().verifyStored(file)).isTrue();
            }
            assertThat(member.wal().inspect(file).orElseThrow().damage()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("vaults")
    void itIsCopiedWithoutAKey(GoldenVault vault) throws Exception {
        var target = new MemoryStore();
        Vault to = Vault.create(target, vault.encrypted(), Vaults.author(1));

        var report = new VaultCopy(
                        Vault.open(vault.store()),
                        to,
                        TrustedWriters.everybody(),
                        Vaults.author(),
                        new Cancellation(),
                        _ -> {})
                .copy(List.of(KEYS), new CopyOptions(new CopySelection.Everything(), CopyOptions.Mode.COPY, 1));

        assertThat(report.problems()).isEmpty();
        assertThat(report.backups()).containsExactly(ID);
        assertThat(target.keys())
                .containsExactlyElementsOf(vault.store().keys().stream()
                        .filter(key -> !key.value().contains("/indexed/"))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("vaults")
    void everyWalFileIsServed(GoldenVault vault) throws Exception {
        Map<String, String> files = vault.digestsIn("wal");

        assertThat(files).hasSize(6);
        for (var file : files.entrySet()) {
            byte[] served = ServedWal.get(
                    WalFile.parse(file.getKey()),
                    temporary.resolve(file.getKey()),
                    vault.access(vault.reader()),
                    GoldenVaultMaker.SYSTEM);
            assertThat(StoredDigest.of(served).sha256()).isEqualTo(file.getValue());
        }
        assertThat(vault.open(vault.reader()).wal().history(new TimelineId(2)).entries())
                .hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("vaults")
    void theBackupIsRestored(GoldenVault vault) throws Exception {
        var vaults = MemberVaults.of(vault.open(vault.reader()));
        Path data = temporary.resolve("data");
        Path tablespace = temporary.resolve("sales");
        var target = new RecoveryTarget.AtName("äöü zstd");
        RestorePlan plan = new RestorePlanner(vaults, _ -> {}, new Cancellation())
                .plan(new RestoreRequest(
                        target, Optional.empty(), new TimelineChoice.Automatic(), Optional.empty(), false, false));

        var result = new Restore(vaults, Vaults.author(), _ -> {}, new Cancellation())
                .run(
                        plan,
                        new RestoreOptions(
                                data,
                                Optional.empty(),
                                TablespaceMapping.parse(List.of("16400=" + tablespace), Optional.empty()),
                                Set.of(),
                                Optional.empty(),
                                2,
                                SETTINGS,
                                Bandwidth.unlimited()));

        for (var file : vault.digestsIn("data").entrySet()) {
            byte[] restored = Files.readAllBytes(data.resolve(file.getKey()));
            assertThat(StoredDigest.of(restored).sha256()).as(file.getKey()).isEqualTo(file.getValue());
        }
        assertThat(data.resolve(FileNames.path("base/5/name-\uDCE9"))).hasContent("a name of bytes");
        assertThat(Files.readSymbolicLink(data.resolve("gone"))).isEqualTo(Path.of("/nowhere/at/all"));
        assertThat(Files.readSymbolicLink(data.resolve("pg_tblspc/16400"))).isEqualTo(tablespace);
        assertThat(data.resolve("pg_replslot")).isEmptyDirectory();
        assertThat(data.resolve("backup_label")).content().contains("START WAL LOCATION: 0/900028");
        assertThat(data.resolve("postgresql.auto.conf")).content().contains("recovery_target_name = 'äöü zstd'");
        assertThat(data.resolve(ManifestEntry.Part.DIRECTORY)).doesNotExist();
        assertThat(result.subscriptions()).containsExactly(new Subscription("shop", "orders", true));
        var restored = new TreeSet<String>();
        try (Stream<Path> all = Files.walk(data)) {
            all.filter(Files::isRegularFile)
                    .map(file -> FileNames.text(data.relativize(file)))
                    .filter(path -> !vault.digestsIn("data").containsKey(path))
                    .forEach(restored::add);
        }
        assertThat(restored)
                .containsExactly(
                        "backup_label",
                        "backup_manifest",
                        "base/5/name-\uDCE9",
                        "postgresql.auto.conf",
                        "recovery.signal",
                        "tablespace_map");
    }

    @ParameterizedTest
    @MethodSource("vaults")
    void itsRestorePointsAreRead(GoldenVault vault) throws Exception {
        RestorePointList list = vault.open(vault.reader()).restorePoints().all();

        assertThat(list.unreadable()).isEmpty();
        assertThat(list.points())
                .extracting(RestorePoint::name, RestorePoint::lsn)
                .containsExactlyInAnyOrder(
                        at("first lz4", "0/900090"),
                        at("äöü lz4", "0/90EAE8"),
                        at("first zstd", "0/A00090"),
                        at("äöü zstd", "0/A0C0D8"));
        var runs = new TreeSet<String>();
        vault.open(vault.reader())
                .indexedWal()
                .each(run -> runs.add(run.first().name() + " " + run.last().name() + " " + run.silent()));
        assertThat(runs)
                .containsExactly(ZSTD.name() + " " + GZIP.name() + " false", GZIP.name() + " " + GZIP.name() + " true");
    }

    private static Tuple at(String name, String lsn) {
        return tuple(name, Lsn.parse(lsn));
    }

    @ParameterizedTest
    @MethodSource("vaults")
    void theFactsOfItsSegmentsAreRead(GoldenVault vault) throws Exception {
        WalArchive wal = vault.open(vault.reader()).wal();

        assertThat(wal.facts(ZSTD).orElseThrow().points())
                .extracting(WalFacts.Point::name)
                .containsExactly("first lz4", "äöü lz4");
        assertThat(wal.facts(LZ4).orElseThrow().points())
                .extracting(WalFacts.Point::name)
                .containsExactly("first zstd", "äöü zstd");
        assertThat(wal.facts(GZIP)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("vaults")
    void eachFileOfThePacksIsReadAsARange(GoldenVault vault) throws Exception {
        MemberVault member = vault.open(vault.reader());
        Backup backup = member.backups().find(ID).orElseThrow();
        int read = 0;
        try (var manifest = member.backups().openManifest(backup)) {
            var reader = new ManifestReader("manifest", manifest.content());
            for (var pack = reader.nextPack(); pack.isPresent(); pack = reader.nextPack()) {
                ObjectKey key =
                        vault.key("/packs/" + MemberKeys.packName(pack.get().number()));
                var ranges =
                        GoldenObjects.ranges(vault.bytes(key), member.keys().nameOf(key), !vault.encrypted());
                for (ManifestEntry entry : pack.get().entries()) {
                    Optional<ManifestEntry.File> file = file(entry);
                    if (file.isPresent()) {
                        var crc = new CRC32C();
                        crc.update(ranges.read(file.get().at(), (int) file.get().size(), entry.path()));
                        assertThat((int) crc.getValue())
                                .as(entry.path())
                                .isEqualTo(file.get().crc32c());
                        read++;
                    }
                }
            }
        }
        assertThat(read).isEqualTo(14);
    }

    /** A file or a part of one. */
    private static Optional<ManifestEntry.File> file(ManifestEntry entry) {
        return switch (entry) {
            case ManifestEntry.File file -> Optional.of(file);
            case ManifestEntry.Part part -> Optional.of(part.bytes());
            case ManifestEntry.Directory _, ManifestEntry.Link _ -> Optional.empty();
        };
    }

    @ParameterizedTest
    @MethodSource("vaults")
    void whoBelievesAnotherWriterReadsNothingOfIt(GoldenVault vault) throws Exception {
        Keyring keyring = vault.reader(Keys.trusting(SigningKey.generate()));
        MemberVault stranger = vault.open(keyring);

        Faults.of(stranger::requireIdentity).is(ErrorCode.CORRUPT);
        Faults.of(() -> ServedWal.get(ZSTD, temporary.resolve("wal"), vault.access(keyring), GoldenVaultMaker.SYSTEM))
                .is(ErrorCode.CORRUPT);
        assertThat(stranger.backups().list().complete()).isEmpty();
        assertThat(stranger.restorePoints().all().points()).isEmpty();
    }
}
