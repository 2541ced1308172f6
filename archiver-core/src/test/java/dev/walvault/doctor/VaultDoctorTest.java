package dev.walvault.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.examine.Finding.Verdict;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.reach.ServerTimeline;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.Keys;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriter;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.Content;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.Remedies;
import dev.walvault.vault.Author;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VaultDoctorTest {
    private static final Remedies REMEDIES = new Remedies(
            "use another store",
            "use a store that shows what it has",
            "use a store that keeps what it gets",
            "allow this host to list",
            "this host cannot repair a damaged segment");

    @TempDir
    Path directory;

    private Instant now = Vaults.NOW;
    private final MemoryStore store = new MemoryStore((InstantSource) () -> now);
    private final Cancellation cancellation = new Cancellation();
    private final List<Finding> findings = new ArrayList<>();
    private final List<Path> identityFiles = new ArrayList<>();
    private Optional<SystemIdentifier> system = Optional.of(Vaults.SYSTEM);
    private Optional<ServerTimeline> server = Optional.empty();
    private Optional<VaultDoctor.Opener> together = Optional.empty();
    private Optional<WalFile> archived = Optional.empty();
    private Optional<Path> signingKeyFile = Optional.empty();
    private Clock clock = Clock.fixed(Vaults.NOW, ZoneOffset.UTC);
    private Keyring keyring = Vaults.NO_KEYS;
    private List<MemberVault> others = List.of();

    private Examiner examine(LyingStore.Lie lie) throws ArchiverException {
        findings.clear();
        var examiner = new Examiner(cancellation, findings::add);
        var patient = new VaultDoctor.Patient(
                () -> new LyingStore(store, lie),
                Vaults.CLUSTER,
                Vaults.MEMBER,
                system,
                server,
                together,
                archived,
                keyring,
                identityFiles,
                signingKeyFile);
        var author = new Author("db1", "0.1.0", clock, new SplittableRandom(findings.size() + 1));
        new VaultDoctor(patient, REMEDIES, author, examiner).examine(others);
        assertThat(examiner.findings()).isEqualTo(findings);
        return examiner;
    }

    private Examiner examine() throws ArchiverException {
        return examine(LyingStore.Lie.NONE);
    }

    private Finding finding(String check) {
        return findings.stream()
                .filter(each -> each.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    private List<ObjectKey> probes() {
        return store.keys().stream()
                .filter(key -> key.value().startsWith("=doctor"))
                .toList();
    }

    @Test
    void aSoundVaultPassesAndIsLeftAsItWas() throws IOException {
        MemberAccess access = Vaults.plain(store);
        storeSegment(access);
        List<ObjectKey> before = store.keys();

        Examiner examiner = examine();

        assertThat(examiner.worst()).isEmpty();
        assertThat(findings).allMatch(each -> each.verdict() == Verdict.OK);
        assertThat(findings.stream().map(Finding::check))
                .containsExactly(
                        "vault",
                        "system",
                        "keys",
                        "identity files",
                        "stored WAL",
                        "signing key",
                        "writers",
                        "backups",
                        "restore points",
                        "known places",
                        "timeline histories",
                        "newest WAL",
                        "WAL without gaps",
                        "foreign objects",
                        "absent object",
                        "create once",
                        "create once, raced",
                        "read back",
                        "read ranges",
                        "large object",
                        "list after write",
                        "clock",
                        "delete",
                        "probes removed");
        assertThat(store.keys()).isEqualTo(before);
    }

    @Test
    void theFirstTimelineIsNotSaidToHaveAHistory() throws IOException {
        MemberAccess access = Vaults.plain(store);
        storeSegment(access);

        assertThat(finding(examine(), "timeline histories").seen()).startsWith("none can be used");
    }

    @Test
    void aHoleInTheWalIsWarnedOf() throws IOException {
        MemberAccess access = Vaults.plain(store);
        storeSegment(access);
        storeSegment(access, "000000010000000000000006");

        examine();

        assertThat(finding("WAL without gaps").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("WAL without gaps").seen()).contains("\"000000010000000000000004\" is missing");
        assertThat(finding("WAL without gaps").fix().orElseThrow()).contains("take a new backup");
    }

    @Test
    void whatTheServerTakesForArchivedIsInTheVault() throws IOException {
        MemberAccess access = Vaults.plain(store);
        storeSegment(access);
        String stored = finding(examine(), "stored WAL").seen().substring(1, 25);

        archived = Optional.of(WalFile.parse(stored));
        assertThat(finding(examine(), "archived WAL").verdict()).isEqualTo(Verdict.OK);

        archived = Optional.of(WalFile.parse("0000000100000000000000FF"));
        assertThat(finding(examine(), "archived WAL").code()).contains(ErrorCode.GAP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders/sets", "orders/members/main/17443322110099887766/pins"})
    void whatANewerWalvaultKeepsInAPlaceOfItsOwnIsNamed(String place) throws IOException {
        storeSegment(Vaults.plain(store));
        store.createIfAbsent(new ObjectKey(place + "/a.json"), Content.of("{}".getBytes(UTF_8)));

        Examiner examiner = examine();

        assertThat(examiner.worst()).contains(ErrorCode.FORMAT_TOO_NEW);
        assertThat(finding("known places").seen()).contains("\"" + place + "\" was stored by a newer walvault");
    }

    private static Finding finding(Examiner examiner, String check) {
        return examiner.findings().stream()
                .filter(each -> each.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "backups, backups/20261120T221530Z/complete.json, CORRUPT",
        "restore points, points/p/00000001-0000000003000060.json, CORRUPT",
        "timeline histories, history/00000002.history, CORRUPT",
        "newest WAL, wal/00000001/00000000/0000000100000000000000FF, CORRUPT",
        "foreign objects, wal/0000000F/foo,",
        "foreign objects, wal/00000001/00000000.x/000000010000000000000003,",
        "foreign objects, wal/00000001/00000001/00000000/000000010000000000000003,",
        "foreign objects, wal/lost+found,",
        "foreign objects, history/notes,",
    })
    void anObjectThatCannotBeUsedIsFoundAndNamed(String check, String planted, ErrorCode code) throws IOException {
        MemberAccess access = Vaults.plain(store);
        storeSegment(access);
        ObjectKey key = new ObjectKey(access.of(Vaults.SYSTEM).keys().root() + "/" + planted);
        store.createIfAbsent(key, Content.of("garbage".getBytes(UTF_8)));

        Examiner examiner = examine();

        assertThat(examiner.worst()).isEqualTo(Optional.ofNullable(code));
        assertThat(finding(check).seen()).contains(planted);
        assertThat(finding(check).fix()).isPresent();
        assertThat(findings)
                .filteredOn(each -> each.verdict() != Verdict.OK)
                .extracting(Finding::check)
                .contains(check);
    }

    @ParameterizedTest
    @CsvSource({
        "OVERWRITES, create once",
        "SAYS_CREATED_TWICE, create once",
        "LOSES_RACES, 'create once, raced'",
        "FLIPS_BYTES, read back",
        "SHIFTS_RANGES, read ranges",
        "FORGETS_LENGTHS, read ranges",
        "SHOWS_UPLOADS_EARLY, large object",
        "UPLOADS_OVERWRITE, large object",
        "LISTS_LATE, list after write",
        "LISTS_OUT_OF_ORDER, list after write",
        "NAMES_WRONG, list after write",
        "FORGETS_DELETES, delete",
        "KEEPS_ONE_OF_SEVERAL, delete",
    })
    void aStoreThatBreaksARuleFails(LyingStore.Lie lie, String check) throws ArchiverException {
        Vaults.plain(store);

        Examiner examiner = examine(lie);

        assertThat(finding(check).verdict()).isEqualTo(Verdict.FAILED);
        assertThat(finding(check).fix()).isPresent();
        assertThat(examiner.worst()).contains(ErrorCode.STORE_UNFIT);
    }

    @Test
    void aStoreThatDoesNotSayThatSomethingIsAbsentFails() throws ArchiverException {
        Vaults.plain(store);

        assertThat(examine(LyingStore.Lie.DENIES_ABSENCE).worst()).contains(ErrorCode.STORE_DENIED);

        assertThat(finding("absent object").seen()).contains("recovery could never end");
    }

    @Test
    void notBeingAllowedToDeleteIsAWarning() throws ArchiverException {
        Vaults.plain(store);

        Examiner examiner = examine(LyingStore.Lie.DENIES_DELETES);

        assertThat(examiner.worst()).isEmpty();
        assertThat(finding("delete").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("delete").fix().orElseThrow()).contains("cannot repair a damaged segment");
        assertThat(finding("probes removed").seen()).contains("=doctor");
    }

    @Test
    void whatAnInterruptedExaminationLeftIsRemovedByTheNext() throws ArchiverException {
        Vaults.plain(store);
        ObjectKey old = ObjectKey.of("=doctor", "1", "x");
        ObjectKey running = ObjectKey.of("=doctor", "2", "x");
        store.createIfAbsent(old, Content.of(new byte[1]));
        now = now.plus(Duration.ofHours(2));
        clock = Clock.fixed(now, ZoneOffset.UTC);
        store.createIfAbsent(running, Content.of(new byte[1]));

        examine();

        assertThat(probes()).containsExactly(running);
    }

    @Test
    void withoutAVaultNothingElseIsExamined() throws ArchiverException {
        Examiner examiner = examine();

        assertThat(examiner.worst()).contains(ErrorCode.VAULT_MISSING);
        assertThat(findings.stream().map(Finding::check)).containsExactly("vault");
        assertThat(finding("vault").fix().orElseThrow()).contains("walvault init");
    }

    @Test
    void aSystemThatWasNotRegisteredFails() throws ArchiverException {
        Vaults.plain(store);
        system = Optional.of(Vaults.OTHER_SYSTEM);

        assertThat(examine().worst()).contains(ErrorCode.WRONG_SYSTEM);
    }

    @Test
    void whereNoDataDirectoryTellsTheSystemTheVaultDoesIfItKnowsOne() throws ArchiverException {
        Vaults.plain(store);
        system = Optional.empty();

        assertThat(examine().worst()).isEmpty();
        assertThat(finding("system").verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("system").seen()).contains(Vaults.SYSTEM.toString(), "as the only one");
        assertThat(finding("stored WAL").seen()).contains("no WAL in the vault yet");
        assertThat(finding("WAL without gaps").verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void aHostThatCanOnlyEncryptIsAsItShouldBe() throws IOException {
        keyring = Vaults.sealOnly(AgeKey.generate());
        Vaults.created(store, keyring, Vaults.identity());

        assertThat(examine().worst()).isEmpty();

        assertThat(finding("keys").verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("keys").seen()).contains("as it should be on a database host");
    }

    @Test
    void keysThatDoNotFitFail() throws IOException {
        AgeKey key = AgeKey.generate();
        Vaults.created(store, Vaults.keyring(key), Vaults.identity());

        keyring = Vaults.keyring(key);
        assertThat(examine().worst()).isEmpty();
        assertThat(finding("keys").seen()).contains("decrypts again");

        findings.clear();
        keyring = new Keyring(
                Vaults.sealOnly(key).recipients(),
                Vaults.keyring(AgeKey.generate()).identities());
        assertThat(examine().worst()).contains(ErrorCode.KEY_WRONG);
        assertThat(finding("keys").fix().orElseThrow()).contains("encryption.identity_files");

        findings.clear();
        keyring = new Keyring(Vaults.NO_KEYS.recipients(), Vaults.keyring(key).identities());
        assertThat(examine().worst()).contains(ErrorCode.KEY_MISSING);
    }

    /** A segment of somebody who signs, or of nobody. */
    private void storedBy(Optional<SigningKey> key) throws IOException {
        Keyring writing = key.map(Vaults.NO_KEYS::signingBy).orElse(Vaults.NO_KEYS);
        storeSegment(Vaults.created(store, writing, Vaults.identity()));
    }

    @Test
    void aReaderIsToldWhoHasWrittenLast() throws IOException {
        var writer = SigningKey.generate();
        storedBy(Optional.of(writer));

        keyring = Vaults.trusting(
                Vaults.NO_KEYS,
                TrustedWriters.of(List.of(TrustedWriter.parse(writer.writer() + " name=db1")), Optional.empty()));
        assertThat(examine().worst()).isEmpty();
        assertThat(finding("writers").verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("writers").seen()).contains("\"db1\" (" + writer.writer() + ")");
    }

    @Test
    void whoBelievesEverybodyIsToldWhoSigns() throws IOException {
        storedBy(Optional.empty());
        assertThat(examine().worst()).isEmpty();
        assertThat(finding("writers").seen())
                .isEqualTo("the newest WAL is not signed")
                .doesNotContain("trust.writers");

        var writer = SigningKey.generate();
        store.keys().forEach(store::delete);
        storedBy(Optional.of(writer));
        assertThat(examine().worst()).isEmpty();
        assertThat(finding("writers").seen()).contains(writer.writer().text(), "set trust.writers");
    }

    @Test
    void aWriterThatAReaderDoesNotKnowFails() throws IOException {
        var known = SigningKey.generate();
        var standby = SigningKey.generate();
        storedBy(Optional.of(standby));
        var identity =
                Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM).keys().identity();
        store.delete(identity);
        Vaults.created(store, Vaults.NO_KEYS.signingBy(known), Vaults.identity());

        keyring = Vaults.trusting(Vaults.NO_KEYS, Keys.trusting(known));
        assertThat(examine().worst()).contains(ErrorCode.CORRUPT);
        assertThat(finding("writers").verdict()).isEqualTo(Verdict.FAILED);
        assertThat(finding("writers").seen())
                .contains("unknown key", standby.writer().text());
        assertThat(finding("writers").fix().orElseThrow()).contains("add it to trust.writers");
    }

    @Test
    void aSigningKeyIsReadAndItsRightsAreLookedAt() throws IOException {
        Vaults.plain(store);
        var key = SigningKey.generate();
        Path file = Files.writeString(directory.resolve("signing.key"), key.pem());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        signingKeyFile = Optional.of(file);

        assertThat(examine().worst()).isEmpty();
        assertThat(finding("signing key").seen()).isEqualTo("this host signs by " + key.writer());

        keyring = Vaults.trusting(
                Vaults.NO_KEYS,
                TrustedWriters.of(List.of(Keys.always(SigningKey.generate())), Optional.of(Instant.MAX)));
        examine();
        assertThat(finding("signing key").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("signing key").fix().orElseThrow()).contains("trust.writers");

        keyring = Vaults.NO_KEYS;
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        examine();
        assertThat(finding("signing key").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("signing key").fix().orElseThrow()).contains("chmod 600");

        Files.delete(file);
        assertThat(examine().worst()).contains(ErrorCode.KEY_MISSING);
        assertThat(finding("signing key").verdict()).isEqualTo(Verdict.FAILED);
    }

    @Test
    void recipientsForAPlainVaultFail() throws IOException {
        Vaults.plain(store);
        keyring = Vaults.sealOnly(AgeKey.generate());

        assertThat(examine().worst()).contains(ErrorCode.KEY_INVALID);
    }

    @Test
    void storedWalThatTodaysIdentitiesDoNotOpenFails() throws IOException {
        AgeKey old = AgeKey.generate();
        storeSegment(Vaults.created(store, Vaults.keyring(old), Vaults.identity()));
        keyring = Vaults.keyring(AgeKey.generate());

        assertThat(examine().worst()).contains(ErrorCode.KEY_WRONG);

        assertThat(finding("keys").verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("stored WAL").verdict()).isEqualTo(Verdict.FAILED);
    }

    @Test
    void anIdentityFileThatOthersCanReadIsAWarning() throws IOException {
        Vaults.plain(store);
        Path file = Files.createFile(directory.resolve("identity.age"));
        identityFiles.add(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        examine();
        assertThat(finding("identity files").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("identity files").fix()).contains("Keep them from the others:\n    chmod 600 " + file);

        findings.clear();
        Files.delete(file);
        examine();
        assertThat(finding("identity files").seen()).contains("is not there");
    }

    @Test
    void clocksThatDifferAreAWarning() throws ArchiverException {
        Vaults.plain(store);
        clock = Clock.fixed(Vaults.NOW.plusSeconds(120), ZoneOffset.UTC);

        examine();

        assertThat(finding("clock").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("clock").seen()).contains("120 s");
    }

    @Test
    void itCanBeInterrupted() throws ArchiverException {
        Vaults.plain(store);
        cancellation.cancel();

        Faults.of(this::examine).is(ErrorCode.CANCELLED);

        assertThat(findings).isEmpty();
    }

    @Test
    void anotherBranchInAnotherVaultIsAFailure() throws ArchiverException {
        var file = WalFile.parse("000000010000000000000003");
        var compression = new Compression(Codec.ZSTD, 1);
        MemberAccess other = Vaults.plain(new MemoryStore());
        others = List.of(other.of(Vaults.SYSTEM));
        Vaults.put(Vaults.plain(store).of(Vaults.SYSTEM).wal(), file, new byte[] {1}, compression);

        examine();
        assertThat(finding("same branches").verdict()).isEqualTo(Verdict.OK);

        Vaults.put(other.of(Vaults.SYSTEM).wal(), file, new byte[] {2}, compression);
        assertThat(examine().worst()).contains(ErrorCode.CONFLICT);
        assertThat(finding("same branches").seen()).contains("different branches as timeline 1", file.name());
    }

    private static void storeSegment(MemberAccess access) throws ArchiverException {
        storeSegment(access, "000000010000000000000003");
    }

    private static void storeSegment(MemberAccess access, String name) throws ArchiverException {
        Vaults.put(access.of(Vaults.SYSTEM).wal(), WalFile.parse(name), new byte[] {1}, new Compression(Codec.ZSTD, 1));
    }
}
