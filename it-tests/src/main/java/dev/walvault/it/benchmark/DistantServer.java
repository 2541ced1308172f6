package dev.walvault.it.benchmark;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A server of this machine as if it were far away: a port whose connections are relayed with a network's delay. Opening
 * one takes a round trip, and each byte half of one each way; how many bytes are on their way does not matter, so there
 * is no slow start.
 */
final class DistantServer implements Closeable {
    private static final int MOST_AT_ONCE = 64 * 1024;

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int port;
    private final Duration roundTrip;

    private DistantServer(int port, Duration roundTrip) throws IOException {
        this.port = port;
        this.roundTrip = roundTrip;
    }

    /** The one that listens at this port of the loopback address. */
    static DistantServer of(int port, Duration roundTrip) throws IOException {
        var server = new DistantServer(port, roundTrip);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }

    private void accept() {
        try {
            while (true) {
                relay(listening.accept());
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void relay(Socket near) throws IOException {
        // the client believes that it is connected already
        long opened = System.nanoTime() + roundTrip.toNanos();
        Socket far;
        try {
            far = new Socket(InetAddress.getLoopbackAddress(), port);
        } catch (IOException _) {
            near.close();
            return;
        }
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        new Direction(near, far, opened).start();
        new Direction(far, near, opened).start();
    }

    private record Piece(ByteBuffer bytes, long due) {}

    /** One of the two of a connection. */
    private final class Direction {
        private final Socket from;
        private final Socket to;
        private final long opened;
        private final BlockingQueue<Piece> underway = new LinkedBlockingQueue<>();

        Direction(Socket from, Socket to, long opened) {
            this.from = from;
            this.to = to;
            this.opened = opened;
        }

        void start() {
            Thread.ofVirtual().start(this::read);
            Thread.ofVirtual().start(this::write);
        }

        private void read() {
            try (InputStream in = from.getInputStream()) {
                byte[] buffer = new byte[MOST_AT_ONCE];
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    send(Arrays.copyOf(buffer, count));
                }
            } catch (IOException _) {
                // as if it had ended
            }
            send(new byte[0]);
        }

        private void send(byte[] bytes) {
            underway.add(
                    new Piece(ByteBuffer.wrap(bytes), Math.max(System.nanoTime(), opened) + roundTrip.toNanos() / 2));
        }

        /** An empty piece ends it. */
        private void write() {
            try (OutputStream out = to.getOutputStream()) {
                for (Piece piece = underway.take(); piece.bytes().hasRemaining(); piece = underway.take()) {
                    Thread.sleep(Duration.ofNanos(Math.max(0, piece.due() - System.nanoTime())));
                    out.write(piece.bytes().array());
                }
            } catch (IOException _) {
                // whoever would have got it is gone
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
