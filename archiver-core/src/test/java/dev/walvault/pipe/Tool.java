package dev.walvault.pipe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs a program of the distribution as a second opinion. A machine without it fails the test, by name. */
final class Tool {
    private Tool() {}

    static byte[] run(byte[] input, String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new AssertionError(
                    "this test needs the program \"" + command[0] + "\" (apt-get install age zstd lz4 xxhash)", e);
        }
        var output = CompletableFuture.supplyAsync(() -> all(process.getInputStream()));
        var errors = CompletableFuture.supplyAsync(() -> all(process.getErrorStream()));
        try (var in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException e) {
            // it ended before it read everything: its exit status says why
        }
        if (!process.waitFor(60, SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(List.of(command) + " does not end");
        }
        if (process.exitValue() != 0) {
            throw new AssertionError(
                    List.of(command) + " exits with " + process.exitValue() + ": " + new String(errors.join(), UTF_8));
        }
        return output.join();
    }

    private static byte[] all(InputStream in) {
        var bytes = new ByteArrayOutputStream();
        try (in) {
            in.transferTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
