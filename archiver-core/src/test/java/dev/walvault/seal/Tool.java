package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.walvault.StockTools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs a program of the distribution as a second opinion. */
final class Tool {
    private Tool() {}

    static byte[] run(byte[] input, String... command) throws IOException, InterruptedException {
        var found = new ArrayList<>(List.of(command));
        found.set(0, StockTools.find(command[0]).toString());
        Process process = new ProcessBuilder(found).start();
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
