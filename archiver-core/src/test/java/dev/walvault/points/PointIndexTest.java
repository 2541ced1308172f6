package dev.walvault.points;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.Keys;
import dev.walvault.sign.SigningKey;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.vault.Keyring;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Name;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.FallThroughStore;
import dev.walvault.vaults.MemberVaults;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointIndexTest {
    private static final TimelineId T1 = TimelineId.FIRST;
    private static final TimelineId T2 = new TimelineId(2);
    private static final Compression ZSTD = new Compression(Codec.ZSTD, 1);
    private static final SigningKey KEY = SigningKey.generate();
    private static final Instant TEN = Instant.parse("2026-11-30T10:00:00.000001Z");

    private final MemoryStore store = new MemoryStore();
    private final FaultyStore faulty = new FaultyStore(store);
    private Keyring keyring = Vaults.NO_KEYS;

    @BeforeEach
    void aVault() throws Exception {
        Vaults.plain(store);
    }

    @Test
    void aPointThatSqlMadeIsInTheIndexOnceItsSegmentIsStored() throws Exception {
        put(T1, 3);
        put(T1, 4, point("by-sql", in(4)));

        assertThat(names(complete())).containsExactly("by-sql");
        assertThat(vault(store).restorePoints().find("by-sql"))
                .containsExactly(new RestorePoint("by-sql", in(4), T1, TEN));
    }

    /** An unsigned document would be taken for damaged by those who believe the WAL, and keep a signed one away. */
    @Test
    void whatIsFoundInSignedWalIsStoredSignedOrNotAtAll() throws Exception {
        Keyring reader = keyring;
        keyring = reader.signingBy(KEY);
        put(T1, 4, point("by-sql", in(4)));

        keyring = reader;
        assertThat(names(complete())).containsExactly("by-sql");
        assertThat(store.keys()).noneMatch(key -> key.value().contains("/points/"));

        keyring = reader.signingBy(KEY);
        assertThat(names(complete())).containsExactly("by-sql");
        assertThat(new String(content(key("/points/by-sql/00000001-0000000000401000.json")), UTF_8))
                .contains(KEY.writer().text());
    }

    @Test
    void aHostThatBelievesOnlySomeAndDoesNotSignStoresNothing() throws Exception {
        put(T1, 4, point("by-sql", in(4)));
        keyring = new Keyring(
                keyring.recipients(),
                keyring.identities(),
                Optional.empty(),
                TrustedWriters.of(
                        List.of(Keys.always(KEY)), Optional.of(Instant.now().plusSeconds(60))));

        assertThat(names(complete())).containsExactly("by-sql");
        assertThat(store.keys()).noneMatch(key -> key.value().contains("/points/"));
    }

    @Test
    void theDocumentIsMadeFromTheRecordAlone() throws Exception {
        put(T1, 4, point("by-sql", in(4)));
        complete();
        ObjectKey key = key("/points/by-sql/00000001-0000000000401000.json");
        byte[] document = content(key);

        store.delete(key);
        complete();

        assertThat(new String(content(key), UTF_8))
                .isEqualTo(new String(document, UTF_8))
                .doesNotContain("db1")
                .contains("\"time\":\"2026-11-30T10:00:00.000001Z\"");
    }

    @Test
    void whatIsIndexedIsNotReadAgain() throws Exception {
        put(T1, 1, 100);
        put(T1, 101, point("p", in(101)));

        complete();
        put(T1, 102, 104);

        assertThat(readsOfNextCall()).isEqualTo(3);
        assertThat(names(complete())).containsExactly("p");
    }

    @Test
    void aShortEndIsReadAgainInsteadOfBeingRememberedPieceByPiece() throws Exception {
        for (long number = 1; number <= 62; number++) {
            put(T1, number);
            complete();
        }

        assertThat(store.keys())
                .filteredOn(key -> key.value().contains("/indexed/"))
                .hasSize(1);
        assertThat(readsOfNextCall()).isEqualTo(30);
    }

    @Test
    void aSegmentThatComesLateIsRead() throws Exception {
        put(T1, 1, 40);
        put(T1, 42, 80);
        complete();

        put(T1, 41, point("late", in(41)));

        assertThat(readsOfNextCall()).isEqualTo(1);
        assertThat(names(complete())).containsExactly("late");
        assertThat(readsOfNextCall()).isZero();
    }

    @Test
    void aPointIsOnTheTimelineThatItWasWrittenOn() throws Exception {
        history("1\t" + in(12) + "\tno recovery target specified\n");
        put(T1, 11);
        put(T2, 12, point("before", in(12)), point("after", in(12).plus(8)));

        assertThat(complete().list().points())
                .extracting(RestorePoint::timeline)
                .containsExactlyInAnyOrder(T1, T2);
    }

    @Test
    void withoutTheHistoryItIsUnknownAndTriedAgain() throws Exception {
        put(T2, 12, point("p", in(12)));
        put(T2, 13, 50);

        KnownPoints known = complete();

        assertThat(known.list().points()).isEmpty();
        assertThat(known.unknown()).containsExactly(unknown(UnknownWal.Reason.UNREADABLE, T2, 12, 12));
        history("1\t" + in(11) + "\tno recovery target specified\n");
        assertThat(names(complete())).containsExactly("p");
    }

    @Test
    void aSegmentWithoutFactsIsUnknownAndNotReadAgain() throws Exception {
        put(T1, 1, 40);
        var gzip = new Compression(Codec.GZIP, 1);
        Vaults.put(vault(store).wal(), segment(T1, 41), new byte[] {1}, gzip);
        put(T1, 42, 80);

        assertThat(complete().unknown()).containsExactly(unknown(UnknownWal.Reason.SILENT, T1, 41, 41));
        assertThat(readsOfNextCall()).isZero();
        assertThat(complete().unknown()).containsExactly(unknown(UnknownWal.Reason.SILENT, T1, 41, 41));
    }

    @ParameterizedTest
    @CsvSource({"104, SILENT", "176, SILENT", "184, ", "8192, "})
    void onlyWhereARecordOfAPointFitsTheBeginningIsUnknown(int bytes, UnknownWal.Reason reason) throws Exception {
        Lsn begin = begin(7);
        seal(T1, 7, facts(begin, begin.plus(bytes), begin(8)));

        assertThat(complete().unknown())
                .extracting(UnknownWal::reason)
                .isEqualTo(reason == null ? List.of() : List.of(reason));
    }

    @Test
    void aSegmentThatWasNotReadToItsEndIsUnknownAndGivesWhatItKnows() throws Exception {
        Lsn begin = begin(7);
        seal(T1, 7, facts(begin, begin, begin(8).plus(-8192), point("p", in(7))));

        KnownPoints known = complete();

        assertThat(names(known)).containsExactly("p");
        assertThat(known.unknown()).containsExactly(unknown(UnknownWal.Reason.SILENT, T1, 7, 7));
    }

    @Test
    void aHostWithoutIdentityAsksOnceAndShowsWhatIsIndexed() throws Exception {
        AgeKey key = encrypt();
        put(T1, 1, 50);
        put(T1, 51, point("p", in(51)));
        keyring = Vaults.sealOnly(key);

        assertThat(readsOfNextCall()).isEqualTo(1);
        assertThat(complete().unknown()).containsExactly(unknown(UnknownWal.Reason.CLOSED, T1, 1, 51));

        keyring = Vaults.keyring(key);
        complete();
        keyring = Vaults.sealOnly(key);
        assertThat(names(complete())).containsExactly("p");
        assertThat(complete().unknown()).isEmpty();
    }

    @Test
    void whatIsSealedToAnotherKeyHidesNothingElse() throws Exception {
        encrypt();
        put(T1, 1, point("old", in(1)));
        keyring = Vaults.keyring(AgeKey.generate());
        put(T1, 2, point("new", in(2)));

        KnownPoints known = complete();

        assertThat(names(known)).containsExactly("new");
        assertThat(known.unknown()).containsExactly(unknown(UnknownWal.Reason.CLOSED, T1, 1, 1));
    }

    @Test
    void aHostThatMayNotWriteKnowsWhatItHasRead() throws Exception {
        put(T1, 3, point("p", in(3)), point("p", in(3).plus(800)));
        PointIndex index = index(new FallThroughStore(List.of(store), (_, _) -> {}));
        var before = store.keys();

        KnownPoints known = index.complete().known();

        assertThat(names(known)).containsExactly("p", "p");
        assertThat(known.unknown()).isEmpty();
        assertThat(known.failures()).isEmpty();
        assertThat(index.unwritten()).hasSize(2);
        assertThat(store.keys()).isEqualTo(before);
    }

    @Test
    void aRunIsRememberedOnlyWhenItsPointsAreInTheIndex() throws Exception {
        put(T1, 1, 50);
        put(T1, 51, point("p", in(51)), point("q", in(51).plus(800)));
        faulty.fail(Call.CREATE, 2, Moment.BEFORE, FaultyStore.unreachable());

        assertThat(names(index(faulty).complete().known())).containsExactlyInAnyOrder("p", "q");

        assertThat(store.keys()).noneMatch(key -> key.value().contains("/indexed/"));
        complete();
        assertThat(store.keys())
                .anyMatch(key -> key.value().contains("/points/q/"))
                .anyMatch(key -> key.value().contains("/indexed/"));
    }

    @Test
    void manySegmentsAreReadFromTheNewestOnInSeveralCalls() throws Exception {
        put(T1, 1, point("old", in(1)));
        put(T1, 2, 99);
        put(T1, 100, point("new", in(100)));

        KnownPoints first = index(store, 40).complete().known();
        assertThat(names(first)).containsExactly("new");
        assertThat(first.unknown()).containsExactly(unknown(UnknownWal.Reason.LATER, T1, 1, 60));

        index(store, 40).complete();
        assertThat(names(index(store, 40).complete().known())).containsExactlyInAnyOrder("old", "new");
    }

    @Test
    void aNameIsLookedForInAllOfIt() throws Exception {
        put(T1, 1, point("old", in(1)));
        put(T1, 2, 99);
        ObjectKey damaged = key(segment(T1, 80).name());
        store.damage(damaged, _ -> new byte[] {1});
        PointIndex index = index(new FallThroughStore(List.of(store), (_, _) -> {}), 40);

        assertThat(index.completeUntil("old")).extracting(RestorePoint::lsn).containsExactly(in(1));
        assertThat(index.completeUntil("none")).isEmpty();
        assertThat(index.known().unknown()).containsExactly(unknown(UnknownWal.Reason.UNREADABLE, T1, 80, 80));
    }

    @Test
    void aDamagedSegmentIsToldOfAndHidesNoOther() throws Exception {
        put(T1, 1, 40);
        put(T1, 41, point("p", in(41)));
        store.damage(key(segment(T1, 20).name()), _ -> new byte[] {1});

        KnownPoints known = complete();

        assertThat(names(known)).containsExactly("p");
        assertThat(known.unknown()).containsExactly(unknown(UnknownWal.Reason.UNREADABLE, T1, 20, 20));
        assertThat(known.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CORRUPT));
    }

    @Test
    void aStoreThatFailsOnTheWayIsToldOfAndIsNoFailure() throws Exception {
        put(T1, 1, 40);
        var index = index(faulty);
        for (int nth = 5; nth < 60; nth++) {
            faulty.fail(Call.OPEN_RANGE, nth, Moment.BEFORE, FaultyStore.unreachable());
        }

        KnownPoints known = index.complete().known();

        assertThat(known.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNREACHABLE));
        assertThat(known.unknown()).extracting(UnknownWal::reason).containsOnly(UnknownWal.Reason.UNREADABLE);
        assertThat(index.completeUntil("none")).isEmpty();
    }

    @Test
    void whoIsInterruptedStops() throws Exception {
        put(T1, 1, 40);
        var cancellation = new Cancellation();
        cancellation.cancel();

        Faults.of(() -> new PointIndex(MemberVaults.of(vault(store)), cancellation).complete())
                .is(ErrorCode.CANCELLED);
    }

    @Test
    void whatOneVaultDoesNotSayAnotherMay() throws Exception {
        put(T1, 1, 3);
        var second = new MemoryStore();
        Vaults.plain(second);
        MemberVault silent = vault(second);
        for (long number = 2; number <= 4; number++) {
            Vaults.put(silent.wal(), segment(T1, number), new byte[] {1}, new Compression(Codec.NONE, 0));
        }
        var both = new FallThroughStore(List.of(store, second), (_, _) -> {});
        var vaults = MemberVaults.of(List.of(vault(store), silent), List.of(vault(both)));

        KnownPoints known =
                new PointIndex(vaults, new Cancellation()).complete().known();

        assertThat(known.unknown()).containsExactly(unknown(UnknownWal.Reason.SILENT, T1, 4, 4));
    }

    @Test
    void aNameThatIsUsedTwiceOnOneLineIsKnownAsSuch() throws Exception {
        history("1\t" + in(12) + "\tno recovery target specified\n");
        put(T1, 3, point("line", in(3)), point("once", in(3).plus(8)));
        put(T1, 15, point("branch", in(15)));
        put(T2, 14, point("line", in(14)), point("branch", in(14).plus(8)));

        KnownPoints known = complete();

        assertThat(known.list().points()).hasSize(5);
        assertThat(known.repeated()).extracting(RestorePoint::name).containsExactly("line", "line");
    }

    @Test
    void aRecordOfARestorePointOfTheWholeClusterIsNotOffered() throws Exception {
        var other = new MemoryStore();
        MemberVault segment = Vaults.plain(other, new Name("seg0")).of(Vaults.SYSTEM);
        put(segment, T1, 3, facts(begin(3), begin(3), begin(4), point("p.0123abcd", in(3)), point("p", in(3).plus(8))));

        var index = new PointIndex(MemberVaults.of(segment), new Cancellation()).complete();

        assertThat(names(index.known())).containsExactly("p");
        // what restores the whole cluster needs it
        assertThat(segment.restorePoints().find("p.0123abcd")).hasSize(1);
    }

    @Test
    void aRecordWithoutANameIsNoTarget() throws Exception {
        put(T1, 3, point("", in(3)), point("caf\udce9", in(3).plus(8)));

        assertThat(names(complete())).containsExactly("caf\udce9");
    }

    @Test
    void aPointBehindTheWalIsToldApart() throws Exception {
        put(T1, 4, point("there", in(4)));
        vault(store).restorePoints().publish(new RestorePoint("lost", in(6), T1, TEN));

        assertThat(complete().withoutWal()).extracting(RestorePoint::name).containsExactly("lost");
        assertThat(PointIndex.ofIndex(MemberVaults.of(vault(store))).withoutWal())
                .extracting(RestorePoint::name)
                .containsExactly("lost");

        put(T1, 6);
        assertThat(complete().withoutWal()).isEmpty();
    }

    @Test
    void whereTheWalCannotBeListedNoPointIsSaidToBeLost() throws Exception {
        vault(store).restorePoints().publish(new RestorePoint("lost", in(6), T1, TEN));
        faulty.fail(Call.LIST, 1, Moment.BEFORE, FaultyStore.unreachable());

        KnownPoints known = index(faulty).complete().known();

        assertThat(names(known)).containsExactly("lost");
        assertThat(known.failures()).hasSize(1);
        assertThat(known.withoutWal()).isEmpty();
    }

    private AgeKey encrypt() throws IOException {
        store.keys().forEach(store::delete);
        AgeKey key = AgeKey.generate();
        keyring = Vaults.keyring(key);
        Vaults.created(store, keyring, Vaults.identity());
        return key;
    }

    private KnownPoints complete() throws Exception {
        return index(store).complete().known();
    }

    private int readsOfNextCall() throws Exception {
        var counting = new FaultyStore(store);
        index(counting).complete();
        return counting.count(Call.OPEN_RANGE);
    }

    private PointIndex index(ObjectStore on) throws Exception {
        return new PointIndex(MemberVaults.of(vault(on)), new Cancellation());
    }

    private PointIndex index(ObjectStore on, int most) throws Exception {
        return new PointIndex(MemberVaults.of(vault(on)), most, new Cancellation());
    }

    private MemberVault vault(ObjectStore on) throws IOException {
        return Vaults.opened(on, keyring).of(Vaults.SYSTEM);
    }

    private static List<String> names(KnownPoints known) {
        return known.list().points().stream().map(RestorePoint::name).toList();
    }

    private ObjectKey key(String end) {
        return store.keys().stream()
                .filter(key -> key.value().endsWith(end))
                .findFirst()
                .orElseThrow();
    }

    private byte[] content(ObjectKey key) throws IOException {
        try (var in = store.open(key).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    private static UnknownWal unknown(UnknownWal.Reason reason, TimelineId timeline, long first, long last) {
        return new UnknownWal(reason, segment(timeline, first), segment(timeline, last), last - first + 1);
    }

    private static WalFile.Segment segment(TimelineId timeline, long number) {
        return new WalSegment(timeline, number).file(Vaults.SEGMENT_SIZE);
    }

    private static Lsn begin(long number) {
        return new Lsn(number << 20);
    }

    /** A place in the middle of a segment. */
    private static Lsn in(long number) {
        return begin(number).plus(4096);
    }

    private static WalFacts.Point point(String name, Lsn lsn) {
        return new WalFacts.Point(name, lsn, TEN);
    }

    private void put(TimelineId timeline, long first, long last) throws IOException {
        for (long number = first; number <= last; number++) {
            put(timeline, number);
        }
    }

    private void put(TimelineId timeline, long number, WalFacts.Point... points) throws IOException {
        seal(timeline, number, facts(begin(number), begin(number), begin(number + 1), points));
    }

    private static WalFacts facts(Lsn begin, Lsn from, Lsn to, WalFacts.Point... points) {
        return new WalFacts(
                begin,
                begin.plus(1 << 20),
                from,
                to,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(points),
                List.of(),
                List.of(),
                List.of());
    }

    private void seal(TimelineId timeline, long number, WalFacts facts) throws IOException {
        put(vault(store), timeline, number, facts);
    }

    private static void put(MemberVault vault, TimelineId timeline, long number, WalFacts facts) throws IOException {
        var content = new ByteArrayInputStream(new byte[] {1});
        var _ = vault.wal()
                .create(vault.wal().seal(segment(timeline, number), content, 1, ZSTD, 1, () -> Optional.of(facts)));
    }

    private void history(String text) throws IOException {
        var file = new WalFile.TimelineHistoryFile(T2);
        Vaults.put(vault(store).wal(), file, text.getBytes(UTF_8), ZSTD);
    }
}
