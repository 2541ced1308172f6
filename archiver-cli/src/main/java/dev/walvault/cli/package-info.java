/**
 * The command line.
 *
 * <p>A command parses its arguments, builds the objects, calls one method of the engine and prints the result.
 */
@NullMarked
package dev.walvault.cli;

import org.jspecify.annotations.NullMarked;
