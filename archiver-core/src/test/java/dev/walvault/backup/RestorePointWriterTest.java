package dev.walvault.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.FakeTime;
import dev.walvault.pg.TimelineId;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.MemoryStore;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.Vaults;
import java.nio.file.Path;
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
        var point = writer().create("before");

        assertThat(point).isEqualTo(new RestorePoint("before", FakeServer.STOP, TimelineId.FIRST, FakeServer.STOPPED));
        assertThat(member().restorePoints().find("before")).containsExactly(point);
        assertThat(server.calls).containsExactly("restore point before", "switch");
    }

    @Test
    void aNameThatIsTakenNeverReachesTheServer() throws Exception {
        writer().create("before");
        server.calls.clear();

        Faults.of(() -> writer().create("before")).is(ErrorCode.CONFLICT);
        assertThat(server.calls).isEmpty();
    }

    @Test
    void aNameWhoseReservationMayHaveLandedIsUsedUp() throws Exception {
        faulty.fail(Call.CREATE, 1, Moment.AFTER, FaultyStore.unreachable());

        Faults.of(() -> writer().create("before")).is(ErrorCode.STORE_UNREACHABLE);
        Faults.of(() -> writer().create("before")).is(ErrorCode.CONFLICT).says("did not finish");
        assertThat(server.calls).isEmpty();
    }

    @Test
    void aServerThatCannotWriteOneUsesNoNameUp() throws Exception {
        server.inRecovery = true;
        Faults.of(() -> writer().create("before"))
                .is(ErrorCode.POSTGRES_SETTINGS)
                .says("in recovery");
        server.inRecovery = false;
        server.walLevel = "minimal";
        Faults.of(() -> writer().create("before"))
                .is(ErrorCode.POSTGRES_SETTINGS)
                .says("wal_level");
        server.walLevel = "logical";

        assertThat(writer().create("before").name()).isEqualTo("before");
    }

    @Test
    void aNameThatNoRecordCanHaveIsRefusedBeforeAnything() {
        assertThatThrownBy(() -> writer().create("")).isInstanceOf(IllegalArgumentException.class);
        assertThat(faulty.count(Call.CREATE)).isZero();
    }

    @Test
    void waitingForTheSegmentOfARestorePointEndsInTime() throws Exception {
        var time = new FakeTime(Vaults.NOW);
        var point = writer().create("before");
        var wait = new WalWait(member(), ArchiverWatch.begin(server), time, time, new Cancellation(), event -> {});

        Faults.of(() -> writer().await(point, wait, Path.of("pg_wal"), Vaults.NOW.plusSeconds(5)))
                .is(ErrorCode.TIMED_OUT)
                .says(FakeServer.SEGMENTS.getLast());
    }

    @Test
    void whoIsInterruptedWhileWaitingIsToldThatTheRestorePointIsThere() throws Exception {
        var time = new FakeTime(Vaults.NOW);
        var cancellation = new Cancellation();
        var point = writer().create("before");
        var wait = new WalWait(member(), ArchiverWatch.begin(server), time, time, cancellation, event -> {});
        cancellation.cancel();

        Faults.of(() -> writer().await(point, wait, Path.of("pg_wal"), Vaults.NOW.plusSeconds(5)))
                .is(ErrorCode.CANCELLED)
                .says("restore point \"before\" is written, at " + FakeServer.STOP);
    }

    private RestorePointWriter writer() throws Exception {
        return new RestorePointWriter(member(), server);
    }

    private MemberVault member() throws Exception {
        return Vaults.opened(faulty, Vaults.NO_KEYS).of(Vaults.SYSTEM);
    }
}
