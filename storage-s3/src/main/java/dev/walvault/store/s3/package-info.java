/**
 * Object store on S3 and compatible services.
 *
 * <p>{@link dev.walvault.store.s3.S3Store} is the one entry. Three layers lie below it: what is asked (creation,
 * upload, reading, listing), the retrying of requests and the judgement of failures, and an HTTP client that watches
 * its connections. The SDK's own retries are off, because an answer that got lost must be settled, not repeated
 * blindly.
 */
@NullMarked
package dev.walvault.store.s3;

import org.jspecify.annotations.NullMarked;
