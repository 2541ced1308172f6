package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that change while they are pushed, large ones that are streamed, and stores that fail on the way. */
class WalPushFailureTest extends ServerAndVault {
    @Test
    void aSegmentLargerThanMemoryAllowsIsStreamed() throws Exception {
        var size = new WalSegmentSize(128 << 20);
        String name = "000000010000000000000003";
        serverIs(Vaults.OTHER_SYSTEM);
        access(store).of(Vaults.OTHER_SYSTEM).register(Vaults.identity(Vaults.OTHER_SYSTEM, size));
        try (var file =
                new RandomAccessFile(data.resolve("pg_wal").resolve(name).toFile(), "rw")) {
            file.write(Wal.header(name, Vaults.OTHER_SYSTEM, size));
            file.setLength(size.bytes());
        }

        assertThat(push(name)).isEqualTo(new PushOutcome.Archived());
        assertThat(push(name)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void aStreamedSegmentIsTheSameAsOneSealedInMemory() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));

        assertThat(streaming(store).push(Path.of(SEGMENT), data)).isEqualTo(new PushOutcome.Archived());
        assertThat(push(SEGMENT)).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(stored(SEGMENT)).isEqualTo(segment(SEGMENT, 0));
    }

    @Test
    void aSegmentThatIsCutBeforeItsDigestIsTakenIsNotStored() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        var push = streaming(faulty);
        faulty.before(Call.OPEN, () -> cut(SEGMENT, 100_000));

        Faults.of(() -> push.push(Path.of(SEGMENT), data)).is(ErrorCode.NOT_WAL).says("changed while it was read");
        assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
    }

    @Test
    void aSegmentThatChangesWhileItIsStreamedIsNotStored() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        faulty.before(Call.BEGIN_UPLOAD, () -> write(SEGMENT, segment(SEGMENT, 1)));

        Faults.of(() -> streaming(faulty).push(Path.of(SEGMENT), data))
                .is(ErrorCode.CORRUPT)
                .says("has changed while it was written");
        assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
    }

    @Test
    void aSegmentThatWasReplacedAfterItWasProvenIsNotStored() throws Exception {
        for (var push : List.of(pusher(faulty), streaming(faulty))) {
            write(SEGMENT, segment(SEGMENT, 0));
            faulty.before(Call.OPEN, () -> write(SEGMENT, segment("000000010000000000000099", 0)));

            Faults.of(() -> push.push(Path.of(SEGMENT), data))
                    .is(ErrorCode.NOT_WAL)
                    .says("changed while it was read");
            assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
        }
    }

    @Test
    void aSegmentThatIsCutAfterItWasProvenIsNotStored() throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        var push = pusher(faulty);
        faulty.before(Call.OPEN, () -> cut(SEGMENT, 100_000));

        Faults.of(() -> push.push(Path.of(SEGMENT), data)).is(ErrorCode.CORRUPT).says("has changed while it was read");
        assertThat(store.head(new ObjectKey(WAL + SEGMENT))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"CREATE, BEFORE, Archived", "CREATE, AFTER, AlreadyArchived"})
    void whatFailedIsPushedAgainAndSucceeds(Call call, Moment moment, String outcome) throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        faulty.fail(call, 1, moment, FaultyStore.unreachable());
        var push = pusher(faulty);

        Faults.of(() -> push.push(Path.of(SEGMENT), data)).is(ErrorCode.STORE_UNREACHABLE);
        assertThat(push.push(Path.of(SEGMENT), data).getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(stored(SEGMENT)).isEqualTo(segment(SEGMENT, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "WRITE, BEFORE, Archived",
        "COMMIT, BEFORE, Archived",
        "COMMIT, AFTER, AlreadyArchived",
        "BEGIN_UPLOAD, BEFORE, Archived"
    })
    void whatFailedInAStreamIsPushedAgainAndSucceeds(Call call, Moment moment, String outcome) throws Exception {
        write(SEGMENT, segment(SEGMENT, 0));
        faulty.fail(call, 1, moment, FaultyStore.unreachable());
        var push = streaming(faulty);

        Faults.of(() -> push.push(Path.of(SEGMENT), data)).is(ErrorCode.STORE_UNREACHABLE);
        assertThat(push.push(Path.of(SEGMENT), data).getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(stored(SEGMENT)).isEqualTo(segment(SEGMENT, 0));
    }

    private void cut(String name, int length) {
        try (var file =
                new RandomAccessFile(data.resolve("pg_wal").resolve(name).toFile(), "rw")) {
            file.setLength(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
