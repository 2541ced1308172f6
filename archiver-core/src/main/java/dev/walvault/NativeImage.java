package dev.walvault;

/**
 * Whether this is the native program. There no virtual machine puts its own machine code in the place of Java's
 * checksums and ciphers, so that what is quickest on a JVM is slow.
 */
public final class NativeImage {
    /** As org.graalvm.nativeimage.ImageInfo tells it. */
    private static final boolean RUNNING = "runtime".equals(System.getProperty("org.graalvm.nativeimage.imagecode"));

    private NativeImage() {}

    public static boolean isRunning() {
        return RUNNING;
    }
}
