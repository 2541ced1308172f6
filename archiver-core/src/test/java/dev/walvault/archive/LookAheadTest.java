package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.pg.Wal;
import dev.walvault.pg.WalFile;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Name;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LookAheadTest {
    private static final String[] SEGMENTS =
            IntStream.range(0x13, 0x18).mapToObj("00000001%016X"::formatted).toArray(String[]::new);
    private static final String FIRST = SEGMENTS[0];
    private static final String SECOND = SEGMENTS[1];
    private static final LookAheadLimits FAR = LookAheadLimits.of(100, 3);
    private static final LookAheadLimits ONE_BY_ONE = LookAheadLimits.of(100, 1);

    @TempDir
    private Path root;

    private SeveralVaults site;

    @BeforeEach
    void aServerThatHasQueuedFiveSegments() throws Exception {
        site = queued(1);
    }

    private SeveralVaults queued(int vaults) throws Exception {
        var fresh = new SeveralVaults(root.resolve("of " + vaults), vaults);
        for (String segment : SEGMENTS) {
            fresh.write(segment, 0);
        }
        return fresh.queue(SEGMENTS);
    }

    private PushOutcome push(LookAheadLimits limits, String name) throws Exception {
        return site.ahead(1, limits).push(Path.of("pg_wal", name), site.data);
    }

    private PushOutcome push(String name) throws Exception {
        return push(FAR, name);
    }

    private Path file(String name) {
        return site.data.resolve("pg_wal").resolve(name);
    }

    /** The names that this host has acknowledgements for. */
    private List<String> acknowledged() throws IOException {
        Path spool = site.stateDirectory.resolve("ahead");
        if (!Files.exists(spool)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(spool)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private Path acknowledgement(String name) throws IOException {
        try (Stream<Path> files = Files.walk(site.stateDirectory)) {
            return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
        }
    }

    private List<String> stored() {
        return site.stores.getFirst().keys().stream()
                .map(key -> key.value().substring(key.value().lastIndexOf('/') + 1))
                .filter(name -> !name.endsWith(".json"))
                .sorted()
                .toList();
    }

    /** The names of what is stored, in the order in which it was; by one thread. */
    private List<String> storedInOrder(String asked) throws Exception {
        var order = new ArrayList<String>();
        site.faulty.getFirst().before(Call.CREATE, () -> order.addAll(without(stored(), order)));
        push(ONE_BY_ONE, asked);
        order.addAll(without(stored(), order));
        return order;
    }

    private static List<String> without(List<String> all, List<String> some) {
        return all.stream().filter(name -> !some.contains(name)).toList();
    }

    @Test
    void whatIsQueuedBehindIsStoredInTheSameCall() throws Exception {
        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(stored()).containsExactly(SEGMENTS);
        assertThat(acknowledged()).containsExactly(Arrays.copyOfRange(SEGMENTS, 1, SEGMENTS.length));
        for (String segment : SEGMENTS) {
            try (var unsealed =
                    site.member(1).wal().open(WalFile.parse(segment)).orElseThrow()) {
                assertThat(unsealed.content().readAllBytes()).isEqualTo(Files.readAllBytes(file(segment)));
            }
        }
    }

    @Test
    void theNextCallsAnswerWithoutAskingTheVaultForTheFile() throws Exception {
        push(FIRST);
        int created = site.faulty.getFirst().count(Call.CREATE);
        int looked = site.faulty.getFirst().count(Call.HEAD);

        for (String segment : Arrays.copyOfRange(SEGMENTS, 1, SEGMENTS.length)) {
            assertThat(push(segment)).isEqualTo(new PushOutcome.ArchivedAhead());
        }

        assertThat(site.faulty.getFirst().count(Call.CREATE)).isEqualTo(created);
        assertThat(site.faulty.getFirst().count(Call.HEAD)).isEqualTo(looked);
        assertThat(acknowledged()).isEmpty();
        assertThat(site.heard.warnings()).isEmpty();
    }

    @Test
    void whoAsksAgainHasItComparedWithWhatIsStored() throws Exception {
        push(FIRST);
        push(SECOND);

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void withLookAheadOffOnlyWhatIsAskedForIsStored() throws Exception {
        push(LookAheadLimits.none(), FIRST);

        assertThat(stored()).containsExactly(FIRST);
        assertThat(site.stateIsUntouched()).isTrue();
    }

    @Test
    void whereNothingIsQueuedNothingIsRemembered() throws Exception {
        unqueue(Arrays.copyOfRange(SEGMENTS, 1, SEGMENTS.length));

        push(FIRST);

        assertThat(stored()).containsExactly(FIRST);
        assertThat(site.stateIsUntouched()).isTrue();
    }

    private void unqueue(String... names) throws IOException {
        for (String name : names) {
            Files.delete(file("archive_status").resolve(name + ".ready"));
        }
    }

    @Test
    void whatTheServerHasNotQueuedItselfIsPushedAlone() throws Exception {
        unqueue(FIRST);

        push(FIRST);

        assertThat(stored()).containsExactly(FIRST);
    }

    @Test
    void withoutADirectoryOfTheServersQueueTheFileIsPushedAlone() throws Exception {
        unqueue(SEGMENTS);
        Files.delete(file("archive_status"));

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());
        assertThat(site.heard.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"2, 1073741824, 2", "100, 3145728, 3", "100, 3145727, 2", "100, 0, 0"})
    void noMoreIsStoredAheadThanTheLimitsAllow(int files, long bytes, int ahead) throws Exception {
        push(new LookAheadLimits(files, 2, bytes), FIRST);

        assertThat(acknowledged()).containsExactly(Arrays.copyOfRange(SEGMENTS, 1, 1 + ahead));
        assertThat(stored()).hasSize(1 + ahead);
    }

    @Test
    void whatIsAcknowledgedAndNotAskedForYetCountsForTheLimit() throws Exception {
        push(LookAheadLimits.of(2, 1), FIRST);
        unqueue(FIRST);
        String older = "000000010000000000000012";
        site.write(older, 0).queue(older);
        int before = site.faulty.getFirst().count(Call.CREATE);

        assertThat(push(LookAheadLimits.of(2, 1), older)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.faulty.getFirst().count(Call.CREATE)).isEqualTo(before + 1);
        assertThat(acknowledged()).containsExactly(SECOND, SEGMENTS[2]);
        assertThat(stored()).doesNotContain(SEGMENTS[3]);
    }

    @ParameterizedTest
    @CsvSource({
        "16, 100, 8, 4096, 8",
        "16, 100, 8, 256, 4",
        "16, 100, 16, 4096, 8",
        "1, 3, 8, 4096, 3",
        "64, 100, 8, 4096, 2",
        "64, 100, 8, 128, 1",
        "1024, 100, 8, 4096, 1",
        "0, 9, 8, 4096, 8"
    })
    void asManyThreadsRunAsMemoryAllows(long each, int files, int threads, long memory, int expected) {
        assertThat(LookAheadLimits.of(100, threads).threadsFor(files, each << 20, memory << 20))
                .isEqualTo(expected);
    }

    @Test
    void severalAreStoredAtTheSameTimeAndNoMoreThanThat() throws Exception {
        var together = new CyclicBarrier(2);
        var calls = new AtomicInteger();
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        site.faulty.getFirst().before(Call.CREATE, () -> {
            if (calls.getAndIncrement() == 0) {
                return; // the one that is asked for
            }
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            meet(together);
            now.decrementAndGet();
        });

        push(LookAheadLimits.of(100, 2), FIRST);

        assertThat(stored()).containsExactly(SEGMENTS);
        assertThat(most).hasValue(2);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void noneIsBegunWhenTheTimeIsOver() throws Exception {
        var ahead = new LookAhead(
                new StoredAhead(site.vaults, 1, site.state),
                site.state,
                FAR,
                64 << 20,
                Duration.ofNanos(-1),
                site.heard);
        site.push(1, FIRST);
        var begun = new ArrayList<Path>();
        var delivered = new Delivered(
                SeveralVaults.KEYS,
                List.of(new Delivered.Stored(site.vaults.getFirst(), "id", new PushOutcome.Archived())));

        ahead.storeWhatFollows(file(FIRST), WalFile.parse(FIRST), delivered, file -> {
            begun.add(file);
            return delivered;
        });

        assertThat(begun).isEmpty();
    }

    @Test
    void theOldestIsStoredFirst() throws Exception {
        assertThat(storedInOrder(FIRST)).containsExactly(SEGMENTS);
    }

    @Test
    void historiesOfTimelinesComeBeforeSegments() throws Exception {
        site.writeHistory("00000002.history").writeHistory("00000003.history");
        site.queue("00000003.history", "00000002.history");

        assertThat(storedInOrder(FIRST))
                .containsExactly(
                        FIRST, "00000002.history", "00000003.history", SECOND, SEGMENTS[2], SEGMENTS[3], SEGMENTS[4]);
        assertThat(push("00000002.history")).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @Test
    void whatIsOnAnotherTimelineWaitsForACallOfItsOwn() throws Exception {
        String other = "000000020000000000000016";
        site.write(other, 0).queue(other);

        push(FIRST);

        assertThat(stored()).contains(SEGMENTS).doesNotContain(other);
    }

    @Test
    void aTimelinesSegmentsWaitUntilItsHistoryIsAccepted() throws Exception {
        String asked = "000000020000000000000016";
        String next = "000000020000000000000017";
        site.write(asked, 0).write(next, 0).writeHistory("00000002.history").queue(asked, next, "00000002.history");

        push(asked);

        assertThat(stored()).containsExactly("00000002.history", asked);
    }

    @Test
    void aTimelinesSegmentsFollowItsHistory() throws Exception {
        String other = "000000020000000000000016";
        site.write(other, 0).writeHistory("00000002.history").queue(other, "00000002.history");

        assertThat(storedInOrder("00000002.history")).containsExactly("00000002.history", other);
    }

    @Test
    void partialSegmentsAndBackupHistoriesAreStoredAheadToo() throws Exception {
        String partial = SEGMENTS[4] + ".partial";
        String backup = SECOND + ".00000028.backup";
        Files.write(file(partial), Wal.segment(SEGMENTS[4], Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 7));
        Files.writeString(file(backup), "START WAL LOCATION: 0/1400028 (file " + SECOND + ")\n");
        site.queue(partial, backup);

        push(FIRST);

        assertThat(push(partial)).isEqualTo(new PushOutcome.ArchivedAhead());
        assertThat(push(backup)).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @ParameterizedTest
    @ValueSource(strings = {".partial", ".00000028.backup"})
    void nothingFollowsWhatHasNoPlaceInTheOrderOfSegments(String suffix) throws Exception {
        String name = FIRST + suffix;
        Files.write(
                file(name),
                suffix.equals(".partial")
                        ? Wal.segment(FIRST, Vaults.SYSTEM, Vaults.SEGMENT_SIZE, 7)
                        : "START WAL LOCATION: 0/1300028\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        site.queue(name);

        push(name);

        assertThat(stored()).containsExactly(name);
    }

    @Test
    void aServerFromOldFilesIsRefusedBeforeAnythingOfItsOwnIsIn() throws Exception {
        // the true server has archived the first two; the other one has the same first, and differs from then on
        push(LookAheadLimits.none(), FIRST);
        push(LookAheadLimits.none(), SECOND);
        for (String segment : Arrays.copyOfRange(SEGMENTS, 1, SEGMENTS.length)) {
            site.write(segment, 1);
        }

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.AlreadyArchived());
        Faults.of(() -> push(SECOND)).is(ErrorCode.CONFLICT);

        assertThat(stored()).containsExactly(FIRST, SECOND);
        assertThat(acknowledged()).isEmpty();
    }

    @Test
    void aFileThatFailsAheadIsToldWhenItIsAskedFor() throws Exception {
        Files.write(file(SECOND), new byte[1 << 20]);

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.heard.warnings()).isEmpty();
        Faults.of(() -> push(SECOND)).is(ErrorCode.NOT_WAL).says(SECOND);
    }

    @Test
    void aFileThatIsNotThereEndsTheLookAhead() throws Exception {
        Files.delete(file(SEGMENTS[2]));

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(stored()).containsExactly(FIRST, SECOND);
        assertThat(site.heard.warnings()).isEmpty();
    }

    @Test
    void aFileThatFailsAheadLetsNoFurtherOneBegin() throws Exception {
        site.faulty.getFirst().fail(Call.CREATE, 3, Moment.BEFORE, FaultyStore.unreachable());

        assertThat(push(ONE_BY_ONE, FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(stored()).containsExactly(FIRST, SECOND);
        assertThat(acknowledged()).containsExactly(SECOND);
    }

    @Test
    void whatIsStoredButNotToldSoIsNotAcknowledged() throws Exception {
        site.faulty.getFirst().fail(Call.CREATE, 2, Moment.AFTER, FaultyStore.unreachable());

        push(ONE_BY_ONE, FIRST);

        assertThat(acknowledged()).isEmpty();
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void aFailureOfTheFileThatIsAskedForIsToldAndNothingFollows() throws Exception {
        site.faulty.getFirst().fail(Call.CREATE, 1, Moment.BEFORE, FaultyStore.unreachable());

        Faults.of(() -> push(FIRST)).is(ErrorCode.STORE_UNREACHABLE);

        assertThat(stored()).isEmpty();
    }

    @Test
    void anErrorOfTheProgramItselfIsToldAndDoesNotConcernTheFileThatWasAskedFor() throws Exception {
        var calls = new AtomicInteger();
        site.faulty.getFirst().before(Call.CREATE, () -> {
            if (calls.getAndIncrement() > 0) {
                throw new IllegalStateException("a bug");
            }
        });

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.heard.warnings()).singleElement().asString().contains("a bug");
        assertThat(acknowledged()).isEmpty();
    }

    @Test
    void aDamagedCopyThatIsReplacedAheadIsToldByName() throws Exception {
        push(LookAheadLimits.none(), SECOND);
        site.stores.getFirst().damage(SeveralVaults.key(SECOND), bytes -> Arrays.copyOf(bytes, 1000));

        push(FIRST);

        assertThat(site.heard.warnings()).singleElement().asString().contains(SECOND, "was damaged");
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rewritten", "rewritten and its time put back", "renamed", "replaced", "recycled"})
    void aFileThatIsNotTheVeryOneAnyMoreIsPushedAsUsual(String how) throws Exception {
        push(FIRST);
        Path file = file(SECOND);
        byte[] content = Files.readAllBytes(file);
        var modified = Files.getLastModifiedTime(file);
        afterATickOfTheFileSystem();
        switch (how) {
            case "rewritten" -> Files.write(file, content);
            case "rewritten and its time put back" -> {
                Files.write(file, content);
                Files.setLastModifiedTime(file, modified);
            }
            case "renamed" -> {
                Files.move(file, file("away"));
                Files.move(file("away"), file);
            }
            case "replaced" -> {
                Files.write(file("new"), content);
                Files.setLastModifiedTime(file("new"), modified);
                Files.move(file("new"), file, StandardCopyOption.REPLACE_EXISTING);
            }
            default -> {
                Files.delete(file);
                Files.move(file(FIRST), file);
                overwrite(file, content);
            }
        }

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    /** As long as it takes until a file that is written to has another time than before. */
    private void afterATickOfTheFileSystem() throws IOException {
        Path file = Files.createTempFile(root, "tick", "");
        var before = Files.getLastModifiedTime(file);
        do {
            Files.write(file, new byte[1]);
        } while (Files.getLastModifiedTime(file).equals(before));
    }

    private static void overwrite(Path file, byte[] content) throws IOException {
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(content);
        }
    }

    @Test
    void anotherContentUnderAnAcknowledgedNameIsRefused() throws Exception {
        push(FIRST);
        site.write(SECOND, 1);

        Faults.of(() -> push(SECOND)).is(ErrorCode.CONFLICT);
    }

    @Test
    void aFileThatChangesWhileItIsStoredAheadIsNotAcknowledged() throws Exception {
        var calls = new AtomicInteger();
        site.faulty.getFirst().before(Call.CREATE, () -> {
            if (calls.getAndIncrement() == 1) {
                rewrite(SECOND, 1);
            }
        });

        push(ONE_BY_ONE, FIRST);

        assertThat(acknowledged()).doesNotContain(SECOND).contains(SEGMENTS[2]);
        Faults.of(() -> push(SECOND)).is(ErrorCode.CONFLICT);
    }

    private void rewrite(String name, int variant) {
        try {
            afterATickOfTheFileSystem();
            site.write(name, variant);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anotherVaultInTheSamePlaceGetsTheFile() throws Exception {
        push(FIRST);
        var other = new MemoryStore();
        Vaults.created(other, Vaults.NO_KEYS, Vaults.identity(), Vaults.author(77));
        site.vaults.set(0, new SeveralVaults.Opening("vault1", other, Vaults.NO_KEYS));

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.Archived());
        assertThat(other.head(SeveralVaults.key(SECOND))).isPresent();
    }

    @Test
    void aVaultInAnotherPlaceGetsTheFile() throws Exception {
        push(FIRST);
        site.vaults.set(0, new SeveralVaults.Opening("elsewhere", site.faulty.getFirst(), Vaults.NO_KEYS));

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void aVaultThatIsAwayIsTold() throws Exception {
        push(FIRST);
        site.faulty.getFirst().goAway();

        Faults.of(() -> push(SECOND)).is(ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void anotherNameOfTheMemberGetsItsOwnCopy() throws Exception {
        push(FIRST);
        var standby = new Name("standby");
        var access = new MemberAccess(
                Vaults.opened(site.stores.getFirst(), Vaults.NO_KEYS).vault(),
                Vaults.CLUSTER,
                standby,
                Vaults.NO_KEYS,
                Vaults.author());
        access.of(Vaults.SYSTEM).introduce(Vaults.identity());
        site.vaults.set(0, new Renamed(access));

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.Archived());
        assertThat(site.stores.getFirst().keys())
                .contains(ObjectKey.of("orders/standby/" + Vaults.SYSTEM + "/wal/00000001/00000000/" + SECOND));
    }

    private record Renamed(MemberAccess open) implements ConfiguredVault {
        @Override
        public String location() {
            return "vault1";
        }

        @Override
        public String identity() {
            return "vault1";
        }
    }

    @Test
    void anAcknowledgementThatIsTornIsNone() throws Exception {
        push(FIRST);
        Path kept = acknowledgement(SECOND);
        byte[] whole = Files.readAllBytes(kept);

        for (int length = 0; length < whole.length; length++) {
            assertThat(Acknowledgement.read(Arrays.copyOf(whole, length))).isEmpty();
            byte[] flipped = whole.clone();
            flipped[length] ^= 1;
            assertThat(Acknowledgement.read(flipped)).isEmpty();
        }
        assertThat(Acknowledgement.read(Arrays.copyOf(whole, whole.length + 1))).isEmpty();
        assertThat(Acknowledgement.read(whole)).isPresent();

        Files.write(kept, Arrays.copyOf(whole, whole.length - 10));
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @Test
    void theAcknowledgementOfAnotherFileIsNone() throws Exception {
        push(FIRST);
        Files.copy(acknowledgement(SEGMENTS[2]), acknowledgement(SECOND), StandardCopyOption.REPLACE_EXISTING);

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.AlreadyArchived());
    }

    @ParameterizedTest
    @CsvSource({"599, true", "600, false", "-1, false"})
    void anAcknowledgementFades(int seconds, boolean counts) throws Exception {
        push(FIRST);
        site.time.set(site.time.instant().plusSeconds(seconds));

        assertThat(push(SECOND))
                .isEqualTo(counts ? new PushOutcome.ArchivedAhead() : new PushOutcome.AlreadyArchived());
    }

    @Test
    void aCallThatDiedBeforeItWasAcknowledgedIsMadeGood() throws Exception {
        push(LookAheadLimits.of(2, 1), FIRST);
        Files.delete(acknowledgement(SEGMENTS[2]));

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.ArchivedAhead());
        assertThat(push(SEGMENTS[2])).isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(push(SEGMENTS[3])).isEqualTo(new PushOutcome.Archived());
        assertThat(push(SEGMENTS[4])).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @Test
    void whatNobodyWillAskForIsForgotten() throws Exception {
        push(LookAheadLimits.of(1, 1), FIRST);
        unqueue(FIRST, SECOND);

        push(SEGMENTS[2]);

        assertThat(acknowledged()).containsExactly(SEGMENTS[3], SEGMENTS[4]);
    }

    @Test
    void twoServersOfOneHostDoNotMeet() throws Exception {
        push(FIRST);
        Path other = root.resolve("other");
        try (Stream<Path> files = Files.walk(site.data)) {
            for (Path file : files.toList()) {
                Files.copy(file, other.resolve(site.data.relativize(file).toString()));
            }
        }

        assertThat(site.ahead(1, FAR).push(Path.of("pg_wal", SECOND), other))
                .isEqualTo(new PushOutcome.AlreadyArchived());
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @Test
    void aFileIsRecognisedHoweverItIsNamed(@TempDir Path elsewhere) throws Exception {
        Path wal = elsewhere.resolve("wal");
        Files.move(site.data.resolve("pg_wal"), wal);
        Files.createSymbolicLink(site.data.resolve("pg_wal"), wal);
        push(FIRST);

        assertThat(site.ahead(1, FAR).push(Path.of(SECOND), site.data)).isEqualTo(new PushOutcome.ArchivedAhead());
        assertThat(site.ahead(1, FAR).push(wal.resolve(SEGMENTS[2]).toAbsolutePath(), site.data))
                .isEqualTo(new PushOutcome.ArchivedAhead());
        assertThat(site.ahead(1, FAR).push(site.data.resolve("pg_wal").resolve(SEGMENTS[3]), elsewhere))
                .isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @Test
    void withoutAPlaceForAcknowledgementsNothingIsStoredAhead() throws Exception {
        Files.writeString(site.stateDirectory, "a file");

        assertThat(push(FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(stored()).containsExactly(FIRST);
        assertThat(site.heard.warnings())
                .singleElement()
                .asString()
                .contains("cannot be stored ahead", "state_directory", "archive_push.look_ahead");
    }

    @Test
    void anAcknowledgementThatCannotBeKeptEndsTheLookAhead() throws Exception {
        site.faulty.getFirst().before(Call.CREATE, () -> {
            if (!stored().isEmpty()) {
                inTheWayOf(SECOND);
            }
        });

        assertThat(push(ONE_BY_ONE, FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(site.heard.warnings()).singleElement().asString().contains("cannot be stored ahead");
        assertThat(stored()).containsExactly(FIRST, SECOND);
    }

    /** A directory that a file cannot be written over. */
    private void inTheWayOf(String name) {
        try (Stream<Path> spools = Files.list(site.stateDirectory.resolve("ahead"))) {
            Files.createDirectories(
                    spools.findFirst().orElseThrow().resolve(name).resolve("full"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void ofSeveralVaultsEachHasWhatIsAcknowledged() throws Exception {
        site = queued(3);

        assertThat(site.ahead(3, FAR).push(Path.of(FIRST), site.data)).isEqualTo(new PushOutcome.Archived());

        for (String segment : SEGMENTS) {
            for (int vault = 1; vault <= 3; vault++) {
                assertThat(site.has(vault, segment)).isTrue();
            }
        }
        assertThat(site.ahead(3, FAR).push(Path.of(SECOND), site.data)).isEqualTo(new PushOutcome.ArchivedAhead());
    }

    @Test
    void whatAVaultOwesIsWrittenDownBeforeItIsAcknowledged() throws Exception {
        site = queued(2);
        site.faulty.get(1).goAway();

        push(FIRST);
        assertThat(site.debts(2)).containsExactly(SEGMENTS);
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.ArchivedAhead());

        site.faulty.get(1).comeBack();
        site.later();
        assertThat(push(SEGMENTS[2])).isEqualTo(new PushOutcome.ArchivedAhead());
        assertThat(site.debts(2)).isEmpty();
        assertThat(site.has(2, SECOND)).isTrue();
    }

    @Test
    void ofSeveralVaultsAsManyMustBeThereAsAreDemanded() throws Exception {
        site = queued(2);
        push(FIRST);
        site.faulty.get(0).goAway();
        assertThat(push(SECOND)).isEqualTo(new PushOutcome.ArchivedAhead());

        site.faulty.get(1).goAway();
        Faults.of(() -> push(SEGMENTS[2])).is(ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void moreCopiesThanWereDemandedBeforeAreMade() throws Exception {
        site = queued(2);
        site.faulty.get(1).goAway();
        push(FIRST);
        site.faulty.get(1).comeBack();

        assertThat(site.ahead(2, FAR).push(Path.of(SECOND), site.data)).isEqualTo(new PushOutcome.Archived());
        assertThat(site.has(2, SECOND)).isTrue();
    }

    @Test
    void aVaultThatWasAddedGetsTheFile() throws Exception {
        site = queued(2);
        var both = List.copyOf(site.vaults);
        site.vaults.remove(1);
        push(FIRST);
        site.vaults.clear();
        site.vaults.addAll(both);

        assertThat(push(SECOND)).isEqualTo(new PushOutcome.Archived());
        assertThat(site.has(2, SECOND)).isTrue();
    }

    @Test
    void aConflictInOneOfSeveralVaultsEndsTheLookAheadAndIsToldLater() throws Exception {
        site = queued(2);
        site.write(SECOND, 1);
        Vaults.put(site.member(2).wal(), WalFile.parse(SECOND), Files.readAllBytes(file(SECOND)), SeveralVaults.ZSTD);
        site.write(SECOND, 0);

        assertThat(push(ONE_BY_ONE, FIRST)).isEqualTo(new PushOutcome.Archived());

        assertThat(acknowledged()).isEmpty();
        assertThat(site.has(1, SEGMENTS[2])).isFalse();
        Faults.of(() -> push(SECOND)).is(ErrorCode.CONFLICT).says("vault \"vault2\"");
    }

    @Test
    void acknowledgedMeansStoredAsOftenAsDemandedAndOwedElsewhere() throws Exception {
        // each vault fails at each of its calls in turn, before and after its work
        for (int failing = 0; failing < 3; failing++) {
            for (int nth = 1; nth <= SEGMENTS.length; nth++) {
                for (Moment moment : Moment.values()) {
                    site = new SeveralVaults(root.resolve(failing + " " + nth + " " + moment), 3);
                    for (String segment : SEGMENTS) {
                        site.write(segment, 0);
                    }
                    site.queue(SEGMENTS);
                    site.faulty.get(failing).fail(Call.CREATE, nth, moment, FaultyStore.unreachable());

                    site.ahead(2, FAR).push(Path.of(FIRST), site.data);

                    for (String segment : acknowledged()) {
                        long copies = IntStream.rangeClosed(1, 3)
                                .filter(vault -> site.has(vault, segment))
                                .count();
                        assertThat(copies).isGreaterThanOrEqualTo(2);
                        for (int vault = 1; vault <= 3; vault++) {
                            assertThat(site.has(vault, segment)
                                            || site.debts(vault).contains(segment))
                                    .isTrue();
                        }
                    }
                }
            }
        }
    }
}
