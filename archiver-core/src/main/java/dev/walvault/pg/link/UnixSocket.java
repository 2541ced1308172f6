package dev.walvault.pg.link;

import dev.walvault.PieceInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A UNIX-domain socket with the face of a TCP socket, which is what the JDBC driver asks for. Its time-out holds: a
 * channel that blocks has none, so this one does not block, and waits with a selector.
 */
final class UnixSocket extends Socket {
    private final Path path;
    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;
    private final InputStream input = new Input();
    private final OutputStream output = new Output();
    private volatile int timeout;

    UnixSocket(Path path) throws IOException {
        this.path = path;
        this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        this.readable = Selector.open();
        this.writable = Selector.open();
    }

    void connect() throws IOException {
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            channel.configureBlocking(false);
            channel.register(readable, SelectionKey.OP_READ);
            channel.register(writable, SelectionKey.OP_WRITE);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** The address is the driver's own idea; a socket has one place only. */
    @Override
    public void connect(@Nullable SocketAddress address) throws IOException {
        connect();
    }

    @Override
    public void connect(@Nullable SocketAddress address, int milliseconds) throws IOException {
        connect();
    }

    @Override
    public InputStream getInputStream() {
        return input;
    }

    @Override
    public OutputStream getOutputStream() {
        return output;
    }

    private final class Input extends PieceInput {
        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            var buffer = ByteBuffer.wrap(bytes, offset, length);
            try (var wait = new Wait(readable)) {
                int n = channel.read(buffer);
                while (n == 0 && length > 0) {
                    wait.untilReady();
                    n = channel.read(buffer);
                }
                return n;
            }
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            var buffer = ByteBuffer.wrap(bytes, offset, length);
            try (var wait = new Wait(writable)) {
                while (buffer.hasRemaining()) {
                    if (channel.write(buffer) == 0) {
                        wait.untilReady();
                    }
                }
            }
        }
    }

    /** One call's waiting. As with other sockets, an interrupt does not end it; the thread finds it afterwards. */
    private final class Wait implements AutoCloseable {
        private final Selector selector;
        private final long deadline =
                System.nanoTime() + Duration.ofMillis(timeout).toNanos();
        private boolean interrupted;

        Wait(Selector selector) {
            this.selector = selector;
        }

        void untilReady() throws IOException {
            try {
                selector.select(milliseconds());
                selector.selectedKeys().clear();
            } catch (ClosedSelectorException e) {
                var closed = new SocketException("the socket is closed");
                closed.initCause(e);
                throw closed;
            }
            interrupted |= Thread.interrupted();
        }

        /** Until the time-out; 0 if there is none. */
        private long milliseconds() throws SocketTimeoutException {
            if (timeout == 0) {
                return 0;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SocketTimeoutException("nothing came in " + timeout + " ms");
            }
            // rounded up, because 0 waits for ever
            return left / 1_000_000 + 1;
        }

        @Override
        public void close() {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void setSoTimeout(int milliseconds) {
        timeout = milliseconds;
    }

    @Override
    public int getSoTimeout() {
        return timeout;
    }

    @Override
    public void close() throws IOException {
        try (readable;
                writable;
                channel) {
            // each of them, whatever the others say
        }
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    // what the driver sets of a TCP socket means nothing here

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public boolean getTcpNoDelay() {
        return true;
    }

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public boolean getKeepAlive() {
        return false;
    }

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public int getReceiveBufferSize() {
        return 1 << 16;
    }

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getSendBufferSize() {
        return 1 << 16;
    }

    @Override
    public void setSoLinger(boolean on, int seconds) {}
}
