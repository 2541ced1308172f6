package dev.walvault.pg.link;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UnixSocketTest {
    @TempDir
    Path directory;

    private ServerSocketChannel listening;
    private Socket socket;
    private SocketChannel server;

    @BeforeEach
    void connect() throws IOException {
        Path path = directory.resolve("socket");
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(path));
        socket = new UnixSocketFactory(path.toString()).createSocket();
        socket.connect(null, 0);
        server = listening.accept();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        server.close();
        listening.close();
    }

    @Test
    void bytesGoBothWaysAndTheEndIsSeen() throws IOException {
        socket.getOutputStream().write("there".getBytes(US_ASCII));
        var buffer = ByteBuffer.allocate(5);
        while (buffer.hasRemaining()) {
            assertThat(server.read(buffer)).isPositive();
        }
        assertThat(new String(buffer.array(), US_ASCII)).isEqualTo("there");

        server.write(ByteBuffer.wrap("back".getBytes(US_ASCII)));
        server.close();
        assertThat(socket.getInputStream().readAllBytes()).asString(US_ASCII).isEqualTo("back");
    }

    @Test
    void moreThanFitsIsWrittenAsTheOtherSideReads() throws Exception {
        byte[] much = new byte[4 << 20];
        var writing = CompletableFuture.runAsync(() -> {
            try {
                socket.getOutputStream().write(much);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        var buffer = ByteBuffer.allocate(much.length);
        while (buffer.hasRemaining()) {
            assertThat(server.read(buffer)).isPositive();
        }
        writing.get();
    }

    @Test
    void aTimeoutHoldsAndTheSocketGoesOnAfterwards() throws IOException {
        socket.setSoTimeout(30);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

        server.write(ByteBuffer.wrap(new byte[] {7}));
        socket.setSoTimeout(0);
        assertThat(socket.getInputStream().read()).isEqualTo(7);
    }

    @Test
    void closingEndsAReadThatWaits() throws IOException {
        var reading = CompletableFuture.supplyAsync(() -> {
            try {
                return socket.getInputStream().read();
            } catch (SocketException e) {
                return -2;
            } catch (IOException e) {
                return -3;
            }
        });
        assertThat(reading).isNotDone();
        socket.close();

        assertThat(reading.join()).isNegative();
        assertThat(socket.isClosed()).isTrue();
    }

    @Test
    void anInterruptDoesNotEndAReadAndIsNotLost() throws Exception {
        var interrupted = CompletableFuture.supplyAsync(() -> {
            Thread.currentThread().interrupt();
            try {
                int read = socket.getInputStream().read();
                return read == 9 && Thread.interrupted();
            } catch (IOException e) {
                return false;
            }
        });
        server.write(ByteBuffer.wrap(new byte[] {9}));

        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void aSocketThatIsNotThereIsAnError() {
        Path nowhere = directory.resolve("nowhere");
        assertThatThrownBy(() -> new UnixSocketFactory(nowhere.toString()).createSocket("localhost", 5432))
                .isInstanceOf(SocketException.class);
    }
}
