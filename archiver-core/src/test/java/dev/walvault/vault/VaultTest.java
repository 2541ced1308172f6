package dev.walvault.vault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.Retry;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.Identities;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VaultTest {
    private static final AgeKey KEY = AgeKey.generate();
    private static final AgeKey OTHER_KEY = AgeKey.generate();
    private static final WalFile SEGMENT = WalFile.parse("000000010000000000000003");
    private static final byte[] CONTENT = "content\n".getBytes(UTF_8);
    private static final Compression ZSTD = new Compression(Codec.ZSTD, 1);

    private final MemoryStore store = new MemoryStore();

    @Test
    void aPlaceWithoutAVaultIsSaidToHaveNone() {
        Faults.of(() -> Vault.open(store))
                .is(ErrorCode.VAULT_MISSING)
                .says("there is no vault at \"memory://test\"", "walvault init");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "{\"walvault\":1,\"encryption\":\"none\"}", "{\"walvault\":1,\"id\":\"x\"}"})
    void aDamagedVaultDocumentIsNotAMissingVault(String text) throws Exception {
        store.createIfAbsent(new ObjectKey("vault.json"), Content.of(text.getBytes(UTF_8)));

        Faults.of(() -> Vault.open(store)).is(ErrorCode.CORRUPT).says("vault.json");
    }

    @Test
    void creatingAVaultTwiceFindsTheFirst() throws Exception {
        Vault first = Vault.create(store, false, Vaults.author());
        Vault second = Vault.create(
                store, false, new Author("db2", "0.2.0", Vaults.author().clock(), () -> 7));

        assertThat(second.id()).isEqualTo(first.id()).isNotEqualTo("0000000000000007".repeat(2));
        assertThat(store.keys()).containsExactly(new ObjectKey("vault.json"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aVaultKeepsItsKindForLife(boolean encrypted) throws Exception {
        Vault.create(store, encrypted, Vaults.author());

        Faults.of(() -> Vault.create(store, !encrypted, Vaults.author()))
                .is(ErrorCode.VAULT_EXISTS)
                .says(encrypted ? "exists and is encrypted" : "exists and is not encrypted");
        assertThat(Vault.open(store).encrypted()).isEqualTo(encrypted);
    }

    @Test
    void aClusterIsCreatedOnceAndFoundAgain() throws Exception {
        var vault = Vault.create(store, false, Vaults.author());

        vault.createCluster(Vaults.CLUSTER, Vaults.NOW);
        vault.createCluster(Vaults.CLUSTER, Vaults.NOW.plusSeconds(60));

        assertThat(store.keys()).hasSize(2);
        assertThat(vault.systems(Vaults.CLUSTER, Vaults.MEMBER)).isEmpty();
    }

    @Test
    void aClusterOfAnotherKindIsNotTakenOver() throws Exception {
        var vault = Vault.create(store, false, Vaults.author());
        store.createIfAbsent(
                new ObjectKey("orders/cluster.json"),
                Content.of("{\"walvault\":1,\"cluster\":\"orders\",\"kind\":\"greenplum\"}".getBytes(UTF_8)));

        Faults.of(() -> vault.createCluster(Vaults.CLUSTER, Vaults.NOW))
                .is(ErrorCode.FORMAT_TOO_NEW)
                .says("orders/cluster.json", "\"kind\" is \"greenplum\"");
    }

    @Test
    void registeringASystemTwiceChangesNothing() throws Exception {
        var member = Vaults.plain(store).of(Vaults.SYSTEM);

        assertThat(member.register(Vaults.identity())).isEqualTo(CreateOutcome.ALREADY_THERE);
        assertThat(member.identity()).contains(Vaults.identity());
    }

    @Test
    void checksumsMayHaveBeenSwitchedSinceTheSystemWasRegistered() throws Exception {
        var member = Vaults.plain(store).of(Vaults.SYSTEM);
        var now = new SystemIdentity(
                Vaults.SYSTEM, 15, 202209061, Vaults.SEGMENT_SIZE, 8192, 8192, false, Vaults.NOW.plusSeconds(9));

        assertThat(member.register(now)).isEqualTo(CreateOutcome.ALREADY_THERE);
        assertThat(member.requireIdentity().checksums()).isTrue();
    }

    @Test
    void aSystemWithOtherPropertiesIsNotRegisteredAgain() throws Exception {
        var member = Vaults.plain(store).of(Vaults.SYSTEM);

        Faults.of(() -> member.register(Vaults.identity(Vaults.SYSTEM, WalSegmentSize.DEFAULT)))
                .is(ErrorCode.VAULT_EXISTS)
                .says("The server has WAL segment size 16MB (in the vault: 1MB).", "pg_upgrade");
    }

    @Test
    void aSystemThatWasNeverRegisteredIsToldToBeRegistered() throws Exception {
        var vault = Vault.create(store, false, Vaults.author());
        vault.createCluster(Vaults.CLUSTER, Vaults.NOW);

        Faults.of(() -> Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM).requireIdentity())
                .is(ErrorCode.VAULT_MISSING)
                .says("system 17443322110099887766 is not known as member \"main\" of cluster \"orders\"");
    }

    @Test
    void anotherSystemIsToldWhichOnesAreKnown() throws Exception {
        Vaults.plain(store);

        Faults.of(() -> Vaults.opened(store, Vaults.NO_KEYS)
                        .of(Vaults.OTHER_SYSTEM)
                        .requireIdentity())
                .is(ErrorCode.WRONG_SYSTEM)
                .says("system 7710402303953991025 is not known", "17443322110099887766");
    }

    @Test
    void aMissingClusterIsNotAMissingSystem() throws Exception {
        Vault.create(store, false, Vaults.author());

        Faults.of(() -> Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM).requireIdentity())
                .is(ErrorCode.VAULT_MISSING)
                .says("has no cluster \"orders\"");
    }

    @Test
    void aVaultThatWentAwayIsAFailureThatMayPass() throws Exception {
        var member = Vaults.plain(store).of(Vaults.SYSTEM);
        store.delete(new ObjectKey("vault.json"));

        Faults.of(member::requirePresent).is(ErrorCode.STORE_UNREACHABLE).isRetried(Retry.YES);
    }

    @Test
    void anotherVaultInThePlaceOfThisOneIsAFailureThatMayPass() throws Exception {
        var member = Vaults.plain(store).of(Vaults.SYSTEM);
        store.damage(
                new ObjectKey("vault.json"),
                bytes -> new String(bytes, UTF_8).replace("9b2e", "1111").getBytes(UTF_8));

        Faults.of(member::requirePresent).is(ErrorCode.STORE_UNREACHABLE).isRetried(Retry.YES);
    }

    @Test
    void aStoreThatFailsIsNeverAMissingVault() throws Exception {
        Vaults.plain(store);
        var faulty = new FaultyStore(store);
        faulty.goAway();

        Faults.of(() -> Vault.open(faulty)).is(ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void anEncryptedVaultWantsAKeyOfSomeKind() throws Exception {
        encrypted();

        Faults.of(() -> Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM))
                .is(ErrorCode.KEY_MISSING)
                .says("the configuration has no keys");
    }

    @Test
    void whoHoldsOnlyIdentitiesCannotStoreInAnEncryptedVault() throws Exception {
        encrypted();
        var keyring = new Keyring(Vaults.NO_KEYS.recipients(), Identities.of(List.of(KEY)));
        var member = Vaults.opened(store, keyring).of(Vaults.SYSTEM);

        Faults.of(() -> create(member)).is(ErrorCode.KEY_MISSING).says("nobody to encrypt for");
    }

    @Test
    void whoHoldsOnlyRecipientsCannotReadAndIsToldWhoseKeyIsNeeded() throws Exception {
        create(encrypted());
        var member = Vaults.opened(store, Vaults.sealOnly(OTHER_KEY)).of(Vaults.SYSTEM);

        Faults.of(() -> member.wal().open(SEGMENT)).is(ErrorCode.KEY_MISSING).says(KEY.recipient());
    }

    @Test
    void theIdentityOfSomebodyElseIsTheWrongKey() throws Exception {
        create(encrypted());
        var member = Vaults.opened(store, Vaults.keyring(OTHER_KEY)).of(Vaults.SYSTEM);

        Faults.of(() -> member.wal().open(SEGMENT))
                .is(ErrorCode.KEY_WRONG)
                .says(KEY.recipient(), OTHER_KEY.recipient());
    }

    @Test
    void aPlainVaultIsRefusedToWhoExpectsEncryption() throws Exception {
        Vaults.plain(store);

        Faults.of(() -> Vaults.opened(store, Vaults.keyring(KEY)).of(Vaults.SYSTEM))
                .is(ErrorCode.KEY_INVALID)
                .says("is not encrypted, but recipients are configured");
    }

    @Test
    void anEncryptedVaultNeverBelievesAPlainObject() throws Exception {
        create(Vaults.plain(store).of(Vaults.SYSTEM));
        store.damage(
                new ObjectKey("vault.json"),
                bytes -> new String(bytes, UTF_8).replace("none", "age").getBytes(UTF_8));
        var member = Vaults.opened(store, Vaults.keyring(KEY)).of(Vaults.SYSTEM);

        Faults.of(() -> member.wal().open(SEGMENT)).is(ErrorCode.CORRUPT).says("is not encrypted, in a vault that is");
    }

    @Test
    void aSealedObjectOfALaterFormatIsTooNewAlsoForAnInspection() throws Exception {
        var member = Vaults.plain(store).of(Vaults.SYSTEM);
        create(member);
        store.damage(key(), VaultTest::ofFormat2);

        Faults.of(() -> member.wal().open(SEGMENT)).is(ErrorCode.FORMAT_TOO_NEW);
        assertThat(member.wal()
                        .inspect(SEGMENT)
                        .orElseThrow()
                        .damage()
                        .orElseThrow()
                        .code())
                .isEqualTo(ErrorCode.FORMAT_TOO_NEW);
    }

    @Test
    void anEncryptedObjectOfALaterFormatIsTooNewAlsoWithoutAnIdentity() throws Exception {
        create(encrypted());
        var member = Vaults.opened(store, Vaults.sealOnly(KEY)).of(Vaults.SYSTEM);
        store.damage(key(), bytes -> replaced(bytes, "walvault/meta 1 ", "walvault/meta 2 "));

        assertThat(member.wal()
                        .inspect(SEGMENT)
                        .orElseThrow()
                        .damage()
                        .orElseThrow()
                        .code())
                .isEqualTo(ErrorCode.FORMAT_TOO_NEW);
    }

    @Test
    void anInspectionWithTheKeyReadsEverything() throws Exception {
        var member = encrypted();
        create(member);

        var inspection = member.wal().inspect(SEGMENT).orElseThrow();

        assertThat(inspection.damage()).isEmpty();
        assertThat(inspection.proof()).isEqualTo(WalProof.CONTENT);
        assertThat(inspection.meta().orElseThrow().digest()).contains(ContentDigest.of(CONTENT));
        assertThat(inspection.meta().orElseThrow().stamp().host()).isEqualTo("db1");
    }

    @Test
    void anInspectionWithoutTheKeyReadsTheHeader() throws Exception {
        create(encrypted());
        var member = Vaults.opened(store, Vaults.sealOnly(KEY)).of(Vaults.SYSTEM);

        var inspection = member.wal().inspect(SEGMENT).orElseThrow();

        assertThat(inspection.damage()).isEmpty();
        assertThat(inspection.proof()).isEqualTo(WalProof.HEADER);
        assertThat(inspection.meta().orElseThrow().digest()).contains(ContentDigest.of(CONTENT));
    }

    @Test
    void anInspectionWithTheWrongKeyReadsTheHeader() throws Exception {
        create(encrypted());
        var member = Vaults.opened(store, Vaults.keyring(OTHER_KEY)).of(Vaults.SYSTEM);

        assertThat(member.wal().inspect(SEGMENT).orElseThrow().proof()).isEqualTo(WalProof.HEADER);
    }

    @Test
    void anObjectUnderTheKeyOfAnotherIsDamaged() throws Exception {
        var member = Vaults.plain(store).of(Vaults.SYSTEM);
        create(member);
        var other = WalFile.parse("000000010000000000000004");
        try (var in = store.open(key()).orElseThrow()) {
            store.createIfAbsent(member.keys().wal(other), Content.of(in.readAllBytes()));
        }

        Faults.of(() -> member.wal().open(other)).is(ErrorCode.CORRUPT).says("was swapped", "0000000003");
        assertThat(member.wal().inspect(other).orElseThrow().damage()).isPresent();
    }

    @Test
    void aStoreThatFailsDuringAnInspectionIsNotDamage() throws Exception {
        create(Vaults.plain(store).of(Vaults.SYSTEM));
        var faulty = new FaultyStore(store);
        var member = Vaults.opened(faulty, Vaults.NO_KEYS).of(Vaults.SYSTEM);
        faulty.breakOff(key(), 520, FaultyStore.unreachable());

        Faults.of(() -> member.wal().inspect(SEGMENT)).is(ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void timelinesAreThoseWithWalOrHistory() throws Exception {
        var wal = Vaults.plain(store).of(Vaults.SYSTEM).wal();
        for (String name :
                List.of("000000010000000000000003", "0000000A.history", "000000020000000000000003.partial")) {
            Vaults.put(wal, WalFile.parse(name), CONTENT, ZSTD);
        }
        store.createIfAbsent(new ObjectKey("orders/members/main/17443322110099887766/wal/README"), Content.of(CONTENT));

        assertThat(wal.timelines().stream().map(Object::toString)).containsExactly("1", "2", "10");
    }

    @Test
    void onlyWholeSegmentsAreListedInOrder() throws Exception {
        var wal = Vaults.plain(store).of(Vaults.SYSTEM).wal();
        for (String name : List.of(
                "000000010000000100000000",
                "0000000100000000000000FF",
                "0000000100000000000000FF.partial",
                "0000000100000000000000FF.00000028.backup",
                "000000020000000000000001")) {
            Vaults.put(wal, WalFile.parse(name), CONTENT, ZSTD);
        }
        var names = new ArrayList<String>();

        wal.eachSegment(TimelineId.FIRST, segment -> names.add(segment.name()));

        assertThat(names).containsExactly("0000000100000000000000FF", "000000010000000100000000");
    }

    @Test
    void aMissingHistoryIsAGap() throws Exception {
        var wal = Vaults.plain(store).of(Vaults.SYSTEM).wal();

        assertThat(wal.history(TimelineId.FIRST).entries()).isEmpty();
        Faults.of(() -> wal.history(new TimelineId(2))).is(ErrorCode.GAP).says("00000002.history");
    }

    private MemberVault encrypted() throws Exception {
        return Vaults.created(store, Vaults.keyring(KEY), Vaults.identity()).of(Vaults.SYSTEM);
    }

    private static void create(MemberVault member) throws Exception {
        Vaults.put(member.wal(), SEGMENT, CONTENT, ZSTD);
    }

    private static ObjectKey key() {
        return new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, Vaults.SYSTEM).wal(SEGMENT);
    }

    private static byte[] ofFormat2(byte[] bytes) {
        return replaced(bytes, "\"walvault\":1", "\"walvault\":2");
    }

    private static byte[] replaced(byte[] bytes, String old, String changed) {
        var text = new String(bytes, ISO_8859_1);
        assertThat(text).contains(old);
        return text.replaceFirst(old, changed).getBytes(ISO_8859_1);
    }
}
