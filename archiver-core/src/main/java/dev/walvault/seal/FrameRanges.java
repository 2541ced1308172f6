package dev.walvault.seal;

import static dev.walvault.seal.stored.Corruption.corrupt;

import dev.walvault.IntegrityException;
import dev.walvault.PieceInput;
import dev.walvault.seal.codec.FrameIndex;
import dev.walvault.seal.codec.ZstdFrame;
import dev.walvault.seal.stored.RangeSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The content of a zstd object, of which any range can be read: each frame is decoded alone and as a whole. */
final class FrameRanges implements RangeSource {
    private final RangeSource compressed;
    private final FrameIndex index;
    private final String object;

    FrameRanges(RangeSource compressed, FrameIndex index, String object) {
        this.compressed = compressed;
        this.index = index;
        this.object = object;
    }

    @Override
    public long length() {
        return index.contentLength();
    }

    @Override
    public InputStream open(long offset, long count) throws IOException {
        Objects.checkFromIndexSize(offset, count, length());
        if (count == 0) {
            return InputStream.nullInputStream();
        }
        return new Range(offset, offset + count);
    }

    private final class Range extends PieceInput {
        private final InputStream in;
        private final long end;
        private byte[] content = new byte[0];
        private long position;
        private int frame;

        Range(long from, long end) throws IOException {
            this.frame = index.frameAt(from);
            int last = index.frameAt(end - 1);
            long begin = index.begin(frame);
            this.in = compressed.open(begin, index.begin(last) + index.length(last) - begin);
            this.position = from;
            this.end = end;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            Objects.checkFromIndexSize(offset, count, bytes.length);
            if (count == 0) {
                return 0;
            }
            if (position == end) {
                return -1;
            }
            while (position >= index.contentBegin(frame)) {
                decode();
            }
            int at = (int) (position - index.contentBegin(frame - 1));
            int part = (int) Math.min(Math.min(count, content.length - at), end - position);
            System.arraycopy(content, at, bytes, offset, part);
            position += part;
            return part;
        }

        /** The next frame, which may have no content. */
        private void decode() throws IOException {
            long begin = index.begin(frame);
            if (index.contentLength(frame) == 0) {
                skip(begin, index.length(frame));
                content = new byte[0];
            } else {
                int length = (int) index.length(frame);
                byte[] encoded = in.readNBytes(length);
                if (encoded.length < length) {
                    throw cut(begin);
                }
                content = decoded(encoded, (int) index.contentLength(frame), begin);
            }
            frame++;
        }

        private byte[] decoded(byte[] encoded, int length, long begin) throws IntegrityException {
            try {
                return ZstdFrame.decode(encoded, length);
            } catch (IOException e) {
                throw corrupt(
                        object,
                        "The frame at compressed offset " + begin + " cannot be decompressed: " + e.getMessage() + ".",
                        e);
            }
        }

        private void skip(long begin, long length) throws IOException {
            try {
                in.skipNBytes(length);
            } catch (EOFException _) {
                throw cut(begin);
            }
        }

        private IntegrityException cut(long begin) {
            return corrupt(object, "It is cut: it ends inside the frame at compressed offset " + begin + ".");
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
