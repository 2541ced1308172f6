package dev.walvault.observe;

import dev.walvault.ArchiverException;
import java.time.Duration;

/** Something that happened on the way, which the result does not tell. */
public sealed interface Event {

    /** Something unexpected that did not stop the work; the text is for the operator. */
    record Warning(String message) implements Event {}

    /** A step that takes a while has begun. */
    record Step(String message) implements Event {}

    /** So much of a known total is done. Totals may grow while the work goes on. */
    record Progress(long filesDone, long bytesDone, long bytesTotal) implements Event {}

    /** A failure that will be tried again after a pause. */
    record Retrying(ArchiverException failure, Duration pause) implements Event {}
}
