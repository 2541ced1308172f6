package dev.walvault.store.fs;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.PieceInput;
import dev.walvault.Retry;
import dev.walvault.store.ObjectKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** Bytes of a file as a stream, without a buffer of its own: readers of objects read large pieces. */
final class FsInput extends PieceInput {
    /** The most that one read takes, because the JDK copies through off-heap memory of that size. */
    private static final int PIECE = 256 * 1024;

    private final FileChannel channel;
    private final FsRoot root;
    private final ObjectKey key;
    private final long end;

    /** All that there is from the channel's position on. */
    FsInput(FileChannel channel, FsRoot root, ObjectKey key) {
        this(channel, root, key, Long.MAX_VALUE);
    }

    /** From the channel's position on, up to {@code end}, where the file has to be that long. */
    FsInput(FileChannel channel, FsRoot root, ObjectKey key, long end) {
        this.channel = channel;
        this.root = root;
        this.key = key;
        this.end = end;
    }

    @Override
    public int read(byte[] into, int from, int length) throws ArchiverException {
        Objects.checkFromIndexSize(from, length, into.length);
        if (length == 0) {
            return 0;
        }
        try {
            long left = end - channel.position();
            if (left <= 0) {
                return -1;
            }
            int count = channel.read(ByteBuffer.wrap(into, from, (int) Math.min(left, Math.min(length, PIECE))));
            if (count < 0 && end < Long.MAX_VALUE) {
                throw cut();
            }
            return count;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public long skip(long bytes) throws ArchiverException {
        try {
            long from = channel.position();
            long to = Math.max(from, Math.min(from + Math.max(0, bytes), Math.min(end, channel.size())));
            channel.position(to);
            return to - from;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public long transferTo(OutputStream out) throws IOException {
        byte[] piece = new byte[PIECE];
        long total = 0;
        for (int count = read(piece); count >= 0; count = read(piece)) {
            out.write(piece, 0, count);
            total += count;
        }
        return total;
    }

    @Override
    public void close() throws ArchiverException {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private IntegrityException cut() {
        return Fault.of(ErrorCode.CORRUPT, "\"" + root.urlOf(key) + "\" became shorter while it was read")
                .hint("Find out who writes to the files of the vault.")
                .retry(Retry.UNKNOWN)
                .integrity();
    }

    private ArchiverException failed(IOException e) {
        return FsErrors.translate("could not read \"" + root.urlOf(key) + "\"", root.directory(), e);
    }
}
