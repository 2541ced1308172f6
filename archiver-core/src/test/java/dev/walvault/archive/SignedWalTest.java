package dev.walvault.archive;

import static dev.walvault.archive.SeveralVaults.SEGMENT;
import static dev.walvault.archive.SeveralVaults.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.Keys;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.Content;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.CatchUp;
import dev.walvault.vaults.ConfiguredVault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WAL of a writer that signs, served to somebody who believes that writer only. */
class SignedWalTest {
    private static final SigningKey WRITER = SigningKey.generate();
    private static final AgeKey KEY = AgeKey.generate();
    private static final WalFile FILE = WalFile.parse(SEGMENT);

    @TempDir
    private Path root;

    private static Keyring keys(boolean encrypted) throws Exception {
        return encrypted ? Vaults.keyring(KEY) : Vaults.NO_KEYS;
    }

    private SeveralVaults site(boolean encrypted, TrustedWriters trusted) throws Exception {
        return new SeveralVaults(root, 2, Vaults.signing(keys(encrypted), WRITER, trusted)).write(SEGMENT, 0);
    }

    private SeveralVaults site(boolean encrypted) throws Exception {
        return site(encrypted, Keys.trusting(WRITER));
    }

    /** What anybody can store who can write to the vault: the same content, or another. */
    private void plant(SeveralVaults site, int vault, Keyring anybody, int variant) throws Exception {
        byte[] content = Wal.segment(SEGMENT, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, variant);
        var store = site.stores.get(vault - 1);
        store.delete(key(SEGMENT));
        Vaults.put(Vaults.opened(store, anybody).of(Vaults.SYSTEM).wal(), FILE, content, SeveralVaults.ZSTD);
    }

    private GetOutcome get(SeveralVaults site, Keyring reader) throws ArchiverException {
        List<WalGet.Source> sources = site.vaults.stream()
                .map(vault -> new WalGet.Source(
                        vault,
                        () -> Vaults.opened(((SeveralVaults.Opening) vault).store(), reader)
                                .of(Vaults.SYSTEM)))
                .toList();
        return new WalGet(Duration.ZERO, site.state, site.time, site.time, site.heard)
                .get(FILE, Handover.at(root.resolve("RECOVERYXLOG")), sources);
    }

    private GetOutcome get(SeveralVaults site) throws ArchiverException {
        return get(site, site.keyring);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTheWriterHasSignedIsServed(boolean encrypted) throws Exception {
        SeveralVaults site = site(encrypted);
        site.push(2, SEGMENT);

        assertThat(get(site)).isInstanceOf(GetOutcome.Served.class);
        assertThat(get(site, keys(encrypted))).isInstanceOf(GetOutcome.Served.class);
        assertThat(site.heard.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsNotBelievedInOneVaultComesFromTheOther(boolean encrypted) throws Exception {
        SeveralVaults site = site(encrypted);
        site.push(2, SEGMENT);
        plant(site, 1, keys(encrypted), 1);

        assertThat(get(site)).isInstanceOf(GetOutcome.Served.class);

        assertThat(root.resolve("RECOVERYXLOG"))
                .hasSameBinaryContentAs(site.data.resolve("pg_wal").resolve(SEGMENT));
        assertThat(site.heard.warnings()).anyMatch(warning -> warning.contains("is not signed"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsBelievedNowhereIsDoubtAndNeverAbsence(boolean encrypted) throws Exception {
        SeveralVaults site = site(encrypted);
        plant(site, 1, keys(encrypted), 0);
        plant(site, 2, Vaults.signing(keys(encrypted), SigningKey.generate(), TrustedWriters.everybody()), 0);

        Faults.of(() -> get(site)).is(ErrorCode.CORRUPT);
        assertThat(root.resolve("RECOVERYXLOG")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oldSegmentsAreServedUnsigned(boolean encrypted) throws Exception {
        SeveralVaults site = site(encrypted);
        plant(site, 1, keys(encrypted), 0);
        var later = TrustedWriters.of(
                List.of(Keys.always(WRITER)), Optional.of(Instant.now().plusSeconds(3600)));
        var earlier = TrustedWriters.of(List.of(Keys.always(WRITER)), Optional.of(Vaults.NOW.minusSeconds(3600)));

        assertThat(get(site, Vaults.trusting(keys(encrypted), later))).isInstanceOf(GetOutcome.Served.class);
        Faults.of(() -> get(site, Vaults.trusting(keys(encrypted), earlier))).says("is not signed", "or later");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSameContentOfNobodyIsStoredAgainByAWriterThatDemandsSignatures(boolean encrypted) throws Exception {
        SeveralVaults site = site(encrypted);
        plant(site, 1, keys(encrypted), 0);

        site.push(2, SEGMENT);

        assertThat(site.heard.warnings()).anyMatch(warning -> warning.contains("carries no signature"));
        assertThat(get(site)).isInstanceOf(GetOutcome.Served.class);
    }

    @Test
    void anotherContentOfNobodyIsToldFromThatOfAnotherWriter() throws Exception {
        var sealing = Vaults.signing(Vaults.sealOnly(KEY), WRITER, Keys.trusting(WRITER));
        var site = new SeveralVaults(root, 1, sealing).write(SEGMENT, 0);
        plant(site, 1, Vaults.sealOnly(KEY), 1);

        Faults.of(() -> site.push(1, SEGMENT)).is(ErrorCode.CORRUPT).says("is not signed");

        plant(site, 1, Vaults.signing(Vaults.sealOnly(KEY), WRITER, TrustedWriters.everybody()), 1);
        Faults.of(() -> site.push(1, SEGMENT)).is(ErrorCode.CONFLICT);
    }

    /** Vault 2 lacks the segment, and a debt says so. */
    private static void owed(SeveralVaults site) throws Exception {
        site.faulty.get(1).goAway();
        site.push(1, SEGMENT);
        site.faulty.get(1).comeBack();
        site.later();
    }

    /** By a process that has no signing key, and opens nothing. */
    private static long caughtUp(SeveralVaults site, Keyring keyring) throws ArchiverException {
        List<ConfiguredVault> vaults = site.vaults.stream()
                .<ConfiguredVault>map(vault ->
                        new SeveralVaults.Opening(vault.location(), ((SeveralVaults.Opening) vault).store(), keyring))
                .toList();
        return new CatchUp(vaults, site.state.vaults(), site.heard, new Cancellation()).all(SeveralVaults.KEYS);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void catchingUpKeepsTheSignature(boolean encrypted, boolean trusting) throws Exception {
        SeveralVaults site = site(encrypted);
        owed(site);
        Keyring keyless = encrypted ? Vaults.sealOnly(KEY) : Vaults.NO_KEYS;

        long paid = caughtUp(site, trusting ? Vaults.trusting(keyless, Keys.trusting(WRITER)) : keyless);

        assertThat(paid).isEqualTo(1);
        assertThat(site.object(2, SEGMENT)).isEqualTo(site.object(1, SEGMENT));
        site.stores.get(0).delete(key(SEGMENT));
        assertThat(get(site)).isInstanceOf(GetOutcome.Served.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsNotBelievedIsNotBroughtToAnotherVault(boolean encrypted) throws Exception {
        SeveralVaults site = site(encrypted);
        owed(site);
        plant(site, 1, keys(encrypted), 1);

        caughtUp(site, site.keyring);

        assertThat(site.has(2, SEGMENT)).isFalse();
        assertThat(site.setAside(2))
                .singleElement()
                .satisfies(failed -> assertThat(failed.reason()).contains("is not signed"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoVaultsThatDifferAreToldApartByWhoHasSigned(boolean encrypted) throws Exception {
        SigningKey other = SigningKey.generate();
        SeveralVaults site = site(encrypted, Keys.trusting(WRITER, other));
        owed(site);
        plant(site, 2, Vaults.signing(keys(encrypted), other, TrustedWriters.everybody()), 1);

        caughtUp(site, site.keyring);

        assertThat(site.heard.warnings().getLast())
                .contains(
                        "cannot be brought to vault \"vault2\"",
                        "signed by " + other.writer() + "; here",
                        "signed by this host's key " + WRITER.writer());
    }

    @Test
    void aSegmentThatIsMovedInsideTheVaultIsNotServed() throws Exception {
        SeveralVaults site = site(true);
        site.push(2, SEGMENT);
        String next = "000000010000000000000014";
        for (int vault : List.of(1, 2)) {
            site.stores.get(vault - 1).createIfAbsent(key(next), Content.of(site.object(vault, SEGMENT)));
        }

        Faults.of(() -> new WalGet(Duration.ZERO, site.state, site.time, site.time, site.heard)
                        .get(
                                WalFile.parse(next),
                                Handover.at(root.resolve("RECOVERYXLOG")),
                                site.vaults.stream()
                                        .map(vault -> new WalGet.Source(
                                                vault, () -> vault.open().of(Vaults.SYSTEM)))
                                        .toList()))
                .is(ErrorCode.CORRUPT);
    }

    @Test
    void whatIsTooLargeToBeSignedInAPlainVaultIsRefused() throws Exception {
        SeveralVaults site = site(false);
        var small = new WalPush(
                site.vaults,
                2,
                site.state,
                SeveralVaults.ZSTD,
                LookAheadLimits.none(),
                site.heard,
                1 << 10,
                Duration.ofSeconds(20));

        Faults.of(() -> small.push(Path.of("pg_wal", SEGMENT), site.data))
                .says("too large to be signed", "signing.key_file");
        assertThat(site.has(1, SEGMENT)).isFalse();
    }

    @Test
    void largeSegmentsAreSignedInAnEncryptedVault() throws Exception {
        SeveralVaults site = site(true);
        new WalPush(
                        site.vaults,
                        2,
                        site.state,
                        SeveralVaults.ZSTD,
                        LookAheadLimits.none(),
                        site.heard,
                        1 << 10,
                        Duration.ofSeconds(20))
                .push(Path.of("pg_wal", SEGMENT), site.data);

        assertThat(get(site)).isInstanceOf(GetOutcome.Served.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void factsAreBelievedLikeTheSegment(boolean encrypted) throws Exception {
        SeveralVaults site = site(encrypted);
        site.push(2, SEGMENT);
        var segment = (WalFile.Segment) FILE;

        assertThat(site.member(1).wal().facts(segment)).isPresent();
        plant(site, 1, keys(encrypted), 0);
        Faults.of(() -> site.member(1).wal().facts(segment)).says("is not signed");
    }
}
