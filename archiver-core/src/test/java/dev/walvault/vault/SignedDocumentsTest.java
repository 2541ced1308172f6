package dev.walvault.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.FakeTime;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
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
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedDocumentsTest {
    private static final SigningKey WRITER = SigningKey.generate();
    private static final TrustedWriters TRUSTED = Keys.trusting(WRITER);
    private static final MemberKeys KEYS = new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, Vaults.SYSTEM);
    private static final RestorePoint POINT =
            new RestorePoint("now", Lsn.parse("0/3000060"), TimelineId.FIRST, Vaults.NOW);

    private final FakeTime time = new FakeTime(Vaults.NOW);
    private final MemoryStore store = new MemoryStore(time);

    @BeforeEach
    void aVaultOfAWriterThatSigns() throws Exception {
        var keyring = Vaults.signing(Vaults.NO_KEYS, WRITER, TrustedWriters.everybody());
        Vaults.created(store, keyring, Vaults.identity())
                .of(Vaults.SYSTEM)
                .restorePoints()
                .publish(POINT);
    }

    private MemberVault reading(TrustedWriters trusted) throws Exception {
        return Vaults.opened(store, Vaults.trusting(Vaults.NO_KEYS, trusted)).of(Vaults.SYSTEM);
    }

    private byte[] bytes(ObjectKey key) throws Exception {
        try (var in = store.open(key).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    private void change(ObjectKey key, String pattern, String replacement) {
        store.damage(key, bytes -> {
            String changed = new String(bytes, UTF_8).replaceFirst(pattern, replacement);
            assertThat(changed).isNotEqualTo(new String(bytes, UTF_8));
            return changed.getBytes(UTF_8);
        });
    }

    @Test
    void documentsOfATrustedWriterAreBelieved() throws Exception {
        assertThat(reading(TRUSTED).requireIdentity()).isEqualTo(Vaults.identity());
        assertThat(reading(TRUSTED).restorePoints().find("now")).containsExactly(POINT);
        assertThat(reading(TrustedWriters.everybody()).requireIdentity()).isEqualTo(Vaults.identity());
    }

    @Test
    void aDocumentWithoutItsSignatureIsNotBelieved() throws Exception {
        change(KEYS.identity(), ",\"sig\":\"[^\"]*\"", "");
        change(KEYS.point(POINT), ",\"signedAt\":.*}", "}");

        Faults.of(() -> reading(TRUSTED).requireIdentity())
                .is(ErrorCode.CORRUPT)
                .says("identity.json\" is not signed");
        Faults.of(() -> reading(TRUSTED).restorePoints().find("now"))
                .is(ErrorCode.CORRUPT)
                .says("is not signed");
        assertThat(reading(TRUSTED).restorePoints().all().unreadable()).hasSize(1);
        assertThat(reading(TrustedWriters.everybody()).restorePoints().find("now"))
                .containsExactly(POINT);
    }

    @Test
    void aDocumentThatWasChangedIsNotBelieved() throws Exception {
        change(KEYS.identity(), "\"checksums\":true", "\"checksums\":false");

        Faults.of(() -> reading(TRUSTED).requireIdentity())
                .is(ErrorCode.CORRUPT)
                .says("does not match");
    }

    @Test
    void aDocumentOfAnotherMemberIsNotBelieved() throws Exception {
        var other = new MemberKeys(Vaults.CLUSTER, new Name("seg0"), Vaults.SYSTEM);
        store.createIfAbsent(other.identity(), Content.of(bytes(KEYS.identity())));
        var access = new MemberAccess(
                Vault.open(store),
                Vaults.CLUSTER,
                new Name("seg0"),
                Vaults.trusting(Vaults.NO_KEYS, TRUSTED),
                Vaults.author());

        Faults.of(() -> access.of(Vaults.SYSTEM).requireIdentity())
                .is(ErrorCode.CORRUPT)
                .says("does not match");
    }

    @Test
    void aDocumentOfAnUnknownWriterIsNotBelieved() {
        Faults.of(() -> reading(Keys.trusting(SigningKey.generate())).requireIdentity())
                .is(ErrorCode.CORRUPT)
                .says("unknown key", WRITER.writer().text());
    }

    @Test
    void aWriterIsBelievedByTheTimeOfItsSignature() throws Exception {
        String until = WRITER.writer() + " until=";

        assertThat(reading(TrustedWriters.of(
                                List.of(TrustedWriter.parse(until + Vaults.NOW.plusMillis(1))), Optional.empty()))
                        .requireIdentity())
                .isEqualTo(Vaults.identity());
        Faults.of(() -> reading(TrustedWriters.of(List.of(TrustedWriter.parse(until + Vaults.NOW)), Optional.empty()))
                        .requireIdentity())
                .is(ErrorCode.CORRUPT)
                .says("not trusted");
    }

    @Test
    void anUnsignedDocumentIsBelievedIfTheStoreHadItBefore() throws Exception {
        change(KEYS.identity(), ",\"signedAt\":.*}", "}");

        assertThat(reading(TrustedWriters.of(List.of(Keys.always(WRITER)), Optional.of(Vaults.NOW.plusSeconds(1))))
                        .requireIdentity())
                .isEqualTo(Vaults.identity());
        Faults.of(() -> reading(TrustedWriters.of(List.of(Keys.always(WRITER)), Optional.of(Vaults.NOW)))
                        .requireIdentity())
                .says("is not signed");
    }

    @Test
    void documentsOfSeveralWritersNeedNoSignature() throws Exception {
        assertThat(new String(bytes(MemberKeys.VAULT), UTF_8)).doesNotContain("\"sig\"");
        assertThat(new String(bytes(MemberKeys.clusterDocument(Vaults.CLUSTER)), UTF_8))
                .doesNotContain("\"sig\"");
        assertThat(Vault.open(store).systems(Vaults.CLUSTER, Vaults.MEMBER)).containsExactly(Vaults.SYSTEM);
    }

    @Test
    void aMemoryThatIsNotBelievedIsNoErrorOfTheVault(@TempDir Path directory) throws Exception {
        var memory = DocumentMemory.in(directory, time);
        byte[] sound = bytes(KEYS.identity());
        change(KEYS.identity(), ",\"signedAt\":.*}", "}");
        Vault.open(store, memory).member(KEYS, Vaults.NO_KEYS, Vaults.author()).requireIdentity();
        store.damage(KEYS.identity(), _ -> sound);

        var reading = Vault.open(store, memory).member(KEYS, Vaults.trusting(Vaults.NO_KEYS, TRUSTED), Vaults.author());

        assertThat(reading.requireIdentity()).isEqualTo(Vaults.identity());
    }

    /** In any case, signed or not: who can read both takes neither's for the other's. */
    @ParameterizedTest
    @ValueSource(strings = {"00000002.history", "000000010000000000000003.00000028.backup", "000000010000000000000003"})
    void aFileOfAnotherSystemIsRefused(String name) throws Exception {
        var vault = new MemoryStore();
        var keyring = Vaults.keyring(AgeKey.generate());
        var access = Vaults.created(vault, keyring, Vaults.identity());
        SystemIdentifier other = Vaults.OTHER_SYSTEM;
        access.of(other).register(Vaults.identity(other, Vaults.SEGMENT_SIZE));
        WalFile file = WalFile.parse(name);
        Vaults.put(access.of(other).wal(), file, "1\t0/1300000\tx\n".getBytes(UTF_8), new Compression(Codec.ZSTD, 1));
        try (var in = vault.open(access.of(other).wal().keyOf(file)).orElseThrow()) {
            vault.createIfAbsent(KEYS.wal(file), Content.of(in.readAllBytes()));
        }

        Faults.of(() -> access.of(Vaults.SYSTEM).wal().open(file))
                .is(ErrorCode.CORRUPT)
                .says("was swapped");
    }
}
