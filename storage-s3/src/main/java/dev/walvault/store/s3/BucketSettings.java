package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DefaultRetention;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * How the bucket itself is set up, as far as the service tells it. For people only: no vault needs to know, and no
 * policy of ours allows to ask.
 */
final class BucketSettings {
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int NOT_IMPLEMENTED = 501;

    private final String bucket;
    private final S3Retry retry;

    BucketSettings(String bucket, S3Retry retry) {
        this.bucket = bucket;
        this.retry = retry;
    }

    /** Whether the bucket keeps what is deleted or replaced. */
    sealed interface Versioning {
        record Off() implements Versioning {}

        record On() implements Versioning {}

        /** Older versions are kept, no new ones are made. */
        record Suspended() implements Versioning {}
    }

    /** Whether objects of the bucket can be locked. */
    sealed interface Lock {
        record None() implements Lock {}

        /** {@code byDefault} is the lock of what is stored without one, in words. */
        record Possible(Optional<String> byDefault) implements Lock {}
    }

    /** The service does not know such a thing, or does not say. */
    record Untold(String why) implements Versioning, Lock {}

    Versioning versioning() throws ArchiverException {
        return retry.call("could not ask whether bucket \"" + bucket + "\" keeps versions", client -> {
            try {
                return versioning(client.getBucketVersioning(request -> request.bucket(bucket))
                        .status());
            } catch (S3Exception e) {
                return untold(e).orElseThrow(() -> e);
            }
        });
    }

    private static Versioning versioning(@Nullable BucketVersioningStatus status) {
        // absent in a bucket that never had versions
        return switch (status) {
            case null -> new Versioning.Off();
            case ENABLED -> new Versioning.On();
            case SUSPENDED -> new Versioning.Suspended();
            case UNKNOWN_TO_SDK_VERSION -> new Untold("the service gives a status that S3 does not have");
        };
    }

    Lock lock() throws ArchiverException {
        return retry.call("could not ask whether bucket \"" + bucket + "\" has Object Lock", client -> {
            try {
                return lock(client.getObjectLockConfiguration(request -> request.bucket(bucket))
                        .objectLockConfiguration());
            } catch (S3Exception e) {
                boolean none =
                        e.statusCode() == NOT_FOUND && new ErrorAnswer(e).code().contains("ObjectLockConfiguration");
                return none ? new Lock.None() : untold(e).orElseThrow(() -> e);
            }
        });
    }

    private static Lock lock(@Nullable ObjectLockConfiguration configuration) {
        if (configuration == null) {
            return new Untold("the service's answer says nothing about it");
        }
        if (configuration.objectLockEnabled() != ObjectLockEnabled.ENABLED) {
            return new Lock.None();
        }
        return new Lock.Possible(Optional.ofNullable(configuration.rule())
                .flatMap(rule -> Optional.ofNullable(rule.defaultRetention()))
                .map(BucketSettings::inWords));
    }

    private static String inWords(DefaultRetention retention) {
        String time = retention.years() == null ? retention.days() + " days" : retention.years() + " years";
        return time + ", " + retention.modeAsString();
    }

    private static Optional<Untold> untold(AwsServiceException answer) {
        int status = answer.statusCode();
        return status == NOT_IMPLEMENTED || status == METHOD_NOT_ALLOWED
                ? Optional.of(new Untold("the service does not know this question (status " + status + ")"))
                : Optional.empty();
    }
}
