package dev.walvault.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.Retry;
import dev.walvault.observe.FakeTime;
import dev.walvault.observe.Heard;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.wal.WalPageHeader;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.MemoryStore;
import dev.walvault.vault.BackupFacts;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.IndexedWal;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Vaults;
import dev.walvault.vault.WalProof;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server is told that asks for what the vault has not got. Segments have 1 MB. */
class AbsenceTest {
    @TempDir
    private Path root;

    private final MemoryStore store = new MemoryStore();
    private final FaultyStore faulty = new FaultyStore(store);
    private final FakeTime time = new FakeTime(Vaults.NOW);
    private Path wal;

    @BeforeEach
    void aVault() throws Exception {
        wal = Files.createDirectories(root.resolve("data/pg_wal"));
        Vaults.plain(store);
    }

    private static String name(int timeline, int number) {
        return "%08X00000000%08X".formatted(timeline, number);
    }

    private void segments(int timeline, int... numbers) throws Exception {
        for (int number : numbers) {
            String name = name(timeline, number);
            put(name, Wal.segment(name, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));
        }
    }

    /** {@code switches}: in pairs, an ancestor and the number of the segment in whose middle it was left. */
    private void history(int timeline, int... switches) throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < switches.length; i += 2) {
            text.append("%d\t0/%X\tno recovery target specified\n"
                    .formatted(switches[i], (switches[i + 1] << 20) + 0x80000));
        }
        put("%08X.history".formatted(timeline), text.toString().getBytes(US_ASCII));
    }

    private void put(String name, byte[] content) throws Exception {
        Vaults.put(
                Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM).wal(),
                WalFile.parse(name),
                content,
                new Compression(Codec.ZSTD, 1));
    }

    private GetOutcome get(String name) throws Exception {
        var vault = new SeveralVaults.Opening("vault", faulty, Vaults.NO_KEYS);
        var file = WalFile.parse(name);
        Path destination = wal.resolve(file instanceof WalFile.Segment ? "RECOVERYXLOG" : "RECOVERYHISTORY");
        Files.deleteIfExists(destination);
        return new WalGet(Duration.ZERO, LocalState.in(root.resolve("state"), time), time, time, new Heard())
                .get(
                        file,
                        Handover.at(destination),
                        List.of(new WalGet.Source(
                                vault,
                                () -> Vaults.opened(faulty, Vaults.NO_KEYS).of(Vaults.SYSTEM))));
    }

    private void isAbsent(String name) throws Exception {
        assertThat(get(name)).isEqualTo(new GetOutcome.Absent());
    }

    private void showsNoEnd(String name) {
        showsNoEnd(name, "the segment before it is missing");
    }

    private void showsNoEnd(String name, String why) {
        Faults.of(() -> get(name)).is(ErrorCode.GAP).isRetried(Retry.YES).says("not known to be the end", why);
    }

    private void isHole(String name, String why) {
        Faults.of(() -> get(name)).is(ErrorCode.GAP).isRetried(Retry.YES).says("not the end of the WAL", why);
    }

    @Test
    void behindTheLastSegmentThereIsNothing() throws Exception {
        segments(1, 3, 4);

        isAbsent(name(1, 5));
        isAbsent("00000002.history");
    }

    @Test
    void aSegmentThatIsMissingBeforeAnotherIsAHole() throws Exception {
        segments(1, 3, 4, 6);

        isHole(name(1, 5), name(1, 6));
    }

    /** A backup that ended in the middle of this segment. */
    private void backup(int timeline, int number) throws Exception {
        var line = new TimelineId(timeline);
        WalFile.Segment segment = (WalFile.Segment) WalFile.parse(name(timeline, number));
        var facts = new BackupFacts(
                new BackupId(Vaults.NOW.plusSeconds(number)),
                "",
                Map.of(),
                Vaults.SYSTEM,
                "15.6",
                150006,
                line,
                new Lsn(((long) number << 20) + 40),
                new Lsn(((long) number << 20) + 4096),
                Vaults.NOW,
                Vaults.NOW.plusSeconds(60),
                segment,
                segment,
                WalProof.CONTENT,
                TransactionSnapshot.parse("740:745:741"),
                false,
                0);
        Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM).backups().complete(Vaults.emptyBackup(facts));
    }

    @Test
    void aBackupThatEndedBehindShowsAHole() throws Exception {
        segments(1, 3);
        backup(1, 3);
        // an absence that was proven a moment ago is not proven again
        isAbsent(name(1, 4));

        backup(1, 6);

        isHole(name(1, 5), "ended later on the same timeline");
        isHole(name(1, 6), "ended later on the same timeline");
        segments(1, 6);
        isAbsent(name(1, 7));
    }

    @Test
    void aBackupOfAnAbandonedTimelineIsNotOnTheWay() throws Exception {
        segments(1, 3);
        history(2, 1, 4);
        Files.createFile(wal.resolve("00000002.history"));
        backup(1, 6);

        isAbsent(name(1, 4));
    }

    @Test
    void howFarBehindTheOtherIsDoesNotMatter() throws Exception {
        segments(1, 3);
        put("000000010000000700000002", Wal.segment("000000010000000700000002", Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));

        isHole(name(1, 4), "000000010000000700000002");
    }

    @Test
    void whatWasRemovedBeforeIsNoHole() throws Exception {
        segments(1, 8, 9);

        isAbsent(name(1, 10));
        assertThat(get(name(1, 8))).isInstanceOf(GetOutcome.Served.class);
    }

    @Test
    void whatIsStoredOfTheUnfinishedSegmentIsItsEnd() throws Exception {
        segments(1, 3);
        partial(1, 4);

        isAbsent(name(1, 4));
    }

    private void partial(int timeline, int number) throws Exception {
        String name = name(timeline, number);
        put(name + ".partial", Wal.segment(name, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));
    }

    /** Whoever has written to it has finished all before it. */
    @Test
    void whatIsStoredOfALaterUnfinishedSegmentShowsAHole() throws Exception {
        segments(1, 3);
        partial(1, 6);

        isHole(name(1, 4), name(1, 6) + ".partial");
        isHole(name(1, 5), name(1, 6) + ".partial");
        showsNoEnd(name(1, 6));
    }

    /** It is archived behind the segment that it is named after. */
    @Test
    void aBackupFileShowsThatItsSegmentWasThere() throws Exception {
        segments(1, 3);
        put(name(1, 5) + ".00000028.backup", "x\n".getBytes(US_ASCII));

        isHole(name(1, 4), name(1, 5) + ".00000028.backup");
        isHole(name(1, 5), name(1, 5) + ".00000028.backup");
        segments(1, 5);
        isAbsent(name(1, 6));
    }

    @Test
    void whatWasReadForTheIndexOfRestorePointsWasThere() throws Exception {
        segments(1, 3);
        indexed(1, 1, 6);

        isHole(name(1, 4), name(1, 6));
        isHole(name(1, 6), name(1, 6));
        segments(1, 6);
        isAbsent(name(1, 7));

        indexed(1, 9, 9);
        time.sleep(Duration.ofMinutes(1));
        isHole(name(1, 7), name(1, 9));
    }

    private void indexed(int timeline, int first, int last) throws Exception {
        Vaults.opened(store, Vaults.NO_KEYS)
                .of(Vaults.SYSTEM)
                .indexedWal()
                .add(new IndexedWal.Run(
                        (WalFile.Segment) WalFile.parse(name(timeline, first)),
                        (WalFile.Segment) WalFile.parse(name(timeline, last)),
                        false));
    }

    @Test
    void aBackupThatCannotBeReadMayHaveEndedBehind() throws Exception {
        segments(1, 3);
        backup(1, 2);
        backup(1, 3);
        isAbsent(name(1, 4));

        // the newest that can be read is newer
        damage(2, "");
        time.sleep(Duration.ofMinutes(1));
        isAbsent(name(1, 4));

        for (String damaged : List.of("", "garbage", "{\"walvault\":2}", "{\"walvault\":1,\"requires\":[\"more\"]}")) {
            damage(3, damaged);
            time.sleep(Duration.ofMinutes(1));
            showsNoEnd(name(1, 4), "backup 20261120T221533Z cannot be read");
        }
    }

    private void damage(int backup, String document) throws Exception {
        store.damage(
                new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, Vaults.SYSTEM)
                        .complete(new BackupId(Vaults.NOW.plusSeconds(backup))),
                _ -> document.getBytes(US_ASCII));
    }

    @Test
    void aTimelineThatBeginsLaterHasNoSegmentsBefore() throws Exception {
        segments(1, 3, 4, 5);
        segments(2, 7, 8);
        history(2, 1, 7);

        isAbsent(name(2, 6));
        isHole(name(1, 6), "timeline 2");
    }

    @Test
    void aBranchThatBeginsInTheSegmentItselfIsNoHole() throws Exception {
        // the last segment of the old timeline is partial, and its beginning is in the first one of the new
        segments(1, 3, 4);
        segments(2, 5, 6);
        history(2, 1, 5);

        isAbsent(name(1, 5));
        isAbsent(name(2, 7));
    }

    @Test
    void theParentsSegmentOfATimelineThatBeginsInItShowsAHole() throws Exception {
        segments(1, 3, 4, 5, 6);
        history(2, 1, 5);

        isHole(name(2, 5), name(1, 5));
        isAbsent(name(2, 4));
    }

    @Test
    void aServerThatHasItsOwnDoesNotComeToTheParents() throws Exception {
        segments(1, 3, 4, 5, 6);
        history(2, 1, 5);
        Files.write(wal.resolve(name(2, 5)), Wal.segment(name(1, 6), Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));
        isHole(name(2, 5), name(1, 5)); // a file that waits to be used has another segment's content

        // one that was received in part only does not go up to the fork
        byte[] own = Wal.unfinished(name(1, 5), Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 256, 0);
        int end = Wal.putRecord(own, WalPageHeader.BYTES, 1000);
        Files.write(wal.resolve(name(2, 5)), own);
        isHole(name(2, 5), name(1, 5));

        while (end < 0x80000) {
            end = Wal.putRecord(own, end, 30_008);
        }
        Files.write(wal.resolve(name(2, 5)), own);
        isAbsent(name(2, 5));
    }

    @Test
    void anyAncestorsSegmentOfATimelineThatBeginsInItShowsAHole() throws Exception {
        segments(1, 3, 4, 5);
        history(2, 1, 5);
        history(3, 1, 5, 2, 5);

        isHole(name(3, 5), name(1, 5));
    }

    @Test
    void aNumberThatNoSegmentOfTheSystemHasProvesNothing() throws Exception {
        segments(1, 3);

        isHole("0000000100000000FFFFFFFF", "no segment of 1MB has that number");
    }

    @Test
    void aTimelineThatHasJustBegunHasNoSegmentYet() throws Exception {
        segments(1, 3, 4);
        history(2, 1, 5);

        isAbsent(name(2, 5));
    }

    @Test
    void aVaultThatHasLostItsWalShowsNoEnd() throws Exception {
        showsNoEnd(name(1, 5));

        segments(1, 4);
        isAbsent(name(1, 5));
    }

    @Test
    void whatIsBeforeTheEndMayBeOnAnAncestor() throws Exception {
        segments(1, 3, 4);
        history(2, 1, 5);

        isAbsent(name(2, 5));
        showsNoEnd(name(2, 6));
    }

    @Test
    void aServerMayHaveWrittenWhatIsBeforeTheEndItself() throws Exception {
        segments(1, 3, 4);
        Files.createFile(wal.resolve(name(1, 5)));
        isAbsent(name(1, 6));

        // it had that from an archive
        Files.createDirectory(wal.resolve("archive_status"));
        Files.createFile(wal.resolve("archive_status/" + name(1, 5) + ".done"));
        time.sleep(Duration.ofMinutes(1));
        showsNoEnd(name(1, 6));
    }

    @Test
    void theServerMayHaveTheSegmentItself() throws Exception {
        Files.write(wal.resolve(name(1, 5)), Wal.segment(name(1, 4), Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));
        showsNoEnd(name(1, 5)); // a file that waits to be used has another segment's content

        Files.write(wal.resolve(name(1, 5)), Wal.segment(name(1, 5), Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));
        isAbsent(name(1, 5));
    }

    @Test
    void aTailMayBeBeforeTheEnd() throws Exception {
        segments(1, 3, 4);
        put(name(1, 5) + ".partial", Wal.segment(name(1, 5), Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 0));

        isAbsent(name(1, 6));
    }

    @Test
    void aBranchThatBeginsBehindTheSegmentIsAHole() throws Exception {
        segments(1, 3, 4);
        segments(2, 6, 7);
        history(2, 1, 6);

        isHole(name(1, 5), "timeline 2");
    }

    @Test
    void aGrandchildTellsTheSame() throws Exception {
        segments(1, 3);
        history(3, 1, 6, 2, 9);

        isHole(name(1, 4), "timeline 3");
    }

    @Test
    void whatAnAbandonedTimelineHasBehindTheForkIsNoHole() throws Exception {
        segments(1, 3, 4, 5, 9);
        segments(2, 5, 6);
        history(2, 1, 5);
        // the server recovers along timeline 2, and keeps its history
        Files.createFile(wal.resolve("00000002.history"));

        isAbsent(name(2, 7));
        isAbsent(name(1, 7));
    }

    @Test
    void forAServerThatStaysOnTheTimelineItIsOne() throws Exception {
        segments(1, 3, 4, 5, 9);
        segments(2, 5, 6);
        history(2, 1, 5);

        isHole(name(1, 7), name(1, 9));
    }

    @Test
    void aHistoryThatIsMissingBelowAnotherIsAHole() throws Exception {
        history(3, 1, 6);

        isHole("00000002.history", "timeline 3 is there: \"");
        isHole("00000002.history", "/history/00000003.history\"");
    }

    @Test
    void aTimelineWithWalAndWithoutAHistoryIsAHole() throws Exception {
        segments(2, 5);

        isHole("00000002.history", "WAL of timeline 2 is there: \"");
        isHole("00000002.history", "/wal/00000002/00000000/" + name(2, 5) + "\"");
    }

    @Test
    void theHistoriesBelowTheOneThatTheServerFollowsMayBeMissing() throws Exception {
        history(4, 3, 6);
        Files.createFile(wal.resolve("00000004.history"));

        isAbsent("00000003.history");
    }

    @Test
    void aBranchWhoseHistoryCannotBeReadMayHaveLeftBehind() throws Exception {
        segments(1, 3);
        put("00000002.history", "1\t0/1300000\tx\n".getBytes(US_ASCII));
        store.damage(
                new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, Vaults.SYSTEM).wal(WalFile.parse("00000002.history")),
                _ -> new byte[] {1});

        showsNoEnd(name(1, 4), "\"00000002.history\" cannot be read");

        // the server goes along another branch, which has left before
        history(3, 1, 3);
        Files.createFile(wal.resolve("00000003.history"));
        isAbsent(name(1, 4));
    }

    @Test
    void whoAsksAgainAndAgainDoesNotHaveTheVaultListedEachTime() throws Exception {
        segments(1, 3);
        isAbsent(name(1, 4));
        int listings = faulty.count(Call.LIST);
        assertThat(listings).isPositive();

        isAbsent(name(1, 4));
        assertThat(faulty.count(Call.LIST)).isEqualTo(listings);

        segments(1, 6);
        Files.writeString(root.resolve("data/postmaster.pid"), "100\n/data\n1764000000\n");
        isHole(name(1, 4), name(1, 6)); // another start of the server may follow another line
        Files.delete(root.resolve("data/postmaster.pid"));
        isAbsent(name(1, 4));
        time.sleep(Duration.ofSeconds(20));
        isHole(name(1, 4), name(1, 6));

        segments(1, 4);
        assertThat(get(name(1, 4))).isInstanceOf(GetOutcome.Served.class);
    }

    @Test
    void whatIsThereIsFoundWithoutAListing() throws Exception {
        segments(1, 3);

        assertThat(get(name(1, 3))).isInstanceOf(GetOutcome.Served.class);
        assertThat(faulty.count(Call.LIST)).isZero();
    }
}
