package dev.walvault.store.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on loopback that understands HTTP/1.1, counts what passes and breaks it where {@link Rule}s and {@link Gate}s
 * say so. Requests go on with the {@code Host} they came with, so that signatures stay valid; bodies are streamed. The
 * first rule that fires decides; gates are asked before rules.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int ATTEMPTS = 200;
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final InetSocketAddress server;
    private final Tally tally = new Tally();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Gate> gates = new CopyOnWriteArrayList<>();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final int port;
    private @Nullable ServerSocket door;

    private FaultProxy(InetSocketAddress server) throws IOException {
        this.server = server;
        ServerSocket opened = listen(0);
        this.port = opened.getLocalPort();
        accept(opened);
    }

    /** A proxy without rules in front of a server that speaks plain HTTP. */
    public static FaultProxy inFrontOf(URI endpoint) throws IOException {
        return new FaultProxy(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()));
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Puts a rule in force; returns it, to be asked how often it fired. */
    public Rule add(Rule rule) {
        rules.add(rule);
        return rule;
    }

    public void add(Gate gate) {
        gates.add(gate);
    }

    /** Lifts all rules and gates. */
    public void behave() {
        rules.clear();
        gates.clear();
    }

    public Counts counts() {
        return tally.counts();
    }

    /** Begins counting anew. */
    public void resetCounts() {
        tally.reset();
    }

    /** Refuses connections and resets those that are open, until {@link #back()}. */
    public synchronized void away() throws IOException {
        if (door != null) {
            door.close();
            door = null;
        }
        connections.forEach(ProxiedConnection::reset);
    }

    /** Listens again, on the same port. */
    public synchronized void back() throws IOException {
        if (door == null) {
            accept(listen(port));
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        away();
    }

    Tally tally() {
        return tally;
    }

    Socket connect() throws IOException {
        return new Socket(server.getAddress(), server.getPort());
    }

    Optional<Misbehaviour> misbehaviourFor(S3Request request) {
        return rules.stream()
                .filter(rule -> rule.firesFor(request))
                .map(Rule::misbehaviour)
                .findFirst();
    }

    Optional<Answer> refusalOf(S3Request request) {
        return gates.stream().flatMap(gate -> gate.before(request).stream()).findFirst();
    }

    Optional<Answer> replacementFor(S3Request request, int status) {
        return gates.stream()
                .flatMap(gate -> gate.after(request, status).stream())
                .findFirst();
    }

    /** What hangs, hangs until this proxy is closed. */
    void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ServerSocket listen(int port) throws IOException {
        for (int attempt = 1; ; attempt++) {
            var socket = new ServerSocket();
            try {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
                return socket;
            } catch (BindException e) {
                // the former one is gone only when the thread that accepted there has seen that it was closed
                socket.close();
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private synchronized void accept(ServerSocket opened) {
        door = opened;
        Thread.ofVirtual().name("fault-proxy").start(() -> {
            while (!opened.isClosed()) {
                try {
                    serve(opened.accept());
                } catch (IOException e) {
                    if (!opened.isClosed()) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        });
    }

    private void serve(Socket client) {
        var connection = new ProxiedConnection(this, client);
        connections.add(connection);
        Thread.ofVirtual().start(() -> {
            try {
                connection.run();
            } finally {
                connections.remove(connection);
            }
        });
    }
}
