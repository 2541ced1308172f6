package dev.walvault.store.s3;

import dev.walvault.store.s3.BodyStreams.Broken;
import dev.walvault.store.s3.Misbehaviour.Break;
import dev.walvault.store.s3.Misbehaviour.Delay;
import dev.walvault.store.s3.Misbehaviour.End;
import dev.walvault.store.s3.Misbehaviour.Flip;
import dev.walvault.store.s3.Misbehaviour.LoseAnswer;
import dev.walvault.store.s3.Misbehaviour.Refuse;
import dev.walvault.store.s3.Misbehaviour.Say;
import dev.walvault.store.s3.Misbehaviour.SayAfter;
import dev.walvault.store.s3.Misbehaviour.Slow;
import dev.walvault.store.s3.Misbehaviour.Truncate;
import dev.walvault.store.s3.Misbehaviour.Way;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One request through a {@link FaultProxy}, over a connection of its own to the server, and its answer. */
final class ProxiedExchange {
    private static final int EARLY_ANSWER_MILLIS = 1_000;

    private final FaultProxy proxy;
    private final HttpHead head;
    private final S3Request request;
    private final InputStream in;
    private final OutputStream out;

    ProxiedExchange(FaultProxy proxy, HttpHead head, S3Request request, InputStream in, OutputStream out) {
        this.proxy = proxy;
        this.head = head;
        this.request = request;
        this.in = in;
        this.out = out;
    }

    /** Whether the client's connection may go on. */
    boolean perform() throws IOException {
        Optional<Answer> refusal = proxy.refusalOf(request);
        if (refusal.isPresent()) {
            return sayAtOnce(refusal.get());
        }
        Optional<Misbehaviour> misbehaviour = proxy.misbehaviourFor(request);
        return misbehaviour.isPresent() ? perform(misbehaviour.get()) : pass();
    }

    private boolean perform(Misbehaviour misbehaviour) throws IOException {
        return switch (misbehaviour) {
            case Refuse(End end) -> throw new Broken(end);
            case Break(Way way, long bytes, End end) -> pass(way, body -> BodyStreams.breaking(body, bytes, end));
            case Slow(Way way, long rate) -> pass(way, body -> BodyStreams.slow(body, rate));
            case Flip(Way way, long at) -> pass(way, body -> BodyStreams.flipped(body, at));
            case Truncate(long bytes) -> truncate(bytes);
            case Say(Answer answer) -> sayAtOnce(answer);
            case Delay delay -> {
                BodyStreams.sleep(delay.duration().toMillis());
                yield pass();
            }
            case SayAfter(Answer answer) -> {
                forwardOnly();
                yield say(answer);
            }
            case LoseAnswer(End end) -> {
                forwardOnly();
                throw new Broken(end);
            }
        };
    }

    private boolean pass() throws IOException {
        return pass(Way.REQUEST, UnaryOperator.identity());
    }

    private boolean pass(Way way, UnaryOperator<OutputStream> spoil) throws IOException {
        boolean upwards = way == Way.REQUEST;
        try (Socket server = proxy.connect()) {
            var answers = new BufferedInputStream(server.getInputStream());
            Forwarded forwarded = forward(server, answers, upwards ? spoil : UnaryOperator.identity());
            HttpHead response = forwarded.response();
            Optional<Answer> replacement = proxy.replacementFor(request, response.status());
            if (replacement.isPresent()) {
                return say(replacement.get()) && forwarded.completely();
            }
            out.write(response.bytes());
            if (hasBody(response)) {
                OutputStream body = BodyStreams.counted(out, proxy.tally()::down);
                HttpBody.copy(response, answers, upwards ? body : spoil.apply(body), out);
            }
            out.flush();
            return forwarded.completely() && !head.closes() && !response.closes() && isFramed(response);
        }
    }

    private boolean truncate(long bytes) throws IOException {
        try (Socket server = proxy.connect()) {
            var answers = new BufferedInputStream(server.getInputStream());
            HttpHead response =
                    forward(server, answers, UnaryOperator.identity()).response();
            out.write(response.without("Transfer-Encoding")
                    .with("Content-Length", String.valueOf(bytes))
                    .bytes());
            OutputStream body = BodyStreams.counted(out, proxy.tally()::down);
            HttpBody.copy(
                    response, answers, BodyStreams.breaking(body, bytes, End.CLOSE), OutputStream.nullOutputStream());
            throw new Broken(End.CLOSE);
        }
    }

    private void forwardOnly() throws IOException {
        try (Socket server = proxy.connect()) {
            forward(server, new BufferedInputStream(server.getInputStream()), UnaryOperator.identity());
        }
    }

    private record Forwarded(HttpHead response, boolean completely) {}

    private Forwarded forward(Socket server, InputStream answers, UnaryOperator<OutputStream> spoil)
            throws IOException {
        OutputStream up = server.getOutputStream();
        up.write(head.bytes());
        if (expectsContinue()) {
            HttpHead first = require(answers);
            if (first.status() != 100) {
                return new Forwarded(first, false);
            }
            out.write(first.bytes());
            out.flush();
        }
        OutputStream body = spoil.apply(BodyStreams.counted(up, proxy.tally()::up));
        try {
            HttpBody.copy(head, in, body, up);
            up.flush();
        } catch (Broken broken) {
            throw broken;
        } catch (IOException e) {
            // a server that refuses early may stop reading; its reason is worth more than the broken pipe
            server.setSoTimeout(EARLY_ANSWER_MILLIS);
            return new Forwarded(HttpHead.read(answers).orElseThrow(() -> e), false);
        }
        HttpHead response = require(answers);
        while (response.status() == 100) {
            response = require(answers);
        }
        return new Forwarded(response, true);
    }

    private boolean sayAtOnce(Answer answer) throws IOException {
        if (expectsContinue()) {
            say(answer);
            return false;
        }
        HttpBody.copy(head, in, OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
        return say(answer);
    }

    private boolean say(Answer answer) throws IOException {
        out.write(answer.head().bytes());
        if (hasBody(answer.head())) {
            BodyStreams.counted(out, proxy.tally()::down).write(answer.bytes());
        }
        out.flush();
        return !head.closes();
    }

    private boolean expectsContinue() {
        return head.header("Expect").filter("100-continue"::equalsIgnoreCase).isPresent();
    }

    private boolean hasBody(HttpHead response) {
        return !request.method().equals("HEAD") && response.status() != 204 && response.status() != 304;
    }

    private boolean isFramed(HttpHead response) {
        return !hasBody(response)
                || response.isChunked()
                || response.header("Content-Length").isPresent();
    }

    private static HttpHead require(InputStream answers) throws IOException {
        return HttpHead.read(answers).orElseThrow(() -> new EOFException("the server closed without an answer"));
    }
}
