package dev.walvault.cli;

import dev.walvault.json.JsonText;
import dev.walvault.store.s3.S3Policies;
import java.util.function.Consumer;

/** IAM policies as results show them. */
final class PolicyText {
    private PolicyText() {}

    static String text(S3Policies policies) {
        return "\n\nThe least that S3 has to allow, as IAM policies.\n\nTo hosts that push WAL and take backups:\n"
                + policies.pushing() + "\nTo hosts that restore:\n" + policies.restoring()
                + "\nTo the host that expires:\n" + policies.expiring();
    }

    /** Each is a JSON document in a text, as IAM's own interface wants it. */
    static Consumer<JsonText> json(S3Policies policies) {
        return json -> json.put("pushing", policies.pushing())
                .put("restoring", policies.restoring())
                .put("expiring", policies.expiring());
    }
}
