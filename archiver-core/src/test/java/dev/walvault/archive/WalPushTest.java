package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Vaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a push takes for a file of the server's WAL, and what it refuses. */
class WalPushTest extends ServerAndVault {
    private static final byte[] BACKUP_HISTORY =
            "START WAL LOCATION: 0/1300028 (file 000000010000000000000013)\n".getBytes(US_ASCII);

    @ParameterizedTest
    @MethodSource("dev.walvault.seal.Codec#written")
    void aSegmentIsStoredAsItIs(Codec codec) throws Exception {
        byte[] content = segment(SEGMENT, 0);
        write(SEGMENT, content);

        var push = Pushes.to(access(store), new Compression(codec, codec.usualLevel()), heard);

        assertThat(push.push(Path.of("pg_wal", SEGMENT), data)).isEqualTo(new PushOutcome.Archived());
        assertThat(stored(SEGMENT)).isEqualTo(content);
    }

    @Test
    void aSegmentOfAnotherSystemThanTheDataDirectoryIsRefused() throws Exception {
        write(SEGMENT, Wal.segment(SEGMENT, Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE, 0));

        Faults.of(() -> push(SEGMENT))
                .is(ErrorCode.WRONG_SYSTEM)
                .says("is of system 7710402303953991025, but the data directory is of system 17443322110099887766");
    }

    @Test
    void aSystemThatTheVaultDoesNotKnowIsRefused() throws Exception {
        serverIs(Vaults.OTHER_SYSTEM);
        write(SEGMENT, Wal.segment(SEGMENT, Vaults.OTHER_SYSTEM, Vaults.SEGMENT_SIZE, 0));
        int before = store.keys().size();

        Faults.of(() -> push(SEGMENT))
                .is(ErrorCode.WRONG_SYSTEM)
                .says("system 7710402303953991025 is not known", "17443322110099887766");
        assertThat(store.keys()).hasSize(before);
    }

    @Test
    void aSegmentOfAnotherSizeThanTheSystemsIsRefused() throws Exception {
        write(SEGMENT, Wal.segment(SEGMENT, Vaults.SYSTEM, new WalSegmentSize(2 << 20), 0));

        Faults.of(() -> push(SEGMENT))
                .is(ErrorCode.NOT_WAL)
                .says("has 2097152 bytes, but system 17443322110099887766 has segments of 1048576 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "0, is empty",
        "39, 'has only 39 bytes'",
        "40, 'has 40 bytes, but its header speaks of segments of 1048576 bytes'",
        "1048575, has 1048575 bytes",
        "1048577, has 1048577 bytes",
    })
    void aSegmentOfTheWrongLengthIsRefused(int length, String why) throws Exception {
        write(SEGMENT, Arrays.copyOf(segment(SEGMENT, 0), length));

        Faults.of(() -> push(SEGMENT)).is(ErrorCode.NOT_WAL).says(why);
        assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
    }

    @Test
    void aSegmentWithTheMagicOfNoVersionIsRefused() throws Exception {
        byte[] content = segment(SEGMENT, 0);
        content[0] ^= 0x40;
        write(SEGMENT, content);

        Faults.of(() -> push(SEGMENT)).is(ErrorCode.NOT_WAL).says("page magic");
    }

    @Test
    void aSegmentUnderTheNameOfAnotherIsRefused() throws Exception {
        write(SEGMENT, segment("000000010000000000000014", 0));

        Faults.of(() -> push(SEGMENT))
                .is(ErrorCode.NOT_WAL)
                .says("begins at 0/1400000 by its header, but at 0/1300000 by its name");
    }

    @Test
    void aPartialSegmentIsStoredBesideTheWholeOne() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        write(SEGMENT + ".partial", segment(SEGMENT, 1));

        assertThat(push(SEGMENT + ".partial")).isEqualTo(new PushOutcome.Archived());
        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.Archived());
        assertThat(stored(SEGMENT + ".partial")).isEqualTo(segment(SEGMENT, 1));
    }

    @Test
    void aTimelineHistoryIsStored() throws Exception {
        byte[] content = "1\t0/1300000\tno recovery target specified\n".getBytes(US_ASCII);
        write("00000002.history", content);

        assertThat(push("00000002.history")).isEqualTo(new PushOutcome.Archived());
        assertThat(push("00000002.history")).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(stored("00000002.history")).isEqualTo(content);
    }

    @Test
    void aHistoryThatTheServerHasNotQueuedIsStoredWithTheFirstSegment() throws Exception {
        // it was promoted while archive_mode was off
        String segment = "000000020000000000000013";
        byte[] history = "1\t0/1300000\tno recovery target specified\n".getBytes(US_ASCII);
        write("00000002.history", history);
        write(segment, segment(segment, 0));
        Files.createDirectory(data.resolve("pg_wal/archive_status"));
        Files.createFile(data.resolve("pg_wal/archive_status/" + segment + ".ready"));

        assertThat(push(segment)).isEqualTo(new PushOutcome.Archived());

        assertThat(stored("00000002.history")).isEqualTo(history);
    }

    @Test
    void aHistoryThatTheServerArchivesItselfIsLeftToIt() throws Exception {
        String segment = "000000020000000000000013";
        write("00000002.history", "1\t0/1300000\tx\n".getBytes(US_ASCII));
        write(segment, segment(segment, 0));
        Files.createDirectory(data.resolve("pg_wal/archive_status"));
        Files.createFile(data.resolve("pg_wal/archive_status/" + segment + ".ready"));
        Files.createFile(data.resolve("pg_wal/archive_status/00000002.history.done"));

        assertThat(push(segment)).isEqualTo(new PushOutcome.Archived());

        assertThat(store.keys()).noneMatch(key -> key.value().endsWith(".history"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1\t0/1300000\tno reason", "1\t0/13", "2\t0/1300000\tself\n", "garbage\n", "\n"})
    void aTimelineHistoryThatIsCutOrNoneIsRefused(String content) throws Exception {
        write("00000002.history", content.getBytes(US_ASCII));

        Faults.of(() -> push("00000002.history")).is(ErrorCode.NOT_WAL);
    }

    @Test
    void aBackupHistoryIsStored() throws Exception {
        String name = SEGMENT + ".00000028.backup";
        write(name, BACKUP_HISTORY);

        assertThat(push(name)).isEqualTo(new PushOutcome.Archived());
        assertThat(stored(name)).isEqualTo(BACKUP_HISTORY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "START WAL LOCATION: ", "START WAL LOCATION: 0/13", "something else\n"})
    void aBackupHistoryThatIsCutOrNoneIsRefused(String content) throws Exception {
        String name = SEGMENT + ".00000028.backup";
        write(name, content.getBytes(US_ASCII));

        Faults.of(() -> push(name)).is(ErrorCode.NOT_WAL);
    }

    @Test
    void aHistoryOutsideOfADataDirectoryIsOfNobodyKnowsWhichSystem() throws Exception {
        Files.delete(data.resolve("global/pg_control"));
        write("00000002.history", "1\t0/1300000\tx\n".getBytes(US_ASCII));

        Faults.of(() -> push("00000002.history")).is(ErrorCode.WRONG_SYSTEM).says("not known which system");
    }

    @Test
    void aSegmentOutsideOfADataDirectoryTellsItsSystemItself() throws Exception {
        Files.delete(data.resolve("global/pg_control"));
        write(SEGMENT, segment(SEGMENT, 0));

        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.Archived());
    }

    @Test
    void theBareNameIsFoundInPgWal() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));

        assertThat(pusher(store).push(Path.of(SEGMENT), data)).isEqualTo(new PushOutcome.Archived());
    }

    @Test
    void anAbsolutePathFindsItsOwnDataDirectory(@TempDir Path elsewhere) throws Exception {
        serverIs(Vaults.OTHER_SYSTEM);
        write(SEGMENT, segment(SEGMENT, 0));
        Path absolute = data.resolve("pg_wal").resolve(SEGMENT).toAbsolutePath();

        Faults.of(() -> pusher(store).push(absolute, elsewhere)).is(ErrorCode.WRONG_SYSTEM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pg_wal/archive_status",
                "pg_wal/RECOVERYXLOG",
                "00000001000000000000001",
                "0000000100000000000000130",
                "000000010000000000000013.gz",
                "00000001000000000000001g",
                "00000002.HISTORY",
                "..",
                "/",
                "pg_wal/"
            })
    void whatIsNotTheNameOfAWalFileIsRefused(String path) {
        Faults.of(() -> pusher(store).push(Path.of(path), data)).is(ErrorCode.NOT_WAL);
    }

    @Test
    void aNameThatIsTooLongIsRefusedAndCutInTheMessage() {
        Faults.of(() -> WalNames.parse("0".repeat(5000)))
                .is(ErrorCode.NOT_WAL)
                .says("more than 64 characters", "0".repeat(64) + "…");
        Faults.of(() -> WalNames.parse("../000000010000000000000013")).is(ErrorCode.NOT_WAL);
    }

    @Test
    void aFileThatIsNotThereIsSaidToBeMissing() {
        Faults.of(() -> push(SEGMENT)).is(ErrorCode.LOCAL_FILE).says(SEGMENT, "there is no such file");
    }
}
