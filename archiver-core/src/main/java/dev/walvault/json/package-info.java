/**
 * JSON documents as walvault writes and reads them: small objects, member by member, over Jackson's streaming core.
 *
 * <p>There is no binding and no reflection: each document's record has its own few lines that name its members.
 */
@NullMarked
package dev.walvault.json;

import org.jspecify.annotations.NullMarked;
