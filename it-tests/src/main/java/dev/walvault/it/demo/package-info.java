/** {@code ./walvault demo}: a table lost and brought back, with every command that a user would type. */
@NullMarked
package dev.walvault.it.demo;

import org.jspecify.annotations.NullMarked;
