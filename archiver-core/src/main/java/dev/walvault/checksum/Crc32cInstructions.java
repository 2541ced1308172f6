package dev.walvault.checksum;

import org.graalvm.nativeimage.PinnedObject;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.function.CFunction.Transition;
import org.graalvm.nativeimage.c.type.CCharPointer;

/**
 * The processor's instruction for CRC-32C, by the function of {@code archiver-cli/src/main/native/crc32c.c}. For native
 * images only: a JVM has no such function.
 */
final class Crc32cInstructions {
    /** The collector waits for a call to end, so each is short: some 50 µs. */
    private static final int AT_ONCE = 1 << 20;

    private Crc32cInstructions() {}

    /** As {@link RegisterCrc32c.Update}. */
    static int update(int register, byte[] bytes, int from, int count) {
        int updated = register;
        try (PinnedObject content = PinnedObject.create(bytes)) {
            for (int done = 0; done < count; done += AT_ONCE) {
                updated = update(updated, content.addressOfArrayElement(from + done), Math.min(AT_ONCE, count - done));
            }
        }
        return updated;
    }

    @CFunction(value = "walvault_crc32c_update", transition = Transition.NO_TRANSITION)
    private static native int update(int register, CCharPointer bytes, long count);
}
