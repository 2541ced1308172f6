package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The driver in a process of its own, because nobody can change the environment of this one. */
final class StoreProcess {
    private StoreProcess() {}

    /**
     * What became of a few requests to each of the vaults at {@code urls}, in an environment of just these variables.
     */
    static List<String> use(Map<String, String> environment, String... urls) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                StoreProcess.class.getName()));
        command.addAll(List.of(urls));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("the process failed: " + output);
        }
        return output.lines().toList();
    }

    public static void main(String[] urls) throws IOException {
        for (String url : urls) {
            System.out.println(use(url));
        }
    }

    private static String use(String url) throws IOException {
        var location = S3Urls.place(url);
        try (S3Store store = S3Store.open(location, _ -> ObjectKind.WAL, _ -> {})) {
            store.head(ObjectKey.of("wal", "a"));
            store.names(ObjectKey.of("wal"));
            return "done";
        } catch (ArchiverException e) {
            return String.join(
                    " | ",
                    e.code().toString(),
                    e.getMessage(),
                    e.detail().orElse(""),
                    e.hint().orElse(""));
        }
    }
}
