/**
 * SQL sessions with a server, behind interfaces that name what walvault asks for and not how.
 */
@NullMarked
package dev.walvault.pg.link;

import org.jspecify.annotations.NullMarked;
