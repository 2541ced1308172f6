package dev.walvault.store.s3;

import dev.walvault.Fault;
import dev.walvault.StoreException;
import java.time.Duration;
import java.util.Optional;

/**
 * Why one attempt failed, what may help, and what it means for the object.
 *
 * @param mayHaveLanded whether the service may have done what was asked all the same
 */
record S3Failure(Fault fault, Remedy remedy, boolean mayHaveLanded, Optional<Duration> askedPause) {

    /** What may help. */
    enum Remedy {
        TRY_AGAIN,
        /** Try again, and ask less of the service in all. */
        SLOW_DOWN,
        /** Try again with the time of the service, which the SDK has learned from its answer. */
        CORRECT_CLOCK,
        /** Read the credentials again and try once more. */
        REREAD_CREDENTIALS,
        NOTHING
    }

    static S3Failure of(Fault fault, Remedy remedy) {
        return new S3Failure(fault, remedy, false, Optional.empty());
    }

    S3Failure landed(boolean maybe) {
        return new S3Failure(fault, remedy, maybe, askedPause);
    }

    S3Failure asked(Optional<Duration> pause) {
        return new S3Failure(fault, remedy, mayHaveLanded, pause);
    }

    StoreException exception() {
        return fault.store();
    }
}
