package dev.walvault.store.http;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import java.time.Duration;
import java.util.Optional;

/**
 * Why one attempt failed, what may help, and what it means for the object.
 *
 * @param mayHaveLanded whether the service may have done what was asked all the same
 */
public record Failure(Fault fault, Remedy remedy, boolean mayHaveLanded, Optional<Duration> askedPause) {

    /** What may help. */
    public enum Remedy {
        TRY_AGAIN,
        /** Try again, and ask less of the service in all. */
        SLOW_DOWN,
        /** Try again with the time of the service, which its answer told. */
        CORRECT_CLOCK,
        /** Read the credentials again and try once more. */
        REREAD_CREDENTIALS,
        NOTHING
    }

    /** Nothing can have happened, and no pause is asked for. */
    public static Failure of(Fault fault, Remedy remedy) {
        return new Failure(fault, remedy, false, Optional.empty());
    }

    /** The thread that waited was interrupted; the request may have been served. */
    public static Failure interrupted(String failed, Throwable cause) {
        return of(Fault.of(ErrorCode.CANCELLED, failed + ": interrupted").cause(cause), Remedy.NOTHING)
                .landed(true);
    }

    /** An error of this program, which no other attempt mends. */
    public static Failure ours(String failed, ArchiverException error, Throwable thrown) {
        return of(Fault.from(error).message(failed + ": " + error.getMessage()).cause(thrown), Remedy.NOTHING);
    }

    /** The same, if the service may have done it, or cannot have. */
    public Failure landed(boolean maybe) {
        return new Failure(fault, remedy, maybe, askedPause);
    }

    /** The same with the pause that the service asks for. */
    public Failure asked(Optional<Duration> pause) {
        return new Failure(fault, remedy, mayHaveLanded, pause);
    }

    /** As callers of the store see it. */
    public ArchiverException exception() {
        return fault.exception();
    }
}
