package dev.walvault.seal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a host without a key can tell of an encrypted object. */
class PayloadDigestTest {
    private static final int MIB = 1 << 20;
    private static final AgeKey KEY = AgeKey.generate();

    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "64000,1", "65024,1", "65536,1", "3000000,1", "3000000,2", "9000000,2"})
    void anObjectSealedInMemorySaysTheDigestOfItsPayload(int length, int threads) throws Exception {
        for (String codec : new String[] {"zstd", "none"}) {
            byte[] stored = Sealed.seal(threads, Sealed.content(length), codec, KEY);
            int header = headerLength(stored);

            SealedHeader claimed = Unsealer.peek(new ByteArrayInputStream(stored));

            assertThat(claimed.payload()).contains(ContentDigest.of(Arrays.copyOfRange(stored, header, stored.length)));
            assertThat(verify(stored)).isEqualTo(claimed);
        }
    }

    private static int headerLength(byte[] stored) throws IOException {
        return AgeHeader.read(new ByteArrayInputStream(stored), "x").length();
    }

    private static SealedHeader verify(byte[] stored) throws IOException {
        return Unsealer.verifyStored(new ByteArrayInputStream(stored), Sealed.NAME);
    }

    @Test
    void everyChangedOrMissingByteOfThePayloadIsDetectedWithoutAKey() throws Exception {
        byte[] stored = Sealed.seal(Sealed.content(300), "zstd", KEY);

        for (int i = headerLength(stored); i < stored.length; i++) {
            byte[] changed = stored.clone();
            changed[i] ^= (byte) (1 << i % 8);
            Faults.of(() -> verify(changed)).is(ErrorCode.CORRUPT).says("Its payload should be");
            byte[] cut = Arrays.copyOf(stored, i);
            Faults.of(() -> verify(cut)).is(ErrorCode.CORRUPT);
        }
        Faults.of(() -> verify(Arrays.copyOf(stored, stored.length + 1))).is(ErrorCode.CORRUPT);
    }

    @Test
    void ofAStreamedObjectThereIsNoDigest() throws Exception {
        byte[] stored = Sealed.stream(Sealed.content(300), "zstd", KEY);

        assertThat(verify(stored).payload()).isEmpty();
    }

    @Test
    void aPlainObjectIsVerifiedByItsContent() throws Exception {
        byte[] stored = Sealed.seal(Sealed.content(3 * MIB), "zstd");
        byte[] changed = stored.clone();
        changed[stored.length / 2] ^= 1;

        assertThat(verify(stored)).isEqualTo(Unsealer.peek(new ByteArrayInputStream(stored)));
        Faults.of(() -> verify(changed)).is(ErrorCode.CORRUPT);
    }

    @Test
    void whatWasVerifiedIsClosed() throws Exception {
        var closed = new AtomicInteger();
        for (AgeKey[] keys : new AgeKey[][] {{}, {KEY}}) {
            var in = new ByteArrayInputStream(Sealed.seal(Sealed.content(300), "zstd", keys)) {
                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
            closed.set(0);
            Unsealer.verifyStored(in, Sealed.NAME);
            assertThat(closed).hasPositiveValue();
        }
    }
}
