package dev.walvault.cli.report;

import dev.walvault.json.JsonText;
import dev.walvault.store.Place;
import dev.walvault.store.Policies;
import java.util.Optional;

/** The IAM policies of one vault as results show them. */
public record PolicyText(Place place, Policies policies) {

    /** Empty for a vault whose store has none. */
    public static Optional<PolicyText> of(Place place) {
        return place.policies().map(policies -> new PolicyText(place, policies));
    }

    /** As people read them. */
    public String text() {
        return "The least that " + policies.service() + " has to allow for \"" + place + "\", as " + policies.form()
                + ".\n\n"
                + "To hosts that push WAL and take backups:\n" + policies.pushing() + "\nTo hosts that restore:\n"
                + policies.restoring() + "\nTo the host that expires:\n" + policies.expiring();
    }

    /** Each is a document in a text, as the service's own interface wants it. */
    public void json(JsonText json) {
        json.put("pushing", policies.pushing())
                .put("restoring", policies.restoring())
                .put("expiring", policies.expiring());
    }

    /** The same with the vault that they are for. */
    public void ofVault(JsonText json) {
        json(json.put("vault", place.toString()));
    }
}
