package dev.walvault.archive;

import static dev.walvault.archive.SeveralVaults.SEGMENT;
import static dev.walvault.archive.SeveralVaults.key;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.Keys;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriter;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.Vaults;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other content has a segment's name already: a push that is refused says who has signed that. */
class SignedConflictTest {
    private static final SigningKey OURS = SigningKey.generate();
    private static final SigningKey THEIRS = SigningKey.generate();
    private static final AgeKey KEY = AgeKey.generate();

    @TempDir
    private Path root;

    private static Keyring keys(boolean encrypted) throws Exception {
        return encrypted ? Vaults.sealOnly(KEY) : Vaults.NO_KEYS;
    }

    /** One vault, in which a writer of this keyring has stored something else. */
    private SeveralVaults taken(Keyring pushing, Keyring by) throws Exception {
        var site = new SeveralVaults(root, 1, pushing).write(SEGMENT, 0);
        byte[] content = Wal.segment(SEGMENT, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 1);
        var wal = Vaults.opened(site.stores.getFirst(), by).of(Vaults.SYSTEM).wal();
        Vaults.put(wal, WalFile.parse(SEGMENT), content, SeveralVaults.ZSTD);
        return site;
    }

    private static Faults refused(SeveralVaults site) {
        return Faults.of(() -> site.push(1, SEGMENT));
    }

    private static Keyring signing(boolean encrypted, SigningKey key) throws Exception {
        return Vaults.signing(keys(encrypted), key, TrustedWriters.everybody());
    }

    private static Keyring trusting(boolean encrypted, TrustedWriter... writers) throws Exception {
        return Vaults.signing(keys(encrypted), OURS, TrustedWriters.of(List.of(writers), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWriterThatIsKnownIsNamed(boolean encrypted) throws Exception {
        var known = TrustedWriter.parse(THEIRS.writer() + " name=db2");
        var site = taken(trusting(encrypted, known, Keys.always(OURS)), signing(encrypted, THEIRS));

        refused(site)
                .is(ErrorCode.CONFLICT)
                .says("stored by host", "signed by \"db2\" (" + THEIRS.writer() + ")", "Two servers may be writing");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thisHostKnowsItsOwnSignature(boolean encrypted) throws Exception {
        var site = taken(signing(encrypted, OURS), signing(encrypted, OURS));

        refused(site)
                .is(ErrorCode.CONFLICT)
                .says("stored by this host", "signed by this host's key " + OURS.writer(), "This host stored it.");
    }

    /** Whoever can write there can say that it is this host. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoSignsByAnotherKeyIsNotThisHost(boolean encrypted) throws Exception {
        var site = taken(signing(encrypted, OURS), signing(encrypted, THEIRS));

        refused(site)
                .is(ErrorCode.CONFLICT)
                .says("stored by host \"db1\"", "signed by " + THEIRS.writer(), "Two servers may be writing");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsNotSignedIsSaidToBeSo(boolean encrypted) throws Exception {
        refused(taken(signing(encrypted, OURS), keys(encrypted)))
                .is(ErrorCode.CONFLICT)
                .says("(walvault 0.1.0), not signed;");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHostThatHasNoKeyNamesTheOneOfTheOther(boolean encrypted) throws Exception {
        refused(taken(keys(encrypted), signing(encrypted, THEIRS)))
                .is(ErrorCode.CONFLICT)
                .says("signed by " + THEIRS.writer() + ";");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whereNobodySignsNothingIsSaidOfIt(boolean encrypted) throws Exception {
        var site = taken(keys(encrypted), keys(encrypted));

        refused(site).is(ErrorCode.CONFLICT).says("(walvault 0.1.0); stored");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSignatureThatDoesNotMatchIsNobodys(boolean encrypted) throws Exception {
        var site = taken(signing(encrypted, OURS), signing(encrypted, THEIRS));
        site.stores.getFirst().damage(key(SEGMENT), bytes -> signedByUs(bytes));

        refused(site)
                .is(ErrorCode.CONFLICT)
                .says(
                        "stored by host",
                        "with a signature of " + OURS.writer() + " that does not match",
                        "Two servers may be writing");
    }

    /** The key of this host beside the signature of another. */
    private static byte[] signedByUs(byte[] bytes) {
        String text = new String(bytes, ISO_8859_1);
        String changed = text.replace(THEIRS.writer().text(), OURS.writer().text());
        assertThat(changed).isNotEqualTo(text);
        return changed.getBytes(ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofWhatIsNotBelievedTheKeyAndTheContentAreTold(boolean encrypted) throws Exception {
        var site = taken(trusting(encrypted, Keys.always(OURS)), signing(encrypted, THEIRS));

        refused(site)
                .is(ErrorCode.CORRUPT)
                .says(
                        "is signed by an unknown key",
                        "the key is " + THEIRS.writer() + ", which is not in trust.writers",
                        "stored by host \"db1\"",
                        "bytes with XXH64",
                        "add it to trust.writers. If no server of yours stored it, remove the object \"" + key(SEGMENT)
                                + "\": the next attempt stores");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unsignedContentThatIsNotBelievedIsToldFromOurs(boolean encrypted) throws Exception {
        var site = taken(trusting(encrypted, Keys.always(OURS)), keys(encrypted));

        refused(site)
                .is(ErrorCode.CORRUPT)
                .says("is not signed", "stored by this host \"db1\"", "bytes with XXH64", "If no server of yours");
    }

    @Test
    void aRefusalIsNotHiddenByAnObjectThatSaysNothing() throws Exception {
        var site = taken(signing(false, OURS), signing(false, OURS));
        site.stores
                .getFirst()
                .damage(key(SEGMENT), bytes -> "x".repeat(bytes.length).getBytes(ISO_8859_1));

        refused(site).is(ErrorCode.CORRUPT).says("nobody can tell what it was", "If nothing else wrote it");
    }
}
