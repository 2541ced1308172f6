/**
 * One run of the program as people and programs see it: its surroundings, its global options, and what it prints.
 * Results go to standard output, events and failures to standard error, as text or as JSON.
 */
@NullMarked
package dev.walvault.cli.console;

import org.jspecify.annotations.NullMarked;
