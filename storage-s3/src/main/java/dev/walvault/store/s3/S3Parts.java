package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.http.FailedException;
import dev.walvault.store.http.Failure;
import dev.walvault.store.http.PartBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * The parts of one object: sent by a few threads at once, completed as one object or aborted. For one writing thread.
 */
final class S3Parts {
    private static final int MOST_PARTS = 10_000;
    /** What an abort leaves behind is discarded later; nobody should have to wait for it. */
    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(10);

    private final ObjectKey key;
    private final String writeId;
    private final String uploadId;
    private final S3Requests requests;
    private final S3Retry retry;
    private final S3Publisher publisher;
    private final Semaphore room;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<CompletedPart>> parts = new ArrayList<>();
    private volatile @Nullable ArchiverException broken;

    private S3Parts(ObjectKey key, String writeId, String uploadId, Factory factory) {
        this.key = key;
        this.writeId = writeId;
        this.uploadId = uploadId;
        this.requests = factory.requests();
        this.retry = factory.retry();
        this.publisher = factory.publisher();
        this.room = new Semaphore(factory.inFlight());
    }

    /** Begins objects in parts, of which at most {@code inFlight} are sent at once. */
    record Factory(S3Requests requests, S3Retry retry, S3Publisher publisher, int inFlight) {
        S3Parts begin(ObjectKey key, String writeId) throws ArchiverException {
            String failed = "could not begin \"" + requests.urlOf(key) + "\"";
            var request = requests.beginParts(key, writeId);
            String uploadId = retry.call(failed, client -> {
                String id = client.createMultipartUpload(request).uploadId();
                if (id == null || id.isEmpty()) {
                    throw incomplete(failed, "the answer names no upload");
                }
                return id;
            });
            return new S3Parts(key, writeId, uploadId, this);
        }
    }

    /** Sends {@code content}, which nobody writes to any more, as soon as few enough others are in flight. */
    void send(PartBuffer content) throws ArchiverException {
        try {
            room.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted(failed(), e).exception();
        }
        ArchiverException earlier = broken;
        if (earlier != null) {
            throw earlier;
        }
        if (parts.size() == MOST_PARTS) {
            throw Fault.of(
                            ErrorCode.CONFIGURATION,
                            failed() + ": it has more than " + MOST_PARTS + " parts, which is the most there may be")
                    .hint("Set a larger \"part-size\" in the vault's URL.")
                    .configuration();
        }
        int number = parts.size() + 1;
        parts.add(threads.submit(() -> {
            try {
                return upload(number, content);
            } catch (ArchiverException e) {
                broken = e;
                throw e;
            } finally {
                room.release();
            }
        }));
    }

    private CompletedPart upload(int number, PartBuffer content) throws ArchiverException {
        var request = requests.part(key, uploadId, number, content);
        RequestBody body = S3Requests.body(content);
        String failed = "could not store part " + number + " of \"" + requests.urlOf(key) + "\"";
        return retry.call(failed, client -> {
            String etag = client.uploadPart(request, body).eTag();
            if (etag == null || etag.isEmpty()) {
                throw incomplete(failed, "the answer names no tag");
            }
            return requests.completed(number, etag, content);
        });
    }

    private static FailedException incomplete(String failed, String what) {
        Fault fault = Fault.of(ErrorCode.STORE_UNREACHABLE, failed + ": " + what)
                .hint("Is the endpoint S3 itself, or a proxy that does not know it?")
                .retry(Retry.YES);
        return new FailedException(Failure.of(fault, Failure.Remedy.TRY_AGAIN));
    }

    /** Waits for all parts and makes the object of them. */
    CreateOutcome complete() throws ArchiverException {
        List<CompletedPart> all = new ArrayList<>();
        for (Future<CompletedPart> part : parts) {
            all.add(await(part));
        }
        threads.close();
        var request = requests.complete(key, uploadId, all);
        return publisher.publish(
                key,
                writeId,
                client -> Optional.ofNullable(
                        client.completeMultipartUpload(request).eTag()));
    }

    private CompletedPart await(Future<CompletedPart> part) throws ArchiverException {
        try {
            return part.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted(failed(), e).exception();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ArchiverException known) {
                throw known;
            }
            throw new IllegalStateException(failed(), e);
        }
    }

    private String failed() {
        return "could not store \"" + requests.urlOf(key) + "\"";
    }

    /**
     * Forgets what was sent, also when this thread is interrupted. What that leaves behind is discarded another time.
     */
    void abort() {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            threads.close();
            abortUpload();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void abortUpload() {
        var request = requests.abort(requests.nameOf(key), uploadId);
        S3Retry.Tries tries =
                retry.tries("could not discard the parts of \"" + requests.urlOf(key) + "\"", ABORT_PATIENCE);
        while (true) {
            try {
                tries.once(client -> client.abortMultipartUpload(request));
                return;
            } catch (FailedException e) {
                try {
                    if (!tries.again(e.failure())) {
                        return;
                    }
                } catch (ArchiverException interruptedMeanwhile) {
                    return;
                }
            }
        }
    }
}
