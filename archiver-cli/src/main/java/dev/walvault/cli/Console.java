package dev.walvault.cli;

import dev.walvault.ArchiverException;
import dev.walvault.config.Durations;
import dev.walvault.examine.Finding;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints: results on standard output, what happens meanwhile and what went wrong on standard error, as PostgreSQL does. */
final class Console implements Listener {
    private final Shell shell;
    private final GlobalOptions options;
    private @Nullable String heading;
    private boolean findingsBefore;
    private @Nullable ProgressDisplay progress;
    private @Nullable String retried;

    Console(Shell shell, GlobalOptions options) {
        this.shell = shell;
        this.options = options;
    }

    /** A command's result: an object that begins with the version of this contract, or text. */
    void result(String command, Consumer<JsonText> json, Supplier<String> text) {
        print(command, json, () -> Texts.visible(text.get().stripTrailing()));
    }

    /** A result that is a secret, asked for to be stored: it is printed as it is. */
    void secret(String command, Consumer<JsonText> json, Supplier<String> text) {
        print(command, json, () -> text.get().stripTrailing());
    }

    private void print(String command, Consumer<JsonText> json, Supplier<String> text) {
        finishProgress();
        switch (options.output()) {
            case JSON ->
                shell.out().println(JsonText.object(object -> {
                    head(object, command);
                    json.accept(object);
                }));
            case TEXT -> {
                String lines = text.get();
                if (!lines.isEmpty()) {
                    shell.out().println(lines);
                }
            }
        }
        shell.out().flush();
    }

    /** What the findings that follow are about; an empty line parts it from those before. */
    synchronized void heading(String about) {
        heading = about;
    }

    /** One finding of an examination; with JSON they are printed together, as the result. What is fine is quiet. */
    synchronized void finding(Finding finding) {
        boolean fine = finding.verdict() == Finding.Verdict.OK || finding.verdict() == Finding.Verdict.SKIPPED;
        if (options.output() == OutputFormat.TEXT && !(fine && options.quiet())) {
            if (heading != null) {
                shell.out().println((findingsBefore ? "\n" : "") + heading);
                heading = null;
            }
            findingsBefore = true;
            shell.out().println(new FindingText(isColoured()).of(finding));
            shell.out().flush();
        }
    }

    /** As https://no-color.org has it. */
    private boolean isColoured() {
        return shell.environment().getOrDefault("NO_COLOR", "").isEmpty()
                && !shell.environment().getOrDefault("TERM", "dumb").equals("dumb")
                && shell.terminal().getAsBoolean();
    }

    static JsonText head(JsonText object, String command) {
        return object.put("walvault", 1).put("command", command);
    }

    @Override
    public synchronized void on(Event event) {
        switch (event) {
            case Event.Warning(String message) -> line("WARNING", message);
            case Event.Step(String message) -> log(message);
            case Event.Retrying(ArchiverException failure, var pause) -> retrying(failure, pause);
            case Event.Progress done -> {
                if (!options.quiet()) {
                    if (progress == null) {
                        progress =
                                ProgressDisplay.on(shell.err(), shell.terminal().getAsBoolean(), Clock.systemUTC());
                    }
                    progress.show(done);
                }
            }
        }
    }

    /** The same trouble is told once; with --verbose each time. */
    private void retrying(ArchiverException failure, Duration pause) {
        String trouble = String.valueOf(failure.getMessage());
        if (options.verbose() || !trouble.equals(retried)) {
            retried = trouble;
            line("LOG", trouble + "; trying again in " + Durations.print(pause));
            failure.detail().ifPresent(detail -> line("DETAIL", detail));
        }
    }

    /** For whoever wants to know how it went, but not with --quiet. */
    void log(String message) {
        if (!options.quiet()) {
            line("LOG", message);
        }
    }

    /** For whoever wants to know all: only with --verbose. */
    void detail(String message) {
        if (options.verbose()) {
            line("LOG", message);
        }
    }

    synchronized void line(String severity, String message) {
        if (progress != null) {
            progress.makeRoom();
        }
        // as PostgreSQL continues a line, and nothing else looks like the beginning of one
        String text = severity + ":  " + Texts.visible(message).replace("\n", "\n\t");
        shell.err().println(isTooWide(text) && shell.terminal().getAsBoolean() ? wrapped(text) : text);
    }

    private static boolean isTooWide(String text) {
        return text.lines().anyMatch(line -> line.length() > Texts.PAGE_WIDTH);
    }

    /** What goes to a log or to another program is never wrapped: it is searched by lines. */
    private static String wrapped(String text) {
        return text.lines().map(line -> WrappedLine.of(line, Texts.PAGE_WIDTH)).collect(Collectors.joining("\n"));
    }

    synchronized void finishProgress() {
        if (progress != null) {
            progress.finish();
            progress = null;
        }
    }
}
