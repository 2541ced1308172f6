package dev.walvault.store.s3;

import dev.walvault.store.http.Exchange;
import dev.walvault.store.http.StallLimit;
import dev.walvault.store.http.Timing;
import dev.walvault.store.http.Watchdog;
import dev.walvault.work.Bandwidth;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/** An HTTP client that gives up connections that stall, holds bandwidth limits, and looks at the clock of the other side. */
final class WatchedHttpClient implements SdkHttpClient {
    private static final long LONGEST_ERROR = 64 << 10;

    /** A page of a listing has a thousand keys of at most 1 kB each, and as much again around them. */
    private static final long LONGEST_ANSWER = 16 << 20;

    /** What a request for an object's bytes may have in its query. */
    private static final Set<String> OF_AN_OBJECT = Set.of("partNumber", "versionId", "x-id");

    private final SdkHttpClient client;
    private final StallLimit limit;
    private final Bandwidth upload;
    private final Bandwidth download;
    private final Timing timing;
    private final Watchdog watchdog;
    private volatile @Nullable Duration clockSkew;

    WatchedHttpClient(SdkHttpClient client, StallLimit limit, Bandwidth upload, Bandwidth download, Timing timing) {
        this.client = client;
        this.limit = limit;
        this.upload = upload;
        this.download = download;
        this.timing = timing;
        this.watchdog = new Watchdog(limit);
    }

    /** By how much the clock of the service was ahead of ours in its last answer; empty before the first one. */
    Optional<Duration> clockSkew() {
        return Optional.ofNullable(clockSkew);
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new Watched(request);
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    @Override
    public void close() {
        watchdog.close();
        client.close();
    }

    private void learnTime(HttpExecuteResponse response) {
        response.httpResponse().firstMatchingHeader("Date").ifPresent(date -> {
            try {
                Instant theirs = DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
                clockSkew = Duration.between(timing.now(), theirs);
            } catch (DateTimeException _) {
                // a header that nobody needs
            }
        });
    }

    private final class Watched implements ExecutableHttpRequest {
        private final HttpExecuteRequest original;
        private final ExecutableHttpRequest request;
        private final Exchange exchange;

        Watched(HttpExecuteRequest original) {
            this.original = original;
            this.exchange = new Exchange(limit, timing.clock(), this::abort);
            Optional<ContentStreamProvider> body =
                    original.contentStreamProvider().map(provider -> () -> new Sent(provider.newStream(), exchange));
            this.request = client.prepareRequest(HttpExecuteRequest.builder()
                    .request(original.httpRequest())
                    .contentStreamProvider(body.orElse(null))
                    .metricCollector(original.metricCollector().orElse(null))
                    .build());
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            watchdog.watch(exchange);
            boolean answered = false;
            try {
                exchange.waiting();
                HttpExecuteResponse response = request.call();
                exchange.moved(0);
                learnTime(response);
                Optional<AbortableInputStream> body = response.responseBody();
                answered = body.isPresent();
                return HttpExecuteResponse.builder()
                        .response(response.httpResponse())
                        .responseBody(body.map(in -> received(in, mostOf(response.httpResponse())))
                                .orElse(null))
                        .build();
            } catch (IOException e) {
                throw exchange.reason(e);
            } finally {
                if (!answered) {
                    watchdog.forget(exchange);
                }
            }
        }

        /** The SDK holds every answer in memory but an object that is read. */
        private long mostOf(SdkHttpResponse response) {
            if (!response.isSuccessful()) {
                return LONGEST_ERROR;
            }
            SdkHttpRequest asked = original.httpRequest();
            boolean object = asked.method() == SdkHttpMethod.GET
                    && asked.rawQueryParameters().keySet().stream().allMatch(OF_AN_OBJECT::contains);
            return object ? Long.MAX_VALUE : LONGEST_ANSWER;
        }

        private AbortableInputStream received(AbortableInputStream in, long most) {
            return AbortableInputStream.create(new Received(in, exchange, most), () -> {
                watchdog.forget(exchange);
                in.abort();
            });
        }

        @Override
        public void abort() {
            request.abort();
        }
    }

    /** The body of a request: while this is read nobody waits for the network, in between somebody does. */
    private final class Sent extends FilterInputStream {
        private final Exchange exchange;

        Sent(InputStream in, Exchange exchange) {
            super(in);
            this.exchange = exchange;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
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
    private final class Received extends FilterInputStream {
        private final AbortableInputStream body;
        private final Exchange exchange;
        private long left;

        Received(AbortableInputStream body, Exchange exchange, long most) {
            super(body);
            this.body = body;
            this.exchange = exchange;
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
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
                body.abort(); // to close it would be to read the rest
            }
            in.close();
        }
    }
}
