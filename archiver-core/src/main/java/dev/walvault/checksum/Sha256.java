package dev.walvault.checksum;

import dev.walvault.NativeImage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of FIPS 180-4, which a vault's accounts and signatures have, by the quickest that there is. */
public final class Sha256 {
    private Sha256() {}

    /**
     * Of no bytes yet. A JVM has instructions for it; a native image has its own way to them, where the processor has
     * them.
     */
    public static MessageDigest create() {
        return NativeImage.isRunning() && Sha256Instructions.ARE_THERE
                ? new BlockSha256(Sha256Instructions::compress)
                : javas();
    }

    private static MessageDigest javas() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
