package dev.walvault.restore;

import static dev.walvault.reach.Fixture.T1;
import static dev.walvault.reach.Fixture.facts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.RunningServer;
import dev.walvault.pg.Wal;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.RecoveryOutlook;
import dev.walvault.reach.RecoveryOutlook.Ending;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.reach.WalEnd;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Vaults;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Recovery creates tablespaces again that are younger than the backup: never where something is in use, unless told to.
 */
class LaterTablespacesTest extends BackupToRestore {
    private Path place;
    private Path server;
    private Backup backup;
    private RecoveryOutlook outlook = RecoveryOutlook.NONE;

    @BeforeEach
    void aBackupAndAYoungerTablespaceInUse() throws Exception {
        place = Files.createDirectories(temporary.resolve("ts"));
        Files.createDirectories(place.resolve("PG_15_202209061/5"));
        server = temporary.resolve("server");
        backup = ordinary().complete();
    }

    private RestoreResult restore(RecoveryTarget target, TablespaceMapping mapping, Long... accepted)
            throws ArchiverException {
        return restore(Optional.of(server), target, mapping, accepted);
    }

    private RestoreResult restore(
            Optional<Path> configured, RecoveryTarget target, TablespaceMapping mapping, Long... accepted)
            throws ArchiverException {
        var plan = new RestorePlan(
                backup,
                T1,
                new TimelineChoice.Automatic(),
                target,
                new WalEnd(backup.facts().stop(), Optional.empty(), List.of()),
                outlook,
                Optional.empty(),
                Optional.empty(),
                List.of());
        var options = new RestoreOptions(
                data, configured, mapping, Set.of(accepted), Optional.empty(), 1, SETTINGS, Bandwidth.unlimited());
        return new Restore(MemberVaults.of(vault.member), vault.author, events::add, new Cancellation())
                .run(plan, options);
    }

    private RestoreResult restore(Long... accepted) throws ArchiverException {
        return restore(new RecoveryTarget.Latest(), TablespaceMapping.NONE, accepted);
    }

    private void aServerWithIt() throws IOException {
        Files.createDirectories(server.resolve("pg_tblspc"));
        Files.createDirectories(server.resolve("global"));
        Files.write(server.resolve(ControlFile.PATH), Wal.controlFile(Fixture.SYSTEM, Fixture.SIZE));
        Files.createSymbolicLink(server.resolve("pg_tblspc/16406"), place);
    }

    private Backup aNewerBackupWithIt() throws IOException {
        return vault.new PackedBackup(facts(4, T1, 5))
                .tablespace(16406, place.toString())
                .complete();
    }

    private void refused() {
        refused(this::restore);
    }

    private void refused(ThrowingCallable restore) {
        assertThatThrownBy(restore).isInstanceOfSatisfying(ArchiverException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.DIRECTORY_IN_USE);
            assertThat(e.detail())
                    .hasValueSatisfying(detail -> assertThat(detail).contains("16406 at \"" + place + "\""));
            assertThat(e.hint()).hasValueSatisfying(hint -> assertThat(hint).contains("--accept-tablespaces 16406"));
        });
        nothingIsLeft();
        assertThat(warnings()).isEmpty();
    }

    private static RecoveryOutlook creating(Ending ending, long oid, Path location) {
        var created = new WalFacts.Creation(oid, location.toString(), Lsn.parse("0/500070"));
        return new RecoveryOutlook(List.of(created), ending, Optional.empty(), List.of());
    }

    @Test
    void thatOfTheWalIsKnownWithoutAnyServer() throws Exception {
        outlook = creating(Ending.AT_TARGET, 16406, place);

        refused();

        restore(16406L);
        assertThat(data.resolve("global/pg_control")).exists();
        assertThat(warnings())
                .anySatisfy(warning -> assertThat(warning).contains("tablespace 16406 at \"" + place, "overwritten"));
    }

    @Test
    void whatARunningServerHasIsNotGivenUp() throws Exception {
        aServerWithIt();
        Files.writeString(server.resolve("postmaster.pid"), "1\n");
        outlook = creating(Ending.AT_TARGET, 16406, place);

        Faults.of(() -> restore(16406L))
                .is(ErrorCode.DIRECTORY_IN_USE)
                .says("of a server that runs", "16406 at \"" + place, "stop that server");
        nothingIsLeft();

        Files.delete(server.resolve("postmaster.pid"));
        restore(16406L);
    }

    @Test
    void whereTheWalTellsAllNobodyElseIsSuspected() throws Exception {
        aServerWithIt();
        aNewerBackupWithIt();
        Path free = Files.createDirectories(temporary.resolve("free"));

        outlook = creating(Ending.END_OF_WAL, 16407, free);
        refused();

        outlook = creating(Ending.AT_TARGET, 16407, free);
        restore();
        assertThat(warnings()).noneMatch(text -> text.contains("tablespace"));
    }

    @Test
    void whereItIsCreatedAgainIsInTheWalAndNotWhereAServerHasIt() throws Exception {
        aServerWithIt();
        outlook = creating(Ending.END_OF_WAL, 16406, temporary.resolve("original"));

        restore();

        assertThat(warnings())
                .filteredOn(text -> text.contains("tablespace"))
                .singleElement()
                .asString()
                .contains("comes to the creation of tablespace 16406", temporary.resolve("original") + "\"");
    }

    @Test
    void oneOfTheBackupThatIsCreatedOnceMoreIsHeededWhereItWasMoved() throws Exception {
        Path free = temporary.resolve("free");
        backup = vault.new PackedBackup(facts(4, T1, 5))
                .tablespace(16406, place.toString())
                .complete();
        outlook = creating(Ending.AT_TARGET, 16406, place);

        var moved = TablespaceMapping.parse(List.of("16406=" + free), Optional.empty());
        refused(() -> restore(new RecoveryTarget.Latest(), moved));

        Files.delete(place.resolve("PG_15_202209061/5"));
        Files.delete(place.resolve("PG_15_202209061"));
        restore();
        assertThat(data.resolve("global/pg_control")).exists();
    }

    @Test
    void whatIsNotKnownOfTheWalIsToldInOneLine() throws Exception {
        outlook = new RecoveryOutlook(
                List.of(),
                Ending.AT_TARGET,
                Optional.empty(),
                List.of(new RecoveryOutlook.Stretch(Lsn.parse("0/500070"), Lsn.parse("0/700000"))));

        restore();

        assertThat(warnings()).first().asString().contains("0/500070 to 0/700000", "is not known");
    }

    @Test
    void theLiveServersIsKnownFromItsDataDirectory() throws Exception {
        aServerWithIt();

        refused();

        restore(16406L);
        assertThat(data.resolve("global/pg_control")).exists();
    }

    @Test
    void whereNoneIsConfiguredTheServersThatRunAreLookedAt() throws Exception {
        aServerWithIt();
        try (var _ = RunningServer.start(temporary, server)) {
            refused(() -> restore(Optional.empty(), new RecoveryTarget.Latest(), TablespaceMapping.NONE));
        }

        restore(Optional.empty(), new RecoveryTarget.Latest(), TablespaceMapping.NONE);
        assertThat(data.resolve("global/pg_control")).exists();
    }

    @Test
    void besideTheConfiguredServerTheOthersThatRunAreLookedAtToo() throws Exception {
        aServerWithIt();
        Path stale = Files.createDirectories(temporary.resolve("stale"));
        try (var _ = RunningServer.start(temporary, server)) {
            refused(() -> restore(Optional.of(stale), new RecoveryTarget.Latest(), TablespaceMapping.NONE));
        }
    }

    @Test
    void whoRestoresTheServerItselfIsToldOfItsOwnSystemElsewhere() throws Exception {
        aServerWithIt();
        Files.writeString(server.resolve("postmaster.pid"), "1\n");
        try (var _ = RunningServer.start(temporary, server)) {
            restore(Optional.of(data), new RecoveryTarget.Latest(), TablespaceMapping.NONE, 16406L);
        }

        assertThat(warnings()).anyMatch(text -> text.startsWith("a server of the same system runs in \"" + server));
    }

    @Test
    void thatOfANewerBackupIsKnownFromItsManifest() throws Exception {
        aNewerBackupWithIt();

        refused();
    }

    @Test
    void aDirectoryOfAnotherSystemSaysNothing() throws Exception {
        aServerWithIt();
        Files.write(server.resolve(ControlFile.PATH), Wal.controlFile(Vaults.SYSTEM, Fixture.SIZE));

        restore();

        assertThat(warnings()).noneMatch(text -> text.contains("16406"));
    }

    @Test
    void recoveryThatStopsWithTheBackupMayComeToItToo() throws Exception {
        // it may have been created while the backup ran
        aServerWithIt();

        Faults.of(() -> restore(new RecoveryTarget.Immediate(), TablespaceMapping.NONE))
                .is(ErrorCode.DIRECTORY_IN_USE)
                .says("16406");
        assertThat(data).doesNotExist();
    }

    @Test
    void aPlaceThatIsFreeIsNoReasonToRefuseAndOneThatIsMissingIsTold() throws Exception {
        aServerWithIt();
        Files.delete(place.resolve("PG_15_202209061/5"));
        Files.delete(place.resolve("PG_15_202209061"));
        // a server of another version has its own directory beside it
        Files.createDirectories(place.resolve("PG_17_202406281/5"));
        restore();
        assertThat(warnings()).noneMatch(text -> text.contains("16406"));

        Files.move(place, temporary.resolve("away"));
        data = temporary.resolve("second");
        restore();
        assertThat(warnings()).anyMatch(text -> text.contains("16406") && text.contains(place.toString()));
    }

    @Test
    void noTablespaceIsMovedToWhereRecoveryWouldCreateAnother() throws Exception {
        Path free = temporary.resolve("free");
        backup = vault.new PackedBackup(facts(4, T1, 5))
                .tablespace(16400, "/old")
                .complete();
        vault.new PackedBackup(facts(5, T1, 6))
                .tablespace(16406, free.toString())
                .complete();
        TablespaceMapping mapping = TablespaceMapping.parse(List.of("16400=" + free), Optional.empty());

        assertThatThrownBy(() -> restore(new RecoveryTarget.Latest(), mapping))
                .satisfies(e -> assertThat(((ArchiverException) e).code()).isEqualTo(ErrorCode.DIRECTORY_IN_USE));
    }

    @Test
    void aNewerBackupThatCannotBeReadIsToldAndNoObstacle() throws Exception {
        Backup newer = aNewerBackupWithIt();
        vault.damage(newer.id() + "/manifest", _ -> new byte[] {1});

        restore();

        assertThat(warnings()).anyMatch(text -> text.contains("which tablespaces backup " + newer.id()));
    }

    @Test
    void besideALiveServerNoTablespaceIsToBeCreatedMeanwhile() throws Exception {
        aServerWithIt();
        Files.writeString(server.resolve("postmaster.pid"), "1\n");

        restore(16406L);

        assertThat(warnings()).anyMatch(text -> text.contains("create no tablespace"));
    }
}
