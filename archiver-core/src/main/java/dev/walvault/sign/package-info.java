/**
 * Who has written an object: Ed25519 signatures (RFC 8032) of the writing hosts, and whose of them a reader believes.
 *
 * <p>{@link dev.walvault.sign.SigningKey} makes them, {@link dev.walvault.sign.Signed} is one that an object carries,
 * and {@link dev.walvault.sign.TrustedWriters} decides. Which bytes are signed is in
 * {@link dev.walvault.sign.SignedForm} and in docs/FORMAT.md. Nothing here knows a vault.
 */
@NullMarked
package dev.walvault.sign;

import org.jspecify.annotations.NullMarked;
