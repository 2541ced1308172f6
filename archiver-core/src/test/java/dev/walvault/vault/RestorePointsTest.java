package dev.walvault.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.MemoryStore;
import java.util.List;
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
    void aNameThatSqlHasUsedIsTakenThoughNobodyReservedIt() throws Exception {
        var points = points();
        points.publish(point("by-sql", "0/3000060"));

        Faults.of(() -> points.reserve("by-sql")).is(ErrorCode.CONFLICT).says("it exists");
    }

    @Test
    void whatIsThereIsNotWrittenAgain() throws Exception {
        var faulty = new FaultyStore(store);
        Vaults.plain(store);
        var points = Vaults.opened(faulty, Vaults.NO_KEYS).of(Vaults.SYSTEM).restorePoints();
        points.publishMissing(List.of(point("a", "0/3000060")));
        int before = faulty.count(FaultyStore.Call.CREATE);

        points.publishMissing(List.of(point("a", "0/3000060"), point("a", "0/4000060")));

        assertThat(faulty.count(FaultyStore.Call.CREATE)).isEqualTo(before + 1);
        assertThat(points.find("a")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"coordinator", "seg0", "seg127", "group3"})
    void aMemberOfAClusterGivesNoNameThatAPointOfTheClusterMayHave(String member) throws Exception {
        var points = points(member);
        var part = point("nightly.0a1b2c3d", "0/3000060");

        Faults.of(() -> points.reserve(part.name()))
                .is(ErrorCode.CONFLICT)
                .says("of member \"" + member + "\"", "restore points of the whole cluster");
        assertThat(points.isOfWholeCluster(part)).isTrue();
        assertThat(points.isOfWholeCluster(point("nightly.0a1b2c3", "0/3000060")))
                .isFalse();
        points.reserve("nightly.20261130a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"main", "segment0", "seg", "group"})
    void aSingleServerMayGiveIt(String member) throws Exception {
        var points = points(member);

        points.reserve("nightly.20261130");

        assertThat(points.isOfWholeCluster(point("nightly.20261130", "0/3000060")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"caf\udce9", "a\nb", "\ufffd"})
    void whatSqlTakesForANameIsKept(String name) throws Exception {
        var points = points();

        points.publish(point(name, "0/3000060"));

        assertThat(points.find(name)).containsExactly(point(name, "0/3000060"));
        assertThatThrownBy(() -> RestorePoint.requireName(name)).isInstanceOf(IllegalArgumentException.class);
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

    private RestorePoints points(String member) throws Exception {
        return Vaults.plain(store, new Name(member)).of(Vaults.SYSTEM).restorePoints();
    }

    private RestorePoints points() throws Exception {
        return Vaults.plain(store).of(Vaults.SYSTEM).restorePoints();
    }

    private static RestorePoint point(String name, String lsn) {
        return new RestorePoint(name, Lsn.parse(lsn), TimelineId.FIRST, Vaults.NOW);
    }
}
