/** Options that several commands have, or that belong together, and what they mean. */
@NullMarked
package dev.walvault.cli.option;

import org.jspecify.annotations.NullMarked;
