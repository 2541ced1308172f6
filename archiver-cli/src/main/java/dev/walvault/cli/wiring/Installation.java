package dev.walvault.cli.wiring;

import dev.walvault.ErrorCode;
import dev.walvault.NativeImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.graalvm.nativeimage.VMRuntime;

/**
 * The program as it is installed. On a JVM the launcher script says what is asked here. A native image has no script:
 * it is {@code bin/walvault} itself, and loads the libraries that lie in {@code lib} beside {@code bin}.
 */
public final class Installation {
    private static final Path SELF = Path.of("/proc/self/exe");
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    /** As in src/main/native/launcher.c, which stands where the script does. */
    private static final int ABSENT_STATUS_OF_IMAGE = 94;

    private Installation() {}

    /** To be called first: signals come from here on, and the libraries of zstd-jni and lz4-java are found. */
    public static void prepare() throws IOException {
        if (NativeImage.isRunning()) {
            // as src/main/native/options say, no runtime options are parsed, and signals are left alone unless this is
            // called
            VMRuntime.initialize();
            Path libraries = SELF.toRealPath().resolveSibling("../lib").normalize();
            System.setProperty(
                    "ZstdNativePath", libraries.resolve("libzstd-jni.so").toString());
            System.setProperty("java.library.path", libraries.toString());
        }
    }

    /**
     * Which status the launcher takes for "proven absent", because 1 is also what a Java that cannot start ends with.
     */
    public static int absentStatus() {
        return NativeImage.isRunning()
                ? ABSENT_STATUS_OF_IMAGE
                : Integer.getInteger("walvault.absent-status", ErrorCode.ABSENT.exitStatus());
    }

    /**
     * What a setting such as restore_command should call: a link in /usr/bin outlives an upgrade, its target may not.
     */
    public static String launcher() {
        if (!NativeImage.isRunning()) {
            return System.getProperty("walvault.launcher", "walvault");
        }
        try {
            String words = Files.readString(COMMAND_LINE, StandardCharsets.UTF_8);
            String called = words.substring(0, words.indexOf('\0'));
            Path launcher = called.contains("/")
                    ? Path.of(called).toAbsolutePath().normalize()
                    : inPath(called).orElse(SELF.toRealPath());
            return launcher.toString();
        } catch (IOException _) {
            // without /proc nobody can tell
            return "walvault";
        }
    }

    private static Optional<Path> inPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(directory -> Path.of(directory).toAbsolutePath().resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
