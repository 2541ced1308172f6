package dev.walvault.store.s3;

import java.util.ArrayList;
import java.util.List;

/** One right as IAM knows it: an action on a resource, for listings with the prefix that is asked for. */
record S3Access(String action, String resource, String prefix) {

    /** What S3 checks before it does what {@code request} asks. */
    static List<S3Access> neededFor(S3Request request) {
        return switch (request.kind()) {
            case PUT_OBJECT, MULTIPART_CREATE -> writing(request);
            case MULTIPART_PART, MULTIPART_COMPLETE -> List.of(onObject("s3:PutObject", request));
            case MULTIPART_ABORT -> List.of(onObject("s3:AbortMultipartUpload", request));
            case MULTIPART_LIST ->
                List.of(
                        request.key().isEmpty()
                                ? onBucket("s3:ListBucketMultipartUploads", request)
                                : onObject("s3:ListMultipartUploadParts", request));
            case GET_OBJECT, HEAD_OBJECT -> List.of(onObject("s3:GetObject", request));
            case DELETE_OBJECT -> List.of(onObject("s3:DeleteObject", request));
            case DELETE_OBJECTS -> List.of(new S3Access("s3:DeleteObject", someObjectOf(request.bucket()), ""));
            case LIST ->
                List.of(listing(request.bucket(), request.query("prefix").orElse("")));
            case OTHER -> List.of(aboutSettings(request));
        };
    }

    static S3Access listing(String bucket, String prefix) {
        return new S3Access("s3:ListBucket", "arn:aws:s3:::" + bucket, prefix);
    }

    private static List<S3Access> writing(S3Request request) {
        var needed = new ArrayList<>(List.of(onObject("s3:PutObject", request)));
        if (request.hasHeaderLike("x-amz-object-lock-mode")) {
            needed.add(onObject("s3:PutObjectRetention", request));
        }
        if (request.hasHeaderLike("x-amz-tagging")) {
            needed.add(onObject("s3:PutObjectTagging", request));
        }
        return needed;
    }

    private static S3Access aboutSettings(S3Request request) {
        String verb = request.method().equals("PUT") ? "s3:Put" : "s3:Get";
        if (request.asks("retention")) {
            return onObject(verb + "ObjectRetention", request);
        }
        if (request.asks("location")) {
            return onBucket("s3:GetBucketLocation", request);
        }
        if (request.asks("versioning")) {
            return onBucket(verb + "BucketVersioning", request);
        }
        if (request.asks("object-lock")) {
            return onBucket(verb + "BucketObjectLockConfiguration", request);
        }
        if (request.asks("lifecycle")) {
            return onBucket(verb + "LifecycleConfiguration", request);
        }
        if (request.asks("versions")) {
            return onBucket("s3:ListBucketVersions", request);
        }
        if (request.method().equals("HEAD") && request.key().isEmpty()) {
            return listing(request.bucket(), "");
        }
        // nothing that a policy of ours could allow
        return onBucket("unknown:" + request, request);
    }

    /** What stands for keys that are named in the body of a request, which is not looked into. */
    static String someObjectOf(String bucket) {
        return "arn:aws:s3:::" + bucket + "/?";
    }

    private static S3Access onObject(String action, S3Request request) {
        return new S3Access(action, "arn:aws:s3:::" + request.bucket() + "/" + request.key(), "");
    }

    private static S3Access onBucket(String action, S3Request request) {
        return new S3Access(action, "arn:aws:s3:::" + request.bucket(), "");
    }
}
