package dev.walvault.seal.codec;

import dev.walvault.PieceInput;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import net.jpountz.lz4.LZ4FrameInputStream;
import org.jspecify.annotations.Nullable;

/** Decodes lz4 frames one after the other; takes the tail, and refuses what follows it. */
final class Lz4Frames extends PieceInput {
    private static final int MAGIC = 0x184D2204;
    private static final int SKIPPABLE = 0x184D2A50;

    private final PushbackInputStream in;
    private @Nullable InputStream frame;
    private byte @Nullable [] facts;

    Lz4Frames(InputStream in) {
        this.in = new PushbackInputStream(in, Integer.BYTES);
    }

    /** What the tail holds; empty: nothing. */
    Optional<byte[]> facts() {
        return Optional.ofNullable(facts).filter(found -> found.length > 0);
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        for (InputStream current = current(); current != null; current = current()) {
            int length = current.read(bytes, offset, count);
            if (length >= 0) {
                return length;
            }
            close();
        }
        return -1;
    }

    private @Nullable InputStream current() throws IOException {
        if (frame == null) {
            frame = nextFrame();
        }
        return frame;
    }

    /** Releases what the frame holds. The stream below stays open. */
    @Override
    public void close() throws IOException {
        if (frame != null) {
            frame.close();
            frame = null;
        }
    }

    /** Begins the next frame with content; null at the end. */
    private @Nullable InputStream nextFrame() throws IOException {
        while (true) {
            byte[] magic = in.readNBytes(Integer.BYTES);
            if (magic.length == 0 && facts != null) {
                return null;
            }
            if (magic.length < Integer.BYTES) {
                throw new IOException("it ends without a tail");
            }
            if (facts != null) {
                throw new IOException("bytes follow the tail");
            }
            int value = value(magic);
            if (value == Tail.MAGIC) {
                facts = tail(magic);
            } else if ((value & ~0xF) == SKIPPABLE) {
                in.skipNBytes(value(number()) & 0xFFFF_FFFFL);
            } else if (value == MAGIC) {
                in.unread(magic);
                return new LZ4FrameInputStream(
                        new FrameOnly(in),
                        Lz4.factory().safeDecompressor(),
                        Lz4.hashes().hash32(),
                        true);
            } else {
                throw new IOException("something follows that is no frame");
            }
        }
    }

    private byte[] number() throws IOException {
        byte[] bytes = in.readNBytes(Integer.BYTES);
        if (bytes.length < Integer.BYTES) {
            throw new IOException("it ends inside a frame");
        }
        return bytes;
    }

    private static int value(byte[] number) {
        return ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private byte[] tail(byte[] magic) throws IOException {
        byte[] length = number();
        int rest = value(length);
        if (rest < Tail.END || rest > Tail.END + Tail.MOST_FACTS) {
            throw new IOException("a tail of " + rest + " bytes");
        }
        byte[] tail = new byte[Tail.HEAD + rest];
        System.arraycopy(magic, 0, tail, 0, magic.length);
        System.arraycopy(length, 0, tail, magic.length, length.length);
        if (in.readNBytes(tail, Tail.HEAD, rest) < rest) {
            throw new IOException("it ends inside the tail");
        }
        return Tail.read(tail, new byte[0]);
    }

    /** The library closes what it has read from. */
    private static final class FrameOnly extends FilterInputStream {
        FrameOnly(InputStream in) {
            super(in);
        }

        @Override
        public void close() {
            // further frames follow
        }
    }
}
