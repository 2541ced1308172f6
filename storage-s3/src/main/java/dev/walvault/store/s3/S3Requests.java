package dev.walvault.store.s3;

import dev.walvault.store.ByteRange;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import dev.walvault.store.http.PartBuffer;
import dev.walvault.store.http.Timing;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.RequestPayer;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Every request that the driver sends, with all that the options of the vault's URL say about it. */
final class S3Requests {
    /** User metadata: who wrote the object, so that a writer knows its own work again. */
    static final String WRITE_ID = "walvault-write-id";
    /** User metadata: CRC-32C of all bytes, for services that keep no checksum. Objects in parts do not have it. */
    static final String CRC32C = "walvault-crc32c";

    private static final String IF_ABSENT = "*";
    private static final int PAGE = 1000;

    private final S3Place location;
    private final S3Options options;
    private final Function<ObjectKey, ObjectKind> kinds;
    private final @Nullable CustomerKey customerKey;
    private final @Nullable RequestPayer payer;
    private final Timing timing;

    S3Requests(
            S3Place location, Function<ObjectKey, ObjectKind> kinds, @Nullable CustomerKey customerKey, Timing timing) {
        this.location = location;
        this.options = location.options();
        this.kinds = kinds;
        this.customerKey = customerKey;
        this.payer = options.requesterPays() ? RequestPayer.REQUESTER : null;
        this.timing = timing;
    }

    boolean conditionalWrites() {
        return options.conditionalWrites();
    }

    String bucket() {
        return location.bucket();
    }

    /** What a person calls the vault. */
    String vault() {
        return location.toString();
    }

    /** What a person calls the object. */
    String urlOf(ObjectKey key) {
        return vault() + "/" + key;
    }

    /** The key in the bucket. */
    String nameOf(ObjectKey key) {
        return root() + key.value();
    }

    /** What precedes all keys of the vault. */
    String root() {
        return location.prefix().isEmpty() ? "" : location.prefix() + "/";
    }

    /** Bytes as the SDK sends them. */
    static RequestBody body(PartBuffer content) {
        return RequestBody.fromContentProvider(content::content, content.length(), "application/octet-stream");
    }

    PutObjectRequest put(ObjectKey key, PartBuffer content, String writeId) {
        String crc = content.crc32c();
        Keeping keeping = keeping(key);
        var request = PutObjectRequest.builder()
                .bucket(bucket())
                .key(nameOf(key))
                .contentLength((long) content.length())
                .metadata(Map.of(WRITE_ID, writeId, CRC32C, crc))
                .serverSideEncryption(keeping.encryption())
                .ssekmsKeyId(keeping.keyId())
                .sseCustomerAlgorithm(algorithm())
                .sseCustomerKey(key())
                .sseCustomerKeyMD5(keyMd5())
                .storageClass(keeping.storageClass())
                .objectLockMode(keeping.lock())
                .objectLockRetainUntilDate(keeping.lockedUntil())
                .requestPayer(payer);
        if (options.conditionalWrites()) {
            request.ifNoneMatch(IF_ABSENT);
        }
        switch (options.checksum()) {
            case CRC32C -> request.checksumCRC32C(crc);
            case MD5 -> request.contentMD5(content.md5());
            case NONE -> {
                // as the option says
            }
        }
        return request.build();
    }

    CreateMultipartUploadRequest beginParts(ObjectKey key, String writeId) {
        Keeping keeping = keeping(key);
        var request = CreateMultipartUploadRequest.builder()
                .bucket(bucket())
                .key(nameOf(key))
                .metadata(Map.of(WRITE_ID, writeId))
                .serverSideEncryption(keeping.encryption())
                .ssekmsKeyId(keeping.keyId())
                .sseCustomerAlgorithm(algorithm())
                .sseCustomerKey(key())
                .sseCustomerKeyMD5(keyMd5())
                .storageClass(keeping.storageClass())
                .objectLockMode(keeping.lock())
                .objectLockRetainUntilDate(keeping.lockedUntil())
                .requestPayer(payer);
        if (options.checksum() == S3Options.Checksum.CRC32C) {
            request.checksumAlgorithm(ChecksumAlgorithm.CRC32_C);
        }
        return request.build();
    }

    UploadPartRequest part(ObjectKey key, String uploadId, int number, PartBuffer content) {
        var request = UploadPartRequest.builder()
                .bucket(bucket())
                .key(nameOf(key))
                .uploadId(uploadId)
                .partNumber(number)
                .contentLength((long) content.length())
                .sseCustomerAlgorithm(algorithm())
                .sseCustomerKey(key())
                .sseCustomerKeyMD5(keyMd5())
                .requestPayer(payer);
        switch (options.checksum()) {
            case CRC32C -> request.checksumCRC32C(content.crc32c());
            case MD5 -> request.contentMD5(content.md5());
            case NONE -> {
                // as the option says
            }
        }
        return request.build();
    }

    CompletedPart completed(int number, String etag, PartBuffer content) {
        var part = CompletedPart.builder().partNumber(number).eTag(etag);
        if (options.checksum() == S3Options.Checksum.CRC32C) {
            part.checksumCRC32C(content.crc32c());
        }
        return part.build();
    }

    CompleteMultipartUploadRequest complete(ObjectKey key, String uploadId, List<CompletedPart> parts) {
        var request = CompleteMultipartUploadRequest.builder()
                .bucket(bucket())
                .key(nameOf(key))
                .uploadId(uploadId)
                .multipartUpload(upload -> upload.parts(parts))
                .sseCustomerAlgorithm(algorithm())
                .sseCustomerKey(key())
                .sseCustomerKeyMD5(keyMd5())
                .requestPayer(payer);
        if (options.conditionalWrites()) {
            request.ifNoneMatch(IF_ABSENT);
        }
        return request.build();
    }

    AbortMultipartUploadRequest abort(String name, String uploadId) {
        return AbortMultipartUploadRequest.builder()
                .bucket(bucket())
                .key(name)
                .uploadId(uploadId)
                .requestPayer(payer)
                .build();
    }

    /** All of an object. */
    GetObjectRequest get(ObjectKey key) {
        return reading(key).build();
    }

    /** What an object has of a range. */
    GetObjectRequest get(ObjectKey key, ByteRange range) {
        return reading(key).range(header(range)).build();
    }

    /** The same, if the object still has that tag. */
    GetObjectRequest get(ObjectKey key, ByteRange range, @Nullable String etag) {
        return reading(key).range(header(range)).ifMatch(etag).build();
    }

    private static String header(ByteRange range) {
        return switch (range) {
            case ByteRange.From(long offset, long length) ->
                "bytes=" + offset + "-" + (length == Long.MAX_VALUE - offset ? "" : offset + length - 1);
            case ByteRange.Last(long length) -> "bytes=-" + length;
        };
    }

    private GetObjectRequest.Builder reading(ObjectKey key) {
        return GetObjectRequest.builder()
                .bucket(bucket())
                .key(nameOf(key))
                .sseCustomerAlgorithm(algorithm())
                .sseCustomerKey(key())
                .sseCustomerKeyMD5(keyMd5())
                .requestPayer(payer);
    }

    HeadObjectRequest head(ObjectKey key) {
        return HeadObjectRequest.builder()
                .bucket(bucket())
                .key(nameOf(key))
                .sseCustomerAlgorithm(algorithm())
                .sseCustomerKey(key())
                .sseCustomerKeyMD5(keyMd5())
                .requestPayer(payer)
                .build();
    }

    DeleteObjectRequest delete(ObjectKey key) {
        return DeleteObjectRequest.builder()
                .bucket(bucket())
                .key(nameOf(key))
                .requestPayer(payer)
                .build();
    }

    /**
     * S3 demands a checksum of the list of keys, whatever the options say of objects. The SDK's own is a CRC-32; MD5 is
     * the one that every service knows. The service names what it has deleted, too.
     */
    DeleteObjectsRequest delete(List<ObjectKey> keys) {
        List<ObjectIdentifier> names = keys.stream()
                .map(key -> ObjectIdentifier.builder().key(nameOf(key)).build())
                .toList();
        return DeleteObjectsRequest.builder()
                .bucket(bucket())
                .delete(list -> list.objects(names).quiet(false))
                .requestPayer(payer)
                .overrideConfiguration(override -> override.addPlugin(LegacyMd5Plugin.create()))
                .build();
    }

    ListObjectsV2Request list(
            ObjectKey prefix, @Nullable ObjectKey after, @Nullable String delimiter, @Nullable String continuation) {
        return ListObjectsV2Request.builder()
                .bucket(bucket())
                .prefix(nameOf(prefix) + "/")
                .delimiter(delimiter)
                .startAfter(after == null || continuation != null ? null : nameOf(after))
                .continuationToken(continuation)
                .maxKeys(PAGE)
                .encodingType(EncodingType.URL)
                .requestPayer(payer)
                .build();
    }

    ListMultipartUploadsRequest uploads(ObjectKey prefix, @Nullable String afterKey, @Nullable String afterId) {
        return ListMultipartUploadsRequest.builder()
                .bucket(bucket())
                .prefix(nameOf(prefix) + "/")
                .keyMarker(afterKey)
                .uploadIdMarker(afterId)
                .maxUploads(PAGE)
                .requestPayer(payer)
                .build();
    }

    /** How the service is asked to keep an object; what is absent is not asked for. */
    private record Keeping(
            @Nullable ServerSideEncryption encryption,
            @Nullable String keyId,
            @Nullable String storageClass,
            @Nullable ObjectLockMode lock,
            @Nullable Instant lockedUntil) {}

    private Keeping keeping(ObjectKey key) {
        ObjectKind kind = kinds.apply(key);
        ServerSideEncryption encryption = null;
        String keyId = null;
        switch (options.encryption()) {
            case S3Encryption.BucketDefault _, S3Encryption.ByOurKey _ -> {
                // asked for by nothing, or by the key itself
            }
            case S3Encryption.ByStore _ -> encryption = ServerSideEncryption.AES256;
            case S3Encryption.ByKeyService(Optional<String> named) -> {
                encryption = ServerSideEncryption.AWS_KMS;
                keyId = named.orElse(null);
            }
        }
        Optional<S3Lock> lock = options.lock();
        Optional<Instant> until = lock.flatMap(each -> lockedUntil(each, kind));
        return new Keeping(
                encryption,
                keyId,
                storageClass(kind).orElse(null),
                until.isPresent() ? lock.map(S3Requests::mode).orElse(null) : null,
                until.orElse(null));
    }

    private Optional<String> storageClass(ObjectKind kind) {
        return switch (kind) {
            case WAL -> options.walStorageClass();
            case BACKUP -> options.backupStorageClass();
            case DOCUMENT -> Optional.empty();
        };
    }

    private Optional<Instant> lockedUntil(S3Lock lock, ObjectKind kind) {
        OptionalInt days = switch (kind) {
            case WAL -> lock.walDays();
            case BACKUP -> lock.backupDays();
            case DOCUMENT -> lock.documentDays();
        };
        return days.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        timing.now().plus(Duration.ofDays(days.getAsInt())).truncatedTo(ChronoUnit.SECONDS));
    }

    private static ObjectLockMode mode(S3Lock lock) {
        return switch (lock.mode()) {
            case GOVERNANCE -> ObjectLockMode.GOVERNANCE;
            case COMPLIANCE -> ObjectLockMode.COMPLIANCE;
        };
    }

    private @Nullable String algorithm() {
        return customerKey == null ? null : CustomerKey.ALGORITHM;
    }

    private @Nullable String key() {
        return customerKey == null ? null : customerKey.base64();
    }

    private @Nullable String keyMd5() {
        return customerKey == null ? null : customerKey.md5();
    }
}
