package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ArchiverException;
import dev.walvault.StoreException;
import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Servers that accept connections and then do nothing, or too little: no time-out of a socket helps against all of
 * them.
 */
@Timeout(60)
class StalledServerTest {
    private static final ObjectKey KEY = ObjectKey.of("a", "b");
    /** More than the buffers of the sockets on both sides hold. */
    private static final byte[] LARGE = new byte[32 << 20];

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private ServerSocket door;

    enum Protocol {
        HTTP,
        HTTPS
    }

    @BeforeEach
    void listen() throws IOException {
        door = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        door.close();
        for (Socket each : sockets) {
            each.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatNeverReadsIsGivenUp(Protocol protocol) throws Exception {
        String url = serve(protocol, socket -> {
            // read as much as a handshake needs, which the socket does by itself
            socket.getInputStream().read();
        });

        try (S3Store store = open(url, "1s")) {
            assertStalled(() -> store.createIfAbsent(KEY, Content.of(LARGE)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatNeverAnswersIsGivenUp(Protocol protocol) throws Exception {
        String url = serve(protocol, socket -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));

        try (S3Store store = open(url, "1s")) {
            assertStalled(() -> store.createIfAbsent(KEY, Content.of(new byte[10])));
        }
    }

    @Test
    void aBodyThatStopsInTheMiddleIsGivenUp() throws Exception {
        String url = serve(Protocol.HTTP, socket -> {
            socket.getInputStream().read(new byte[8_192]);
            String head = String.join(
                    "\r\n",
                    "HTTP/1.1 200 OK",
                    "Content-Length: 1000",
                    "Last-Modified: Sat, 21 Nov 2026 03:00:00 GMT",
                    "",
                    "");
            socket.getOutputStream().write((head + "some").getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
        });

        try (S3Store store = open(url, "1s");
                InputStream in = store.open(KEY).orElseThrow()) {
            assertThat(in.readNBytes(4)).asString(StandardCharsets.US_ASCII).isEqualTo("some");
            assertStalled(in::read);
        }
    }

    @Test
    void anInterruptedThreadDoesNotWaitForTheServer() throws Exception {
        var connected = new CountDownLatch(1);
        String url = serve(Protocol.HTTP, socket -> connected.countDown());
        var thrown = new AtomicReference<Throwable>();

        try (S3Store store = open(url, "10m")) {
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    store.open(KEY);
                } catch (ArchiverException e) {
                    thrown.set(e);
                }
            });
            assertThat(connected.await(30, TimeUnit.SECONDS)).isTrue();
            waiting.interrupt();

            assertThat(waiting.join(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(thrown.get()).hasMessageContaining("interrupted");
    }

    private static void assertStalled(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.getMessage() + e.detail()).contains("the connection stalled"));
    }

    private static S3Store open(String url, String window) throws Exception {
        var location = S3Urls.place(url + "&deadline=100ms&stall-window=" + window);
        return S3Store.open(location, key -> ObjectKind.WAL, event -> {});
    }

    @FunctionalInterface
    private interface Conversation {
        void with(Socket socket) throws IOException;
    }

    /** Holds {@code conversation} on every connection and leaves it open; returns the URL of a vault there. */
    private String serve(Protocol protocol, Conversation conversation) throws Exception {
        String more = "";
        if (protocol == Protocol.HTTPS) {
            ServerCertificate certificate = ServerCertificate.make(directory.resolve("tls"), "ip:127.0.0.1");
            door.close();
            door = secureDoor(certificate);
            more = "&ca-file=" + certificate.authority();
        }
        ServerSocket listening = door;
        Thread.ofVirtual().start(() -> {
            while (!listening.isClosed()) {
                try {
                    Socket socket = listening.accept();
                    sockets.add(socket);
                    Thread.ofVirtual().start(() -> {
                        try {
                            conversation.with(socket);
                        } catch (IOException e) {
                            // the client gave up, as it should
                        }
                    });
                } catch (IOException e) {
                    // closed
                }
            }
        });
        Path credentials = Files.writeString(directory.resolve("credentials"), """
                [default]
                aws_access_key_id = x
                aws_secret_access_key = y
                """);
        return "s3://bucket/x?endpoint=" + (protocol == Protocol.HTTPS ? "https" : "http") + "://127.0.0.1:"
                + door.getLocalPort() + more + "&credentials-file=" + credentials
                + "";
    }

    private static SSLServerSocket secureDoor(ServerCertificate certificate) throws Exception {
        KeyStore keys = KeyStore.getInstance(certificate.keyStore().toFile(), ServerCertificate.PASSWORD.toCharArray());
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, ServerCertificate.PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }
}
