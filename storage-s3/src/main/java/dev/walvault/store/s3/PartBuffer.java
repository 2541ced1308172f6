package dev.walvault.store.s3;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import software.amazon.awssdk.core.sync.RequestBody;

/** Bytes that are sent as one request, and perhaps again; grows up to a limit. */
final class PartBuffer extends OutputStream {
    private static final int FIRST = 64 * 1024;
    private static final int GROWTH = 4;

    private final int limit;
    private byte[] bytes;
    private int length;

    PartBuffer(int limit) {
        this.limit = limit;
        this.bytes = new byte[Math.min(FIRST, limit)];
    }

    /** A buffer that has its full size from the start. */
    static PartBuffer ofExactly(int limit) {
        var buffer = new PartBuffer(limit);
        buffer.bytes = new byte[limit];
        return buffer;
    }

    int length() {
        return length;
    }

    int room() {
        return limit - length;
    }

    @Override
    public void write(int b) {
        reserve(1);
        bytes[length++] = (byte) b;
    }

    /** Takes no more than there is {@link #room()} for. */
    @Override
    public void write(byte[] from, int at, int count) {
        Objects.checkFromIndexSize(at, count, from.length);
        reserve(count);
        System.arraycopy(from, at, bytes, length, count);
        length += count;
    }

    private void reserve(int count) {
        Objects.checkFromIndexSize(length, count, limit);
        if (bytes.length - length < count) {
            long grown = Math.max((long) bytes.length * GROWTH, length + count);
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, grown));
        }
    }

    String crc32c() {
        return Checksums.crc32c(bytes, 0, length);
    }

    String md5() {
        return Checksums.md5(bytes, 0, length);
    }

    RequestBody body() {
        return RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(bytes, 0, length), length, "application/octet-stream");
    }
}
