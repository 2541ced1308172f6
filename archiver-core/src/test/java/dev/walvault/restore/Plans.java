package dev.walvault.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.observe.Cancellation;
import dev.walvault.reach.Fixture;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.TimelineChoice;
import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.BackupId;
import dev.walvault.vaults.MemberVaults;
import java.io.IOException;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of planning have in common: vaults, and the plans and refusals that come of them. */
final class Plans {
    static final TimelineChoice AUTOMATIC = new TimelineChoice.Automatic();
    static final RecoveryTarget LATEST = new RecoveryTarget.Latest();

    private Plans() {}

    static RestorePlanner planner(MemberVaults vaults) {
        return new RestorePlanner(vaults, _ -> {}, new Cancellation());
    }

    static RestorePlan plan(Fixture vault, RecoveryTarget target) throws IOException {
        return plan(vault, target, Optional.empty(), AUTOMATIC);
    }

    static RestorePlan plan(Fixture vault, RecoveryTarget target, Optional<BackupId> backup, TimelineChoice timeline)
            throws IOException {
        return planner(MemberVaults.of(vault.member))
                .plan(new RestoreRequest(target, backup, timeline, Optional.empty(), false, false));
    }

    static RestorePlan plan(Fixture vault, RestoreRequest request) throws IOException {
        return planner(MemberVaults.of(vault.member)).plan(request);
    }

    static AbstractThrowableAssert<?, ? extends Throwable> refused(ErrorCode code, ThrowingCallable planning) {
        return assertThatThrownBy(planning)
                .satisfies(e -> assertThat(((ArchiverException) e).code()).isEqualTo(code));
    }

    static String detail(Throwable e) {
        return ((ArchiverException) e).detail().orElse("");
    }

    static void plant(Fixture vault, String key, String content) throws IOException {
        vault.store.createIfAbsent(
                new ObjectKey(vault.member.keys().root() + "/" + key), Content.of(Fixture.bytes(content)));
    }
}
