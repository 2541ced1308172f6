package dev.walvault.seal.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Either cipher, against the ChaCha20-Poly1305 of the JDK. */
@ParameterizedClass
@MethodSource("ciphers")
class AgePayloadTest {
    private static final int[] LENGTHS = IntStream.concat(
                    IntStream.range(0, 200), IntStream.of(4096, AgePayload.CHUNK - 1, AgePayload.CHUNK))
            .toArray();

    private final Function<SecretKey, ChunkCipher> ciphers;

    private final Random random = new Random(64);
    private final SecretKey key = new SecretKeySpec(bytes(32), "ChaCha20");

    AgePayloadTest(Function<SecretKey, ChunkCipher> ciphers) {
        this.ciphers = ciphers;
    }

    static Stream<Named<Function<SecretKey, ChunkCipher>>> ciphers() {
        return Stream.of(Named.of("the JDK's", JdkChunkCipher::new), Named.of("ours", OwnChunkCipher::new));
    }

    @Test
    void chunksAreWhatTheJdkMakesOfThem() throws Exception {
        var payload = AgePayload.encrypting(ciphers, key);
        for (int i = 0; i < LENGTHS.length; i++) {
            byte[] plain = bytes(LENGTHS[i]);
            byte[] chunk = Arrays.copyOf(plain, plain.length + AgePayload.TAG);
            boolean last = i == LENGTHS.length - 1;

            assertThat(payload.chunk(chunk, plain.length, chunk, last)).isEqualTo(chunk.length);
            assertThat(chunk).isEqualTo(jdk(Cipher.ENCRYPT_MODE, i, last).doFinal(plain));
        }
    }

    @Test
    void whatTheJdkEncryptsIsDecrypted() throws Exception {
        var payload = AgePayload.decrypting(ciphers, key);
        for (int i = 0; i < LENGTHS.length; i++) {
            byte[] plain = bytes(LENGTHS[i]);
            byte[] sealed = jdk(Cipher.ENCRYPT_MODE, i, false).doFinal(plain);
            byte[] opened = new byte[plain.length];

            assertThat(payload.chunk(sealed, sealed.length, opened, false)).isEqualTo(plain.length);
            assertThat(opened).isEqualTo(plain);
        }
    }

    @Test
    void aBitThatIsAnotherIsFoundWhereverItIs() throws Exception {
        byte[] plain = bytes(100);
        byte[] sealed = jdk(Cipher.ENCRYPT_MODE, 0, true).doFinal(plain);
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            byte[] damaged = sealed.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            byte[] untouched = new byte[plain.length];

            assertThatThrownBy(
                            () -> AgePayload.decrypting(ciphers, key).chunk(damaged, damaged.length, untouched, true))
                    .isInstanceOf(AEADBadTagException.class);
            assertThat(untouched).containsOnly(0);
        }
    }

    @Test
    void aChunkCountsOnlyInItsPlace() throws Exception {
        byte[] sealed = jdk(Cipher.ENCRYPT_MODE, 1, false).doFinal(bytes(50));
        byte[] opened = new byte[50];

        assertThatThrownBy(() -> AgePayload.decrypting(ciphers, key).chunk(sealed, sealed.length, opened, false))
                .isInstanceOf(AEADBadTagException.class);
        var payload = AgePayload.decrypting(ciphers, key);
        payload.chunk(jdk(Cipher.ENCRYPT_MODE, 0, false).doFinal(new byte[3]), 19, opened, false);
        assertThatThrownBy(() -> payload.chunk(sealed, sealed.length, opened, true))
                .isInstanceOf(AEADBadTagException.class);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private Cipher jdk(int mode, int number, boolean last) throws Exception {
        byte[] nonce = new byte[12];
        nonce[9] = (byte) (number >>> 8);
        nonce[10] = (byte) number;
        nonce[11] = (byte) (last ? 1 : 0);
        var cipher = Cipher.getInstance("ChaCha20-Poly1305");
        cipher.init(mode, key, new IvParameterSpec(nonce));
        return cipher;
    }
}
