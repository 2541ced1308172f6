/**
 * Object store on S3 and compatible services.
 *
 * <p>Empty until the driver lands; the module reserves the place in the map.
 */
@NullMarked
package dev.walvault.store.s3;

import org.jspecify.annotations.NullMarked;
