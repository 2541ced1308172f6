package dev.walvault.store.s3;

import java.util.Set;
import java.util.function.Predicate;

/** What a request asks of S3, as far as its price and its meaning differ; as a predicate, the requests of that kind. */
public enum RequestKind implements Predicate<S3Request> {
    PUT_OBJECT,
    GET_OBJECT,
    HEAD_OBJECT,
    DELETE_OBJECT,
    DELETE_OBJECTS,
    LIST,
    MULTIPART_CREATE,
    MULTIPART_PART,
    MULTIPART_COMPLETE,
    MULTIPART_ABORT,
    MULTIPART_LIST,
    OTHER;

    /** Parameters that turn a request about an object or a bucket into one about something else of it. */
    private static final Set<String> SUB_RESOURCES = Set.of(
            "acl",
            "attributes",
            "cors",
            "encryption",
            "legal-hold",
            "lifecycle",
            "location",
            "object-lock",
            "policy",
            "restore",
            "retention",
            "select",
            "tagging",
            "versioning",
            "versions");

    @Override
    public boolean test(S3Request request) {
        return request.kind() == this;
    }

    static RequestKind of(S3Request request) {
        if (request.asks("uploadId")) {
            return switch (request.method()) {
                case "PUT" -> MULTIPART_PART;
                case "POST" -> MULTIPART_COMPLETE;
                case "DELETE" -> MULTIPART_ABORT;
                case "GET" -> MULTIPART_LIST;
                default -> OTHER;
            };
        }
        if (request.asks("uploads")) {
            return request.method().equals("POST") ? MULTIPART_CREATE : MULTIPART_LIST;
        }
        if (SUB_RESOURCES.stream().anyMatch(request::asks)) {
            return OTHER;
        }
        if (request.key().isEmpty()) {
            return switch (request.method()) {
                case "GET" -> request.bucket().isEmpty() ? OTHER : LIST;
                case "POST" -> request.asks("delete") ? DELETE_OBJECTS : OTHER;
                default -> OTHER;
            };
        }
        return switch (request.method()) {
            case "PUT" -> PUT_OBJECT;
            case "GET" -> GET_OBJECT;
            case "HEAD" -> HEAD_OBJECT;
            case "DELETE" -> DELETE_OBJECT;
            default -> OTHER;
        };
    }
}
