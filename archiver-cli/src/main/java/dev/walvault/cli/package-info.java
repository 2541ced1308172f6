/** Where the program begins and ends: signals, one command, and its exit status. */
@NullMarked
package dev.walvault.cli;

import org.jspecify.annotations.NullMarked;
