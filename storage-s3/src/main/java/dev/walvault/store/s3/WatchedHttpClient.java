package dev.walvault.store.s3;

import dev.walvault.store.http.Exchange;
import dev.walvault.store.http.Traffic;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/** The SDK's HTTP client, whose bodies pass through {@link Traffic}; of an answer no more is read than it may hold. */
final class WatchedHttpClient implements SdkHttpClient {
    private static final long LONGEST_ERROR = 64 << 10;

    /** A page of a listing has a thousand keys of at most 1 kB each, and as much again around them. */
    private static final long LONGEST_ANSWER = 16 << 20;

    /** What a request for an object's bytes may have in its query. */
    private static final Set<String> OF_AN_OBJECT = Set.of("partNumber", "versionId", "x-id");

    private final SdkHttpClient client;
    private final Traffic traffic;

    WatchedHttpClient(SdkHttpClient client, Traffic traffic) {
        this.client = client;
        this.traffic = traffic;
    }

    /** By how much the clock of the service was ahead of ours in its last answer; empty before the first one. */
    Optional<Duration> clockSkew() {
        return traffic.clockSkew();
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
        traffic.close();
        client.close();
    }

    private final class Watched implements ExecutableHttpRequest {
        private final HttpExecuteRequest original;
        private final ExecutableHttpRequest request;
        private final Exchange exchange;

        Watched(HttpExecuteRequest original) {
            this.original = original;
            this.exchange = traffic.exchange(this::abort);
            Optional<ContentStreamProvider> body = original.contentStreamProvider()
                    .map(provider -> () -> traffic.sent(provider.newStream(), exchange));
            this.request = client.prepareRequest(HttpExecuteRequest.builder()
                    .request(original.httpRequest())
                    .contentStreamProvider(body.orElse(null))
                    .metricCollector(original.metricCollector().orElse(null))
                    .build());
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            traffic.begin(exchange);
            boolean answered = false;
            try {
                exchange.waiting();
                HttpExecuteResponse response = request.call();
                exchange.moved(0);
                response.httpResponse().firstMatchingHeader("Date").ifPresent(traffic::learnTime);
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
                    traffic.end(exchange);
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
            return AbortableInputStream.create(traffic.received(in, exchange, most, in::abort), () -> {
                traffic.end(exchange);
                in.abort();
            });
        }

        @Override
        public void abort() {
            request.abort();
        }
    }
}
