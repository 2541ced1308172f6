/** An object as it is stored: its bytes by ranges, and what is said when they are not what they should be. */
@NullMarked
package dev.walvault.seal.stored;

import org.jspecify.annotations.NullMarked;
