package dev.walvault.restore;

import static dev.walvault.reach.Fixture.SIZE;
import static dev.walvault.reach.Fixture.SYSTEM;
import static dev.walvault.reach.Fixture.T1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import dev.walvault.observe.Event;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.wal.WalPageHeader;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.reach.WalEnd;
import dev.walvault.seal.ContentDigest;
import dev.walvault.store.FaultyStore;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.MemberVaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which unfinished segment follows a line, and what becomes of it. */
class WalTailTest {
    private static final String SEGMENT = "000000010000000000000004";

    @TempDir
    Path walDirectory;

    private final List<Event> events = new ArrayList<>();
    private Fixture vault;

    private RestorePlan plan;

    @BeforeEach
    void aLineOfThreeSegments() throws Exception {
        vault = new Fixture().wal(T1, 1, 3).backup(Fixture.facts(1, T1, 1));
        plan = plan(new RecoveryTarget.Latest(), new Lsn(4L << 20));
    }

    private RestorePlan plan(RecoveryTarget target, Lsn upTo) throws Exception {
        Backup backup = vault.member.backups().list().complete().getFirst();
        return new RestorePlan(
                backup,
                T1,
                new TimelineChoice.Automatic(),
                target,
                new WalEnd(upTo, Optional.empty(), List.of()),
                List.of());
    }

    /** So many records; in another variant they are others from the first one on. */
    private static byte[] content(int records, int variant) {
        byte[] content = Wal.unfinished(SEGMENT, SYSTEM, SIZE, 9, 0);
        int end = WalPageHeader.BYTES;
        for (int i = 0; i < records; i++) {
            end = (Wal.putRecord(content, end, 1000 + 8 * variant) + 7) / 8 * 8;
        }
        Arrays.fill(content, end, content.length, (byte) 0);
        return content;
    }

    private static Lsn end(int records) {
        // none of them needs a second page
        return new Lsn((4L << 20) + WalPageHeader.BYTES + records * 1000L);
    }

    private void store(String name, byte[] content) throws IOException {
        Vaults.put(vault.member.wal(), WalFile.parse(name), content, Fixture.PLAIN);
    }

    private List<WalTail> tails() throws Exception {
        return WalTail.all(plan, MemberVaults.of(vault.member), events::add);
    }

    private WalTail furthest() throws Exception {
        return WalTail.furthest(tails(), MemberVaults.of(vault.member));
    }

    private static String secondName(byte[] content) {
        return SEGMENT + "." + ContentDigest.of(content).hex() + ".partial";
    }

    @Test
    void aLineWithoutUnfinishedSegmentHasNone() throws Exception {
        store("000000010000000000000005.partial", Wal.unfinished("000000010000000000000005", SYSTEM, SIZE, 2, 0));

        assertThat(tails()).isEmpty();
    }

    @Test
    void itSaysHowFarItGoesAndIsPutUnderItsOwnName() throws Exception {
        store(SEGMENT + ".partial", content(5, 0));

        WalTail tail = furthest();
        tail.put(MemberVaults.of(vault.member), walDirectory);

        assertThat(tail.end()).isEqualTo(end(5));
        assertThat(tail.stamp().host()).isEqualTo("db1");
        assertThat(Files.readAllBytes(walDirectory.resolve(SEGMENT))).isEqualTo(content(5, 0));
    }

    @Test
    void oneThatDoesNotGoUpToTheForkIsLeftOut() throws Exception {
        store(SEGMENT + ".partial", content(5, 0));
        plan = plan(new RecoveryTarget.Latest(), end(5).plus(8));

        assertThat(tails()).isEmpty();
        assertThat(events).singleElement().isInstanceOf(RestoreEvent.TailTooShort.class);
        plan = plan(new RecoveryTarget.Latest(), end(5));
        assertThat(tails()).hasSize(1);
    }

    @Test
    void aPlaceBehindItIsNotReached() throws Exception {
        store(SEGMENT + ".partial", content(5, 0));
        WalTail tail = furthest();
        RestorePlan behind = plan(new RecoveryTarget.AtLsn(end(5), true), new Lsn(4L << 20));
        RestorePlan within = plan(new RecoveryTarget.AtLsn(end(4), true), new Lsn(4L << 20));

        Faults.of(() -> behind.with(tail)).is(ErrorCode.TARGET).says(SEGMENT + ".partial", "goes on to " + end(5));
        assertThat(within.with(tail).tail()).contains(tail);
    }

    @Test
    void ofSeveralContentsTheOneThatGoesFurthestIsTaken() throws Exception {
        byte[] longer = content(7, 0);
        store(SEGMENT + ".partial", content(5, 0));
        store(secondName(longer), longer);
        // the newest goes less far, in the same page
        byte[] shorter = content(6, 0);
        store(secondName(shorter), shorter);

        assertThat(furthest().file().name()).isEqualTo(secondName(longer));
        assertThat(tails()).extracting(WalTail::end).containsExactly(end(7), end(6), end(5));
    }

    @Test
    void ofTwoThatDifferNoneIsTaken() throws Exception {
        byte[] other = content(3, 1);
        store(SEGMENT + ".partial", content(5, 0));
        store(secondName(other), other);

        Faults.of(this::furthest).is(ErrorCode.TARGET).says("differ", secondName(other), "--with-tail=" + SEGMENT);
    }

    @Test
    void oneThatIsDamagedIsLeftOutWithAWarning() throws Exception {
        byte[] longer = content(7, 0);
        store(SEGMENT + ".partial", content(5, 0));
        store(secondName(longer), longer);
        vault.damage(secondName(longer), object -> {
            object[object.length - 1] ^= 1;
            return object;
        });

        assertThat(furthest().file().name()).isEqualTo(SEGMENT + ".partial");
        assertThat(events)
                .singleElement()
                .isInstanceOfSatisfying(
                        RestoreEvent.TailUnusable.class,
                        warning -> assertThat(warning.sentence()).contains(secondName(longer), "cannot be used"));
    }

    @Test
    void whatIsNoSegmentAtAllIsLeftOut() throws Exception {
        store(SEGMENT + ".partial", new byte[100]);

        assertThat(tails()).isEmpty();
    }

    @Test
    void aDirectoryInThePlaceOfOneHidesNoOther() throws Exception {
        byte[] longer = content(7, 0);
        store(SEGMENT + ".partial", content(5, 0));
        store(secondName(longer), longer);
        var faulty = new FaultyStore(vault.store);
        faulty.refuse(
                vault.key(SEGMENT + ".partial"),
                Fault.of(ErrorCode.STORE_OBSTRUCTED, "it cannot be an object").store());
        MemberVaults vaults = MemberVaults.of(vault.on(faulty));

        assertThat(WalTail.all(plan, vaults, events::add))
                .extracting(tail -> tail.file().name())
                .containsExactly(secondName(longer));
        var within = new RecoveryTarget.AtLsn(new Lsn((4L << 20) + 8192), true);
        assertThat(Plans.planner(vaults)
                        .plan(new RestoreRequest(
                                within,
                                Optional.empty(),
                                new TimelineChoice.Automatic(),
                                Optional.empty(),
                                false,
                                true))
                        .target())
                .isEqualTo(within);
    }

    private RestorePlan plan(RecoveryTarget target, boolean withTail) throws ArchiverException {
        return Plans.planner(MemberVaults.of(vault.member))
                .plan(new RestoreRequest(
                        target, Optional.empty(), new TimelineChoice.Automatic(), Optional.empty(), false, withTail));
    }

    @Test
    void aTargetBehindTheLastSegmentNeedsTheTail() throws Exception {
        var late = new RecoveryTarget.AtTime(Instant.parse("2030-01-01T00:00:00Z"), true);
        var within = new RecoveryTarget.AtLsn(new Lsn((4L << 20) + 8192), true);
        assertThatThrownBy(() -> plan(late, true)).hasMessageContaining("ends before");
        store(SEGMENT + ".partial", content(5, 0));

        assertThatThrownBy(() -> plan(late, false))
                .hasMessageContaining("ends before")
                .satisfies(e ->
                        assertThat(((ArchiverException) e).hint().orElse("")).contains("--with-tail"));
        assertThatThrownBy(() -> plan(within, false))
                .hasMessageContaining("ends before LSN")
                .satisfies(e ->
                        assertThat(((ArchiverException) e).hint().orElse("")).contains("--with-tail"));
        assertThat(plan(late, true).wal().upTo()).isEqualTo(new Lsn(4L << 20));
        assertThat(plan(within, true).wal().upTo()).isEqualTo(new Lsn(4L << 20));
    }
}
