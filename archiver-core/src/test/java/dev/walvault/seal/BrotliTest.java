package dev.walvault.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.IntegrityException;
import dev.walvault.seal.codec.BrotliEncoding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Base64;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Content that the {@code brotli} program has compressed. */
class BrotliTest {
    /** At its usual quality of 11 the program takes seconds for each megabyte. */
    private static byte[] encoded(byte[] content, int quality, int window) throws Exception {
        return Tool.run(content, "brotli", "-c", "-q", Integer.toString(quality), "-w", Integer.toString(window));
    }

    private static byte[] encoded(byte[] content) throws Exception {
        return encoded(content, 5, 22);
    }

    private static byte[] object(byte[] content, byte[] encoded) throws IOException {
        var object = new ByteArrayOutputStream();
        object.write(MetadataFrame.write(Sealed.meta(content, "brotli")));
        object.write(encoded);
        return object.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"0, 5, 22", "1, 5, 22", "300, 11, 22", "200000, 11, 24", "1048577, 0, 24", "5242880, 5, 10"})
    void whatTheProgramWritesIsRead(int length, int quality, int window) throws Exception {
        byte[] content = Sealed.content(length);

        byte[] stored = object(content, encoded(content, quality, window));

        assertThat(Sealed.unseal(stored)).isEqualTo(content);
    }

    /** As docs/FORMAT.md says. */
    @Test
    void theProgramOpensTheVector() throws Exception {
        byte[] stored = Base64.getMimeDecoder().decode(Files.readAllBytes(GoldenKeys.file("brotli.base64")));

        byte[] content = Tool.run(Tool.run(stored, "tail", "-c", "+513"), "brotli", "-dc");

        assertThat(content).isEqualTo(Sealed.unseal(stored)).hasSize(81);
    }

    @Test
    void everyCutIsDetected() throws Exception {
        byte[] content = Sealed.content(300);
        byte[] stored = object(content, encoded(content));

        for (int length = 0; length < stored.length; length++) {
            byte[] cut = Arrays.copyOf(stored, length);
            assertThatThrownBy(() -> Sealed.unseal(cut)).as("cut to %d", length).isInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void everyChangedByteIsDetectedOrHarmless() throws Exception {
        byte[] content = Sealed.content(300);
        byte[] stored = object(content, encoded(content));

        for (int i = MetadataFrame.LENGTH; i < stored.length; i++) {
            byte[] changed = stored.clone();
            changed[i] ^= 1;
            try {
                assertThat(Sealed.unseal(changed)).as("byte %d", i).isEqualTo(content);
            } catch (IntegrityException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
            }
        }
    }

    /** The library reads ahead, in pieces of 4 KiB, and does not give back what it has read too much. */
    @ParameterizedTest
    @ValueSource(ints = {0, 300, 9_000, 70_000})
    void bytesThatFollowAreDetectedWhereverTheEndLies(int length) throws Exception {
        byte[] content = Sealed.content(length);
        byte[] stored = object(content, encoded(content));

        assertThat(Sealed.unseal(stored)).isEqualTo(content);
        for (int more = 1; more <= 4200; more += more < 40 ? 1 : 97) {
            byte[] longer = Arrays.copyOf(stored, stored.length + more);
            assertThatThrownBy(() -> Sealed.unseal(longer))
                    .as("%d bytes more", more)
                    .isInstanceOf(IntegrityException.class);
        }
    }

    /** Whatever the length, a sound stream is not taken for one that bytes follow. */
    @Test
    void theEndIsFoundWhereverItLies() throws Exception {
        byte[] content = new byte[4_000];
        new Random(1).nextBytes(content);
        int more = encoded(content).length - content.length;
        for (int end = 4_096 - 20; end < 4_096 + 20; end++) {
            byte[] part = new byte[end - more];
            new Random(1).nextBytes(part);
            byte[] stored = object(part, encoded(part));

            assertThat(stored).hasSize(MetadataFrame.LENGTH + end);
            assertThat(Sealed.unseal(stored)).as("%d bytes", end).isEqualTo(part);
            for (int following : new int[] {1, 4_096 - 20, 4_096}) {
                byte[] longer = Arrays.copyOf(stored, stored.length + following);
                assertThatThrownBy(() -> Sealed.unseal(longer)).isInstanceOf(IntegrityException.class);
            }
        }
    }

    /** RFC 7932 has no such window; the program's own extension begins so. */
    @Test
    void aLargeWindowIsRefused() throws Exception {
        byte[] content = Sealed.content(300);
        byte[] stored = object(content, encoded(content));
        stored[MetadataFrame.LENGTH] = 0x11;

        Faults.of(() -> Sealed.unseal(stored)).is(ErrorCode.CORRUPT).says("cannot be decompressed");
    }

    @Test
    void aFailureOfTheStoreIsNotTakenForDamage() throws Exception {
        byte[] content = new byte[20_000];
        new Random(1).nextBytes(content);
        byte[] encoded = encoded(content);
        var failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }

            @Override
            public int read(byte[] bytes, int offset, int count) throws IOException {
                return read();
            }
        };
        for (int length : new int[] {0, 1, 4096, 10_000}) {
            var in = new SequenceInputStream(new ByteArrayInputStream(encoded, 0, length), failing);

            assertThatThrownBy(() -> new BrotliEncoding().decoder(in).readAllBytes())
                    .as("after %d bytes", length)
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("connection reset");
        }
    }

    @Test
    void nothingIsWrittenWithIt() {
        assertThatThrownBy(() -> Compression.parse("brotli", OptionalInt.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("codec \"brotli\" can be read only: to write, it is one of zstd, lz4, gzip, xz, none");
        assertThatThrownBy(() -> Compression.parse("bz2", OptionalInt.empty()))
                .hasMessage("unknown codec \"bz2\": it is one of zstd, lz4, gzip, xz, none");
    }
}
