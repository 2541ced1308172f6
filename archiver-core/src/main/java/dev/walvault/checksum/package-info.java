/** CRC-32C, of which backups and S3 need much and native images have no instruction for. */
@NullMarked
package dev.walvault.checksum;

import org.jspecify.annotations.NullMarked;
