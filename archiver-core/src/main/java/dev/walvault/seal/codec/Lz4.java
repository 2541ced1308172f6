package dev.walvault.seal.codec;

import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Which of lz4-java's implementations is used: the native one, else plain Java. Never the one in between, which calls
 * methods of {@code sun.misc.Unsafe} that the JDK warns about and will remove.
 */
final class Lz4 {
    private Lz4() {}

    static LZ4Factory factory() {
        try {
            return LZ4Factory.nativeInstance();
        } catch (LinkageError | AssertionError e) {
            return LZ4Factory.safeInstance();
        }
    }

    static XXHashFactory hashes() {
        try {
            return XXHashFactory.nativeInstance();
        } catch (LinkageError | AssertionError e) {
            return XXHashFactory.safeInstance();
        }
    }
}
