package dev.walvault.copy;

import static dev.walvault.copy.TwoVaults.KEYS;
import static dev.walvault.copy.TwoVaults.T1;
import static dev.walvault.copy.TwoVaults.T2;
import static dev.walvault.copy.TwoVaults.bytes;
import static dev.walvault.copy.TwoVaults.id;
import static dev.walvault.copy.TwoVaults.in;
import static dev.walvault.copy.TwoVaults.pack;
import static dev.walvault.copy.TwoVaults.segment;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Progress;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.store.Content;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.FaultyStore.Call;
import dev.walvault.store.FaultyStore.Moment;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.Vault;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VaultCopyTest {
    private static final CopySelection EVERY_BACKUP = new CopySelection.EveryBackup();
    private static final CopySelection EVERYTHING = new CopySelection.Everything();

    private static TwoVaults encrypted() throws IOException {
        return new TwoVaults(Vaults.sealOnly(AgeKey.generate()));
    }

    private static TwoVaults plain() throws IOException {
        return new TwoVaults(Vaults.NO_KEYS);
    }

    private static TwoVaults vaults(String kind) throws IOException {
        return kind.equals("plain") ? plain() : encrypted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "encrypted"})
    void aBackupIsCopiedByteForByteWithTheWalItNeeds(String kind) throws IOException {
        var vaults = TwoVaults.withBackup(vaults(kind));

        CopyReport report = vaults.copy(EVERY_BACKUP);

        assertThat(report.problems()).isEmpty();
        assertThat(report.backups()).containsExactly(id(1));
        assertThat(vaults.copied())
                .containsExactly(
                        "backups/20261120T231530Z/complete.json",
                        "backups/20261120T231530Z/manifest",
                        "backups/20261120T231530Z/packs.jsonl",
                        "backups/20261120T231530Z/packs/000001",
                        "backups/20261120T231530Z/packs/000002",
                        "backups/20261120T231530Z/packs/000003",
                        "identity.json",
                        "wal/00000001/00000000/000000010000000000000003",
                        "wal/00000001/00000000/000000010000000000000004");
        vaults.assertSameBytes();
        assertThat(vaults.heard.of(Progress.class).getLast().filesDone())
                .isEqualTo(report.objectsCopied())
                .isEqualTo(10);
    }

    @Test
    void aBackupOfALaterTimelineBringsItsHistory() throws IOException {
        var vaults =
                plain().wal(T2, 3, 3).file(new WalFile.TimelineHistoryFile(T2)).backup(1, T2, 3, 3);

        vaults.copy(EVERY_BACKUP);

        assertThat(vaults.copied()).contains("history/00000002.history", "backups/20261120T231530Z/complete.json");
    }

    @Test
    void onlyTheRestorePointsThatItsWalReachesComeAlong() throws IOException {
        var vaults = TwoVaults.withBackup(plain())
                .point("in", T1, in(4))
                .point("after", T1, in(5))
                .point("other", T2, in(4));

        vaults.copy(EVERY_BACKUP);

        assertThat(vaults.copied())
                .filteredOn(key -> key.startsWith("points/"))
                .containsExactly("points/in/00000001-0000000000402000.json", "points/in/pending.json");
    }

    @Test
    void aRestorePointThatSqlMadeComesAlongWithoutAReservation() throws IOException {
        var vaults = TwoVaults.withBackup(plain()).pointBySql("in", T1, in(4));

        CopyReport report = vaults.copy(EVERY_BACKUP);

        assertThat(report.problems()).isEmpty();
        assertThat(report.backups()).containsExactly(id(1));
        assertThat(vaults.copied())
                .filteredOn(key -> key.startsWith("points/"))
                .containsExactly("points/in/00000001-0000000000402000.json");
    }

    @ParameterizedTest
    @CsvSource({"2026-11-20T22:15, 2026-11-20T22:16, 0", "0/502, 0/503, 1"})
    void twoVaultsMayDifferInTheTimeOfARestorePointAndInNothingElse(String ours, String theirs, int problems)
            throws IOException {
        var vaults = TwoVaults.withBackup(plain()).point("p", T1, in(5));
        vaults.copy(EVERYTHING);
        ObjectKey point = vaults.target.keys().stream()
                .filter(key -> key.value().endsWith("/points/p/00000001-0000000000502000.json"))
                .findFirst()
                .orElseThrow();
        vaults.target.damage(
                point, bytes -> new String(bytes, UTF_8).replace(ours, theirs).getBytes(UTF_8));

        assertThat(vaults.copy(EVERYTHING).problems()).hasSize(problems);
    }

    @Test
    void whatANewerWalvaultKeepsInAPlaceOfItsOwnIsAProblemOfTheCopy() throws IOException {
        var vaults = TwoVaults.withBackup(plain());
        vaults.source.createIfAbsent(new ObjectKey("orders/sets/a.json"), Content.of(new byte[1]));
        vaults.source.createIfAbsent(KEYS.root().child("leases").child("b.json"), Content.of(new byte[1]));
        vaults.source.createIfAbsent(KEYS.backup(id(1)).child("extents"), Content.of(new byte[1]));

        CopyReport report = vaults.copy(new CopySelection.Everything());

        assertThat(report.problems())
                .allMatch(problem -> problem.code() == ErrorCode.FORMAT_TOO_NEW)
                .extracting(ArchiverException::getMessage)
                .satisfiesExactlyInAnyOrder(
                        sets -> assertThat(sets).contains("orders/sets"),
                        leases -> assertThat(leases).contains("/leases\""),
                        extents -> assertThat(extents).contains("/extents\""));
        assertThat(report.backups()).isEmpty();
    }

    @Test
    void onlyTheBackupsThatAreNamedAreCopied() throws IOException {
        var vaults = plain().wal(T1, 1, 6).backup(1, T1, 2, 2).backup(2, T1, 4, 4);

        CopyReport report = vaults.copy(new CopySelection.OnlyBackups(Set.of(id(2))));

        assertThat(report.backups()).containsExactly(id(2));
        assertThat(vaults.copied()).noneMatch(key -> key.contains("000000010000000000000002"));
        Faults.of(() -> vaults.copy(new CopySelection.OnlyBackups(Set.of(id(2), id(9)))))
                .is(ErrorCode.TARGET)
                .says(id(9).toString());
    }

    @Test
    void everythingIsAllThatTheSystemHas() throws IOException {
        var vaults = TwoVaults.withBackup(encrypted())
                .file(new WalFile.TimelineHistoryFile(T2))
                .file(new WalFile.Partial(segment(T1, 7)))
                .file(new WalFile.BackupHistoryFile(segment(T1, 3), 40))
                .point("after", T1, in(5));

        CopyReport report = vaults.copy(EVERYTHING);

        assertThat(report.problems()).isEmpty();
        assertThat(vaults.target.keys()).isEqualTo(vaults.source.keys());
        assertThat(report.objectsCopied()).isEqualTo(vaults.source.keys().size() - 1);
        assertThat(report.objectsThere()).isZero();
        vaults.assertSameBytes();
    }

    @Test
    void aDryRunStoresNothingAndSaysWhatItWould() throws IOException {
        var vaults = TwoVaults.withBackup(plain());

        CopyReport report = vaults.copy(vaults.source, vaults.target, EVERYTHING, CopyOptions.Mode.DRY_RUN);

        assertThat(vaults.target.keys()).containsExactly(ObjectKey.of("vault.json"));
        assertThat(report).isEqualTo(vaults.copy(EVERYTHING));
    }

    @Test
    void aSecondCopyStoresNothing() throws IOException {
        var vaults = TwoVaults.withBackup(encrypted()).point("after", T1, in(5));
        CopyReport first = vaults.copy(EVERYTHING);
        var watched = new FaultyStore(vaults.target);

        CopyReport second = vaults.copy(vaults.source, watched, EVERYTHING, CopyOptions.Mode.COPY);

        assertThat(second.objectsCopied()).isZero();
        assertThat(second.objectsThere()).isEqualTo(first.objectsCopied());
        assertThat(second.backups()).containsExactly(id(1));
        assertThat(watched.count(Call.CREATE) + watched.count(Call.BEGIN_UPLOAD))
                .isZero();
    }

    @Test
    void aLargeObjectIsUploaded() throws IOException {
        var vaults = plain().wal(T1, 3, 3).backup(1, T1, 3, 3, 1, 33 << 20);
        var watched = new FaultyStore(vaults.target);

        vaults.copy(vaults.source, watched, EVERY_BACKUP, CopyOptions.Mode.COPY);

        assertThat(watched.count(Call.COMMIT)).isEqualTo(1);
        vaults.assertSameBytes();
    }

    static Stream<Arguments> interruptions() {
        return Stream.of(Call.CREATE, Call.BEGIN_UPLOAD, Call.WRITE, Call.COMMIT, Call.OPEN, Call.HEAD, Call.LIST)
                .flatMap(call -> Arrays.stream(Moment.values()).map(moment -> Arguments.of(call, moment)));
    }

    @ParameterizedTest
    @MethodSource("interruptions")
    void interruptedAnywhereItIsNeverTakenForABackupAndCanGoOn(Call call, Moment moment) throws IOException {
        boolean upload = call == Call.BEGIN_UPLOAD || call == Call.WRITE || call == Call.COMMIT;
        for (String side : upload ? List.of("target") : List.of("source", "target")) {
            int failed = 0;
            for (int nth = 1; nth <= 40; nth++) {
                var vaults = upload
                        ? plain().wal(T1, 3, 4).backup(1, T1, 3, 4, 1, 33 << 20)
                        : TwoVaults.withBackup(encrypted()).point("in", T1, in(4));
                var broken = new FaultyStore(side.equals("source") ? vaults.source : vaults.target)
                        .fail(call, nth, moment, FaultyStore.unreachable());
                ObjectStore from = side.equals("source") ? broken : vaults.source;
                ObjectStore to = side.equals("target") ? broken : vaults.target;

                try {
                    vaults.copy(from, to, EVERYTHING, CopyOptions.Mode.COPY);
                    break;
                } catch (ArchiverException e) {
                    failed++;
                    assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNREACHABLE);
                }
                assertWholeIfComplete(vaults);
                CopyReport report = vaults.copy(EVERYTHING);

                assertThat(report.problems()).isEmpty();
                assertThat(vaults.target.keys()).isEqualTo(vaults.source.keys());
                vaults.assertSameBytes();
                if (upload && nth == 2) {
                    break;
                }
            }
            boolean called = side.equals("target") || call == Call.OPEN || call == Call.HEAD || call == Call.LIST;
            assertThat(failed > 0).as(call + " of the " + side).isEqualTo(called);
        }
    }

    private static void assertWholeIfComplete(TwoVaults vaults) {
        if (vaults.copied().contains("backups/20261120T231530Z/complete.json")) {
            assertThat(vaults.copied())
                    .contains(
                            "identity.json",
                            "backups/20261120T231530Z/manifest",
                            "backups/20261120T231530Z/packs.jsonl",
                            "backups/20261120T231530Z/packs/000001",
                            "wal/00000001/00000000/000000010000000000000003",
                            "wal/00000001/00000000/000000010000000000000004");
        }
    }

    @Test
    void anInterruptionBySignalEndsItBetweenTwoObjects() throws IOException {
        var vaults = TwoVaults.withBackup(plain());
        var watched = new FaultyStore(vaults.target).before(Call.CREATE, vaults.cancellation::cancel);

        Faults.of(() -> vaults.copy(vaults.source, watched, EVERYTHING, CopyOptions.Mode.COPY))
                .is(ErrorCode.CANCELLED);

        assertThat(vaults.copied()).noneMatch(key -> key.endsWith("complete.json"));
    }

    @Test
    void aSegmentWithOtherContentIsAConflictThatIsKeptAndNothingIsStoredBehindIt() throws IOException {
        var vaults = TwoVaults.withBackup(encrypted()).backup(2, T1, 5, 5);
        var there = vaults.registered(vaults.target, Vaults.SYSTEM);
        TwoVaults.store(there, segment(T1, 4), "another");
        byte[] kept = bytes(vaults.target, KEYS.wal(segment(T1, 4)));

        CopyReport report = vaults.copy(EVERYTHING);

        assertThat(report.worst()).contains(ErrorCode.CONFLICT);
        assertThat(report.problems()).hasSize(1);
        assertThat(report.problems().getFirst()).hasMessageContaining("000000010000000000000004");
        assertThat(report.incomplete()).containsExactly(id(1), id(2));
        assertThat(bytes(vaults.target, KEYS.wal(segment(T1, 4)))).isEqualTo(kept);
        assertThat(vaults.copied()).containsExactly("identity.json", "wal/00000001/00000000/000000010000000000000004");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "encrypted"})
    void whatAServerStoredInBothVaultsIsTheSame(String kind) throws IOException {
        var vaults = TwoVaults.withBackup(vaults(kind));
        var there = vaults.registered(vaults.target, Vaults.SYSTEM);
        TwoVaults.store(there, segment(T1, 4), "segment 4");

        CopyReport report = vaults.copy(EVERY_BACKUP);

        assertThat(report.problems()).isEmpty();
        // with cluster.json and identity.json, which were made at another moment
        assertThat(report.objectsThere()).isEqualTo(3);
        assertThat(report.backups()).containsExactly(id(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "encrypted"})
    void aDamagedObjectInTheOtherVaultIsAConflict(String kind) throws IOException {
        var vaults = TwoVaults.withBackup(vaults(kind));
        var there = vaults.registered(vaults.target, Vaults.SYSTEM);
        TwoVaults.store(there, segment(T1, 3), "segment 3");
        vaults.target.damage(KEYS.wal(segment(T1, 3)), bytes -> Arrays.copyOf(bytes, bytes.length - 1));

        CopyReport report = vaults.copy(EVERY_BACKUP);

        assertThat(report.worst()).contains(ErrorCode.CONFLICT);
        assertThat(report.problems().getFirst())
                .hasMessageContaining("is damaged")
                .message()
                .doesNotContain("another");
        assertThat(report.problems().getFirst().hint()).get().asString().contains("Remove it there");
        assertThat(report.backups()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "encrypted"})
    void aPackThatAnotherCopyCutIsAConflict(String kind) throws IOException {
        var vaults = TwoVaults.withBackup(vaults(kind));
        vaults.copy(EVERY_BACKUP);
        vaults.target.damage(pack(1, 2), bytes -> Arrays.copyOf(bytes, bytes.length - 1));

        assertThat(vaults.copy(EVERY_BACKUP).worst()).contains(ErrorCode.CONFLICT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "encrypted"})
    void aSegmentThatIsMissingEndsItsBackupAndNoOther(String kind) throws IOException {
        var vaults =
                vaults(kind).wal(T1, 3, 3).wal(T1, 5, 5).backup(1, T1, 3, 4).backup(2, T1, 5, 5);

        CopyReport report = vaults.copy(EVERY_BACKUP);

        assertThat(report.worst()).contains(ErrorCode.GAP);
        assertThat(report.incomplete()).containsExactly(id(1));
        assertThat(report.backups()).containsExactly(id(2));
        assertThat(vaults.heard.warnings()).anyMatch(text -> text.contains("000000010000000000000004"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "encrypted"})
    void aDamagedSourceIsNotCopied(String kind) throws IOException {
        var vaults = TwoVaults.withBackup(vaults(kind)).backup(2, T1, 6, 6);
        vaults.source.damage(KEYS.wal(segment(T1, 3)), bytes -> Arrays.copyOf(bytes, bytes.length - 1));

        CopyReport report = vaults.copy(EVERY_BACKUP);

        assertThat(report.worst()).contains(ErrorCode.CORRUPT);
        assertThat(report.incomplete()).containsExactly(id(1));
        assertThat(report.backups()).containsExactly(id(2));
        assertThat(vaults.copied()).doesNotContain("wal/00000001/00000000/000000010000000000000003");
    }

    @Test
    void aFlippedByteOfAPlainSourceIsSeen() throws IOException {
        for (ObjectKey key : List.of(KEYS.wal(segment(T1, 3)), pack(1, 2), KEYS.manifest(id(1)))) {
            var vaults = TwoVaults.withBackup(plain());
            vaults.source.damage(key, bytes -> {
                bytes[bytes.length - 5] ^= 4;
                return bytes;
            });

            CopyReport report = vaults.copy(EVERY_BACKUP);

            assertThat(report.worst()).as(key.value()).contains(ErrorCode.CORRUPT);
            assertThat(vaults.target.head(key)).isEmpty();
        }
    }

    /** Of a pack the header of an encrypted object says no length and no digest, and there is no key. */
    @Test
    void aFlippedByteOfAnEncryptedBackupIsSeenWithoutKeys() throws IOException {
        for (ObjectKey key : List.of(pack(1, 2), KEYS.manifest(id(1)), KEYS.packList(id(1)))) {
            var vaults = TwoVaults.withBackup(encrypted());
            vaults.source.damage(key, bytes -> {
                bytes[bytes.length - 5] ^= 4;
                return bytes;
            });

            CopyReport report = vaults.copy(EVERY_BACKUP);

            assertThat(report.worst()).as(key.value()).contains(ErrorCode.CORRUPT);
            assertThat(report.incomplete()).containsExactly(id(1));
            assertThat(vaults.target.head(key)).isEmpty();
        }
    }

    @Test
    void anotherListOfPacksInTheOtherVaultIsAConflict() throws IOException {
        var vaults = TwoVaults.withBackup(encrypted());
        vaults.target.createIfAbsent(KEYS.packList(id(1)), Content.of(new byte[1]));

        assertThat(vaults.copy(EVERY_BACKUP).worst()).contains(ErrorCode.CONFLICT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "encrypted"})
    void aBackupThatLacksAPackIsNotCopied(String kind) throws IOException {
        var vaults = TwoVaults.withBackup(vaults(kind));
        vaults.source.delete(pack(1, 2));

        CopyReport report = vaults.copy(EVERY_BACKUP);

        assertThat(report.worst()).contains(ErrorCode.CORRUPT);
        assertThat(report.incomplete()).containsExactly(id(1));
        assertThat(vaults.copied()).noneMatch(key -> key.endsWith("manifest"));
    }

    @Test
    void aPlainObjectInAnEncryptedVaultIsNotCopied() throws IOException {
        var vaults = TwoVaults.withBackup(encrypted());
        var forger = TwoVaults.withBackup(plain());
        ObjectKey key = KEYS.wal(segment(T1, 3));
        byte[] forged = bytes(forger.source, key);
        vaults.source.damage(key, _ -> forged);

        CopyReport report = vaults.copy(EVERY_BACKUP);

        assertThat(report.worst()).contains(ErrorCode.CORRUPT);
        assertThat(vaults.target.head(key)).isEmpty();
    }

    @Test
    void anObjectUnderAnothersKeyIsNotCopied() throws IOException {
        var vaults = TwoVaults.withBackup(encrypted());
        byte[] other = bytes(vaults.source, KEYS.wal(segment(T1, 5)));
        vaults.source.damage(KEYS.wal(segment(T1, 3)), _ -> other);

        CopyReport report = vaults.copy(EVERY_BACKUP);

        assertThat(report.worst()).contains(ErrorCode.CORRUPT);
        assertThat(report.backups()).isEmpty();
    }

    @Test
    void aCompleteDocumentThatCannotBeReadIsAProblemOfItsBackupOnly() throws IOException {
        var vaults = TwoVaults.withBackup(plain()).backup(2, T1, 5, 5);
        vaults.source.damage(KEYS.complete(id(1)), _ -> new byte[] {'x'});

        CopyReport report = vaults.copy(EVERY_BACKUP);

        assertThat(report.worst()).contains(ErrorCode.CORRUPT);
        assertThat(report.backups()).containsExactly(id(2));
    }

    @Test
    void aSystemThatTheOtherVaultKnowsOtherwiseIsRefused() throws IOException {
        var vaults = TwoVaults.withBackup(plain());
        vaults.registered(vaults.target, Vaults.SYSTEM);
        vaults.target.damage(
                KEYS.identity(),
                bytes -> new String(bytes, UTF_8)
                        .replace("\"postgresMajor\":15", "\"postgresMajor\":16")
                        .getBytes(UTF_8));

        Faults.of(() -> vaults.copy(EVERY_BACKUP)).is(ErrorCode.CONFLICT).says("identity.json");
    }

    @Test
    void aVaultIsNotCopiedIntoItselfNorIntoOneOfAnotherKind() throws IOException {
        var vaults = TwoVaults.withBackup(plain());

        Faults.of(() -> vaults.copy(vaults.source, vaults.source, EVERY_BACKUP, CopyOptions.Mode.COPY))
                .is(ErrorCode.CONFIGURATION)
                .says("one and the same vault");
        Faults.of(() -> vaults.copy(vaults.source, encrypted().target, EVERY_BACKUP, CopyOptions.Mode.COPY))
                .is(ErrorCode.CONFIGURATION)
                .says("of the same kind");
    }

    @Test
    void aSystemThatIsNotInTheVaultIsRefused() throws IOException {
        var vaults = TwoVaults.withBackup(plain());
        var other = new MemberKeys(Vaults.CLUSTER, Vaults.MEMBER, Vaults.OTHER_SYSTEM);

        Faults.of(() -> new VaultCopy(
                                Vault.open(vaults.source),
                                Vault.open(vaults.target),
                                TrustedWriters.everybody(),
                                Vaults.author(),
                                vaults.cancellation,
                                vaults.heard)
                        .copy(List.of(other), new CopyOptions(EVERY_BACKUP, CopyOptions.Mode.COPY, 1)))
                .is(ErrorCode.WRONG_SYSTEM);
    }

    @Test
    void jobsHaveABound() {
        assertThatThrownBy(() -> new CopyOptions(EVERY_BACKUP, CopyOptions.Mode.COPY, 0))
                .hasMessageContaining("1 to 256");
    }
}
