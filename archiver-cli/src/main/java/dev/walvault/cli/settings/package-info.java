/**
 * What can be configured, and how it comes out of a file, the environment and defaults.
 *
 * <p>{@link dev.walvault.cli.settings.Setting} is the one table; {@link dev.walvault.cli.settings.Settings} are the
 * values in effect, each with its origin. docs/reference/configuration.md and the example file are printed from the
 * table.
 */
@NullMarked
package dev.walvault.cli.settings;

import org.jspecify.annotations.NullMarked;
