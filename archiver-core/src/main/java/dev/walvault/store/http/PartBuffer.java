package dev.walvault.store.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/** Bytes that are sent as one request, and perhaps again; grows up to a limit. */
public final class PartBuffer extends OutputStream {
    private static final int FIRST = 64 * 1024;
    private static final int GROWTH = 4;

    private final int limit;
    private byte[] bytes;
    private int length;

    /** Takes at most {@code limit} bytes; begins small. */
    public PartBuffer(int limit) {
        this.limit = limit;
        this.bytes = new byte[Math.min(FIRST, limit)];
    }

    /** A buffer that has its full size from the start. */
    public static PartBuffer ofExactly(int limit) {
        var buffer = new PartBuffer(limit);
        buffer.bytes = new byte[limit];
        return buffer;
    }

    /** How many bytes are in it. */
    public int length() {
        return length;
    }

    /** How many more it takes. */
    public int room() {
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

    /** CRC-32C of all bytes, in base64. */
    public String crc32c() {
        return Checksums.crc32c(bytes, 0, length);
    }

    /** MD5 of all bytes, in base64. */
    public String md5() {
        return Checksums.md5(bytes, 0, length);
    }

    /** All bytes from the first one on; as often as they are sent. */
    public InputStream content() {
        return new ByteArrayInputStream(bytes, 0, length);
    }
}
