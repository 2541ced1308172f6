package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.FakeTime;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.link.ServerSession;
import dev.walvault.pg.wal.GeneratedWal;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.MemoryStore;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.Vaults;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorePointWriterTest {
    private final MemoryStore store = new MemoryStore();
    private final FaultyStore faulty = new FaultyStore(store);
    private FakeServer server = new FakeServer(Path.of("unset"));

    @BeforeEach
    void aServerAndAVault(@TempDir Path data) throws Exception {
        server = FakeServer.create(data);
        Vaults.plain(store);
    }

    @Test
    void aRestorePointIsWhereTheServerPutItAndItsSegmentIsSwitched() throws Exception {
        var point = create("before");

        assertThat(point).isEqualTo(new RestorePoint("before", FakeServer.STOP, TimelineId.FIRST, FakeServer.STOPPED));
        assertThat(member().restorePoints().find("before")).containsExactly(point);
        assertThat(server.calls).containsExactly("restore point before", "switch");
    }

    @Test
    void aNameThatIsTakenNeverReachesTheServer() throws Exception {
        create("before");
        server.calls.clear();

        Faults.of(() -> create("before")).is(ErrorCode.CONFLICT);
        assertThat(server.calls).isEmpty();
    }

    @Test
    void aNameWhoseReservationMayHaveLandedIsUsedUp() throws Exception {
        faulty.fail(Call.CREATE, 1, Moment.AFTER, FaultyStore.unreachable());

        Faults.of(() -> create("before")).is(ErrorCode.STORE_UNREACHABLE);
        Faults.of(() -> create("before")).is(ErrorCode.CONFLICT).says("did not finish");
        assertThat(server.calls).isEmpty();
    }

    @Test
    void aServerThatCannotWriteOneUsesNoNameUp() throws Exception {
        server.inRecovery = true;
        Faults.of(() -> create("before")).is(ErrorCode.POSTGRES_SETTINGS).says("in recovery");
        server.inRecovery = false;
        server.walLevel = "minimal";
        Faults.of(() -> create("before")).is(ErrorCode.POSTGRES_SETTINGS).says("wal_level");
        server.walLevel = "logical";

        assertThat(create("before").name()).isEqualTo("before");
    }

    @Test
    void aNameThatNoRecordCanHaveIsRefusedBeforeAnything() {
        assertThatThrownBy(() -> create("")).isInstanceOf(IllegalArgumentException.class);
        assertThat(faulty.count(Call.CREATE)).isZero();
    }

    @Test
    void waitingForTheSegmentOfARestorePointEndsInTime() throws Exception {
        var time = new FakeTime(Vaults.NOW);
        var point = create("before");
        var wait = new WalWait(member(), ArchiverWatch.begin(server), time, time, new Cancellation(), event -> {});

        Faults.of(() -> writer().await(point, wait, Path.of("pg_wal"), Vaults.NOW.plusSeconds(5)))
                .is(ErrorCode.TIMED_OUT)
                .says(FakeServer.SEGMENTS.getLast());
    }

    @Test
    void whoIsInterruptedWhileWaitingIsToldThatTheRestorePointIsThere() throws Exception {
        var time = new FakeTime(Vaults.NOW);
        var cancellation = new Cancellation();
        var point = create("before");
        var wait = new WalWait(member(), ArchiverWatch.begin(server), time, time, cancellation, event -> {});
        cancellation.cancel();

        Faults.of(() -> writer().await(point, wait, Path.of("pg_wal"), Vaults.NOW.plusSeconds(5)))
                .is(ErrorCode.CANCELLED)
                .says("restore point \"before\" is written, at " + FakeServer.STOP);
    }

    @Test
    void itsTimeIsThatOfItsRecord() throws Exception {
        recorded("before");

        var point = create("before");

        assertThat(point.time()).isEqualTo(Instant.parse("2026-11-30T10:00:00Z"));
        assertThat(member().restorePoints().find("before")).containsExactly(point);
    }

    @Test
    void theRecordOfAnotherServerSaysNothingOfIt() throws Exception {
        recorded("before");
        Path segment = server.data.resolve("pg_wal/000000010000000000000004");
        byte[] others = Files.readAllBytes(segment);
        others[24] ^= 1;
        Files.write(segment, others);

        assertThat(create("before").time()).isEqualTo(FakeServer.STOPPED);
    }

    @Test
    void theRecordOfAnotherPointSaysNothingOfIt() throws Exception {
        recorded("another");

        assertThat(create("before").time()).isEqualTo(FakeServer.STOPPED);
    }

    @Test
    void aPointWhoseServerWasLostAfterItsRecordIsKnown() throws Exception {
        server.switchFails = true;

        Faults.of(() -> create("before")).is(ErrorCode.POSTGRES_UNREACHABLE);

        assertThat(member().restorePoints().find("before")).hasSize(1);
    }

    /** The server has written the record of a point of this name, and says where it ends. */
    private void recorded(String name) throws Exception {
        var wal = GeneratedWal.of(GeneratedWal.V15);
        var place = wal.point(name, 849_348_000_000_000L);
        wal.fillUntilBeforeEnd(40);
        wal.filler(160);
        byte[] segment = wal.segment(0);
        ByteBuffer.wrap(segment)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(24, Long.parseUnsignedLong(Vaults.SYSTEM.toString()));
        server.write("pg_wal/000000010000000000000004", segment);
        server.restorePoint =
                Optional.of(new ServerSession.CreatedRestorePoint(place.end(), TimelineId.FIRST, FakeServer.STOPPED));
    }

    private RestorePoint create(String name) throws Exception {
        return writer().create(name, server.data.resolve("pg_wal"));
    }

    private RestorePointWriter writer() throws Exception {
        return new RestorePointWriter(member(), server);
    }

    private MemberVault member() throws Exception {
        return Vaults.opened(faulty, Vaults.NO_KEYS).of(Vaults.SYSTEM);
    }
}
