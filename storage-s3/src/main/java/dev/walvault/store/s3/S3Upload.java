package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.Upload;
import dev.walvault.store.http.PartBuffer;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * An object in the making. What fits into one part is one conditional PUT at the commit; beyond that parts are sent
 * while more is written, and the commit completes them. Memory: one part that is filled, and those in flight.
 */
final class S3Upload implements Upload {
    private final ObjectKey key;
    private final String writeId;
    private final S3Requests requests;
    private final S3Publisher publisher;
    private final S3Parts.Factory partsFactory;
    private final int partSize;
    private final Body body = new Body();

    private PartBuffer filling;
    private @Nullable S3Parts parts;
    private @Nullable ArchiverException broken;
    private boolean over;

    S3Upload(
            ObjectKey key,
            String writeId,
            S3Requests requests,
            S3Publisher publisher,
            S3Parts.Factory partsFactory,
            int partSize) {
        this.key = key;
        this.writeId = writeId;
        this.requests = requests;
        this.publisher = publisher;
        this.partsFactory = partsFactory;
        this.partSize = partSize;
        this.filling = new PartBuffer(partSize);
    }

    @Override
    public OutputStream body() {
        return body;
    }

    @Override
    public CreateOutcome commit() throws ArchiverException {
        requireOpen();
        over = true;
        S3Parts begun = parts;
        if (begun == null) {
            return publishWhole(publisher, requests, key, writeId, filling);
        }
        boolean completed = false;
        try {
            if (filling.length() > 0) {
                begun.send(filling);
            }
            filling = new PartBuffer(0);
            CreateOutcome outcome = begun.complete();
            completed = outcome == CreateOutcome.CREATED;
            return outcome;
        } finally {
            if (!completed) {
                begun.abort();
            }
            parts = null;
        }
    }

    /** One conditional PUT. */
    static CreateOutcome publishWhole(
            S3Publisher publisher, S3Requests requests, ObjectKey key, String writeId, PartBuffer content)
            throws ArchiverException {
        var request = requests.put(key, content, writeId);
        RequestBody bytes = S3Requests.body(content);
        return publisher.publish(
                key,
                writeId,
                client -> Optional.ofNullable(client.putObject(request, bytes).eTag()));
    }

    @Override
    public void close() {
        over = true;
        filling = new PartBuffer(0);
        S3Parts begun = parts;
        parts = null;
        if (begun != null) {
            begun.abort();
        }
    }

    private void requireOpen() throws ArchiverException {
        if (broken != null) {
            throw broken;
        }
        if (over) {
            throw new IllegalStateException("the upload of \"" + key + "\" is over");
        }
    }

    /** Called when there is more to come, so that what fits into one part is never sent as one. */
    private void sendFilled() throws ArchiverException {
        S3Parts begun = parts;
        try {
            if (begun == null) {
                begun = partsFactory.begin(key, writeId);
                parts = begun;
            }
            begun.send(filling);
            filling = new PartBuffer(partSize);
        } catch (ArchiverException e) {
            broken = e;
            throw e;
        }
    }

    private final class Body extends OutputStream {
        @Override
        public void write(int b) throws ArchiverException {
            requireOpen();
            if (filling.room() == 0) {
                sendFilled();
            }
            filling.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws ArchiverException {
            requireOpen();
            int done = 0;
            while (done < length) {
                if (filling.room() == 0) {
                    sendFilled();
                }
                int count = Math.min(length - done, filling.room());
                filling.write(bytes, from + done, count);
                done += count;
            }
        }

        @Override
        public void close() throws ArchiverException {
            if (broken != null) {
                throw broken;
            }
        }
    }
}
