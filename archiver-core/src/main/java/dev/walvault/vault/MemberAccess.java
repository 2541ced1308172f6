package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.pg.SystemIdentifier;

/** A configured member before it is known which system is behind it. */
public record MemberAccess(Vault vault, Name cluster, Name member, Keyring keyring, Author author) {

    public MemberVault of(SystemIdentifier system) throws ArchiverException {
        return vault.member(new MemberKeys(cluster, member, system), keyring, author);
    }
}
