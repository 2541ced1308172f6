package dev.walvault.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.FileNames;
import dev.walvault.observe.Progress;
import dev.walvault.pg.ControlFiles;
import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.Subscription;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Wal;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.store.Content;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.ManifestPack;
import dev.walvault.vault.ManifestReader;
import dev.walvault.vault.StoredDigest;
import dev.walvault.vault.TablespaceLocation;
import dev.walvault.vault.Vaults;
import dev.walvault.vault.WalProof;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the vault after a backup that succeeded. */
class BaseBackupTest extends ServerToBackUp {
    private static final AgeKey KEY = AgeKey.generate();

    @Test
    void whatIsTakenIsInTheVaultAsTheServerSaidIt() throws Exception {
        server.write("base/5/16384", Pages.file(Pages.page(0, BEFORE), Pages.page(1, BEFORE)));

        Backup backup = take();

        assertThat(server.calls).containsExactly("lock", "start nightly fast", "stop");
        assertThat(member().backups().list().complete()).containsExactly(backup);
        var facts = backup.facts();
        assertThat(backup.id()).hasToString("20261120T221530Z");
        assertThat(facts.label()).isEqualTo("nightly");
        assertThat(facts.annotations()).isEqualTo(Map.of("team", "orders"));
        assertThat(facts.system()).isEqualTo(Vaults.SYSTEM);
        assertThat(facts.serverVersionNum()).isEqualTo(150014);
        assertThat(facts.timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(facts.start()).isEqualTo(FakeServer.START);
        assertThat(facts.stop()).isEqualTo(FakeServer.STOP);
        assertThat(facts.startTime()).isEqualTo(FakeServer.STARTED);
        assertThat(facts.stopTime()).isEqualTo(FakeServer.STOPPED);
        assertThat(facts.firstSegment().name()).isEqualTo(FakeServer.SEGMENTS.getFirst());
        assertThat(facts.lastSegment().name()).isEqualTo(FakeServer.SEGMENTS.getLast());
        assertThat(facts.walProof()).isEqualTo(WalProof.CONTENT);
        assertThat(facts.snapshot()).isEqualTo(FakeServer.SNAPSHOT);
        assertThat(facts.checksums()).isTrue();
        assertThat(facts.badPages()).isZero();
        assertThat(backup.host()).isEqualTo("db1");
        assertThat(heard.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void everythingThatIsStoredAgreesWithEverythingElse(int workers) throws Exception {
        jobs = workers;
        for (int i = 0; i < 200; i++) {
            server.write("base/5/" + (16384 + i), Pages.file(Pages.page(0, BEFORE)));
        }
        server.write("log/ü" + "ber-".repeat(40) + ".log", "a long name outside of ASCII");

        Backup backup = take();
        var read = ReadBack.of(member(), backup);

        assertThat(read.entries()).hasSize(200 + 14);
        assertThat(read.content("base/5/16400")).isEqualTo(Pages.page(0, BEFORE));
        var packs = new HashMap<String, StoredDigest>();
        for (ObjectKey key : store.keys()) {
            if (key.value().startsWith(BACKUPS + backup.id() + "/packs/")) {
                packs.put(key.name(), stored(key));
            }
        }
        assertThat(member().backups().packList(backup)).isEqualTo(packs).hasSize(backup.packs());
        assertThat(stored(member().keys().manifest(backup.id()))).isEqualTo(backup.manifestStored());
        assertThat(packs.values().stream().mapToLong(StoredDigest::length).sum()
                        + backup.manifestStored().length())
                .isEqualTo(backup.bytesStored());
        assertThat(files("tmp")).isEmpty();
    }

    @Test
    void aFileAboveOneGigabyteIsCutIntoParts() throws Exception {
        Path large = data.resolve("base/5/16999");
        long size = ManifestEntry.Part.LARGEST + 12_345;
        try (var file = new RandomAccessFile(large.toFile(), "rw")) {
            file.write("begins".getBytes(US_ASCII));
            file.seek(size - 4);
            file.write("ends".getBytes(US_ASCII));
        }
        server.write("base/5/17000", "whole");

        Backup backup = take();

        var parts = new ArrayList<ManifestEntry.Part>();
        try (var unsealed = member().backups().openManifest(backup)) {
            var reader = new ManifestReader("manifest", unsealed.content());
            for (Optional<ManifestPack> pack = reader.nextPack(); pack.isPresent(); pack = reader.nextPack()) {
                for (ManifestEntry entry : pack.get().entries()) {
                    if (entry instanceof ManifestEntry.Part part) {
                        parts.add(part);
                        assertThat(pack.get().entries()).last().isEqualTo(part);
                    }
                }
            }
        }
        assertThat(parts)
                .extracting(ManifestEntry.Part::inTar)
                .containsExactly("walvault-parts/base/5/16999/000001", "walvault-parts/base/5/16999/000002");
        assertThat(parts).extracting(ManifestEntry.Part::offset).containsExactly(0L, ManifestEntry.Part.LARGEST);
        assertThat(parts).extracting(part -> part.bytes().size()).containsExactly(ManifestEntry.Part.LARGEST, 12_345L);
        assertThat(parts).extracting(ManifestEntry.Part::of).containsOnly(2);
    }

    @Test
    void theManifestSaysWhereTheBytesOfEachFileBegin() throws Exception {
        server.write("log/" + "ü".repeat(90) + ".log", "behind a long name");
        server.write("base/5/17000", "x".repeat(300_000));

        var read = ReadBack.of(member(), take());

        assertThat(read.entries().values())
                .filteredOn(stored -> stored.manifest() instanceof ManifestEntry.File)
                .hasSizeGreaterThan(5)
                .allSatisfy(stored -> assertThat(stored.content()).isEqualTo(stored.atItsPlace()));
    }

    private StoredDigest stored(ObjectKey key) throws IOException {
        try (InputStream in = store.open(key).orElseThrow()) {
            return StoredDigest.of(in.readAllBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void theLastPackHasTheLabelAndTheMapAsTheServerGaveThemAndThenTheControlFile(int workers) throws Exception {
        jobs = workers;
        server.tablespaceMap = "16399 /ts/a\\\nb\n";
        server.write("backup_label", "of a backup that crashed long ago");

        var read = ReadBack.of(member(), take());

        assertThat(read.order().subList(read.order().size() - 3, read.order().size()))
                .containsExactly("backup_label", "tablespace_map", "global/pg_control");
        assertThat(read.packs().getLast().entries()).hasSize(3);
        assertThat(read.content("backup_label")).isEqualTo(FakeServer.label().getBytes(US_ASCII));
        assertThat(read.content("tablespace_map")).isEqualTo("16399 /ts/a\\\nb\n".getBytes(US_ASCII));
        assertThat(read.content("global/pg_control")).isEqualTo(Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE));
        assertThat(read.head().tablespaces()).containsExactly(new TablespaceLocation(16399, "/ts/a\nb"));
    }

    @Test
    void subscriptionsAndThePlaceOfTheWalAreRemembered() throws Exception {
        server.subscriptions = List.of(new Subscription("shop", "orders", true));
        Path wal = Files.move(data.resolve("pg_wal"), directory.resolve("wal"));
        Files.createSymbolicLink(data.resolve("pg_wal"), wal);

        var head = ReadBack.of(member(), take()).head();

        assertThat(head.subscriptions()).containsExactly(new Subscription("shop", "orders", true));
        assertThat(head.walDirectory()).hasValue(wal.toString());
    }

    @Test
    void withoutTablespacesThereIsNoMap() throws Exception {
        assertThat(ReadBack.of(member(), take()).order()).doesNotContain("tablespace_map");
    }

    @Test
    void modesAndTimesAreKept() throws Exception {
        server.write("server.key", "secret");
        Files.setAttribute(data.resolve("server.key"), "unix:mode", 0400);
        Files.setLastModifiedTime(data.resolve("server.key"), FileTime.from(Instant.parse("2020-02-29T12:34:56.789Z")));
        Files.setAttribute(data.resolve("base/5"), "unix:mode", 0710);

        var read = ReadBack.of(member(), take());

        assertThat(read.file("server.key").mode()).isEqualTo(0400);
        assertThat(read.file("server.key").modified()).isEqualTo("2020-02-29T12:34:56Z");
        assertThat(read.entry("base/5").manifest()).isEqualTo(new ManifestEntry.Directory("base/5", 0710));
    }

    @Test
    void tablespacesLinksAndEmptyDirectoriesAreStoredAsTheFormatSays() throws Exception {
        Path tablespace = Files.createDirectories(directory.resolve("ts"));
        Files.createDirectories(tablespace.resolve("PG_15_202209061/5"));
        Files.write(tablespace.resolve("PG_15_202209061/5/16400"), Pages.file(Pages.bad(0, BEFORE)));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16399"), tablespace);
        server.tablespaces.put(16399L, "sales");
        server.tablespaceMap = "16399 " + tablespace + "\n";
        Files.createSymbolicLink(data.resolve("gone.conf"), Path.of("/etc/gone"));
        Path linked = Files.writeString(directory.resolve("pg_hba.conf"), "local all all trust\n");
        Files.createSymbolicLink(data.resolve("pg_hba.conf"), linked);

        var read = ReadBack.of(member(), take());

        assertThat(read.file("pg_tblspc/16399/PG_15_202209061/5/16400").badPages())
                .containsExactly(0L);
        assertThat(read.order()).doesNotContain("pg_tblspc/16399").contains("pg_wal", "base/1");
        assertThat(read.entry("gone.conf").manifest()).isEqualTo(new ManifestEntry.Link("gone.conf", "/etc/gone"));
        assertThat(read.entry("pg_hba.conf").manifest())
                .isEqualTo(new ManifestEntry.Link("pg_hba.conf", linked.toString()));
    }

    @Test
    void aTablespaceThatIsCreatedWhileFilesAreCopiedIsLeftOut() throws Exception {
        Path tablespace = directory.resolve("ts");
        heardToo = event -> {
            if (event instanceof BackupEvent.Copying) {
                write("pg_tblspc/../../ts/PG_15_202209061/5/16400", new byte[8192]);
                link("pg_tblspc/16399", tablespace);
                server.tablespaces.put(16399L, "late");
            }
        };

        var read = ReadBack.of(member(), take());

        assertThat(read.order()).noneMatch(path -> path.startsWith("pg_tblspc/"));
        assertThat(read.head().tablespaces()).isEmpty();
    }

    @Test
    void aTablespaceThatIsCreatedWhileTheBackupBeginsMeansThatThereIsNoBackup() {
        server.onStart = () -> server.tablespaces.put(16500L, "early");

        assertThatThrownBy(this::take).hasMessage("tablespace \"early\" (16500) was created while the backup began");

        assertThat(store.keys()).noneMatch(key -> key.name().equals("complete.json"));
    }

    @Test
    void aTablespaceWhoseVolumeGoesAwayMeansThatThereIsNoBackup() throws Exception {
        Path tablespace = directory.resolve("ts");
        Files.createDirectories(tablespace.resolve("PG_15_202209061/5"));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16399"), tablespace);
        server.tablespaces.put(16399L, "sales");
        server.tablespaceMap = "16399 " + tablespace + "\n";
        server.onStop = () -> {
            archive();
            move(tablespace, directory.resolve("unmounted"));
        };

        Faults.of(this::take).is(ErrorCode.LOCAL_FILE).says("\"sales\" (16399)");
        nothingIsLeft();
    }

    @Test
    void namesAreTheBytesThatTheyAre() throws Exception {
        String longName = "\uDCE8" + "ü".repeat(100);
        for (String name : List.of("core-\uDCE9", "core-\uDCE8", longName)) {
            Files.writeString(data.resolve(FileNames.path(name)), "x");
        }
        Path place = directory.resolve(FileNames.path("ts-\uDCE9"));
        Files.createDirectories(place.resolve("PG_15_202209061"));
        Files.createSymbolicLink(data.resolve("pg_tblspc/16399"), place);
        server.tablespaces.put(16399L, "latin");
        server.tablespaceMap = "16399 " + FileNames.text(place) + "\n";

        var read = ReadBack.of(member(), take());

        assertThat(read.order()).contains("core-\uDCE9", "core-\uDCE8", longName);
        assertThat(read.head().tablespaces()).containsExactly(new TablespaceLocation(16399, FileNames.text(place)));
        assertThat(read.content("tablespace_map")).isEqualTo(FileNames.encode(server.tablespaceMap));
    }

    @ParameterizedTest
    @CsvSource({
        "+1000000000-12-31T23:59:59Z, 9999-12-31T23:59:59Z",
        "-1000000000-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
        "2026-11-20T22:15:30.5Z, 2026-11-20T22:15:30Z",
    })
    void aTimeThatNoCalendarHasIsNoReasonToFail(Instant modified, Instant stored) {
        assertThat(PackBuilder.wholeSeconds(FileTime.from(modified))).isEqualTo(stored);
    }

    @Test
    void badPagesAreCountedAndListed() throws Exception {
        server.write("base/5/16384", Pages.file(Pages.bad(0, BEFORE), Pages.page(1, BEFORE), Pages.bad(2, BEFORE)));
        server.write("base/5/16385", Pages.file(Pages.bad(0, BEFORE)));

        Backup backup = take();
        var read = ReadBack.of(member(), backup);

        assertThat(backup.facts().badPages()).isEqualTo(3);
        assertThat(read.file("base/5/16384").badPages()).containsExactly(0L, 2L);
        assertThat(read.file("base/5/16385").badPages()).containsExactly(0L);
    }

    @ParameterizedTest
    @CsvSource({"1, OFF", "1, SWITCHING_OFF", "3, ON", "2, SWITCHING_OFF"})
    void pagesAreVerifiedOnlyWhereChecksumsWereOnAllTheWhile(int before, DataChecksums after) throws Exception {
        byte[] control = Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE);
        ByteBuffer.wrap(control).order(ByteOrder.LITTLE_ENDIAN).putInt(252, before);
        var crc = new CRC32C();
        crc.update(control, 0, 288);
        ByteBuffer.wrap(control).order(ByteOrder.LITTLE_ENDIAN).putInt(288, (int) crc.getValue());
        server.write("global/pg_control", control);
        server.checksumsAtTheEnd = Optional.of(after);
        server.write("base/5/16384", Pages.file(Pages.bad(0, BEFORE)));

        var facts = take().facts();

        assertThat(facts.checksums()).isFalse();
        assertThat(facts.badPages()).isZero();
        if (DataChecksums.ofVersion(before) != after) {
            assertThat(heard.warnings())
                    .anySatisfy(warning ->
                            assertThat(warning).contains("data_checksums was").contains("not verified"));
        }
    }

    @Test
    void aServerWithoutChecksumsHasNoBadPages() throws Exception {
        server.write(
                "global/pg_control",
                Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE, TimelineId.FIRST, false, 131072));
        server.write("base/5/16384", Pages.file(Pages.bad(0, BEFORE)));

        Backup backup = take();

        assertThat(backup.facts().checksums()).isFalse();
        assertThat(backup.facts().badPages()).isZero();
    }

    @Test
    void seventyMegabytesFillMoreThanOnePack() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (var file = new RandomAccessFile(data.resolve("big." + i).toFile(), "rw")) {
                file.setLength(35 << 20);
            }
        }

        var read = ReadBack.of(member(), take());

        assertThat(read.packs()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(read.packs()).allMatch(pack -> pack.digest().length() < 100 << 20);
        assertThat(read.file("big.2").size()).isEqualTo(35 << 20);
    }

    @Test
    void manySmallFilesFillMoreThanOnePack() throws Exception {
        for (int i = 0; i < ManifestPack.MOST_ENTRIES; i++) {
            Files.createFile(data.resolve("base/5/" + (16384 + i)));
        }

        var read = ReadBack.of(member(), take());

        assertThat(read.packs()).hasSize(3);
        assertThat(read.packs().getFirst().entries()).hasSize(ManifestPack.MOST_ENTRIES);
    }

    @Test
    void longNamesFillMoreThanOnePack() throws Exception {
        String target = "t".repeat(4000);
        for (int i = 0; i < 600; i++) {
            Files.createSymbolicLink(data.resolve("link" + i), Path.of(target));
        }

        var read = ReadBack.of(member(), take());

        assertThat(read.packs()).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void aFileThatVanishesBeforeItIsReadIsPassedOver() throws Exception {
        for (int i = 0; i < 50; i++) {
            server.write("base/5/" + (16384 + i), "x");
        }
        faulty.before(Call.BEGIN_UPLOAD, () -> deleteAll("base/5"));

        assertThat(ReadBack.of(member(), take(faulty)).order()).doesNotContain("base/5/16384", "base/5/16433");
    }

    @Test
    void anEncryptedBackupIsOpenedByItsKeyOnly() throws Exception {
        encrypted(Vaults.keyring(KEY));
        Backup backup = take();

        assertThat(ReadBack.of(member(), backup).order()).contains("PG_VERSION");
        keyring = Vaults.sealOnly(KEY);
        Faults.of(() -> member().backups().openManifest(backup)).is(ErrorCode.KEY_MISSING);
    }

    @Test
    void aHostWithoutIdentityProvesTheWalByItsHeaders() throws Exception {
        encrypted(Vaults.sealOnly(KEY));

        assertThat(take().facts().walProof()).isEqualTo(WalProof.HEADER);
    }

    @Test
    void aControlFileThatIsTornIsReadAgain() throws Exception {
        byte[] whole = Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE);
        byte[] torn = whole.clone();
        torn[40] ^= 1;
        server.onStart = () -> write("global/pg_control", torn);
        time.next(() -> write("global/pg_control", whole));

        assertThat(ReadBack.of(member(), take()).content("global/pg_control")).isEqualTo(whole);
    }

    @Test
    void backupsOfOneSecondHaveIdsOfTheNextSecondsWithoutAWarning() throws Exception {
        Backup first = take();

        assertThat(take().id()).isEqualTo(first.id().next());
        assertThat(take().id()).isEqualTo(first.id().next().next());
        assertThat(heard.warnings()).isEmpty();
    }

    @Test
    void aClockThatHasGoneBackwardsGivesTheNextIdAndAWarning() throws Exception {
        Backup first = take();
        time.set(Vaults.NOW.minusSeconds(3600));

        Backup second = take();

        assertThat(second.id()).isEqualTo(first.id().next());
        assertThat(heard.warnings()).singleElement().asString().contains("the clock of this host has gone backwards");
    }

    @Test
    void aSecondBackupInTheSameSecondGetsTheNextIdWithoutAWarning() throws Exception {
        Backup first = take();
        time.set(Vaults.NOW);

        assertThat(take().id()).isEqualTo(first.id().next());
        assertThat(heard.warnings()).isEmpty();
    }

    @Test
    void anUnfinishedBackupKeepsItsIdForItself() throws Exception {
        store.createIfAbsent(new ObjectKey(BACKUPS + "20261120T221530Z/packs/000001"), Content.of(new byte[0]));

        assertThat(take().id()).hasToString("20261120T221531Z");
    }

    @Test
    void progressIsHeardAndItsTotalIsNeverBehind() throws Exception {
        server.write("base/5/16384", new byte[3 << 20]);

        take();

        assertThat(heard.of(Progress.class))
                .isNotEmpty()
                .allMatch(progress -> progress.bytesDone() <= progress.bytesTotal());
    }

    @Test
    void aTimelineWithoutItsHistoryInTheVaultIsAWarning() throws Exception {
        timelineTwo();

        assertThat(take().facts().timeline()).isEqualTo(new TimelineId(2));
        assertThat(heard.warnings()).singleElement().asString().contains("no history of timeline 2");
    }

    private void link(String path, Path target) {
        try {
            Files.createSymbolicLink(data.resolve(path), target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void encrypted(Keyring with) throws Exception {
        store.keys().forEach(store::delete);
        Vaults.created(store, with, Vaults.identity());
        keyring = with;
    }

    private void deleteAll(String path) {
        for (Path file : files("data/" + path)) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void aServerOfAnUnknownVersionIsBackedUpWhenThatIsWanted() throws Exception {
        server.version = "20.1";
        server.versionNum = 200001;

        Faults.of(this::take)
                .is(ErrorCode.POSTGRES_VERSION)
                .says("the server is of version 20.1, which this version of walvault does not know");
        assertThat(server.calls).isEmpty();

        allowUnknownVersion = true;
        assertThat(take().facts().serverVersionNum()).isEqualTo(200001);
        assertThat(heard.warnings()).singleElement().asString().contains("try a restore");
    }

    @Test
    void aServerWhoseControlFileCannotBeReadIsBackedUpByWhatItSaysItself() throws Exception {
        var facts = server.facts();
        server.facts = Optional.of(facts);
        byte[] unknown = ControlFiles.ofUnknownFork(Vaults.SYSTEM);
        server.write("global/pg_control", unknown);
        server.write("base/5/16384", Pages.file(Pages.bad(0, BEFORE)));

        Backup backup = take();

        assertThat(backup.facts().badPages()).isEqualTo(1);
        assertThat(ReadBack.of(member(), backup).content("global/pg_control")).isEqualTo(unknown);
    }
}
