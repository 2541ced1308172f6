package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.vault.MemberAccess;

/** One of the vaults of the configuration. It may be away, so it is opened when it is needed. For several threads. */
public interface ConfiguredVault {
    /** Where it is, as a person would name it; known without opening it. */
    String location();

    /** What tells it from every other vault, however it is reached; known without opening it. */
    String identity();

    /** Opens it, or answers what was opened before; tries again after a failure. */
    MemberAccess open() throws ArchiverException;
}
