package dev.walvault.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.KeyException;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.Vaults;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a backup is worth whose recipients are not those that everything before it was encrypted to. */
class KeyChangeTest extends ServerToBackUp {
    private static final AgeKey OLD = AgeKey.generate();
    private static final AgeKey NEW = AgeKey.generate();
    private static final TimelineId TWO = new TimelineId(2);
    private static final byte[] HISTORY = "1\t0/1200000\tno recovery target specified\n".getBytes(US_ASCII);

    @BeforeEach
    void theServerWasPromotedWhileTheOldKeyWasInUse() throws Exception {
        store.keys().forEach(store::delete);
        keyring = Vaults.sealOnly(OLD);
        Vaults.created(store, keyring, Vaults.identity());
        timelineTwo();
        write("pg_wal/00000002.history", HISTORY);
        push("00000002.history");
    }

    private byte[] history(Keyring with) throws Exception {
        try (var unsealed = Vaults.opened(store, with)
                .of(Vaults.SYSTEM)
                .wal()
                .open(new WalFile.TimelineHistoryFile(TWO))
                .orElseThrow()) {
            return unsealed.content().readAllBytes();
        }
    }

    @Test
    void aBackupWithANewKeyIsRestorableWithItAlone() throws Exception {
        Faults.of(() -> history(Vaults.keyring(NEW))).is(ErrorCode.KEY_WRONG);
        keyring = Vaults.sealOnly(NEW);

        take();

        assertThat(history(Vaults.keyring(NEW))).isEqualTo(HISTORY);
        assertThat(history(Vaults.keyring(OLD))).isEqualTo(HISTORY);
    }

    @Test
    void aBackupWhoseWalOnlyTheOldKeyOpensIsNone() throws Exception {
        keyring = Vaults.sealOnly(NEW);
        Runnable archive = server.onStop;
        server.onStop = () -> {
            Keyring configured = keyring;
            keyring = oldOnly();
            archive.run();
            keyring = configured;
        };

        Faults.of(this::take)
                .is(ErrorCode.KEY_WRONG)
                .says("is not encrypted to recipient \"" + NEW.recipient(), OLD.recipient(), "Take it again");
        nothingIsLeft();
    }

    private static Keyring oldOnly() {
        try {
            return Vaults.sealOnly(OLD);
        } catch (KeyException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRecipientThatIsAddedMustOpenEverything() throws Exception {
        keyring = Vaults.sealOnly(OLD, NEW);

        take();

        assertThat(history(Vaults.keyring(NEW))).isEqualTo(HISTORY);
    }

    @Test
    void withoutTheServersOwnHistoryTheVaultsMustDo() throws Exception {
        Files.delete(data.resolve("pg_wal/00000002.history"));
        take();
        time.set(time.instant().plusSeconds(10));
        keyring = Vaults.sealOnly(NEW);

        Faults.of(this::take).is(ErrorCode.KEY_WRONG).says("00000002.history");
    }

    @Test
    void anotherHistoryOfTheSameTimelineIsAConflict() throws Exception {
        write("pg_wal/00000002.history", "1\t0/1100000\tanother one\n".getBytes(US_ASCII));

        Faults.of(this::take).is(ErrorCode.CONFLICT).says("is not the one of this server");
        nothingIsLeft();
    }
}
