package dev.walvault.store.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A real S3 server as a process of its own: s3proxy over a temporary directory, on loopback, over HTTP and HTTPS, with
 * signatures verified. Headers that it does not know, such as a session's token, are part of the signature and
 * otherwise ignored. Its data outlives {@link #stop()} and {@link #kill()} and is removed by {@link #close()}.
 */
public final class S3Server implements AutoCloseable {
    public static final String IDENTITY = "walvault-test";
    public static final String SECRET = "a+secret/of-the-tests";
    private static final int ATTEMPTS = 3;
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);
    /** Clocks are a matter of {@link WrongClock}; the server itself takes any. */
    private static final int MAXIMUM_SKEW_SECONDS = 1_000_000;

    private static @Nullable S3Server shared;

    private final Path directory;
    private final ServerCertificate certificate;
    private final int port = freePort();
    private final int securePort = freePort();
    private final AtomicInteger buckets = new AtomicInteger();
    private final S3Client client;
    private @Nullable Process process;

    private S3Server(Path directory, ServerCertificate certificate) {
        this.directory = directory;
        this.certificate = certificate;
        this.client = S3Client.builder()
                .endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(IDENTITY, SECRET)))
                .httpClientBuilder(Apache5HttpClient.builder())
                .build();
    }

    /** The server that the tests of one JVM share, each with a bucket of its own; it ends with the JVM. */
    public static synchronized S3Server shared() throws IOException, InterruptedException {
        if (shared == null) {
            S3Server started = launch();
            Runtime.getRuntime().addShutdownHook(new Thread(started::close));
            shared = started;
        }
        return shared;
    }

    /** A server for a test that stops and kills it. */
    public static S3Server launch() throws IOException, InterruptedException {
        return launch("ip:127.0.0.1,dns:localhost");
    }

    /** The same with a certificate for certain names, as keytool writes subject alternative names. */
    static S3Server launch(String certificateNames) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("walvault-s3-server");
        Files.createDirectory(directory.resolve("data"));
        ServerCertificate certificate = ServerCertificate.make(directory.resolve("tls"), certificateNames);
        for (int attempt = 1; ; attempt++) {
            var server = new S3Server(directory, certificate);
            server.writeConfiguration();
            try {
                server.start();
                return server;
            } catch (IOException e) {
                // a port that was free a moment ago may be another program's by now
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public URI secureEndpoint() {
        return URI.create("https://127.0.0.1:" + securePort);
    }

    /** What a client of {@link #secureEndpoint()} has to trust, as PEM. */
    public Path authority() {
        return certificate.authority();
    }

    /** A file in AWS's format whose {@code default} profile opens this server. */
    public Path credentialsFile() {
        return directory.resolve("credentials");
    }

    /** A client that knows nothing of our driver: what is really stored. */
    public S3Client client() {
        return client;
    }

    /** A fresh, empty bucket. */
    public S3Bucket createBucket() {
        var bucket = new S3Bucket(this, "bucket-" + buckets.incrementAndGet());
        client.createBucket(request -> request.bucket(bucket.name()));
        return bucket;
    }

    /** Starts it again, on the same ports, with the data it had. */
    public void start() throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path jar = Path.of(System.getProperty("walvault.test-tools"), "s3proxy.jar");
        var builder = new ProcessBuilder(
                        java.toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        jar.toString(),
                        "--properties",
                        directory.resolve("s3proxy.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        // its keys are file names, and in ASCII without a locale
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process started = builder.start();
        process = started;
        Instant deadline = Instant.now().plus(START_DEADLINE);
        while (!answers(port) || !answers(securePort)) {
            if (!started.isAlive() || Instant.now().isAfter(deadline)) {
                kill();
                throw new IOException("the S3 server did not start: " + Files.readString(directory.resolve("log")));
            }
            Thread.sleep(50);
        }
    }

    /** Ends it the polite way; killed if it does not go. */
    public void stop() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroy();
            if (!running.waitFor(10, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
            process = null;
        }
    }

    /** Ends it as a power failure would, for its clients. */
    public void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().waitFor();
            process = null;
        }
    }

    @Override
    public void close() {
        client.close();
        try {
            kill();
            deleteTree(directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeConfiguration() throws IOException {
        Files.writeString(credentialsFile(), """
                [default]
                aws_access_key_id = %s
                aws_secret_access_key = %s
                """.formatted(IDENTITY, SECRET));
        Files.writeString(directory.resolve("s3proxy.conf"), """
                s3proxy.endpoint=%s
                s3proxy.secure-endpoint=%s
                s3proxy.keystore-path=%s
                s3proxy.keystore-password=%s
                s3proxy.authorization=aws-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                s3proxy.maximum-timeskew=%d
                s3proxy.ignore-unknown-headers=true
                jclouds.provider=filesystem-nio2
                jclouds.identity=unused
                jclouds.credential=unused
                jclouds.filesystem.basedir=%s
                """.formatted(
                        endpoint(),
                        secureEndpoint(),
                        certificate.keyStore(),
                        ServerCertificate.PASSWORD,
                        IDENTITY,
                        SECRET,
                        MAXIMUM_SKEW_SECONDS,
                        directory.resolve("data")));
    }

    private static boolean answers(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
