package dev.walvault.store.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Copies one body, of the length that its head tells. */
final class HttpBody {
    private static final int BUFFER = 32 * 1024;

    private HttpBody() {}

    /**
     * Copies a body from {@code in}: what it consists of to {@code payload}, what HTTP puts between the pieces to
     * {@code framing}. A response without a length goes on to the end of the connection; a request without one is
     * empty.
     */
    static void copy(HttpHead head, InputStream in, OutputStream payload, OutputStream framing) throws IOException {
        if (head.isChunked()) {
            copyChunks(in, payload, framing);
            return;
        }
        var length = head.header("Content-Length").map(Long::valueOf);
        if (length.isPresent()) {
            copy(in, payload, length.get());
        } else if (head.isResponse()) {
            in.transferTo(payload);
        }
    }

    private static void copyChunks(InputStream in, OutputStream payload, OutputStream framing) throws IOException {
        while (true) {
            String size = passLine(in, framing);
            long length = Long.parseLong(size.split(";", 2)[0].strip(), 16);
            copy(in, payload, length);
            if (length == 0) {
                while (!passLine(in, framing).isEmpty()) {
                    // trailers pass like the rest
                }
                return;
            }
            passLine(in, framing);
        }
    }

    private static String passLine(InputStream in, OutputStream framing) throws IOException {
        String line = HttpHead.readLine(in);
        if (line == null) {
            throw new EOFException("the connection ended within a chunked body");
        }
        framing.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return line;
    }

    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (long left = length; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException("the connection ended " + left + " bytes before the end of a body");
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }
}
