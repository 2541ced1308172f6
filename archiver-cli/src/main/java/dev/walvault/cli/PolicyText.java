package dev.walvault.cli;

import dev.walvault.config.StoreLocation;
import dev.walvault.json.JsonText;
import dev.walvault.store.s3.S3Policies;
import java.util.Optional;

/** The IAM policies of one vault as results show them. */
record PolicyText(StoreLocation place, S3Policies policies) {

    /** Empty for a vault that has none, because it is not on S3. */
    static Optional<PolicyText> of(StoreLocation place) {
        return Wiring.policies(place).map(policies -> new PolicyText(place, policies));
    }

    String text() {
        return "The least that S3 has to allow for \"" + place + "\", as IAM policies.\n\n"
                + "To hosts that push WAL and take backups:\n" + policies.pushing() + "\nTo hosts that restore:\n"
                + policies.restoring() + "\nTo the host that expires:\n" + policies.expiring();
    }

    /** Each is a JSON document in a text, as IAM's own interface wants it. */
    void json(JsonText json) {
        json.put("pushing", policies.pushing())
                .put("restoring", policies.restoring())
                .put("expiring", policies.expiring());
    }

    /** The same with the vault that they are for. */
    void ofVault(JsonText json) {
        json(json.put("vault", place.toString()));
    }
}
