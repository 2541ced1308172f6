package dev.walvault.store.s3;

import java.io.IOException;
import java.util.Optional;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** An answer to GET whose bytes are still to be read. */
final class S3Body {
    private final GetObjectResponse head;
    private final AbortableInputStream bytes;
    private final Optional<Served> served;
    private long position;

    private S3Body(GetObjectResponse head, AbortableInputStream bytes) {
        this.head = head;
        this.bytes = bytes;
        this.served = Served.by(head);
        this.position = served.map(Served::first).orElse(0L);
    }

    static S3Body of(S3Client client, GetObjectRequest request) {
        return client.getObject(request, new LeftOpen());
    }

    GetObjectResponse head() {
        return head;
    }

    /** Whether the answer says in any way that these are not all bytes of the object. */
    boolean isPart() {
        return head.contentRange() != null || Served.isPartial(head);
    }

    /** Which bytes of the object these are; empty if the answer does not say it in a way that can be believed. */
    Optional<Served> served() {
        return served;
    }

    /** Reads on from that place in the object, which is not before what was read already. */
    int read(long place, byte[] into, int from, int count) throws IOException {
        bytes.skipNBytes(place - position);
        position = place;
        int read = bytes.read(into, from, count);
        position += Math.max(0, read);
        return read;
    }

    /** Throws if more bytes come than were announced; called after the last one that is wanted. */
    void requireNoMore() throws IOException {
        if (isUsedUp() && bytes.read() >= 0) {
            throw new IOException("the answer is longer than it says");
        }
    }

    private boolean isUsedUp() {
        return served.isEmpty() || position == served.get().end();
    }

    /** After the last byte that is wanted: the connection can be used again if there is none more. */
    void leave() {
        if (isUsedUp()) {
            close();
        } else {
            abort();
        }
    }

    /** Gives the connection up; the rest of the bytes is not wanted. */
    void abort() {
        bytes.abort();
        close();
    }

    private void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            // everything that was wanted has been read
        }
    }

    /** The SDK's own stream gives up when nobody reads for a minute; a restore may wait longer for its disk. */
    private static final class LeftOpen implements ResponseTransformer<GetObjectResponse, S3Body> {
        @Override
        public S3Body transform(GetObjectResponse response, AbortableInputStream in) {
            return new S3Body(response, in);
        }

        @Override
        public boolean needsConnectionLeftOpen() {
            return true;
        }
    }
}
