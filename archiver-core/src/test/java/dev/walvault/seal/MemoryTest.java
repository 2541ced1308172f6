package dev.walvault.seal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is never allocated cannot be held: the sum of a thread's allocations bounds its memory from above. */
class MemoryTest {
    private static final long LIMIT = 6 << 20;
    private static final int ROUNDS = 128;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    interface Work {
        void run() throws IOException;
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "lz4", "gzip", "none"})
    void streamingTakesTheSameMemoryForEveryLength(String codec) throws Exception {
        byte[] piece = new byte[1 << 20];
        var sealer = new Sealer(Sealed.compression(codec), Recipients.none());
        var stored = new ByteArrayOutputStream();
        write(sealer, piece, 2, stored);

        long allocated = allocated(() -> write(sealer, piece, ROUNDS, OutputStream.nullOutputStream()));

        assertThat(allocated).isLessThan(LIMIT);
        assertThat(Sealed.unseal(stored.toByteArray())).hasSize(2 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "lz4", "gzip"})
    void readingTakesTheSameMemoryForEveryLength(String codec) throws Exception {
        var stored = new ByteArrayOutputStream();
        write(new Sealer(Sealed.compression(codec), Recipients.none()), new byte[1 << 20], ROUNDS, stored);
        byte[] buffer = new byte[1 << 16];

        long allocated = allocated(() -> {
            try (var unsealed = new Unsealer(Identities.none(), true)
                    .open(new ByteArrayInputStream(stored.toByteArray()), Sealed.NAME)) {
                long length = 0;
                for (int part = 0; part >= 0; part = unsealed.content().read(buffer)) {
                    length += part;
                }
                assertThat(length).isEqualTo((long) ROUNDS << 20);
            }
        });

        assertThat(allocated).isLessThan(LIMIT + stored.size());
    }

    private static void write(Sealer sealer, byte[] piece, int rounds, OutputStream out) throws IOException {
        try (var sealing = sealer.sealing(Sealed.NAME, Optional.empty(), Sealed.STAMP, out)) {
            for (int i = 0; i < rounds; i++) {
                sealing.write(piece);
            }
            sealing.finish();
        }
    }

    private long allocated(Work work) throws IOException {
        work.run();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
