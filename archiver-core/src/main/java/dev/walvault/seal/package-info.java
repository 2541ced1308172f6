/**
 * The form of a sealed object, written and read: metadata frame, compression, age encryption, digest. docs/FORMAT.md is
 * the law; this is its only implementation.
 *
 * <p>{@link dev.walvault.seal.Sealer} writes and {@link dev.walvault.seal.Unsealer} reads; the rest are the values they
 * deal in. {@link dev.walvault.seal.Unsealer#peek} is for a host that can only encrypt: it tells what a stored object
 * claims to be, without a key. Keys are read and checked here ({@link dev.walvault.seal.Recipients}, {@link
 * dev.walvault.seal.Identities}); where they come from is the configuration's business.
 *
 * <p>{@link dev.walvault.seal.Unsealer#openRanges} reads parts of an object. How content is encoded is the business of
 * {@link dev.walvault.seal.codec.Encoding}.
 *
 * <p>Everything works in bounded memory, also on hostile input. What an object means, and under which key it lies, is
 * not known here.
 */
@NullMarked
package dev.walvault.seal;

import org.jspecify.annotations.NullMarked;
