package dev.walvault.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestorePointsTest {
    private final MemoryStore store = new MemoryStore();

    @Test
    void aNameIsReservedOnce() throws Exception {
        var points = points();
        points.reserve("before");

        Faults.of(() -> points.reserve("before"))
                .is(ErrorCode.CONFLICT)
                .says("the restore point name \"before\" is taken", "an attempt to create it did not finish");
    }

    @Test
    void aPublishedNameStaysTaken() throws Exception {
        var points = points();
        points.reserve("before");
        points.publish(point("before", "0/3000060"));

        Faults.of(() -> points.reserve("before")).is(ErrorCode.CONFLICT).says("it exists");
    }

    @Test
    void aReservedNameIsNoRestorePointYet() throws Exception {
        var points = points();
        points.reserve("before");

        assertThat(points.find("before")).isEmpty();
        assertThat(points.all().points()).isEmpty();
    }

    @Test
    void publishingAgainAfterALostAnswerSucceeds() throws Exception {
        var faulty = new FaultyStore(store);
        Vaults.plain(store);
        var points = Vaults.opened(faulty, Vaults.NO_KEYS).of(Vaults.SYSTEM).restorePoints();
        points.reserve("before");
        faulty.fail(FaultyStore.Call.CREATE, 2, FaultyStore.Moment.AFTER, FaultyStore.unreachable());
        var point = point("before", "0/3000060");

        Faults.of(() -> points.publish(point)).is(ErrorCode.STORE_UNREACHABLE);
        points.publish(point);

        assertThat(points.find("before")).containsExactly(point);
    }

    @Test
    void aNameThatBeginsLikeAnotherIsAnother() throws Exception {
        var points = points();
        points.publish(point("a", "0/1000060"));
        points.publish(point("a-b", "0/2000060"));
        points.publish(point("a/b", "0/3000060"));

        assertThat(points.find("a")).containsExactly(point("a", "0/1000060"));
        assertThat(points.all().points()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "\u007f", "0123456789012345678901234567890123456789012345678901234567890123"})
    void aNameThatNoRecordCanHaveIsRefused(String name) {
        assertThatThrownBy(() -> RestorePoint.requireName(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a restore point's name has");
    }

    @Test
    void theLengthOfANameIsCountedInBytes() {
        RestorePoint.requireName("ä".repeat(31));
        assertThatThrownBy(() -> RestorePoint.requireName("ä".repeat(32))).hasMessageContaining("this one 64");
    }

    private RestorePoints points() throws Exception {
        return Vaults.plain(store).of(Vaults.SYSTEM).restorePoints();
    }

    private static RestorePoint point(String name, String lsn) {
        return new RestorePoint(name, Lsn.parse(lsn), TimelineId.FIRST, Vaults.NOW);
    }
}
