/**
 * Puts the engine's parts together as the configuration says: vaults, keys, state directory, server, and the process
 * that fetches ahead.
 */
@NullMarked
package dev.walvault.cli.wiring;

import org.jspecify.annotations.NullMarked;
