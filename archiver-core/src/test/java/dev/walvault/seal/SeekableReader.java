package dev.walvault.seal;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A second reader of the published zstd seekable format (version 0.1.1), written from its text and knowing nothing of
 * vaults: the footer is nine bytes, before it stand the entries, and each frame begins where the one before it ends.
 */
final class SeekableReader {
    private static final int FOOTER = 9;

    private final byte[] file;
    private final List<Frame> frames = new ArrayList<>();

    record Frame(int offset, int length, long contentOffset, int contentLength) {}

    SeekableReader(byte[] file) {
        this.file = file;
        var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        require(bytes.getInt(file.length - 4) == 0x8F92EAB1, "Seekable_Magic_Number");
        int descriptor = file[file.length - 5];
        require((descriptor & 0b0111_1100) == 0, "reserved bits");
        int entry = descriptor < 0 ? 12 : 8;
        int count = bytes.getInt(file.length - FOOTER);
        int table = file.length - FOOTER - count * entry - 8;
        require(bytes.getInt(table) == 0x184D2A5E, "Skippable_Magic_Number");
        require(bytes.getInt(table + 4) == count * entry + FOOTER, "Frame_Size");
        int offset = 0;
        long content = 0;
        for (int i = 0; i < count; i++) {
            int at = table + 8 + i * entry;
            var frame = new Frame(offset, bytes.getInt(at), content, bytes.getInt(at + 4));
            frames.add(frame);
            offset += frame.length();
            content += frame.contentLength();
        }
        require(offset == table, "sum of Compressed_Size");
    }

    List<Frame> frames() {
        return frames;
    }

    byte[] content(long from, int length) {
        byte[] content = new byte[length];
        for (Frame frame : frames) {
            long begin = Math.max(from, frame.contentOffset());
            long end = Math.min(from + length, frame.contentOffset() + frame.contentLength());
            if (begin < end) {
                byte[] stored = Arrays.copyOfRange(file, frame.offset(), frame.offset() + frame.length());
                byte[] decoded = Zstd.decompress(stored, frame.contentLength());
                System.arraycopy(decoded, (int) (begin - frame.contentOffset()), content, (int) (begin - from), (int)
                        (end - begin));
            }
        }
        return content;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
