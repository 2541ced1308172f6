package dev.walvault.restore;

import static dev.walvault.restore.Fixture.T1;
import static dev.walvault.restore.Fixture.T2;
import static dev.walvault.restore.Fixture.facts;
import static dev.walvault.restore.Fixture.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.MemberVaults;
import java.io.IOException;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of planning have in common: vaults, and the plans and refusals that come of them. */
final class Plans {
    static final TimelineChoice AUTOMATIC = new TimelineChoice.Automatic();
    static final RecoveryTarget LATEST = new RecoveryTarget.Latest();

    private Plans() {}

    static RestorePlan plan(Fixture vault, RecoveryTarget target) throws IOException {
        return plan(vault, target, Optional.empty(), AUTOMATIC);
    }

    static RestorePlan plan(Fixture vault, RecoveryTarget target, Optional<BackupId> backup, TimelineChoice timeline)
            throws IOException {
        return new RestorePlanner(MemberVaults.of(vault.member))
                .plan(new RestoreRequest(target, backup, timeline, Optional.empty(), false, false));
    }

    static RestorePlan plan(Fixture vault, RestoreRequest request) throws IOException {
        return new RestorePlanner(MemberVaults.of(vault.member)).plan(request);
    }

    static AbstractThrowableAssert<?, ? extends Throwable> refused(ErrorCode code, ThrowingCallable planning) {
        return assertThatThrownBy(planning)
                .satisfies(e -> assertThat(((ArchiverException) e).code()).isEqualTo(code));
    }

    static String detail(Throwable e) {
        return ((ArchiverException) e).detail().orElse("");
    }

    /** Backups in segments 3, 10 and 20 of timeline 1, in hours 3, 10 and 20, and WAL from 3 to 30, of hour 24. */
    static Fixture threeBackups() throws IOException {
        return new Fixture()
                .at(24)
                .wal(T1, 3, 30)
                .backup(facts(3, T1, 3))
                .backup(facts(10, T1, 10))
                .backup(facts(20, T1, 20));
    }

    /**
     * Timeline 2 left timeline 1 in segment 12, in hour 25; both went on. Backups in 3, 10 and 20 of timeline 1, in 16 of
     * timeline 2.
     */
    static Fixture branched() throws IOException {
        return threeBackups()
                .at(25)
                .history(T2, "1\t" + in(12) + "\tno recovery target specified\n")
                .wal(T2, 12, 18)
                .backup(facts(30, T2, 16));
    }

    static void plant(Fixture vault, String key, String content) throws IOException {
        vault.store.createIfAbsent(
                new ObjectKey(vault.member.keys().root() + "/" + key), Content.of(Fixture.bytes(content)));
    }

    static RecoveryWindows windows(Fixture vault) throws IOException {
        return RecoveryWindows.of(vault.member, vault.member.backups().list().complete(), Optional.empty());
    }
}
