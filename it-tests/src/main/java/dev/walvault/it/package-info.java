/**
 * Whole-program tests against real servers, and the harness they stand on.
 *
 * <p>The harness is main code, because the demo runs on it too. A {@link dev.walvault.it.Workspace} owns directories, a
 * {@link dev.walvault.it.PostgresServer} is a real server in it, {@link dev.walvault.it.Walvault} is the packaged
 * program, and a {@link dev.walvault.it.CommittedLedger} knows what a restored server must hold. Everything runs as an
 * ordinary user, because PostgreSQL refuses root, and everything is ended and removed with the JVM at the latest.
 *
 * <p>Nothing here reaches into the engine: the program is known by its command line, its files and its exit status.
 */
@NullMarked
package dev.walvault.it;

import org.jspecify.annotations.NullMarked;
