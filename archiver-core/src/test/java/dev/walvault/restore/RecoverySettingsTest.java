package dev.walvault.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.reach.WalEnd;
import dev.walvault.restore.RecoverySettings.Action;
import dev.walvault.restore.RecoverySettings.Archiving;
import dev.walvault.restore.RecoverySettings.Role;
import dev.walvault.restore.RecoverySettings.Subscribing;
import dev.walvault.vault.Backup;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecoverySettingsTest {
    private static final RecoverySettings PRIMARY =
            new RecoverySettings("get", Action.PROMOTE, Role.PRIMARY, Archiving.AS_BACKED_UP, Subscribing.AS_BACKED_UP);
    private static final RecoverySettings STANDBY =
            new RecoverySettings("get", Action.PROMOTE, Role.STANDBY, Archiving.AS_BACKED_UP, Subscribing.AS_BACKED_UP);
    private static final TimelineChoice AUTOMATIC = new TimelineChoice.Automatic();

    private Backup backup;

    @BeforeEach
    void aBackup() throws Exception {
        backup = new Fixture().packing(3).complete();
    }

    private RestorePlan plan(TimelineChoice choice, RecoveryTarget target) {
        return new RestorePlan(
                backup, Fixture.T2, choice, target, new WalEnd(Lsn.ZERO, Optional.empty(), List.of()), List.of());
    }

    private static String timeline(RecoverySettings settings, RestorePlan plan, int newest) {
        return Objects.requireNonNull(
                settings.settings(plan, Optional.of(new TimelineId(newest))).get("recovery_target_timeline"));
    }

    @Test
    void theNewestTimelineIsFollowedWhereItLeadsToTheEndThatWasPlanned() {
        var end = new RecoveryTarget.Latest();

        assertThat(timeline(PRIMARY, plan(AUTOMATIC, end), 2)).isEqualTo("latest");
        assertThat(timeline(PRIMARY, plan(AUTOMATIC, end), 3)).isEqualTo("2");
        assertThat(PRIMARY.settings(plan(AUTOMATIC, end), Optional.empty()))
                .containsEntry("recovery_target_timeline", "2");
        assertThat(timeline(PRIMARY, plan(new TimelineChoice.Numbered(Fixture.T2), end), 2))
                .isEqualTo("2");
        assertThat(timeline(PRIMARY, plan(new TimelineChoice.Latest(), end), 3)).isEqualTo("latest");
    }

    /** The newest timeline may be a branch that was given up: the standby would take it, or could not start. */
    @Test
    void aStandbyFollowsTheNewestTimelineOnlyIfThatIsTheOneThatWasChosen() {
        var plan = plan(AUTOMATIC, new RecoveryTarget.Latest());

        assertThat(timeline(STANDBY, plan, 2)).isEqualTo("latest");
        assertThat(STANDBY.caveat(plan, Optional.of(Fixture.T2))).isEmpty();
        assertThat(timeline(STANDBY, plan, 3)).isEqualTo("2");
        assertThat(STANDBY.caveat(plan, Optional.of(new TimelineId(3))))
                .hasValueSatisfying(caveat -> assertThat(caveat).contains("keeps to timeline 2: timeline 3 is newer"));
        assertThat(STANDBY.settings(plan, Optional.empty())).containsEntry("recovery_target_timeline", "2");
        assertThat(STANDBY.caveat(plan, Optional.empty())).isPresent();
        assertThat(PRIMARY.caveat(plan, Optional.of(new TimelineId(3)))).isEmpty();
    }

    @Test
    void aTargetIsLookedForOnTheTimelineThatWasPlannedForIt() {
        var named = plan(AUTOMATIC, new RecoveryTarget.AtName("p"));

        assertThat(timeline(PRIMARY, named, 2)).isEqualTo("2");
        assertThat(timeline(STANDBY, named, 2)).isEqualTo("2");
        assertThat(PRIMARY.settings(named, Optional.empty())).containsEntry("recovery_target_action", "promote");
    }

    @Test
    void whatIsNotUsedIsUnsetBeforeTheTarget() {
        var settings = PRIMARY.settings(
                plan(AUTOMATIC, new RecoveryTarget.AtLsn(Lsn.parse("0/5000000"), false)), Optional.empty());

        assertThat(settings)
                .containsEntry("recovery_target", "")
                .containsEntry("recovery_target_name", "")
                .containsEntry("recovery_target_time", "")
                .containsEntry("recovery_target_xid", "")
                .containsEntry("recovery_target_lsn", "0/5000000")
                .containsEntry("recovery_target_inclusive", "false")
                .containsEntry("recovery_min_apply_delay", "0")
                .containsEntry("archive_cleanup_command", "")
                .containsEntry("promote_trigger_file", "");
        assertThat(List.copyOf(settings.keySet()).indexOf("recovery_target_lsn"))
                .isGreaterThan(List.copyOf(settings.keySet()).indexOf("recovery_target_xid"));
        // one that is kept behind stays so
        assertThat(STANDBY.settings(plan(AUTOMATIC, new RecoveryTarget.Latest()), Optional.empty()))
                .doesNotContainKey("recovery_min_apply_delay");
    }

    @Test
    void aHoleThatIsAcceptedIsTheEndForAPrimaryAndNotForAStandby() {
        var wal = new WalEnd(Lsn.ZERO, Optional.empty(), List.of("000000010000000000000006"));
        var plan = new RestorePlan(backup, Fixture.T2, AUTOMATIC, new RecoveryTarget.Latest(), wal, List.of());

        assertThat(PRIMARY.settings(plan, Optional.empty()))
                .containsEntry("restore_command", "case %f in 000000010000000000000006) exit 1;; esac; get");
        assertThat(STANDBY.settings(plan, Optional.empty())).containsEntry("restore_command", "get");
    }

    @Test
    void aCopyNeitherArchivesNorSubscribes() {
        var copy = new RecoverySettings("get", Action.PAUSE, Role.PRIMARY, Archiving.OFF, Subscribing.OFF);
        var plan = plan(AUTOMATIC, new RecoveryTarget.Latest());

        assertThat(copy.settings(plan, Optional.empty()))
                .containsEntry("archive_mode", "off")
                .containsEntry("max_logical_replication_workers", "0");
        assertThat(PRIMARY.settings(plan, Optional.empty()))
                .doesNotContainKeys("archive_mode", "max_logical_replication_workers");
    }
}
