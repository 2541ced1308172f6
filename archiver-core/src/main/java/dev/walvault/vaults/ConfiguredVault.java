package dev.walvault.vaults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.ArchiverException;
import dev.walvault.seal.ContentDigest;
import dev.walvault.vault.MemberAccess;

/**
 * One of the vaults of the configuration. It may be unreachable, so it is opened when it is needed. For several
 * threads.
 */
public interface ConfiguredVault {
    /** Where it is, as a person would name it; known without opening it. */
    String location();

    /** What tells it from every other vault, however it is reached; known without opening it. */
    String identity();

    /** Whether looking into it costs next to nothing, as into a directory; a service takes a request for it. */
    boolean isNear();

    /** A file name for it. It must be known of a vault that was never reached, so it is made of where it is. */
    default String fileName() {
        return ContentDigest.of(identity().getBytes(UTF_8)).hex();
    }

    /** Opens it, or answers what was opened before; tries again after a failure. */
    MemberAccess open() throws ArchiverException;
}
