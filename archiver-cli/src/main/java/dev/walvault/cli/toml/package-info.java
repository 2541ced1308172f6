/**
 * TOML 1.0, read from a text: what it says, and in which line and column. {@link dev.walvault.cli.toml.TomlReader} is
 * the one reader of configurations. It knows nothing of settings, and needs nothing but Java.
 */
@NullMarked
package dev.walvault.cli.toml;

import org.jspecify.annotations.NullMarked;
