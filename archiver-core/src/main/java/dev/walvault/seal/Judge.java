package dev.walvault.seal;

import dev.walvault.sign.Signed;
import java.io.IOException;
import java.util.Optional;

/** Decides whether an object is believed, by who has signed it. */
@FunctionalInterface
public interface Judge {
    /**
     * Throws unless it is. It is asked once for each object: before the content of an encrypted one is read, and at the
     * end of a plain one's.
     *
     * @param meta what the object says of itself, and its writer has signed
     * @param signed empty if it carries no signature
     */
    void judge(ObjectMeta meta, Optional<Signed> signed) throws IOException;
}
