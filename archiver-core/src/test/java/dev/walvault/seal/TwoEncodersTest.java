package dev.walvault.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.Seeds;
import dev.walvault.seal.codec.Encoder;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class TwoEncodersTest {
    private static final int FRAMES = 6;
    private static final byte[] CONTENT = Sealed.content(FRAMES * Encoder.FRAME + 17);

    @Test
    void whateverTheLengthTheFramesAreThoseOfOneThread() throws Exception {
        Seeds.forEach(40, random -> {
            byte[] content = Sealed.content(1 + random.nextInt(4 * Encoder.FRAME));

            assertThat(encoded(new ByteArrayInputStream(content), content.length))
                    .isEqualTo(encodedByOne(content));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, FRAMES - 1, FRAMES})
    void contentThatCannotBeReadIsAFailureAndNobodyWaits(int frame) {
        var broken = new FilterInputStream(new ByteArrayInputStream(CONTENT)) {
            private long read;

            @Override
            public int read(byte[] bytes, int offset, int count) throws IOException {
                if (read >= (long) frame * Encoder.FRAME) {
                    throw new IOException("bad sector");
                }
                int part = super.read(bytes, offset, count);
                read += part;
                return part;
            }
        };

        assertThatThrownBy(() -> encoded(broken, CONTENT.length))
                .isInstanceOf(IOException.class)
                .hasMessage("bad sector");
    }

    private static byte[] encoded(InputStream content, long length) throws IOException {
        var frames = new FrameReader(Sealed.NAME, content, length);
        var buffer = new ChunkBuffer();
        try (var second = new SecondThread()) {
            new TwoEncoders(Sealed.compression("zstd").level(), frames, buffer)
                    .encode(second, () -> SealingStream.NO_FACTS);
        }
        return Sealed.bytes(buffer.plain());
    }

    private static byte[] encodedByOne(byte[] content) throws IOException {
        var buffer = new ChunkBuffer();
        try (var encoder = Sealed.compression("zstd").encoder(OptionalLong.of(content.length), buffer)) {
            encoder.write(content, 0, content.length);
            encoder.finish(SealingStream.NO_FACTS);
        }
        return Sealed.bytes(buffer.plain());
    }
}
