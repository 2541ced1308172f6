package dev.walvault.checksum;

import org.graalvm.nativeimage.PinnedObject;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.function.CFunction.Transition;
import org.graalvm.nativeimage.c.type.CCharPointer;
import org.graalvm.nativeimage.c.type.CIntPointer;

/**
 * The processor's instructions for SHA-256, by the functions of {@code archiver-cli/src/main/native/sha256.c}. For
 * native images only: a JVM has no such functions, and must not initialize this class.
 */
final class Sha256Instructions {
    /** Whether this processor has them. */
    static final boolean ARE_THERE = isSupported() != 0;

    /** The collector waits for a call to end, so each is short: some 100 µs. */
    private static final int BLOCKS_AT_ONCE = 2048;

    private Sha256Instructions() {}

    /** As {@link BlockSha256.Compression}. */
    static void compress(int[] state, byte[] bytes, int from, int blocks) {
        try (PinnedObject words = PinnedObject.create(state);
                PinnedObject content = PinnedObject.create(bytes)) {
            for (int done = 0; done < blocks; done += BLOCKS_AT_ONCE) {
                compress(
                        words.addressOfArrayElement(0),
                        content.addressOfArrayElement(from + done * BlockSha256.BLOCK),
                        Math.min(BLOCKS_AT_ONCE, blocks - done));
            }
        }
    }

    @CFunction(value = "walvault_sha256_is_supported", transition = Transition.NO_TRANSITION)
    private static native int isSupported();

    @CFunction(value = "walvault_sha256_compress", transition = Transition.NO_TRANSITION)
    private static native void compress(CIntPointer state, CCharPointer blocks, long count);
}
