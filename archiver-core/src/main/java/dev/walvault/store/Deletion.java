package dev.walvault.store;

import dev.walvault.ArchiverException;
import dev.walvault.Fault;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of objects that were to be deleted together.
 *
 * @param failed why, for each key under which there may be an object still; there is none under any other
 */
public record Deletion(Map<ObjectKey, ArchiverException> failed) {
    public Deletion {
        failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }

    /** None of these could be deleted, for one reason. */
    public static Deletion failed(Collection<ObjectKey> keys, ArchiverException reason) {
        var failed = new LinkedHashMap<ObjectKey, ArchiverException>();
        keys.forEach(key -> failed.put(key, reason));
        return new Deletion(failed);
    }

    /** Throws the first failure, which says how many more there were, unless everything is gone. */
    public void orThrow() throws ArchiverException {
        if (failed.isEmpty()) {
            return;
        }
        ArchiverException first = failed.values().iterator().next();
        if (failed.size() == 1) {
            throw first;
        }
        int more = failed.size() - 1;
        String others = (more == 1 ? "one more object" : more + " more objects") + " could not be deleted either";
        throw Fault.from(first)
                .detail(first.detail().map(each -> each + "; " + others).orElse(others))
                .cause(first)
                .store();
    }
}
