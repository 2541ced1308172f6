package dev.walvault.store.s3;

import dev.walvault.store.s3.BodyStreams.Broken;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** One client's connection to a {@link FaultProxy}, request after request. */
final class ProxiedConnection {
    private static final int BUFFER = 64 * 1024;
    private static final int LINGER_MILLIS = 500;

    private final FaultProxy proxy;
    private final Socket client;

    ProxiedConnection(FaultProxy proxy, Socket client) {
        this.proxy = proxy;
        this.client = client;
    }

    /** Serves until the client leaves, something goes wrong by itself, or a rule ends it. */
    void run() {
        try {
            client.setTcpNoDelay(true);
            var in = new BufferedInputStream(client.getInputStream(), BUFFER);
            boolean goesOn = true;
            while (goesOn) {
                var head = HttpHead.read(in);
                goesOn = head.isPresent() && serve(head.get(), in);
            }
            leave(in);
        } catch (Broken broken) {
            end(broken.end());
        } catch (IOException e) {
            // the client or the server went away; the other side learns it the same way
            reset();
        }
    }

    /** So that the client does not take it for an orderly end. */
    void reset() {
        try {
            client.setSoLinger(true, 0);
            client.close();
        } catch (IOException e) {
            // it is closed, which was the purpose
        }
    }

    private boolean serve(HttpHead head, InputStream in) throws IOException {
        var request = S3Request.of(head);
        proxy.tally().begin(request.kind());
        try {
            return new ProxiedExchange(proxy, head, request, in, client.getOutputStream()).perform();
        } finally {
            proxy.tally().end(request.kind());
        }
    }

    /** Closing with bytes unread would reset the connection, and the client might lose an answer that is on its way. */
    private void leave(InputStream in) throws IOException {
        client.shutdownOutput();
        client.setSoTimeout(LINGER_MILLIS);
        try (client) {
            in.skip(Long.MAX_VALUE);
        }
    }

    private void end(Misbehaviour.End end) {
        switch (end) {
            case RESET -> reset();
            case CLOSE -> close();
            case HANG -> {
                proxy.awaitClose();
                reset();
            }
        }
    }

    private void close() {
        try {
            client.close();
        } catch (IOException e) {
            // it is closed, which was the purpose
        }
    }
}
