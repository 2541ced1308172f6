package dev.walvault.store.s3;

import dev.walvault.ConfigurationException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.store.http.StallLimit;
import dev.walvault.store.http.Timing;
import dev.walvault.store.http.Tls;
import dev.walvault.store.http.Traffic;
import dev.walvault.work.Bandwidth;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The SDK's client, made when the first request needs it and told everything, so that it looks for nothing on its own.
 * It does not retry, adds no checksums of its own and sends bodies as they are.
 */
final class S3ClientFactory implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** Somebody may hold all connections while the disk that a restore writes to is busy. */
    private static final Duration POOL_TIMEOUT = Duration.ofMinutes(10);
    /** Less than the time after which services and firewalls forget a connection. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(20);

    private final S3Options options;
    private final Map<String, String> environment;
    private final Tls tls;
    private final Timing timing;
    private final S3Credentials credentials;
    private @Nullable WatchedHttpClient http;
    private @Nullable S3Client client;
    private @Nullable Region region;

    S3ClientFactory(S3Options options, Map<String, String> environment, Tls tls, Timing timing) {
        this.options = options;
        this.environment = environment;
        this.tls = tls;
        this.timing = timing;
        this.credentials = new S3Credentials(options, environment, this::http, this::regionOfClient);
    }

    S3Credentials credentials() {
        return credentials;
    }

    /** By how much the clock of the service was ahead of ours in its last answer. */
    synchronized Optional<Duration> clockSkew() {
        return http == null ? Optional.empty() : http.clockSkew();
    }

    /** Throws if it cannot be found out for which region requests are to be signed. */
    synchronized S3Client client() throws ConfigurationException {
        if (client == null) {
            region = region();
            var builder = S3Client.builder()
                    .httpClient(http())
                    .credentialsProvider(credentials)
                    .region(region)
                    .forcePathStyle(options.pathStyle())
                    .crossRegionAccessEnabled(false)
                    .disableS3ExpressSessionAuth(true)
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                    .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                    .overrideConfiguration(override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry())
                            .defaultProfileFile(S3Credentials.noProfiles()));
            options.endpoint().ifPresent(builder::endpointOverride);
            client = builder.build();
        }
        return client;
    }

    private synchronized SdkHttpClient http() {
        if (http == null) {
            var stall = new StallLimit(options.stallRate(), options.stallWindow());
            var builder = Apache5HttpClient.builder()
                    .maxConnections(options.connections())
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .connectionAcquisitionTimeout(POOL_TIMEOUT)
                    .connectionMaxIdleTime(IDLE_TIMEOUT)
                    .socketTimeout(options.stallWindow().multipliedBy(2))
                    .useIdleConnectionReaper(false)
                    .tcpKeepAlive(true);
            if (options.endpoint().map(URI::getScheme).filter("http"::equals).isEmpty()) {
                builder.tlsTrustManagersProvider(tls::trustManagers);
                if (tls.identity().isPresent()) {
                    builder.tlsKeyManagersProvider(tls::keyManagers);
                }
            }
            http = new WatchedHttpClient(
                    builder.build(),
                    new Traffic(
                            stall,
                            new Bandwidth(options.uploadLimit(), timing.clock(), timing.pause()),
                            new Bandwidth(options.downloadLimit(), timing.clock(), timing.pause()),
                            timing));
        }
        return http;
    }

    private synchronized Region regionOfClient() {
        return Objects.requireNonNull(region);
    }

    /**
     * Only Amazon's own service has a region that has to be known. The instance is not asked: elsewhere nobody answers.
     */
    private Region region() throws ConfigurationException {
        Optional<String> named = options.region()
                .or(() -> Optional.ofNullable(environment.get("AWS_REGION")))
                .or(() -> Optional.ofNullable(environment.get("AWS_DEFAULT_REGION")));
        if (named.isPresent()) {
            return Region.of(named.get());
        }
        return options.endpoint().isPresent() ? Region.US_EAST_1 : regionOfProfile();
    }

    private Region regionOfProfile() throws ConfigurationException {
        Fault unknown = Fault.of(ErrorCode.CONFIGURATION, "the region of the bucket is not known")
                .hint("Add region=... to the vault's URL: s3://bucket/prefix?region=eu-central-1");
        try {
            Optional<String> named = credentials.regionOfProfile();
            if (named.isPresent()) {
                return Region.of(named.get());
            }
        } catch (SdkException | IllegalStateException e) {
            throw unknown.detail(String.valueOf(e.getMessage())).cause(e).configuration();
        }
        throw unknown.detail("neither the URL nor AWS_REGION names it, nor does the AWS profile")
                .configuration();
    }

    @Override
    public synchronized void close() {
        credentials.close();
        if (client != null) {
            client.close();
        }
        if (http != null) {
            http.close();
        }
    }
}
