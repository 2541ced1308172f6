package dev.walvault.store.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where a host in a cloud gets its access keys from, on loopback: a token service, a container's agent and an
 * instance's metadata. All lend the key of the tests' S3 server, each time with another session token.
 */
final class CredentialServices implements AutoCloseable {
    static final String WEB_TOKEN = "a.web.token";
    static final String CONTAINER_TOKEN = "a container's token";
    private static final String INSTANCE_TOKEN = "an-instances-token";
    private static final String ROLE = "backup-role";

    private final HttpServer server;
    private final Duration lifetime;
    private final AtomicInteger lent = new AtomicInteger();

    private CredentialServices(HttpServer server, Duration lifetime) {
        this.server = server;
        this.lifetime = lifetime;
    }

    /** Services whose keys are good for {@code lifetime}. */
    static CredentialServices lendingFor(Duration lifetime) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var services = new CredentialServices(server, lifetime);
        server.createContext("/", exchange -> {
            try (exchange) {
                services.answer(exchange);
            }
        });
        server.start();
        return services;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    URI container() {
        return endpoint().resolve("/container");
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String asked =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        switch (asked) {
            case "POST /" -> {
                String form = URLDecoder.decode(
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                        StandardCharsets.UTF_8);
                say(
                        exchange,
                        form.contains("Action=AssumeRoleWithWebIdentity")
                                && form.contains("RoleArn=arn:aws:iam::123456789012:role/" + ROLE)
                                && form.contains("WebIdentityToken=" + WEB_TOKEN),
                        this::assumedRole);
            }
            case "GET /container" ->
                say(exchange, has(exchange, "Authorization", CONTAINER_TOKEN), () -> lent("container"));
            case "PUT /latest/api/token" -> say(exchange, true, () -> INSTANCE_TOKEN);
            case "GET /latest/meta-data/iam/security-credentials/" ->
                say(exchange, has(exchange, "X-aws-ec2-metadata-token", INSTANCE_TOKEN), () -> ROLE);
            case "GET /latest/meta-data/iam/security-credentials/" + ROLE ->
                say(exchange, has(exchange, "X-aws-ec2-metadata-token", INSTANCE_TOKEN), () -> lent("instance"));
            default -> exchange.sendResponseHeaders(404, -1);
        }
    }

    private static boolean has(HttpExchange exchange, String header, String value) {
        return value.equals(exchange.getRequestHeaders().getFirst(header));
    }

    @FunctionalInterface
    private interface Text {
        String make();
    }

    private static void say(HttpExchange exchange, boolean allowed, Text text) throws IOException {
        if (!allowed) {
            exchange.sendResponseHeaders(403, -1);
            return;
        }
        byte[] bytes = text.make().getBytes(StandardCharsets.UTF_8);
        if (has(exchange, "X-aws-ec2-metadata-token-ttl-seconds", "21600")) {
            exchange.getResponseHeaders().set("X-aws-ec2-metadata-token-ttl-seconds", "21600");
        }
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private String token(String source) {
        return source + "-" + lent.incrementAndGet();
    }

    private Instant expiration() {
        return Instant.now().plus(lifetime).truncatedTo(ChronoUnit.SECONDS);
    }

    private String lent(String source) {
        return """
                {"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": "%s", "SecretAccessKey": "%s", "Token": "%s",
                 "LastUpdated": "2026-11-21T03:00:00Z", "Expiration": "%s"}
                """.formatted(S3Server.IDENTITY, S3Server.SECRET, token(source), expiration());
    }

    private String assumedRole() {
        return """
                <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                  <AssumeRoleWithWebIdentityResult>
                    <Credentials>
                      <AccessKeyId>%s</AccessKeyId>
                      <SecretAccessKey>%s</SecretAccessKey>
                      <SessionToken>%s</SessionToken>
                      <Expiration>%s</Expiration>
                    </Credentials>
                  </AssumeRoleWithWebIdentityResult>
                </AssumeRoleWithWebIdentityResponse>
                """.formatted(S3Server.IDENTITY, S3Server.SECRET, token("web-identity"), expiration());
    }
}
