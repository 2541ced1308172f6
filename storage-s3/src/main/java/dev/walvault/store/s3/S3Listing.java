package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.StoredObject;
import dev.walvault.store.http.FailedException;
import dev.walvault.store.http.Failure;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Listings, page by page. A page that does not name our bucket is somebody else's, and never an empty one of ours. */
final class S3Listing {
    private final S3Requests requests;
    private final S3Retry retry;

    S3Listing(S3Requests requests, S3Retry retry) {
        this.requests = requests;
        this.retry = retry;
    }

    Stream<StoredObject> objects(ObjectKey prefix) {
        return stream(new Pages(prefix, null));
    }

    /** Only those that come after a key. */
    Stream<StoredObject> objectsAfter(ObjectKey prefix, ObjectKey after) {
        return stream(new Pages(prefix, after));
    }

    private static Stream<StoredObject> stream(Iterator<StoredObject> pages) {
        int traits = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(pages, traits), false);
    }

    List<String> names(ObjectKey prefix) throws ArchiverException {
        var names = new TreeSet<String>();
        String below = requests.nameOf(prefix) + "/";
        String next = null;
        do {
            ListObjectsV2Response page = page(prefix, null, "/", next);
            for (S3Object object : page.contents()) {
                addName(names, below, object.key());
            }
            for (CommonPrefix common : page.commonPrefixes()) {
                String path = common.prefix();
                addName(names, below, path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
            }
            next = afterwards(page);
        } while (next != null);
        return List.copyOf(names);
    }

    private static void addName(Set<String> names, String below, String path) {
        if (path.startsWith(below) && ObjectKey.isName(path.substring(below.length()))) {
            names.add(path.substring(below.length()));
        }
    }

    private ListObjectsV2Response page(
            ObjectKey prefix, @Nullable ObjectKey after, @Nullable String delimiter, @Nullable String continuation)
            throws ArchiverException {
        String failed = "could not list \"" + requests.urlOf(prefix) + "\"";
        return retry.call(failed, client -> {
            ListObjectsV2Response page = client.listObjectsV2(requests.list(prefix, after, delimiter, continuation));
            requireOurs(failed, page.name());
            requireWhole(failed, page.isTruncated(), page.nextContinuationToken());
            for (S3Object object : page.contents()) {
                requireAll(failed, object.key(), object.size(), object.lastModified());
            }
            for (CommonPrefix common : page.commonPrefixes()) {
                requireAll(failed, common.prefix());
            }
            return page;
        });
    }

    private static @Nullable String afterwards(ListObjectsV2Response page) {
        return page.isTruncated() ? page.nextContinuationToken() : null;
    }

    private void requireOurs(String failed, @Nullable String bucket) throws FailedException {
        if (!requests.bucket().equals(bucket)) {
            throw nonsense(
                    failed,
                    bucket == null ? "the answer names no bucket" : "the answer is about bucket \"" + bucket + "\"");
        }
    }

    /** A listing that ends too early would make an object absent that is there. */
    private static void requireWhole(String failed, @Nullable Boolean truncated, @Nullable String next)
            throws FailedException {
        if (truncated == null) {
            throw nonsense(failed, "the page does not say whether it is the last one");
        }
        requireNext(failed, truncated, next);
    }

    /** Without it the same page would be asked for again and again. */
    private static void requireNext(String failed, boolean truncated, @Nullable String next) throws FailedException {
        if (truncated && next == null) {
            throw nonsense(failed, "the page is not the last one and names no next one");
        }
    }

    private static void requireAll(String failed, @Nullable Object... said) throws FailedException {
        if (Stream.of(said).anyMatch(Objects::isNull)) {
            throw nonsense(failed, "an entry lacks its name, its size or its time");
        }
    }

    private static FailedException nonsense(String failed, String detail) {
        Fault fault = Fault.of(ErrorCode.STORE_UNREACHABLE, failed + ": the answer is no listing of the bucket")
                .detail(detail)
                .hint("Is the endpoint S3 itself, or a proxy that does not know it?")
                .retry(Retry.YES);
        return new FailedException(Failure.of(fault, Failure.Remedy.TRY_AGAIN));
    }

    /**
     * Aborts what was begun longer ago than {@code age} and never completed; returns how much that was. {@code now} is
     * asked after each page.
     */
    int discardUploads(ObjectKey prefix, Duration age, Supplier<Instant> now) throws ArchiverException {
        return eachUpload(prefix, age, now, this::discard);
    }

    /** How much was begun longer ago than {@code age} and never completed. */
    int countUploads(ObjectKey prefix, Duration age, Supplier<Instant> now) throws ArchiverException {
        return eachUpload(prefix, age, now, (_, _) -> true);
    }

    /** What is done with an upload; whether it counts. */
    @FunctionalInterface
    private interface UploadVisitor {
        boolean visit(String name, String uploadId) throws ArchiverException;
    }

    private int eachUpload(ObjectKey prefix, Duration age, Supplier<Instant> now, UploadVisitor visitor)
            throws ArchiverException {
        String failed = "could not list unfinished uploads under \"" + requests.urlOf(prefix) + "\"";
        int counted = 0;
        String key = null;
        String id = null;
        while (true) {
            String afterKey = key;
            String afterId = id;
            ListMultipartUploadsResponse page = retry.call(failed, client -> {
                ListMultipartUploadsResponse answer =
                        client.listMultipartUploads(requests.uploads(prefix, afterKey, afterId));
                requireOurs(failed, answer.bucket());
                // some services leave the word out on the last page, and nothing is proven by this listing
                requireNext(failed, Boolean.TRUE.equals(answer.isTruncated()), answer.nextKeyMarker());
                for (MultipartUpload upload : answer.uploads()) {
                    requireAll(failed, upload.key(), upload.uploadId(), upload.initiated());
                }
                return answer;
            });
            Instant oldest = now.get().minus(age);
            for (MultipartUpload upload : page.uploads()) {
                if (upload.key().startsWith(requests.nameOf(prefix) + "/")
                        && upload.initiated().isBefore(oldest)
                        && visitor.visit(upload.key(), upload.uploadId())) {
                    counted++;
                }
            }
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                return counted;
            }
            key = page.nextKeyMarker();
            id = page.nextUploadIdMarker();
        }
    }

    private boolean discard(String name, String uploadId) throws ArchiverException {
        return retry.call("could not discard an unfinished upload of \"" + name + "\"", client -> {
            try {
                client.abortMultipartUpload(requests.abort(name, uploadId));
                return true;
            } catch (NoSuchUploadException e) {
                return false;
            }
        });
    }

    /** The objects below a prefix; pages are fetched when they are needed. */
    private final class Pages implements Iterator<StoredObject> {
        private final ObjectKey prefix;
        private final @Nullable ObjectKey after;
        private Iterator<S3Object> page = List.<S3Object>of().iterator();
        private @Nullable String continuation;
        private boolean last;
        private @Nullable StoredObject ahead;

        Pages(ObjectKey prefix, @Nullable ObjectKey after) {
            this.prefix = prefix;
            this.after = after;
        }

        @Override
        public boolean hasNext() {
            while (ahead == null) {
                if (page.hasNext()) {
                    ahead = ours(page.next()).orElse(null);
                } else if (last) {
                    return false;
                } else {
                    fetch();
                }
            }
            return true;
        }

        private void fetch() {
            try {
                ListObjectsV2Response answer = page(prefix, after, null, continuation);
                page = answer.contents().iterator();
                continuation = afterwards(answer);
                last = continuation == null;
            } catch (ArchiverException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public StoredObject next() {
            if (!hasNext() || ahead == null) {
                throw new NoSuchElementException();
            }
            StoredObject object = ahead;
            ahead = null;
            return object;
        }

        /** Other people's objects may lie under our prefix; those that no key of ours can name are not ours. */
        private Optional<StoredObject> ours(S3Object object) {
            String name = object.key();
            if (!name.startsWith(requests.root())) {
                return Optional.empty();
            }
            String key = name.substring(requests.root().length());
            // some services do not know start-after
            boolean wanted = ObjectKey.isKey(key) && (after == null || key.compareTo(after.value()) > 0);
            return wanted
                    ? Optional.of(new StoredObject(new ObjectKey(key), object.size(), object.lastModified()))
                    : Optional.empty();
        }
    }
}
