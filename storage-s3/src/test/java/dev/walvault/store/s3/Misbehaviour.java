package dev.walvault.store.s3;

import java.time.Duration;

/** What a {@link FaultProxy} does to a request instead of passing it on and its answer back. */
public sealed interface Misbehaviour {
    /** Which way bytes of a body go. */
    enum Way {
        REQUEST,
        RESPONSE
    }

    /** How a connection ends that is broken on purpose. */
    enum End {
        /** A reset: the peer knows at once. */
        RESET,
        /** An orderly end, too early. */
        CLOSE,
        /** Nothing any more, for ever: the peer has to find out by itself. */
        HANG
    }

    /** Nothing of the request reaches the server, nothing is answered. */
    record Refuse(End end) implements Misbehaviour {}

    /** The head and {@code bytes} of the body pass; where there is more of it, the connection breaks. */
    record Break(Way way, long bytes, End end) implements Misbehaviour {}

    /** The server does all that was asked, but its answer is lost. */
    record LoseAnswer(End end) implements Misbehaviour {}

    /** The server never hears of it; this is answered. */
    record Say(Answer answer) implements Misbehaviour {}

    /** The server does all that was asked, but this is answered. */
    record SayAfter(Answer answer) implements Misbehaviour {}

    /** Passes after a while. */
    record Delay(Duration duration) implements Misbehaviour {}

    /** The body passes at this rate. */
    record Slow(Way way, long bytesPerSecond) implements Misbehaviour {}

    /** The lowest bit of the body's byte number {@code at} is turned. */
    record Flip(Way way, long at) implements Misbehaviour {}

    /** The response says that it is {@code bytes} long, and is: what is missing cannot be seen in HTTP. */
    record Truncate(long bytes) implements Misbehaviour {}
}
