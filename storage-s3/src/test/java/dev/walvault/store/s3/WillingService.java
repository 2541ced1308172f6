package dev.walvault.store.s3;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A service that says yes to whatever it is asked, keeps nothing, and remembers how it was asked. */
final class WillingService implements Gate {
    private static final String LAST_MODIFIED = "Last-Modified: Sat, 21 Nov 2026 03:00:00 GMT";
    private static final String LAST_PAGE = "<IsTruncated>false</IsTruncated>";

    private final List<S3Request> asked = new CopyOnWriteArrayList<>();

    /** All requests so far, in the order in which they came. */
    List<S3Request> asked() {
        return List.copyOf(asked);
    }

    @Override
    public Optional<Answer> before(S3Request request) {
        asked.add(request);
        return Optional.of(
                switch (request.kind()) {
                    case PUT_OBJECT, MULTIPART_PART -> new Answer(200, List.of("ETag: \"t\""), "");
                    case GET_OBJECT, HEAD_OBJECT -> new Answer(200, List.of("ETag: \"t\"", LAST_MODIFIED), "");
                    case DELETE_OBJECT, MULTIPART_ABORT, OTHER -> new Answer(204, List.of(), "");
                    case DELETE_OBJECTS ->
                        document("DeleteResult", "<Deleted><Key>" + S3DriverTest.NAME + "</Key></Deleted>");
                    case LIST ->
                        document("ListBucketResult", "<Name>%s</Name>".formatted(request.bucket()) + LAST_PAGE);
                    case MULTIPART_LIST ->
                        document(
                                "ListMultipartUploadsResult",
                                "<Bucket>%s</Bucket>".formatted(request.bucket()) + LAST_PAGE);
                    case MULTIPART_CREATE ->
                        document("InitiateMultipartUploadResult", "<UploadId>an-upload</UploadId>");
                    case MULTIPART_COMPLETE -> document("CompleteMultipartUploadResult", "<ETag>\"t\"</ETag>");
                });
    }

    private static Answer document(String root, String content) {
        return new Answer(
                200,
                List.of("Content-Type: application/xml"),
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%1$s>%2$s</%1$s>".formatted(root, content));
    }
}
