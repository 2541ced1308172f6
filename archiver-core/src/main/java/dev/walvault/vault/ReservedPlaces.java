package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.store.ObjectKey;
import java.util.Set;

/**
 * The places that docs/FORMAT.md keeps free for later versions. What lies there was stored by a newer walvault: this
 * one says so, uses none of it, and removes none of it.
 */
enum ReservedPlaces {
    OF_CLUSTER,
    OF_SYSTEM,
    OF_BACKUP;

    private Set<String> names() {
        return switch (this) {
            case OF_CLUSTER -> Set.of("topologies", "sets", "points", "pins", "leases", "deletions");
            case OF_SYSTEM -> Set.of("pins", "leases", "deletions");
            case OF_BACKUP -> Set.of("generations", "map", "extents");
        };
    }

    /** Whether {@code key} lies in one of them, directly below the cluster, the system or the backup of this root. */
    boolean hold(ObjectKey root, ObjectKey key) {
        return names().stream()
                .map(root::child)
                .anyMatch(place -> key.equals(place) || key.value().startsWith(place + "/"));
    }

    /** What to say of an object in such a place. */
    static ArchiverException taken(ObjectKey key) {
        return Fault.of(ErrorCode.FORMAT_TOO_NEW, "\"" + key + "\" was stored by a newer walvault")
                .detail("this walvault does not know what is kept in that place")
                .hint("Install a walvault that is at least as new as the one that stored it.")
                .integrity();
    }
}
