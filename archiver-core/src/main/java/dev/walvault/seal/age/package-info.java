/**
 * The envelope of encrypted objects: age's header with its stanzas, and its payload in chunks, as a stream or by ranges
 * (age-encryption.org/v1). X25519 and Bech32 are jagged's.
 */
@NullMarked
package dev.walvault.seal.age;

import org.jspecify.annotations.NullMarked;
