package dev.walvault.restore;

import static dev.walvault.reach.Fixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Cancellation;
import dev.walvault.reach.Fixture;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.Sealer;
import dev.walvault.seal.Unsealer;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.Keys;
import dev.walvault.sign.SigningKey;
import dev.walvault.store.Content;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.FallThroughStore;
import dev.walvault.vaults.MemberVaults;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Restores by somebody who believes one writer only. */
class SignedRestoreTest extends BackupToRestore {
    private static final SigningKey WRITER = SigningKey.generate();
    private static final AgeKey KEY = AgeKey.generate();

    private Keyring reader = Vaults.NO_KEYS;

    /** The vault of a writer that signs. */
    private void vault(boolean encrypted) throws Exception {
        Keyring keys = encrypted ? Vaults.keyring(KEY) : Vaults.NO_KEYS;
        reader = Vaults.trusting(keys, Keys.trusting(WRITER));
        vault = new Fixture(Vaults.signing(keys, WRITER, Keys.trusting(WRITER)));
    }

    private MemberVaults reading() throws Exception {
        return MemberVaults.of(vault.on(vault.store, reader));
    }

    private RestoreResult restore(MemberVaults vaults, Backup backup) throws Exception {
        return restore(vaults, plan(backup), TablespaceMapping.NONE, new Cancellation());
    }

    /** By somebody who can write to the vault, and knows its recipients. */
    private Fixture.PackedBackup forged(long hour) throws Exception {
        Keyring keys = reader.recipients().isEmpty() ? Vaults.NO_KEYS : Vaults.sealOnly(KEY);
        return vault.by(vault.on(vault.store, keys))
                .packing(hour)
                .file("postgresql.auto.conf", bytes("archive_command = 'x'"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTheWriterHasSignedIsRestored(boolean encrypted) throws Exception {
        vault(encrypted);
        Backup backup = ordinary().complete();

        restore(reading(), backup);

        assertThat(data.resolve("PG_VERSION")).hasContent("15\n");
        assertThat(reading().backups().complete()).containsExactly(backup);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aForgedBackupIsNotListedAndNothingOfItIsWritten(boolean encrypted) throws Exception {
        vault(encrypted);
        Backup backup = ordinary().complete();
        Backup forged = forged(9).complete();

        assertThat(reading().backups().complete()).containsExactly(backup);
        assertThat(reading().backups().unreadable())
                .singleElement()
                .satisfies(each -> assertThat(each.reason().getMessage()).contains("is not signed"));
        assertThat(MemberVaults.of(vault.on(vault.store, encrypted ? Vaults.keyring(KEY) : Vaults.NO_KEYS))
                        .backups()
                        .complete())
                .hasSize(2);
        if (encrypted) {
            Faults.of(() -> restore(reading(), forged)).is(ErrorCode.CORRUPT).says("manifest\" is not signed");
            nothingIsLeft();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, manifest, is not signed",
        "true, packs/000001, is not signed",
        "false, manifest, is not what its writer has signed",
        "false, packs/000001, is not what its writer has signed",
    })
    void noPartOfABackupIsBelievedThatSomebodyElseHasMade(boolean encrypted, String part, String why) throws Exception {
        vault(encrypted);
        Backup backup = ordinary().complete();
        ObjectKey key = vault.key(part);
        byte[] resealed = resealed(key);
        vault.store.damage(key, _ -> resealed);

        Faults.of(() -> restore(reading(), backup)).is(ErrorCode.CORRUPT).says(part, why);
        nothingIsLeft();
    }

    /** Backups from before the writer had a key, which the reader believes only if it is told to. */
    @Test
    void whereNoBackupIsSignedTheSettingIsNamedThatBelievesThem() throws Exception {
        vault(false);
        forged(3).complete();
        forged(9).complete();

        Faults.of(() -> Plans.plan(vault.by(vault.on(vault.store, reader)), Plans.LATEST))
                .is(ErrorCode.CORRUPT)
                .says("no backup of system", "is not signed", "set trust.unsigned_before");
    }

    /** The same content in other bytes: only a signature, or a digest of the stored bytes, can tell. */
    private byte[] resealed(ObjectKey key) throws Exception {
        String name = vault.member.keys().nameOf(key);
        byte[] content;
        try (var in = vault.store.open(key).orElseThrow();
                var unsealed = new Unsealer(reader.identities(), true).open(in, name)) {
            content = unsealed.content().readAllBytes();
        }
        var out = new ByteArrayOutputStream();
        var sealer = new Sealer(new Compression(Codec.LZ4, 1), reader.recipients());
        try (var sealing = sealer.sealing(name, Optional.empty(), vault.author.stamp(), out)) {
            sealing.write(content);
            sealing.finish();
        }
        return out.toByteArray();
    }

    @Test
    void aPackThatTheListDoesNotHaveIsNotBelieved() throws Exception {
        vault(false);
        Backup backup = ordinary().complete();
        vault.store.delete(vault.key("packs.jsonl"));

        Faults.of(() -> restore(reading(), backup)).is(ErrorCode.CORRUPT).says("packs.jsonl");
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsForgedInOneVaultIsTakenFromTheOther(boolean encrypted) throws Exception {
        vault(encrypted);
        Backup backup = ordinary().complete();
        var sound = new MemoryStore();
        for (ObjectKey key : vault.store.keys()) {
            sound.createIfAbsent(key, Content.of(read(vault.store, key)));
        }
        Backup forged = forged(4).complete();
        for (String part : List.of("complete.json", "packs/000001", "manifest")) {
            byte[] unsigned = read(vault.store, vault.key(forged.id() + "/" + part));
            vault.store.damage(vault.key(backup.id() + "/" + part), _ -> unsigned);
        }
        var both = MemberVaults.of(
                List.of(vault.on(vault.store, reader), vault.on(sound, reader)),
                List.of(
                        vault.on(new FallThroughStore(List.of(vault.store, sound), (_, _) -> {}), reader),
                        vault.on(new FallThroughStore(List.of(sound, vault.store), (_, _) -> {}), reader)));

        assertThat(both.backups().complete()).containsExactly(backup);
        restore(both, backup);

        assertThat(data.resolve("postgresql.conf")).hasContent("port = 5432\n");
    }

    private static byte[] read(MemoryStore store, ObjectKey key) throws Exception {
        try (var in = store.open(key).orElseThrow()) {
            return in.readAllBytes();
        }
    }
}
