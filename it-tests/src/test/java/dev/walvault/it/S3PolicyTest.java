package dev.walvault.it;

import static dev.walvault.it.Site.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.json.JsonObject;
import dev.walvault.store.s3.Answer;
import dev.walvault.store.s3.Misbehaviour;
import dev.walvault.store.s3.PolicyGate;
import dev.walvault.store.s3.Rule;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The whole program with the rights that "doctor --policies" prints, and no other. */
class S3PolicyTest {

    private static String policy(Site site, String name) throws Exception {
        String printed = site.ok("doctor", "--policies", "--vault", "1", "--output", "json");
        return JsonObject.parse("policies", printed.getBytes(StandardCharsets.UTF_8))
                .text(name);
    }

    private static void grant(S3Site s3, String policy) {
        s3.proxy().behave();
        s3.proxy().add(PolicyGate.of(policy));
    }

    @Test
    void hostsThatPushAndHostsThatRestoreNeedNoMoreThanTheirPolicies() throws Exception {
        try (var s3 = S3Site.start(setup -> setup, "part-size=5M")) {
            Site site = s3.site();
            String pushing = policy(site, "pushing");
            String restoring = policy(site, "restoring");

            grant(s3, pushing);
            var ledger = CommittedLedger.start(site.primary(), 2);
            ledger.awaitMore(100, PATIENCE);
            site.ok("backup");
            site.ok("restore-point", "create", "here");
            ledger.awaitMore(50, PATIENCE);
            ledger.stop();
            site.archiveAll();
            assertThat(site.ok("info")).contains("here");

            grant(s3, restoring);
            site.primary().sql("CREATE TABLE later (n int)");
            String unarchived = site.primary().switchWal();
            Ran refused =
                    site.walvault().in(site.primary().dataDirectory()).run("archive-push", "pg_wal/" + unarchived);
            assertThat(refused.status()).isEqualTo(ErrorCode.STORE_DENIED.exitStatus());
            assertThat(refused.err()).contains("HINT:");
            site.primary().stop();
            try (var server = site.restore("copy", "--archive-mode", "off")) {
                assertThat(ledger.differences(server, new CommittedLedger.Target.Latest()))
                        .isEmpty();
            }
        }
    }

    @Test
    void aVaultIsMadeWithTheRightToPush() throws Exception {
        try (var s3 = S3Site.start(setup -> setup)) {
            Site site = s3.site();
            grant(s3, policy(site, "pushing").replace(S3Site.PREFIX, "vaults/second"));

            Walvault second = site.configured("second", text -> text.replace(S3Site.PREFIX, "vaults/second"));

            second.run("init").orThrow();
            second.run("init").orThrow();
            assertThat(s3.bucket().keys()).contains("vaults/second/vault.json");
        }
    }

    @Test
    void aBackupThatFailsIsNoneEvenWhereNothingMayBeDeleted() throws Exception {
        try (var s3 = S3Site.start(setup -> setup, "part-size=5M", "deadline=2s")) {
            Site site = s3.site();
            grant(s3, policy(site, "pushing"));
            s3.proxy()
                    .add(Rule.on(request -> request.key().contains("/manifest"))
                            .then(new Misbehaviour.Say(Answer.internalError())));

            Ran broken = site.walvault().run("backup", "--label", "the broken");

            assertThat(broken.status()).isEqualTo(ErrorCode.STORE_UNREACHABLE.exitStatus());
            grant(s3, policy(site, "pushing"));
            assertThat(site.ok("info")).doesNotContain("the broken");
            site.ok("backup", "--label", "the next");
            assertThat(site.ok("info")).contains("the next");
            site.primary().stop();
            grant(s3, policy(site, "restoring"));
            site.restore("copy", "--archive-mode", "off").close();
        }
    }
}
