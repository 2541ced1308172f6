package dev.walvault.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.archive.Pushes;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Event;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
import dev.walvault.observe.Listener;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Wal;
import dev.walvault.pg.link.StoppedBackup;
import dev.walvault.pipe.AgeKey;
import dev.walvault.pipe.Codec;
import dev.walvault.pipe.Compression;
import dev.walvault.store.Content;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.ManifestEntry;
import dev.walvault.vault.ManifestPack;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.TablespaceLocation;
import dev.walvault.vault.Vaults;
import dev.walvault.vault.WalProof;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseBackupTest {
    private static final Compression ZSTD = new Compression(Codec.ZSTD, 1);
    private static final AgeKey KEY = AgeKey.generate();
    private static final Lsn BEFORE = Lsn.parse("0/1200000");
    private static final String BACKUPS = "orders/main/17443322110099887766/backups/";

    @TempDir
    private Path directory;

    private final MemoryStore store = new MemoryStore();
    private final FaultyStore faulty = new FaultyStore(store);
    private final FakeTime time = new FakeTime(Vaults.NOW);
    private final Heard heard = new Heard();
    private final Cancellation cancellation = new Cancellation();
    private Keyring keyring = Vaults.NO_KEYS;
    private Path data = Path.of("unset");
    private FakeServer server = new FakeServer(data);
    private int jobs = 1;

    @BeforeEach
    void aServerAndItsVault() throws Exception {
        data = Files.createDirectories(directory.resolve("data"));
        Files.createDirectories(directory.resolve("tmp"));
        server = FakeServer.create(data);
        server.onStop = this::archive;
        Vaults.plain(store);
    }

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
        long stored = store.keys().stream()
                .filter(key -> key.value().startsWith(BACKUPS) && !key.name().equals("complete.json"))
                .mapToLong(key -> store.head(key).orElseThrow().bytesStored())
                .sum();
        assertThat(backup.bytesStored()).isEqualTo(stored);
        assertThat(files("tmp")).isEmpty();
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
        Files.createSymbolicLink(data.resolve("gone.conf"), Path.of("/etc/gone"));
        Path linked = Files.writeString(directory.resolve("pg_hba.conf"), "local all all trust\n");
        Files.createSymbolicLink(data.resolve("pg_hba.conf"), linked);

        var read = ReadBack.of(member(), take());

        assertThat(read.file("pg_tblspc/16399/PG_15_202209061/5/16400").badPages())
                .containsExactly(0L);
        assertThat(read.order()).doesNotContain("pg_tblspc/16399").contains("pg_wal", "base/1");
        assertThat(read.entry("gone.conf").manifest()).isEqualTo(new ManifestEntry.Link("gone.conf", "/etc/gone"));
        assertThat(read.content("pg_hba.conf")).isEqualTo("local all all trust\n".getBytes(US_ASCII));
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
        Faults.of(() -> member().backups().openManifest(backup.id())).is(ErrorCode.KEY_MISSING);
    }

    @Test
    void aHostWithoutIdentityProvesTheWalByItsHeaders() throws Exception {
        encrypted(Vaults.sealOnly(KEY));

        assertThat(take().facts().walProof()).isEqualTo(WalProof.HEADER);
    }

    @Test
    void walThatDoesNotArriveInTimeLeavesNothing() {
        server.onStop = () -> {};
        server.trouble = Optional.of("archive_command failed with exit code 33");

        refusesAndLeavesNothing(ErrorCode.TIMED_OUT, "archive_command failed with exit code 33");
    }

    @Test
    void everySegmentBetweenStartAndStopIsNeeded() {
        server.onStop = () -> {
            archive();
            store.keys().stream()
                    .filter(key -> key.name().equals(FakeServer.SEGMENTS.get(1)))
                    .forEach(store::delete);
        };

        refusesAndLeavesNothing(ErrorCode.TIMED_OUT, FakeServer.SEGMENTS.get(1));
    }

    @Test
    void aSegmentThatIsDamagedInTheVaultFailsTheBackup() {
        server.onStop = () -> {
            archive();
            store.keys().stream()
                    .filter(key -> key.name().equals(FakeServer.SEGMENTS.get(2)))
                    .forEach(key -> store.damage(key, bytes -> {
                        bytes[bytes.length - 9] ^= 1;
                        return bytes;
                    }));
        };

        refusesAndLeavesNothing(ErrorCode.CORRUPT, FakeServer.SEGMENTS.get(2));
    }

    @Test
    void aSecondBackupOfTheServerIsLockedOut() {
        server.holder = Optional.of("process 4711 since 22:10");

        refusesAndLeavesNothing(ErrorCode.LOCKED, "process 4711 since 22:10");
        assertThat(server.calls).containsExactly("lock");
    }

    @Test
    void aServerOfAnotherSystemThanTheDataDirectoryIsRefused() {
        server.system = Vaults.OTHER_SYSTEM;

        refusesAndLeavesNothing(ErrorCode.WRONG_SYSTEM, "the server is system 7710402303953991025");
        assertThat(server.calls).isEmpty();
    }

    @Test
    void aSystemThatTheVaultDoesNotKnowIsRefused() throws Exception {
        server.system = Vaults.OTHER_SYSTEM;
        server.write("global/pg_control", Wal.controlFile(Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE));

        refusesAndLeavesNothing(ErrorCode.WRONG_SYSTEM, "is not known");
    }

    @Test
    void aServerInRecoveryIsRefused() {
        server.inRecovery = true;

        refusesAndLeavesNothing(ErrorCode.POSTGRES_SETTINGS, "the server is in recovery");
    }

    @Test
    void aServerThatDoesNotArchiveIsRefused() {
        server.archiveMode = "off";

        refusesAndLeavesNothing(ErrorCode.POSTGRES_SETTINGS, "archive_mode is \"off\"");
    }

    @Test
    void aServerWithMinimalWalIsRefused() {
        server.walLevel = "minimal";

        refusesAndLeavesNothing(ErrorCode.POSTGRES_SETTINGS, "wal_level is \"minimal\"");
    }

    @Test
    void aServerThatChangesItsTimelineMeanwhileIsRefused() {
        server.onStart = () -> write(
                "global/pg_control",
                Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE, new TimelineId(2), true, 131072));

        refusesAndLeavesNothing(ErrorCode.POSTGRES_SETTINGS, "went from timeline 1 to 2");
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

    @ParameterizedTest
    @CsvSource({
        "BEGIN_UPLOAD, 1, BEFORE, 1",
        "BEGIN_UPLOAD, 2, BEFORE, 1",
        "WRITE, 1, BEFORE, 1",
        "WRITE, 4, BEFORE, 1",
        "COMMIT, 1, BEFORE, 1",
        "COMMIT, 1, AFTER, 1",
        "COMMIT, 2, BEFORE, 1",
        "COMMIT, 3, BEFORE, 1",
        "COMMIT, 3, AFTER, 1",
        "HEAD, 2, BEFORE, 1",
        "CREATE, 1, BEFORE, 1",
        "BEGIN_UPLOAD, 2, BEFORE, 4",
        "WRITE, 3, BEFORE, 4",
        "COMMIT, 2, AFTER, 4",
    })
    void aStoreThatFailsInTheMiddleLeavesNothing(Call call, int nth, Moment moment, int workers) throws Exception {
        jobs = workers;
        for (int i = 0; i < 10; i++) {
            server.write("base/5/" + (16384 + i), Pages.file(Pages.page(0, BEFORE)));
        }
        faulty.fail(call, nth, moment, FaultyStore.unreachable());

        Faults.of(() -> take(faulty)).is(ErrorCode.STORE_UNREACHABLE);

        nothingIsLeft();
        assertThat(take().id()).hasToString("20261120T221530Z");
    }

    @Test
    void aBackupWhoseLastAnswerWasLostIsComplete() throws Exception {
        faulty.fail(Call.CREATE, 1, Moment.AFTER, FaultyStore.unreachable());

        Faults.of(() -> take(faulty)).is(ErrorCode.STORE_UNREACHABLE);

        var backup = member().backups().list().complete().getFirst();
        assertThat(ReadBack.of(member(), backup).order()).endsWith("global/pg_control");
    }

    @Test
    void whatCannotBeRemovedAfterAFailureIsAWarningAndTheFailureIsTold() throws Exception {
        faulty.fail(Call.COMMIT, 2, Moment.BEFORE, FaultyStore.unreachable())
                .fail(Call.DELETE, 1, Moment.BEFORE, FaultyStore.unreachable());

        Faults.of(() -> take(faulty)).is(ErrorCode.STORE_UNREACHABLE);
        assertThat(heard.warnings()).singleElement().asString().contains("could not remove what the failed backup");
        assertThat(member().backups().list().complete()).isEmpty();
    }

    @Test
    void housekeepingThatFailsDoesNotFailABackupThatIsComplete() throws Exception {
        faulty.fail(Call.DISCARD, 1, Moment.BEFORE, FaultyStore.unreachable());

        Backup backup = take(faulty);

        assertThat(member().backups().list().complete()).containsExactly(backup);
        assertThat(heard.warnings()).singleElement().asString().contains("could not reach the store");
    }

    @ParameterizedTest
    @CsvSource({"packs/000001", "manifest"})
    void theObjectsOfAnotherBackupOfTheSameIdAreLeftAlone(String object) throws Exception {
        // a copy of this server, in the same second
        var key = new ObjectKey(BACKUPS + "20261120T221530Z/" + object);
        var others = Content.of("of the other one".getBytes(US_ASCII));
        server.onStart = () -> create(key, others);

        Faults.of(this::take).is(ErrorCode.CONFLICT).says("Another backup with the same id is being taken");

        assertThat(store.head(key)).isPresent();
        assertThat(member().backups().list().complete()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void aBackupThatIsCalledOffLeavesNothing(int workers) throws Exception {
        jobs = workers;
        for (int i = 0; i < 50; i++) {
            server.write("base/5/" + (16384 + i), Pages.file(Pages.page(0, BEFORE)));
        }
        Listener impatient = event -> {
            if (event instanceof Event.Progress progress && progress.filesDone() > 20) {
                cancellation.cancel();
            }
        };

        Faults.of(() -> backup(store, impatient).take(data, options())).is(ErrorCode.CANCELLED);

        nothingIsLeft();
    }

    @Test
    void aFailureOfOneWorkerEndsTheOthers() throws Exception {
        jobs = 2;
        for (int i = 0; i < 2000; i++) {
            server.write("base/5/" + (16384 + i), "x");
        }
        faulty.fail(Call.BEGIN_UPLOAD, 1, Moment.BEFORE, FaultyStore.unreachable());

        Faults.of(() -> take(faulty)).is(ErrorCode.STORE_UNREACHABLE);

        assertThat(heard.of(Event.Progress.class)).hasSizeLessThan(1000);
        nothingIsLeft();
    }

    @Test
    void aFileThatMayNotBeReadIsAnErrorThatNamesIt() throws Exception {
        if (Files.getOwner(data).getName().equals("root")) {
            return;
        }
        server.write("base/5/16384", "x");
        Files.setAttribute(data.resolve("base/5/16384"), "unix:mode", 0);

        refusesAndLeavesNothing(ErrorCode.LOCAL_FILE, "base/5/16384");
    }

    @Test
    void progressIsHeardAndItsTotalIsNeverBehind() throws Exception {
        server.write("base/5/16384", new byte[3 << 20]);

        take();

        assertThat(heard.of(Event.Progress.class))
                .isNotEmpty()
                .allMatch(progress -> progress.bytesDone() <= progress.bytesTotal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb"})
    void aLabelThatTheServerWouldRefuseIsRefusedBefore(String label) {
        assertThatThrownBy(() -> new BackupOptions(label, Map.of(), 1, true, ZSTD, Duration.ZERO, directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a label has");
    }

    @Test
    void aTimelineWithoutItsHistoryInTheVaultIsAWarning() throws Exception {
        // nothing but names and header tell the timeline
        server = new FakeServer(data) {
            @Override
            public StoppedBackup stopBackup() {
                var stopped = super.stopBackup();
                return new StoppedBackup(
                        stopped.stop(),
                        stopped.backupLabel()
                                .replace("file 00000001", "file 00000002")
                                .replace("TIMELINE: 1", "TIMELINE: 2"),
                        "",
                        stopped.time(),
                        stopped.snapshot());
            }
        };
        write(
                "global/pg_control",
                Wal.controlFile(Vaults.SYSTEM, Vaults.SEGMENT_SIZE, new TimelineId(2), true, 131072));
        server.onStop = () -> {
            for (String name : FakeServer.SEGMENTS) {
                String onTwo = name.replaceFirst("00000001", "00000002");
                write("pg_wal/" + onTwo, Wal.segment(onTwo, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));
                push(onTwo);
            }
        };

        assertThat(take().facts().timeline()).isEqualTo(new TimelineId(2));
        assertThat(heard.warnings()).singleElement().asString().contains("no history of timeline 2");
    }

    private void refusesAndLeavesNothing(ErrorCode code, String why) {
        Faults.of(this::take).is(code).says(why);
        nothingIsLeft();
    }

    private void nothingIsLeft() {
        assertThat(store.keys()).noneMatch(key -> key.value().startsWith(BACKUPS));
        assertThat(files("tmp")).isEmpty();
    }

    private Backup take() throws Exception {
        return take(store);
    }

    private Backup take(ObjectStore where) throws Exception {
        return backup(where, heard).take(data, options());
    }

    private BaseBackup backup(ObjectStore where, Listener listener) throws Exception {
        var opened = Vaults.opened(where, keyring);
        var access = new MemberAccess(
                opened.vault(), opened.cluster(), opened.member(), opened.keyring(), Vaults.author(time));
        return new BaseBackup(access, server, time, cancellation, listener);
    }

    private BackupOptions options() {
        return new BackupOptions(
                "nightly",
                Map.of("team", "orders"),
                jobs,
                true,
                ZSTD,
                Duration.ofSeconds(60),
                directory.resolve("tmp"));
    }

    private MemberVault member() throws Exception {
        return Vaults.opened(store, keyring).of(Vaults.SYSTEM);
    }

    private void encrypted(Keyring with) throws Exception {
        store.keys().forEach(store::delete);
        Vaults.created(store, with, Vaults.identity());
        keyring = with;
    }

    private void archive() {
        FakeServer.SEGMENTS.forEach(this::push);
    }

    private void push(String name) {
        try {
            Pushes.to(Vaults.opened(store, keyring), ZSTD, event -> {}).push(Path.of("pg_wal", name), data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void create(ObjectKey key, Content content) {
        try {
            store.createIfAbsent(key, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String path, byte[] content) {
        try {
            server.write(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    private List<Path> files(String path) {
        try (var names = Files.list(directory.resolve(path))) {
            return names.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
