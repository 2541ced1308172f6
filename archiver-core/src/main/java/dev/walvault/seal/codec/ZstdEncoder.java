package dev.walvault.seal.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Cuts content into frames. */
final class ZstdEncoder implements Encoder {
    private final OutputStream out;
    private final ZstdFrame frame;
    private byte[] pending = new byte[0];
    private int filled;
    private final SeekTable table;
    private boolean any;

    ZstdEncoder(int level, int before, OutputStream out) {
        this.out = out;
        this.frame = new ZstdFrame(level);
        this.table = new SeekTable(before);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        int position = offset;
        int rest = count;
        while (rest > 0) {
            if (filled == 0 && rest >= FRAME) {
                frame(bytes, position, FRAME);
                position += FRAME;
                rest -= FRAME;
                continue;
            }
            int part = Math.min(rest, FRAME - filled);
            if (pending.length < filled + part) {
                pending = Arrays.copyOf(pending, Math.min(FRAME, Math.max(filled + part, 2 * pending.length)));
            }
            System.arraycopy(bytes, position, pending, filled, part);
            filled += part;
            position += part;
            rest -= part;
            if (filled == FRAME) {
                startFrame();
            }
        }
    }

    @Override
    public void startFrame() throws IOException {
        if (filled > 0) {
            frame(pending, 0, filled);
            filled = 0;
        }
    }

    @Override
    public void finish(byte[] facts) throws IOException {
        startFrame();
        if (!any) {
            // an empty frame says which codec it is
            frame(pending, 0, 0);
        }
        table.writeEnd(facts, out);
    }

    @Override
    public void close() {
        frame.close();
    }

    private void frame(byte[] bytes, int offset, int count) throws IOException {
        int length = frame.compress(bytes, offset, count);
        out.write(frame.bytes(), 0, length);
        table.add(length, count);
        any = true;
    }
}
