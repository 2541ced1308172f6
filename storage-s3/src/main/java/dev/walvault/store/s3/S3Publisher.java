package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.http.FailedException;
import dev.walvault.store.http.Failure;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * The moment in which an object appears, and the proof of whose it is. A refused condition does not tell whether the
 * object is another's or our own of an attempt whose answer was lost; the write id in its metadata does.
 */
final class S3Publisher {
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;

    private final S3Requests requests;
    private final S3Retry retry;
    private final S3Reader reader;

    S3Publisher(S3Requests requests, S3Retry retry, S3Reader reader) {
        this.requests = requests;
        this.retry = retry;
        this.reader = reader;
    }

    /** One conditional request that makes the object appear; returns its tag, which a real success has. */
    @FunctionalInterface
    interface Publication {
        Optional<String> send(S3Client client);
    }

    private enum Owner {
        OURS,
        ANOTHER,
        NOBODY
    }

    /** Publishes {@code key} once, however often that takes. */
    CreateOutcome publish(ObjectKey key, String writeId, Publication publication) throws ArchiverException {
        String failed = "could not store \"" + requests.urlOf(key) + "\"";
        S3Retry.Tries tries = retry.tries(failed);
        boolean doubt = false;
        while (true) {
            Failure failure;
            try {
                Owner owner = requests.conditionalWrites() ? Owner.NOBODY : provenOwner(tries, key, writeId);
                if (owner == Owner.NOBODY) {
                    if (tries.once(client -> isPublished(failed, client, publication))) {
                        return CreateOutcome.CREATED;
                    }
                    doubt = true;
                    owner = tries.once(client -> owner(client, key, writeId));
                }
                if (owner != Owner.NOBODY) {
                    return owner == Owner.OURS ? CreateOutcome.CREATED : CreateOutcome.ALREADY_THERE;
                }
                failure = vanished(failed);
            } catch (FailedException e) {
                failure = e.failure();
                doubt |= failure.mayHaveLanded();
            }
            if (!tries.again(failure)) {
                throw doubt ? unknown(key, failure.fault()) : failure.exception();
            }
        }
    }

    /** {@code false} if it is to be asked whose the object is. */
    private static boolean isPublished(String failed, S3Client client, Publication publication) throws FailedException {
        try {
            return publication.send(client).isPresent();
        } catch (AwsServiceException e) {
            if (e.statusCode() == PRECONDITION_FAILED
                    || new ErrorAnswer(e).code().equals("NoSuchUpload")) {
                return false;
            }
            if (e.statusCode() == CONFLICT && new ErrorAnswer(e).code().equals("ConditionalRequestConflict")) {
                Fault fault = Fault.of(ErrorCode.STORE_UNREACHABLE, failed + ": another writer is just storing it")
                        .retry(Retry.YES)
                        .cause(e);
                throw new FailedException(Failure.of(fault, Failure.Remedy.TRY_AGAIN));
            }
            throw e;
        }
    }

    private Owner owner(S3Client client, ObjectKey key, String writeId) throws FailedException {
        try {
            return ownerOf(reader.complete(key, client.headObject(requests.head(key))), writeId);
        } catch (AwsServiceException e) {
            if (e.statusCode() == S3Reader.NOT_FOUND) {
                return Owner.NOBODY;
            }
            throw e;
        }
    }

    /** Without conditional writes nothing but this stands between two writers, so absence must be proven. */
    private Owner provenOwner(S3Retry.Tries tries, ObjectKey key, String writeId) throws FailedException {
        Optional<HeadObjectResponse> found = reader.find(tries, key);
        return found.isPresent() ? ownerOf(found.get(), writeId) : Owner.NOBODY;
    }

    private static Owner ownerOf(HeadObjectResponse found, String writeId) {
        return writeId.equals(found.metadata().get(S3Requests.WRITE_ID)) ? Owner.OURS : Owner.ANOTHER;
    }

    private static Failure vanished(String failed) {
        Fault fault = Fault.of(
                        ErrorCode.STORE_UNREACHABLE, failed + ": the service says that it is there, and that it is not")
                .detail("a conditional write was refused or not confirmed, and no such object was found afterwards")
                .hint("If nobody deletes objects or abandons uploads just now, the service is not consistent.")
                .retry(Retry.YES);
        return Failure.of(fault, Failure.Remedy.TRY_AGAIN);
    }

    private ArchiverException unknown(ObjectKey key, Fault last) {
        String detail = last.message() + (last.detail() == null ? "" : "; " + last.detail());
        Retry again = last.code() == ErrorCode.CANCELLED ? Retry.NO : Retry.YES;
        return new Fault(
                        last.code(),
                        "it is not known whether \"" + requests.urlOf(key) + "\" was stored",
                        again,
                        detail,
                        last.hint(),
                        last.cause())
                .store();
    }
}
