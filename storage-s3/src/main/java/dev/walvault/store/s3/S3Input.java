package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.PieceInput;
import dev.walvault.Retry;
import dev.walvault.checksum.Crc32c;
import dev.walvault.store.ByteRange;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.http.Checksums;
import dev.walvault.store.http.FailedException;
import dev.walvault.store.http.Failure;
import java.io.IOException;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * An object, or a range of it, as a stream. When its connection breaks it goes on from where it was on another one, as
 * long as that is the same object; the deadline begins anew with every byte. The length is checked at the end, and
 * where all of the object was read, its checksum.
 */
final class S3Input extends PieceInput {
    private final ObjectKey key;
    private final S3Requests requests;
    private final S3Retry retry;
    private final OptionalLong end;
    private final @Nullable String etag;
    private final @Nullable String writeId;
    private final @Nullable String expectedCrc;
    private final Checksum crc = Crc32c.create();

    private @Nullable S3Body body;
    private S3Retry.@Nullable Tries tries;
    private long position;
    private boolean ended;
    private boolean closed;

    /** All of an object, whose length may not be known. */
    S3Input(ObjectKey key, S3Body opened, S3Requests requests, S3Retry retry) {
        this(
                key,
                opened,
                0,
                opened.served().map(each -> OptionalLong.of(each.size())).orElse(OptionalLong.empty()),
                true,
                requests,
                retry);
    }

    /** The bytes of a slice, which are in {@code opened}. */
    S3Input(ObjectKey key, S3Body opened, long first, long end, long size, S3Requests requests, S3Retry retry) {
        this(key, opened, first, OptionalLong.of(end), first == 0 && end == size, requests, retry);
    }

    private S3Input(
            ObjectKey key,
            S3Body opened,
            long first,
            OptionalLong end,
            boolean all,
            S3Requests requests,
            S3Retry retry) {
        this.key = key;
        this.requests = requests;
        this.retry = retry;
        this.body = opened;
        this.position = first;
        this.end = end;
        this.etag = opened.head().eTag();
        this.writeId = opened.head().metadata().get(S3Requests.WRITE_ID);
        this.expectedCrc = all ? opened.head().metadata().get(S3Requests.CRC32C) : null;
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, into.length);
        if (closed) {
            throw new IOException("the stream is closed");
        }
        if (count == 0) {
            return 0;
        }
        while (!ended) {
            if (end.isPresent() && position == end.getAsLong()) {
                end();
                return -1;
            }
            int read = readSome(into, from, count);
            if (read > 0) {
                crc.update(into, from, read);
                position += read;
                tries = null;
                return read;
            }
        }
        return -1;
    }

    /** 0 where the connection broke and there is another one now. */
    private int readSome(byte[] into, int from, int count) throws IOException {
        S3Body current = body;
        if (current == null) {
            goOn();
            return 0;
        }
        Failure failure;
        try {
            int read = current.read(position, into, from, (int) Math.min(count, left()));
            if (read == left()) {
                current.requireNoMore();
            }
            if (read >= 0) {
                return read;
            }
            if (end.isEmpty()) {
                end();
                return 0;
            }
            failure = tries().judge(new IOException(
                    "the answer ended at byte " + position + ", and should have reached " + end.getAsLong()));
        } catch (IOException e) {
            failure = tries().judge(e);
        } catch (SdkException e) {
            failure = tries().judge(e);
        }
        drop();
        tryAgainAfter(failure);
        return 0;
    }

    private long left() {
        return end.orElse(Long.MAX_VALUE) - position;
    }

    private void goOn() throws ArchiverException {
        ByteRange rest = ByteRange.of(position, left());
        try {
            S3Body next = tries().once(client -> {
                try {
                    return S3Reader.answering(rest, failed(), S3Body.of(client, requests.get(key, rest, etag)));
                } catch (AwsServiceException e) {
                    if (e.statusCode() == 412 || e.statusCode() == S3Reader.NOT_FOUND) {
                        throw new FailedException(Failure.of(changed(e), Failure.Remedy.NOTHING));
                    }
                    throw e;
                }
            });
            body = next;
            if (!Objects.equals(writeId, next.head().metadata().get(S3Requests.WRITE_ID))) {
                drop();
                throw changed(null).store();
            }
        } catch (FailedException e) {
            tryAgainAfter(e.failure());
        }
    }

    private String failed() {
        return "could not read \"" + requests.urlOf(key) + "\" beyond byte " + position;
    }

    private S3Retry.Tries tries() {
        S3Retry.Tries current = tries;
        if (current == null) {
            current = retry.tries(failed());
            tries = current;
        }
        return current;
    }

    private void tryAgainAfter(Failure failure) throws ArchiverException {
        if (!tries().again(failure)) {
            throw failure.exception();
        }
    }

    private Fault changed(@Nullable Throwable cause) {
        Fault fault = Fault.of(
                        ErrorCode.STORE_UNREACHABLE,
                        "\"" + requests.urlOf(key) + "\" was deleted or replaced while it was read")
                .retry(Retry.YES);
        return cause == null ? fault : fault.cause(cause);
    }

    private void end() throws IOException {
        ended = true;
        S3Body last = body;
        body = null;
        if (last != null) {
            last.leave();
        }
        if (expectedCrc != null && !expectedCrc.equals(Checksums.text(crc))) {
            throw Fault.of(ErrorCode.CORRUPT, "\"" + requests.urlOf(key) + "\" is damaged")
                    .detail("its CRC-32C is " + Checksums.text(crc) + ", and was " + expectedCrc
                            + " when it was stored")
                    .retry(Retry.UNKNOWN)
                    .integrity();
        }
    }

    private void drop() {
        if (body != null) {
            body.abort();
            body = null;
        }
    }

    @Override
    public void close() {
        closed = true;
        drop();
    }
}
