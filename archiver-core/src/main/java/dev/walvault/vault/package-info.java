/**
 * What a vault holds, typed: keys, documents, sealed objects, manifests. docs/FORMAT.md is the law here.
 *
 * <p>{@link dev.walvault.vault.Vault} opens a vault; {@link dev.walvault.vault.MemberVault} is one PostgreSQL system's
 * part of it. Which object has which key is known in {@link dev.walvault.vault.MemberKeys} only, and what a document
 * looks like in its own record only. Nothing here decides what to store or to restore: that is for {@code archive},
 * {@code backup} and {@code restore}.
 */
@NullMarked
package dev.walvault.vault;

import org.jspecify.annotations.NullMarked;
