/**
 * How content is encoded: {@link dev.walvault.seal.codec.Encoding} and a class for each codec of docs/FORMAT.md. What
 * an object is, and what guards it, is not known here; which codecs there are is {@link dev.walvault.seal.Codec}'s to
 * say.
 */
@NullMarked
package dev.walvault.seal.codec;

import org.jspecify.annotations.NullMarked;
