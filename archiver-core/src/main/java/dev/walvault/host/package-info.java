/**
 * The files of this machine: the one way to change them so that what was promised survives a power failure, which a test can
 * take the place of. Everything else that is known of a host's files and directories comes here, too.
 */
@NullMarked
package dev.walvault.host;

import org.jspecify.annotations.NullMarked;
