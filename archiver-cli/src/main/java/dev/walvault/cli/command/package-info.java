/**
 * The commands, how they are found, and how the two that a server calls are parsed.
 *
 * <p>A command parses its arguments, builds the objects, calls one method of the engine and prints the result.
 */
@NullMarked
package dev.walvault.cli.command;

import org.jspecify.annotations.NullMarked;
