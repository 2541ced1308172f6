package dev.walvault.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import dev.walvault.seal.Codec;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.Digester;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;

/** Content of any length that repeats itself, so that a few kilobytes are enough to store it. */
final class LongContent {
    private static final int FRAME = 1 << 20;

    /** No trial waits for the digest of more; what is longer is never read to its end. */
    private static final long LONGEST_DIGEST = 64 << 20;

    private final List<Piece> pieces = new ArrayList<>();

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Piece(byte[] bytes, long times) {
        long length() {
            return bytes.length * times;
        }

        int timesInFrame() {
            return (int) Math.clamp(FRAME / bytes.length, 1, times);
        }

        byte[] repeated(int count) {
            byte[] repeated = new byte[bytes.length * count];
            for (int i = 0; i < count; i++) {
                System.arraycopy(bytes, 0, repeated, i * bytes.length, bytes.length);
            }
            return repeated;
        }
    }

    LongContent add(byte[] bytes) {
        return repeat(bytes, 1);
    }

    LongContent add(String text) {
        return add(text.getBytes(UTF_8));
    }

    LongContent repeat(byte[] bytes, long times) {
        if (bytes.length > 0 && times > 0) {
            pieces.add(new Piece(bytes, times));
        }
        return this;
    }

    LongContent repeat(String text, long times) {
        return repeat(text.getBytes(UTF_8), times);
    }

    LongContent add(LongContent other) {
        pieces.addAll(other.pieces);
        return this;
    }

    long length() {
        return pieces.stream().mapToLong(Piece::length).sum();
    }

    /** Of the content, unless it is too long for that. */
    ContentDigest digest() {
        if (length() > LONGEST_DIGEST) {
            return new ContentDigest(length(), 7);
        }
        var digester = new Digester();
        for (Piece piece : pieces) {
            byte[] together = piece.repeated(piece.timesInFrame());
            long left = piece.length();
            for (; left > 0; left -= together.length) {
                digester.update(together, 0, (int) Math.min(left, together.length));
            }
        }
        return digester.result();
    }

    /** Frames of the codec; none of them for what would be long without. */
    byte[] encoded(Codec codec) throws IOException {
        var out = new ByteArrayOutputStream();
        if (pieces.isEmpty()) {
            out.writeBytes(frame(codec, new byte[0]));
        }
        for (Piece piece : pieces) {
            int together = piece.timesInFrame();
            byte[] frame = frame(codec, piece.repeated(together));
            for (long i = piece.times / together; i > 0; i--) {
                out.writeBytes(frame);
            }
            int rest = (int) (piece.times % together);
            if (rest > 0) {
                out.writeBytes(frame(codec, piece.repeated(rest)));
            }
        }
        return out.toByteArray();
    }

    private static byte[] frame(Codec codec, byte[] content) throws IOException {
        if (codec != Codec.LZ4) {
            return codec == Codec.ZSTD ? Zstd.compress(content, 1) : content;
        }
        var frame = new ByteArrayOutputStream();
        try (var lz4 = new LZ4FrameOutputStream(frame, BLOCKSIZE.SIZE_1MB)) {
            lz4.write(content);
        }
        return frame.toByteArray();
    }
}
