package dev.walvault.restore;

import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.facts;
import static dev.walvault.reach.Fixture.id;
import static dev.walvault.reach.Fixture.in;
import static dev.walvault.reach.Fixture.segmentName;
import static dev.walvault.reach.Fixture.threeBackups;
import static dev.walvault.reach.Fixture.windows;
import static dev.walvault.restore.Plans.AUTOMATIC;
import static dev.walvault.restore.Plans.LATEST;
import static dev.walvault.restore.Plans.detail;
import static dev.walvault.restore.Plans.plan;
import static dev.walvault.restore.Plans.plant;
import static dev.walvault.restore.Plans.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Faults;
import dev.walvault.StoreException;
import dev.walvault.pg.Lsn;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.store.Content;
import dev.walvault.store.FaultyStore;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.RestorePointList;
import dev.walvault.vaults.MemberVaults;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is damaged, obstructed or no WAL at all blocks nothing but itself, and is named. */
class PlanOverDamageTest {
    private static StoreException obstructed(ObjectKey key) {
        return Fault.of(ErrorCode.STORE_OBSTRUCTED, "\"" + key + "\" cannot be an object: it is a directory")
                .store();
    }

    @Test
    void aBackupWhoseDocumentIsDamagedIsLeftOutAndSpokenOf() throws Exception {
        Fixture vault = threeBackups();
        vault.store.keys().stream()
                .filter(key -> key.value().endsWith(id(20) + "/complete.json"))
                .forEach(key -> vault.store.damage(key, bytes -> Arrays.copyOf(bytes, bytes.length / 2)));

        // nothing came after it: whether all WAL of the backup is there is not known
        refused(ErrorCode.GAP, () -> plan(vault, LATEST))
                .satisfies(e -> assertThat(detail(e)).contains("backup " + id(20) + ", which cannot be used"))
                .satisfies(e ->
                        assertThat(((ArchiverException) e).hint().orElse("")).contains("--accept-gap"));

        vault.at(30).wal(T1, 31, 31);
        RestorePlan plan = plan(vault, LATEST);

        assertThat(plan.backup().id()).isEqualTo(id(10));
        assertThat(plan.warnings()).singleElement().asString().contains(id(20).toString(), "is damaged");
    }

    @Test
    void ofManyBackupsThatCannotBeUsedThreeAreNamed() throws Exception {
        var vault = new Fixture().wal(T1, 3, 9);
        for (long hour = 1; hour <= 5; hour++) {
            vault.backup(facts(hour, T1, 3));
            vault.damage(id(hour) + "/complete.json", bytes -> Arrays.copyOf(bytes, bytes.length / 2));
        }
        Faults.of(() -> plan(vault, LATEST))
                .is(ErrorCode.CORRUPT)
                .says(id(1).toString(), id(3).toString(), "; and 2 more")
                .saysNot(id(4).toString());

        vault.backup(facts(6, T1, 6));
        Faults.of(() -> plan(vault, new RecoveryTarget.AtLsn(in(4), true)))
                .is(ErrorCode.TARGET)
                .says(id(3).toString(), "; and 2 more")
                .saysNot(id(4).toString());
    }

    @Test
    void aBackupOfAVersionThatNeverWasIsDamagedAndBlocksNoOther() throws Exception {
        Fixture vault = new Fixture().wal(T1, 3, 9).backup(facts(3, T1, 3)).backup(facts(7, T1, 7));
        vault.damage(
                Fixture.id(7) + "/complete.json",
                bytes -> new String(bytes, UTF_8)
                        .replace("\"serverVersionNum\":150006", "\"serverVersionNum\":-1")
                        .getBytes(UTF_8));
        vault.at(30).wal(T1, 10, 10);

        assertThat(plan(vault, LATEST).backup().id()).isEqualTo(Fixture.id(3));
    }

    @Test
    void aDamagedBackupIsNamedWhereItsAbsenceIsTheReason() throws Exception {
        Fixture vault = threeBackups();
        vault.damage(id(3) + "/complete.json", bytes -> Arrays.copyOf(bytes, bytes.length / 2));

        refused(ErrorCode.TARGET, () -> plan(vault, new RecoveryTarget.AtLsn(in(5), true)))
                .satisfies(e -> assertThat(detail(e)).contains(id(3) + " cannot be used", "is damaged"));
        refused(ErrorCode.TARGET, () -> plan(vault, LATEST, Optional.of(id(3)), AUTOMATIC))
                .satisfies(e -> assertThat(detail(e)).contains(id(3) + " cannot be used", "is damaged"));
    }

    @Test
    void aBackupWithoutItsObjectsIsPassedOver() throws Exception {
        Fixture vault = threeBackups();
        vault.store.delete(vault.key(id(20) + "/manifest"));

        RestorePlan plan = plan(vault, LATEST);

        assertThat(plan.backup().id()).isEqualTo(id(10));
        assertThat(plan.warnings())
                .singleElement()
                .asString()
                .contains("backup " + id(20) + " is left out of account", id(20) + "/manifest\" is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"map", "extents", "generations/000001"})
    void aBackupWithPartsOfALaterKindIsPassedOver(String part) throws Exception {
        Fixture vault = threeBackups();
        vault.store.createIfAbsent(vault.member.keys().backup(id(20)).child(part), Content.of(new byte[1]));

        RestorePlan plan = plan(vault, LATEST);

        assertThat(plan.backup().id()).isEqualTo(id(10));
        assertThat(plan.warnings())
                .singleElement()
                .asString()
                .contains("backup " + id(20) + " is left out of account", part + "\" was stored by a newer walvault");
    }

    @Test
    void aBackupThatPromisesMorePacksThanAnyHasIsPassedOver() throws Exception {
        Fixture vault = threeBackups();
        vault.damage(
                id(20) + "/complete.json",
                document -> new String(document, UTF_8)
                        .replace("\"packs\":0", "\"packs\":" + Integer.MAX_VALUE)
                        .getBytes(UTF_8));

        assertThat(plan(vault, LATEST).warnings())
                .singleElement()
                .asString()
                .contains("packs/000001\" is missing", "and 2147483646 more");
    }

    @Test
    void objectsThatAreNoWalAreNotCountedAndNamed() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5);
        List<String> foreign = List.of(
                "wal/00000001/00000000.x/" + segmentName(T1, 6),
                "wal/00000001/00000001/00000000/" + segmentName(T1, 7),
                "wal/0000000F/foo",
                "wal/lost+found",
                "history/notes");
        for (String key : foreign) {
            plant(vault, key, "x");
        }

        RestorePlan plan = plan(vault, LATEST);

        assertThat(plan.timeline()).isEqualTo(T1);
        assertThat(plan.wal().upTo()).isEqualTo(new Lsn(6L << 20));
        assertThat(windows(vault).foreign())
                .hasSameSizeAs(foreign)
                .allSatisfy(key -> assertThat(foreign).anyMatch(key::endsWith));
        assertThat(windows(vault).timelines())
                .singleElement()
                .satisfies(timeline -> assertThat(timeline.last().name()).isEqualTo(segmentName(T1, 5)));
    }

    @Test
    void aDamagedRestorePointHidesNoOther() throws Exception {
        Fixture vault = threeBackups().point("p", T1, in(15)).point("q", T1, in(16));
        vault.damage("-" + String.format(Locale.ROOT, "%016X", in(16).value()) + ".json", _ -> new byte[3]);

        RestorePointList listed = vault.member.restorePoints().all();

        assertThat(listed.points()).extracting(RestorePoint::name).containsExactly("p");
        assertThat(listed.unreadable())
                .singleElement()
                .satisfies(reason -> assertThat(reason).hasMessageContaining("/points/q/"));
        refused(ErrorCode.CORRUPT, () -> plan(vault, new RecoveryTarget.AtName("q")));
    }

    @Test
    void aDocumentThatMayNotBeReadBlocksNoOther() throws Exception {
        Fixture vault = threeBackups();
        var faulty = new FaultyStore(vault.store);
        faulty.fail(
                FaultyStore.Call.OPEN,
                3,
                FaultyStore.Moment.BEFORE,
                Fault.of(ErrorCode.STORE_DENIED, "permission denied").store());
        var member = vault.on(faulty);

        BackupList listed = member.backups().list();

        assertThat(listed.complete()).hasSize(2);
        assertThat(listed.unreadable())
                .singleElement()
                .satisfies(unreadable -> assertThat(unreadable.reason().code()).isEqualTo(ErrorCode.STORE_DENIED));
    }

    @Test
    void whatIsNoWalUnderALaterNameIsNamedWithItsRemoval() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5).wal(T1, 9, 9);

        refused(ErrorCode.GAP, () -> plan(vault, LATEST))
                .satisfies(e -> assertThat(detail(e)).contains(segmentName(T1, 9) + "\" is there", "would end at"));

        vault.damage(segmentName(T1, 9), _ -> Fixture.bytes("hello"));

        refused(ErrorCode.GAP, () -> plan(vault, LATEST))
                .satisfies(e -> assertThat(detail(e)).contains("cannot be used", segmentName(T1, 9)))
                .satisfies(e -> assertThat(((ArchiverException) e).hint().orElse(""))
                        .contains(
                                "If no server wrote the object \"c/members/main/",
                                segmentName(T1, 9) + "\", remove it: the WAL then ends at 0/600000"));
    }

    @Test
    void aCopyUnderALaterNameIsNoWalEither() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 5);
        ObjectKey third = vault.key(segmentName(T1, 3));
        try (InputStream stored = vault.store.open(third).orElseThrow()) {
            vault.store.createIfAbsent(
                    new ObjectKey(third.value().replace(segmentName(T1, 3), segmentName(T1, 9))),
                    Content.of(stored.readAllBytes()));
        }

        refused(ErrorCode.GAP, () -> plan(vault, LATEST))
                .satisfies(e -> assertThat(detail(e)).contains("it says that it is", segmentName(T1, 3)));
    }

    @Test
    void aLastSegmentThatCannotBeUsedIsToldOf() throws Exception {
        Fixture vault = new Fixture().backup(facts(3, T1, 3)).wal(T1, 3, 6);
        vault.damage(segmentName(T1, 6), _ -> Fixture.bytes("hello"));

        assertThat(plan(vault, LATEST).warnings())
                .singleElement()
                .asString()
                .contains("recovery stops before WAL segment \"" + segmentName(T1, 6), "remove the object");
        assertThat(plan(vault, new RecoveryTarget.AtLsn(in(5), true)).warnings())
                .isEmpty();
    }

    @Test
    void aDirectoryInThePlaceOfABackupOrAHistoryBlocksNoOther() throws Exception {
        Fixture vault = threeBackups();
        plant(vault, "history/00000009.history", "x");
        var faulty = new FaultyStore(vault.store);
        List.of(vault.key(id(20) + "/complete.json"), vault.key("00000009.history"))
                .forEach(key -> faulty.refuse(key, obstructed(key)));

        RestorePlan plan = Plans.planner(MemberVaults.of(vault.on(faulty)))
                .plan(new RestoreRequest(LATEST, Optional.empty(), AUTOMATIC, Optional.empty(), false, false));

        assertThat(plan.backup().id()).isEqualTo(id(10));
        assertThat(plan.warnings())
                .anySatisfy(warning -> assertThat(warning).contains(id(20) + "/complete.json\" cannot be an object"))
                .anySatisfy(warning -> assertThat(warning).contains("00000009.history\" cannot be an object"));
    }

    @Test
    void aBackupWhoseObjectsMayNotBeListedBlocksNoOther() throws Exception {
        Fixture vault = threeBackups();
        var faulty = new FaultyStore(vault.store);
        faulty.refuseToList(
                vault.member.keys().packs(id(20)),
                Fault.of(ErrorCode.STORE_DENIED, "permission denied").store());

        assertThat(MemberVaults.of(vault.on(faulty)).backups().unreadable())
                .singleElement()
                .satisfies(unreadable -> assertThat(unreadable.id()).isEqualTo(id(20)));
    }

    @Test
    void aRestorePointThatMayNotBeListedHidesNoOther() throws Exception {
        Fixture vault = threeBackups().point("p", T1, in(15)).point("q", T1, in(40));
        var faulty = new FaultyStore(vault.store);
        ObjectKey closed = vault.member.keys().points().child("q");
        faulty.refuseToList(
                closed,
                Fault.of(ErrorCode.STORE_DENIED, "could not list directory \"" + closed + "\"")
                        .store());
        MemberVault member = vault.on(faulty);

        RestorePointList listed = member.restorePoints().all();

        assertThat(listed.points()).extracting(RestorePoint::name).containsExactly("p");
        assertThat(listed.unreadable())
                .singleElement()
                .satisfies(reason -> assertThat(reason).hasMessageContaining("/points/q"));
        assertThat(Plans.planner(MemberVaults.of(member))
                        .plan(new RestoreRequest(LATEST, Optional.empty(), AUTOMATIC, Optional.empty(), false, false))
                        .warnings())
                .singleElement()
                .asString()
                .contains("a restore point is left out of account", "/points/q");
    }
}
