package dev.walvault.backup;

import dev.walvault.checksum.Crc32c;
import dev.walvault.observe.Cancellation;
import dev.walvault.work.Bandwidth;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.zip.Checksum;

/** Copies files that change while they are read. One for each worker: it owns the buffer. */
final class FileCopier {
    /** A multiple of every page size there is. */
    private static final int CHUNK = 1 << 20;

    private final byte[] chunk = new byte[CHUNK];
    private final Optional<PageVerifier> verifier;
    private final Bandwidth diskReads;
    private final Cancellation cancellation;
    private final LongConsumer progress;

    /** Without a verifier no page is verified; {@code progress} hears how many bytes were copied. */
    FileCopier(Optional<PageVerifier> verifier, Bandwidth diskReads, Cancellation cancellation, LongConsumer progress) {
        this.verifier = verifier;
        this.diskReads = diskReads;
        this.cancellation = cancellation;
        this.progress = progress;
    }

    /** What was written. */
    record Copied(int crc32c, List<Long> badPages) {}

    /**
     * Writes exactly the bytes from {@code begin} to {@code end} of the file. One that has grown is cut there and one
     * that has shrunk is filled up with zeros: replay of the WAL makes both right.
     */
    Copied copy(FileChannel file, long begin, long end, String path, OutputStream out) throws IOException {
        int slash = path.lastIndexOf('/');
        String directory = slash < 0 ? "" : path.substring(0, slash);
        String name = path.substring(slash + 1);
        Optional<Long> firstPage = verifier.flatMap(pages -> pages.firstPage(directory, name));
        Checksum crc = Crc32c.create();
        var bad = new ArrayList<Long>();
        for (long position = begin; position < end; ) {
            cancellation.check();
            int want = (int) Math.min(CHUNK, end - position);
            int got = read(file, position, want);
            diskReads.take(got);
            Arrays.fill(chunk, got, want, (byte) 0);
            if (firstPage.isPresent()) {
                verifier.orElseThrow().verify(file, firstPage.get(), chunk, got, position, bad);
            }
            crc.update(chunk, 0, want);
            out.write(chunk, 0, want);
            progress.accept(want);
            position += want;
        }
        return new Copied((int) crc.getValue(), bad);
    }

    private int read(FileChannel file, long position, int want) throws IOException {
        var buffer = ByteBuffer.wrap(chunk, 0, want);
        while (buffer.hasRemaining() && file.read(buffer, position + buffer.position()) >= 0) {
            // until the chunk is full or the file ends
        }
        return buffer.position();
    }
}
