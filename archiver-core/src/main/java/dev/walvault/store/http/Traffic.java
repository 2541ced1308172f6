package dev.walvault.store.http;

import dev.walvault.PassingInput;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What passes between this process and a service: connections that stall are given up, bandwidth limits are held, and
 * the clock of the other side is looked at. An HTTP client passes its bodies through here.
 */
public final class Traffic implements AutoCloseable {
    private final StallLimit limit;
    private final Bandwidth upload;
    private final Bandwidth download;
    private final Timing timing;
    private final Watchdog watchdog;
    private volatile @Nullable Duration clockSkew;

    /** No faster than these limits allow, and no slower than that one. */
    public Traffic(StallLimit limit, Bandwidth upload, Bandwidth download, Timing timing) {
        this.limit = limit;
        this.upload = upload;
        this.download = download;
        this.timing = timing;
        this.watchdog = new Watchdog(limit);
    }

    /** A request and its answer; {@code abort} closes its connection, from whatever thread. */
    public Exchange exchange(Runnable abort) {
        return new Exchange(limit, timing.clock(), abort);
    }

    /** The request is sent now. */
    public void begin(Exchange exchange) {
        watchdog.watch(exchange);
    }

    /** It is over, before its answer was read to the end or without one. */
    public void end(Exchange exchange) {
        watchdog.forget(exchange);
    }

    /** The body of a request, as the network reads it. */
    public InputStream sent(InputStream body, Exchange exchange) {
        return new Sent(body, exchange);
    }

    /**
     * The body of an answer; closing it ends the exchange.
     *
     * @param most after so many bytes it ends, and the rest is not read
     * @param abort gives the rest up
     */
    public InputStream received(InputStream body, Exchange exchange, long most, Runnable abort) {
        return new Received(body, exchange, most, abort);
    }

    /** An answer had this {@code Date}. */
    public void learnTime(String date) {
        try {
            Instant theirs = DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
            clockSkew = Duration.between(timing.now(), theirs);
        } catch (DateTimeException _) {
            // a header that nobody needs
        }
    }

    /** By how much the clock of the service was ahead of ours in its last answer; empty before the first one. */
    public Optional<Duration> clockSkew() {
        return Optional.ofNullable(clockSkew);
    }

    @Override
    public void close() {
        watchdog.close();
    }

    /** The body of a request: while this is read nobody waits for the network, in between somebody does. */
    private final class Sent extends PassingInput {
        private final Exchange exchange;

        Sent(InputStream in, Exchange exchange) {
            super(in);
            this.exchange = exchange;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            exchange.moved(0);
            int count = in.read(into, from, length);
            upload.take(count);
            exchange.moved(count);
            exchange.waiting();
            return count;
        }
    }

    /** The body of an answer: only while this is read somebody waits for the network. */
    private final class Received extends PassingInput {
        private final Runnable abort;
        private final Exchange exchange;
        private long left;

        Received(InputStream body, Exchange exchange, long most, Runnable abort) {
            super(body);
            this.abort = abort;
            this.exchange = exchange;
            this.left = most;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int count = 0;
            if (left == 0) {
                return -1; // what says no says so at its beginning, and a list that is cut is no XML
            }
            try {
                exchange.waiting();
                count = in.read(into, from, (int) Math.min(length, left));
            } catch (IOException e) {
                throw exchange.reason(e);
            } finally {
                exchange.moved(count);
            }
            left -= Math.max(count, 0);
            download.take(count);
            return count;
        }

        @Override
        public void close() throws IOException {
            watchdog.forget(exchange);
            if (left == 0) {
                abort.run(); // to close it would be to read the rest
            }
            in.close();
        }
    }
}
