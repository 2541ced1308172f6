package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.WalFile;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.Keys;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vaults;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host stores that signs and opens nothing: its readers believe all of it, and others none of it. */
class SignedBackupTest extends ServerToBackUp {
    private static final SigningKey WRITER = SigningKey.generate();
    private static final AgeKey KEY = AgeKey.generate();

    private Keyring reading = Vaults.NO_KEYS;

    private void signed(boolean encrypted) throws Exception {
        for (ObjectKey key : List.copyOf(store.keys())) {
            store.delete(key);
        }
        Keyring writing = encrypted ? Vaults.sealOnly(KEY) : Vaults.NO_KEYS;
        reading = encrypted ? Vaults.keyring(KEY) : Vaults.NO_KEYS;
        keyring = Vaults.signing(writing, WRITER, Keys.trusting(WRITER));
        Vaults.created(store, keyring, Vaults.identity());
    }

    private MemberVault reader(SigningKey trusted) throws Exception {
        return reader(Keys.trusting(trusted));
    }

    private MemberVault reader(TrustedWriters trusted) throws Exception {
        return Vaults.opened(store, Vaults.trusting(reading, trusted)).of(Vaults.SYSTEM);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBackupIsBelievedWithTheWalThatItNeeds(boolean encrypted) throws Exception {
        signed(encrypted);

        var backup = take();

        assertThat(reader(WRITER).requireIdentity()).isEqualTo(Vaults.identity());
        assertThat(reader(WRITER).backups().list().complete()).containsExactly(backup);
        assertThat(reader(WRITER).backups().writer(backup.id()))
                .contains(WRITER.writer().text());
        for (String segment : FakeServer.SEGMENTS) {
            assertThat(reader(WRITER)
                            .wal()
                            .inspect(WalFile.parse(segment))
                            .orElseThrow()
                            .damage())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoTrustsAnotherWriterBelievesNothingOfIt(boolean encrypted) throws Exception {
        signed(encrypted);
        take();
        SigningKey other = SigningKey.generate();

        assertThat(reader(other).backups().list().complete()).isEmpty();
        assertThat(reader(other).backups().list().unreadable())
                .singleElement()
                .satisfies(each -> assertThat(each.reason()).hasMessageContaining("unknown key"));
        assertThat(reader(TrustedWriters.everybody()).backups().list().complete())
                .hasSize(1);
        assertThat(FakeServer.SEGMENTS)
                .allSatisfy(segment -> assertThat(reader(other)
                                .wal()
                                .inspect(WalFile.parse(segment))
                                .flatMap(Inspection::damage))
                        .isPresent());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRestorePointIsBelieved(boolean encrypted) throws Exception {
        signed(encrypted);

        var point = new RestorePointWriter(member(), server).create("before", data.resolve("pg_wal"));

        assertThat(reader(WRITER).restorePoints().find("before")).containsExactly(point);
        assertThat(reader(SigningKey.generate()).restorePoints().all().unreadable())
                .hasSize(1);
    }
}
