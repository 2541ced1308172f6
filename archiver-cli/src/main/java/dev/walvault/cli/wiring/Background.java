package dev.walvault.cli.wiring;

import dev.walvault.cli.console.Invocation;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/** This program once more, beside this call: in a session of its own, holding nothing that a server waits for. */
final class Background {
    private static final File NOTHING = new File("/dev/null");

    private Background() {}

    /** Starts it with this call's configuration, environment and working directory, and does not wait for it. */
    static void start(Invocation invocation, String... words) throws IOException {
        var command = new ArrayList<String>();
        command.add(Installation.launcher());
        invocation
                .options()
                .config()
                .ifPresent(file -> command.addAll(List.of(
                        "--config", invocation.shell().directory().resolve(file).toString())));
        command.addAll(List.of(words));

        var ofItsOwn = new ArrayList<String>();
        // of util-linux: without it a server that stops takes this with it, which is no harm
        ofItsOwn.add("setsid");
        ofItsOwn.addAll(command);
        try {
            run(ofItsOwn, invocation);
        } catch (IOException _) {
            run(command, invocation);
        }
    }

    private static void run(List<String> command, Invocation invocation) throws IOException {
        new ProcessBuilder(command)
                .directory(invocation.shell().directory().toFile())
                .redirectInput(NOTHING)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }
}
