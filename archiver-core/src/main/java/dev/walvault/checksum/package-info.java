/**
 * CRC-32C and SHA-256, of which backups need much, and for which native images do not use the processor's instructions.
 */
@NullMarked
package dev.walvault.checksum;

import org.jspecify.annotations.NullMarked;
