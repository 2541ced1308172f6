package dev.walvault.store.s3;

import java.nio.file.Path;
import java.util.Optional;

/** How the store is asked to encrypt what it keeps, beside what walvault does itself. */
public sealed interface S3Encryption {

    /** As the bucket is set up. */
    record BucketDefault() implements S3Encryption {}

    /** By a key of the store: SSE-S3. */
    record ByStore() implements S3Encryption {}

    /** By a key of a key service, the account's own one if none is named: SSE-KMS. */
    record ByKeyService(Optional<String> keyId) implements S3Encryption {}

    /** By a key that goes along with each request and that the store forgets: SSE-C. */
    record ByOurKey(Path keyFile) implements S3Encryption {}
}
