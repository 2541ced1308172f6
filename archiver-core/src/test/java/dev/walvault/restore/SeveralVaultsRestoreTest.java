package dev.walvault.restore;

import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.T2;
import static dev.walvault.reach.Fixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.Seeds;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Event;
import dev.walvault.observe.Heard;
import dev.walvault.observe.Listener;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.reach.WalLag;
import dev.walvault.store.Content;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.MemoryStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.UnreachableStore;
import dev.walvault.vault.Author;
import dev.walvault.vault.Backup;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vault;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.FallThroughStore;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeveralVaultsRestoreTest {
    private static final RecoverySettings SETTINGS = new RecoverySettings(
            "true",
            RecoverySettings.Action.PAUSE,
            RecoverySettings.Role.PRIMARY,
            RecoverySettings.Archiving.AS_BACKED_UP,
            RecoverySettings.Subscribing.AS_BACKED_UP);

    @TempDir
    private Path temporary;

    private final Heard heard = new Heard();
    private final byte[] large = new byte[2 << 20];
    private Fixture site;
    private Backup backup;
    private MemoryStore second;
    private Path data;

    @BeforeEach
    void aBackupInTwoVaults() throws Exception {
        new SplittableRandom(11).nextBytes(large);
        data = temporary.resolve("data");
        site = new Fixture();
        backup = site.packing(3)
                .directory("base", 0700)
                .directory("pg_wal", 0750)
                .file("PG_VERSION", bytes("15\n"))
                .file("base/1", bytes("one"))
                .pack()
                .directory("base/5", 0700)
                .file("base/5/16384", large)
                .file("base/5/16385", new byte[0])
                .file("base/5/16386", bytes("text ".repeat(10_000)))
                .link("gone", "/nowhere/at/all")
                .pack()
                .complete();
        site.wal(T1, 1, 9);
        second = copyOf(site.store);
    }

    /** All objects of a vault in another one, which has an id of its own. */
    private static MemoryStore copyOf(MemoryStore store) throws IOException {
        var copy = new MemoryStore();
        Vault.create(
                copy,
                false,
                new Author("db1", "0.1.0", Clock.fixed(Fixture.NOW, ZoneOffset.UTC), new SplittableRandom(8)));
        for (ObjectKey key : store.keys()) {
            try (var in = store.open(key).orElseThrow()) {
                copy.createIfAbsent(key, Content.of(in.readAllBytes()));
            }
        }
        return copy;
    }

    private MemberVaults both() throws ArchiverException {
        return together(site.store, second);
    }

    private MemberVaults together(ObjectStore one, ObjectStore two) throws ArchiverException {
        var reachable = new ArrayList<MemberVault>();
        var orders = new ArrayList<MemberVault>();
        for (List<ObjectStore> order : List.of(List.of(one, two), List.of(two, one))) {
            if (!(order.getFirst() instanceof UnreachableStore)) {
                reachable.add(member(order.getFirst()));
                orders.add(member(new FallThroughStore(order, (_, _) -> {})));
            }
        }
        return MemberVaults.of(reachable, orders);
    }

    private MemberVault member(ObjectStore store) throws ArchiverException {
        return Vault.open(store).member(site.member.keys(), Vaults.NO_KEYS, site.author);
    }

    private RestorePlan plan(MemberVaults vaults) throws ArchiverException {
        return plan(vaults, new TimelineChoice.Automatic());
    }

    private RestorePlan plan(MemberVaults vaults, TimelineChoice timeline) throws ArchiverException {
        return Plans.planner(vaults)
                .plan(new RestoreRequest(
                        new RecoveryTarget.Latest(), Optional.empty(), timeline, Optional.empty(), false, false));
    }

    private RestorePlan planAlong(TimelineId timeline, MemberVaults vaults) throws ArchiverException {
        return plan(vaults, new TimelineChoice.Numbered(timeline));
    }

    private void restore(MemberVaults vaults) throws ArchiverException {
        new Restore(vaults, site.author, heard, new Cancellation())
                .run(
                        plan(vaults),
                        new RestoreOptions(
                                data,
                                Optional.empty(),
                                TablespaceMapping.NONE,
                                Set.of(),
                                Optional.empty(),
                                2,
                                SETTINGS,
                                Bandwidth.unlimited()));
    }

    private void isWhole() throws IOException {
        assertThat(data.resolve("PG_VERSION")).hasContent("15\n");
        assertThat(data.resolve("base/1")).hasContent("one");
        assertThat(data.resolve("base/5/16384")).hasBinaryContent(large);
        assertThat(data.resolve("base/5/16385")).isEmptyFile();
        assertThat(data.resolve("base/5/16386")).hasContent("text ".repeat(10_000));
        assertThat(Files.readSymbolicLink(data.resolve("gone"))).hasToString("/nowhere/at/all");
        assertThat(data.resolve("global/pg_control")).hasContent("control");
        assertThat(data.resolve("backup_label")).exists();
    }

    private static ObjectKey key(MemoryStore store, String end) {
        return store.keys().stream()
                .filter(key -> key.value().endsWith(end))
                .findFirst()
                .orElseThrow();
    }

    private static void flip(MemoryStore store, String end, double place) {
        store.damage(key(store, end), bytes -> {
            bytes[(int) (bytes.length * place)] ^= 1;
            return bytes;
        });
    }

    @ParameterizedTest
    @CsvSource({
        "packs/000001, 0.99",
        "packs/000002, 0.1",
        "packs/000002, 0.9",
        "packs/000002, 0.999",
        "packs/000003, 0.999",
        "manifest, 0.5",
        "manifest, 0.999",
    })
    void whatIsDamagedInOneVaultIsTakenFromTheOther(String object, double place) throws Exception {
        flip(site.store, object, place);

        restore(both());

        isWhole();
        assertThat(heard.warnings()).anyMatch(warning -> warning.contains("from another vault if one has it"));
    }

    @ParameterizedTest
    @CsvSource({
        "packs/000002, {\"walvault\":1, {\"walvault\":3",
        "packs/000002, \"codec\":\"zstd\", \"codec\":\"zstf\"",
        "manifest, {\"walvault\":1, {\"walvault\":3",
    })
    void whatATurnedBitMakesLookNewerIsTakenFromTheOther(String object, String said, String turned) throws Exception {
        site.store.damage(
                key(site.store, object),
                bytes -> new String(bytes, StandardCharsets.ISO_8859_1)
                        .replace(said, turned)
                        .getBytes(StandardCharsets.ISO_8859_1));
        Faults.of(() -> restore(MemberVaults.of(member(site.store)))).is(ErrorCode.FORMAT_TOO_NEW);

        restore(both());

        isWhole();
        assertThat(heard.warnings()).anyMatch(warning -> warning.contains("from another vault if one has it"));
    }

    @Test
    void eachVaultMayHaveItsOwnDamage() throws Exception {
        flip(site.store, "packs/000002", 0.5);
        flip(second, "packs/000003", 0.999);
        flip(second, "manifest", 0.5);
        site.store.delete(key(site.store, "packs/000001"));

        restore(both());

        isWhole();
    }

    @Test
    void wherever() {
        Seeds.forEach(20, random -> {
            aBackupInTwoVaults();
            data = temporary.resolve("seed" + random.nextInt(Integer.MAX_VALUE));
            for (String object : List.of("packs/000001", "packs/000002", "packs/000003", "manifest")) {
                flip(random.nextBoolean() ? site.store : second, object, random.nextDouble());
            }

            restore(both());

            isWhole();
        });
    }

    @Test
    void aVaultThatBreaksOffIsLeftForTheOther() throws Exception {
        var breaking = new FaultyStore(site.store);
        breaking.breakOff(key(site.store, "packs/000002"), 1 << 20, FaultyStore.unreachable());

        restore(together(breaking, second));

        isWhole();
    }

    @Test
    void whatWasDamagedOnTheWayIsReadOnceMore() throws Exception {
        var flipping = new FaultyStore(site.store);
        ObjectKey pack = key(site.store, "packs/000002");
        flipping.flipByte(pack, 1 << 20);
        var warnings = new ArrayList<Event>();
        Listener healing = event -> {
            if (event instanceof RestoreEvent.ReadAgain) {
                warnings.add(event);
                flipping.heal(pack);
            }
        };
        MemberVaults alone = MemberVaults.of(member(flipping));

        new Restore(alone, site.author, healing, new Cancellation())
                .run(
                        plan(alone),
                        new RestoreOptions(
                                data,
                                Optional.empty(),
                                TablespaceMapping.NONE,
                                Set.of(),
                                Optional.empty(),
                                2,
                                SETTINGS,
                                Bandwidth.unlimited()));

        isWhole();
        assertThat(warnings).first().extracting(Event::sentence).asString().endsWith("; it is read once more");
    }

    @Test
    void whatIsDamagedInEveryVaultIsRefusedAndNothingIsLeft() {
        flip(site.store, "packs/000002", 0.5);
        flip(second, "packs/000002", 0.9);

        Faults.of(() -> restore(both())).is(ErrorCode.CORRUPT);
        assertThat(data).doesNotExist();
    }

    @Test
    void halvesOfTheWalMakeAWhole() throws Exception {
        for (ObjectKey key : site.store.keys()) {
            boolean segment = key.name().length() == 24;
            boolean even = segment && (key.name().charAt(23) - '0') % 2 == 0;
            if (segment) {
                (even ? site.store : second).delete(key);
            }
        }

        assertThat(plan(both()).wal().upTo()).isEqualTo(new Lsn(10L << 20));
        Faults.of(() -> plan(MemberVaults.of(member(second)))).is(ErrorCode.GAP);
    }

    /** A server is given it from where it is sound. */
    @Test
    void aLastSegmentThatIsSoundInOneVaultCanBeUsed() throws Exception {
        String last = Fixture.segmentName(T1, 9);
        site.store.damage(key(site.store, last), _ -> new byte[0]);

        assertThat(plan(both()).warnings()).isEmpty();

        second.damage(key(second, last), _ -> new byte[0]);
        assertThat(plan(both()).warnings()).singleElement().asString().contains("recovery stops before", last);
    }

    @ParameterizedTest
    @ValueSource(strings = {"damaged", "missing"})
    void aBackupThatIsCompleteInOneVaultIsComplete(String how) throws Exception {
        if (how.equals("damaged")) {
            site.store.damage(key(site.store, "complete.json"), _ -> bytes("{"));
        } else {
            site.store.delete(key(site.store, "complete.json"));
        }

        RestorePlan plan = plan(both());

        assertThat(plan.backup()).isEqualTo(backup);
        assertThat(plan.warnings()).isEmpty();
        assertThat(both().backups().incomplete()).isEmpty();
    }

    @Test
    void aVaultThatIsUnreachableIsDoneWithout() throws Exception {
        // a copy that did not finish must not keep the rest from being found
        site.packing(4).directory("base", 0700).pack();
        second = copyOf(site.store);
        var away = new UnreachableStore("memory://away", FaultyStore.unreachable());

        restore(together(away, second));

        isWhole();
    }

    @Test
    void theLagIsWhatAnotherVaultHas() throws Exception {
        for (long number : new long[] {4, 5, 9}) {
            second.delete(key(second, Fixture.segmentName(T1, number)));
        }
        site.store.delete(key(site.store, Fixture.segmentName(T1, 1)));

        List<List<WalLag>> lags = WalLag.between(List.of(member(site.store), member(second)), Fixture.SIZE);

        assertThat(lags)
                .satisfiesExactly(
                        first -> assertThat(first).singleElement().satisfies(lag -> {
                            assertThat(lag.last().orElseThrow().name()).isEqualTo(Fixture.segmentName(T1, 9));
                            assertThat(lag.lacking()).isEqualTo(1);
                        }),
                        other -> assertThat(other).singleElement().satisfies(lag -> {
                            assertThat(lag.last().orElseThrow().name()).isEqualTo(Fixture.segmentName(T1, 8));
                            assertThat(lag.lacking()).isEqualTo(3);
                        }));
    }

    /** Timeline 2 was begun twice, and each server has archived into a vault of its own. */
    private void split(String first, String other) throws Exception {
        Fixture y = site.by(member(second));
        site.history(T2, first);
        y.history(T2, other);
        site.segment(T2, 9, bytes("of X"), Optional.empty());
        y.segment(T2, 9, bytes("of Y"), Optional.empty()).segment(T2, 10, bytes("of Y"), Optional.empty());
    }

    @Test
    void branchesOfTwoServersAreNeverMixed() throws Exception {
        String fork = "1\t" + Fixture.in(9) + "\tno recovery target specified\n";
        split(fork, fork);

        Faults.of(() -> planAlong(T2, both()))
                .is(ErrorCode.CONFLICT)
                .says(
                        "hold different branches as timeline 2",
                        Fixture.segmentName(T2, 9),
                        "goes on to \"" + Fixture.segmentName(T2, 10),
                        "name the right vault with --vault");

        assertThat(planAlong(T2, MemberVaults.of(member(second))).wal().upTo()).isEqualTo(new Lsn(11L << 20));
        assertThat(planAlong(T2, MemberVaults.of(member(site.store))).wal().upTo())
                .isEqualTo(new Lsn(10L << 20));
    }

    @Test
    void historiesOfTwoServersAreNeverMixed() throws Exception {
        split("1\t" + Fixture.in(9) + "\tno recovery target specified\n", "1\t" + Fixture.in(8) + "\tother\n");

        Faults.of(() -> planAlong(T2, both()))
                .is(ErrorCode.CONFLICT)
                .says("hold different branches as timeline 2", "\"00000002.history\" is not the same in both");
    }

    @Test
    void aSplitTimelineThatThePlanDoesNotUseIsNoMatter() throws Exception {
        String fork = "1\t" + Fixture.in(9) + "\tno recovery target specified\n";
        split(fork, fork);

        RestorePlan plan = planAlong(T1, both());

        assertThat(plan.timeline()).isEqualTo(T1);
    }
}
