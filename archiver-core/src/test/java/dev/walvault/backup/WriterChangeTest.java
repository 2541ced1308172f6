package dev.walvault.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriter;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backup is worth on hosts that do not believe who has written what was stored before it. */
class WriterChangeTest extends ServerToBackUp {
    private static final AgeKey AGE = AgeKey.generate();
    private static final SigningKey BEFORE_IT = SigningKey.generate();
    private static final SigningKey NOW = SigningKey.generate();
    private static final TrustedWriters TRUSTED = TrustedWriters.of(
            List.of(new TrustedWriter(NOW.writer(), Optional.empty(), Optional.empty(), Optional.empty())),
            Optional.empty());
    private static final TimelineId TWO = new TimelineId(2);
    private static final TimelineId THREE = new TimelineId(3);
    private static final byte[] HISTORY = "1\t0/1200000\tno recovery target specified\n".getBytes(US_ASCII);
    private static final byte[] LATER = "1\t0/1100000\tno recovery target specified\n".getBytes(US_ASCII);

    /** The server is on timeline 2; histories were archived before this host's key was believed. */
    private void archivedBefore(boolean encrypted, boolean signed) throws Exception {
        store.keys().forEach(store::delete);
        Keyring sealing = encrypted ? Vaults.keyring(AGE) : Vaults.NO_KEYS;
        Vaults.created(store, Vaults.signing(sealing, NOW, TRUSTED), Vaults.identity());
        keyring = signed ? sealing.signingBy(BEFORE_IT) : sealing;
        timelineTwo();
        write("pg_wal/00000002.history", HISTORY);
        write("pg_wal/00000003.history", LATER);
        push("00000002.history");
        push("00000003.history");
        keyring = Vaults.signing(sealing, NOW, TRUSTED);
    }

    private byte[] history(TimelineId timeline) throws IOException {
        try (var unsealed = Vaults.opened(store, keyring)
                .of(Vaults.SYSTEM)
                .wal()
                .open(new WalFile.TimelineHistoryFile(timeline))
                .orElseThrow()) {
            return unsealed.content().readAllBytes();
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void aBackupIsRestorableWhereTheVaultsHistoriesAreNotBelieved(boolean encrypted, boolean signed) throws Exception {
        archivedBefore(encrypted, signed);
        Faults.of(() -> history(TWO)).is(ErrorCode.CORRUPT);
        Faults.of(() -> history(THREE)).is(ErrorCode.CORRUPT);

        take();

        assertThat(history(TWO)).isEqualTo(HISTORY);
        assertThat(history(THREE)).isEqualTo(LATER);
        assertThat(heard.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutTheServersOwnHistoryTheVaultsMustBeBelieved(boolean encrypted) throws Exception {
        archivedBefore(encrypted, false);
        Files.delete(data.resolve("pg_wal/00000002.history"));

        Faults.of(this::take).is(ErrorCode.CORRUPT).says("history/00000002.history\" is not signed");
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLaterHistoryThatNobodyBelievesIsWarnedOf(boolean encrypted) throws Exception {
        archivedBefore(encrypted, true);
        Files.delete(data.resolve("pg_wal/00000003.history"));

        take();

        assertThat(heard.of(BackupEvent.HistoryUnusable.class)).hasSize(1);
        assertThat(heard.warnings())
                .singleElement()
                .asString()
                .contains("the history of timeline 3 cannot be used", "is signed by an unknown key", "into pg_wal");
    }
}
