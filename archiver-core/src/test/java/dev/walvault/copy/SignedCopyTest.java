package dev.walvault.copy;

import static dev.walvault.copy.TwoVaults.KEYS;
import static dev.walvault.copy.TwoVaults.T1;
import static dev.walvault.copy.TwoVaults.bytes;
import static dev.walvault.copy.TwoVaults.id;
import static dev.walvault.copy.TwoVaults.in;
import static dev.walvault.copy.TwoVaults.segment;
import static dev.walvault.copy.TwoVaults.withBackup;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.Keys;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.Vaults;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures stay with what is copied, and what this host does not believe is not copied. */
class SignedCopyTest {
    private static final CopySelection EVERYTHING = new CopySelection.Everything();
    private static final SigningKey WRITER = SigningKey.generate();
    private static final SigningKey STRANGER = SigningKey.generate();
    private static final TrustedWriters TRUSTED = TrustedWriters.of(List.of(Keys.always(WRITER)), Optional.empty());

    private static Keyring by(SigningKey writer, boolean encrypted) throws Exception {
        Keyring keys = encrypted ? Vaults.sealOnly(AgeKey.generate()) : Vaults.NO_KEYS;
        return Vaults.signing(keys, writer, TrustedWriters.everybody());
    }

    private static TwoVaults signed(boolean encrypted) throws Exception {
        return withBackup(new TwoVaults(by(WRITER, encrypted))).point("now", T1, in(3));
    }

    private static MemberVault stranger(ObjectStore store, boolean encrypted) throws Exception {
        return Vaults.opened(store, by(STRANGER, encrypted)).of(Vaults.SYSTEM);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void signaturesAreCopiedByteForByte(boolean encrypted) throws Exception {
        var vaults = signed(encrypted).trusting(TRUSTED);

        assertThat(vaults.copy(EVERYTHING).problems()).isEmpty();

        assertThat(vaults.target.keys()).isEqualTo(vaults.source.keys());
        vaults.assertSameBytes();
        assertThat(new String(bytes(vaults.target, KEYS.identity()), UTF_8)).contains("\"sig\":\"" + WRITER.writer());
    }

    @Test
    void aPointThatTwoHaveSignedIsTheSame() throws Exception {
        var vaults = new TwoVaults(Vaults.NO_KEYS);
        vaults.registered(vaults.target, Vaults.SYSTEM);
        for (ObjectStore store : List.of(vaults.source, vaults.target)) {
            Vaults.opened(store, by(SigningKey.generate(), false))
                    .of(Vaults.SYSTEM)
                    .restorePoints()
                    .publish(new RestorePoint("now", in(3), T1, Vaults.NOW));
        }

        assertThat(vaults.copy(EVERYTHING).problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAStrangerHasPlantedIsNotCopied(boolean encrypted) throws Exception {
        var vaults = signed(encrypted);
        List<ObjectKey> own = List.copyOf(vaults.source.keys());
        MemberVault stranger = stranger(vaults.source, encrypted);
        TwoVaults.store(stranger, segment(T1, 7), "planted");
        stranger.restorePoints().publish(new RestorePoint("planted", in(5), T1, Vaults.NOW));

        CopyReport report = vaults.trusting(TRUSTED).copy(EVERYTHING);

        assertThat(report.problems())
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem.sentence())
                        .contains("unknown key", STRANGER.writer().text()));
        assertThat(report.worst()).contains(ErrorCode.CORRUPT);
        assertThat(report.backups()).containsExactly(id(1));
        assertThat(vaults.target.keys()).containsExactlyInAnyOrderElementsOf(own);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAStrangerHasPutIntoTheOtherVaultIsNoCopy(boolean encrypted) throws Exception {
        var vaults = signed(encrypted);
        MemberVault own = Vaults.opened(vaults.target, by(WRITER, encrypted)).of(Vaults.SYSTEM);
        own.register(Vaults.opened(vaults.source, by(WRITER, encrypted))
                .of(Vaults.SYSTEM)
                .requireIdentity());
        MemberVault stranger = stranger(vaults.target, encrypted);
        TwoVaults.store(stranger, segment(T1, 4), "segment 4");
        TwoVaults.store(own, segment(T1, 5), "segment 5");
        stranger.restorePoints().publish(new RestorePoint("now", in(3), T1, Vaults.NOW));

        CopyReport report = vaults.trusting(TRUSTED).copy(EVERYTHING);

        assertThat(report.worst()).contains(ErrorCode.CONFLICT);
        assertThat(report.problems())
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem.sentence())
                        .contains("does not believe", STRANGER.writer().text()));
        assertThat(report.incomplete()).containsExactly(id(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasStoredBeforeThereWereKeysCanBeCopiedTwice(boolean encrypted) throws Exception {
        var vaults = withBackup(new TwoVaults(encrypted ? Vaults.sealOnly(AgeKey.generate()) : Vaults.NO_KEYS))
                .point("now", T1, in(3));
        var before = TrustedWriters.of(
                List.of(Keys.always(WRITER)), Optional.of(Instant.now().plusSeconds(3600)));

        assertThat(vaults.trusting(before).copy(EVERYTHING).problems()).isEmpty();
        assertThat(vaults.trusting(before).copy(EVERYTHING).problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSystemThatNobodyHasSignedIsNotCopied(boolean encrypted) throws Exception {
        var vaults = withBackup(new TwoVaults(encrypted ? Vaults.sealOnly(AgeKey.generate()) : Vaults.NO_KEYS))
                .trusting(TRUSTED);

        Faults.of(() -> vaults.copy(EVERYTHING)).is(ErrorCode.CORRUPT).says("is not signed");

        assertThat(vaults.target.keys()).containsExactly(ObjectKey.of("vault.json"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConflictSaysWhoHasSigned(boolean encrypted) throws Exception {
        var vaults = signed(encrypted);
        vaults.registered(vaults.target, Vaults.SYSTEM);
        TwoVaults.store(stranger(vaults.target, encrypted), segment(T1, 6), "another");

        CopyReport report = vaults.copy(EVERYTHING);

        assertThat(report.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.detail())
                        .hasValueSatisfying(detail -> assertThat(detail)
                                .containsSubsequence(
                                        "the one there was stored",
                                        "signed by " + STRANGER.writer().text(),
                                        "the one to copy",
                                        "signed by " + WRITER.writer().text())));
    }
}
