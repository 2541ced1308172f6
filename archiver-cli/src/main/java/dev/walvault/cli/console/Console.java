package dev.walvault.cli.console;

import dev.walvault.examine.Finding;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Progress;
import dev.walvault.observe.Retrying;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Prints: results on standard output, what happens meanwhile and what went wrong on standard error, as PostgreSQL does.
 */
public final class Console implements Listener {
    private final Shell shell;
    private final GlobalOptions options;
    private final JsonLines lines;
    private String command = "walvault";
    private @Nullable String heading;
    private boolean findingsBefore;
    private @Nullable ProgressDisplay progress;
    private @Nullable String retried;
    private @Nullable List<String> warnings;

    Console(Shell shell, GlobalOptions options) {
        this.shell = shell;
        this.options = options;
        this.lines = new JsonLines(shell.out(), InstantSource.system());
    }

    /** From now on it speaks for this command. */
    public synchronized void begin(String name) {
        command = name;
    }

    /** The name of the command, as far as it is known already. */
    public synchronized String command() {
        return command;
    }

    /** A command's result: an object that begins with the version of this contract, or text. */
    public void result(String command, Consumer<JsonText> json, Supplier<String> text) {
        print(command, json, () -> Texts.visible(text.get().stripTrailing()));
    }

    /** A result that is a secret, asked for to be stored: it is printed as it is. */
    public void secret(String command, Consumer<JsonText> json, Supplier<String> text) {
        print(command, json, () -> text.get().stripTrailing());
    }

    private void print(String name, Consumer<JsonText> json, Supplier<String> text) {
        finishProgress();
        switch (options.output()) {
            case JSON -> shell.out().println(object(name, json));
            case JSONL -> lines.result(object(name, json));
            case TEXT -> {
                String lines = text.get();
                if (!lines.isEmpty()) {
                    shell.out().println(lines);
                }
            }
        }
        shell.out().flush();
    }

    private static String object(String command, Consumer<JsonText> members) {
        return JsonText.object(object -> {
            head(object, command);
            members.accept(object);
        });
    }

    /** What the command ends with instead of a result, for programs. */
    void error(String json) {
        switch (options.output()) {
            case JSON -> {
                shell.out().println(json);
                shell.out().flush();
            }
            case JSONL -> lines.error(json);
            case TEXT -> {
                // people have read it on standard error
            }
        }
    }

    /** The command is over. */
    public void end() {
        finishProgress();
        lines.end();
    }

    /** What the findings that follow are about; an empty line parts it from those before. */
    public synchronized void heading(String about) {
        heading = about;
    }

    /** One finding of an examination; with JSON they are printed together, as the result. What is fine is quiet. */
    public synchronized void finding(Finding finding) {
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

    /** What every object for programs begins with: the version of the contract, and the command. */
    public static JsonText head(JsonText object, String command) {
        return object.put("walvault", 1).put("command", command);
    }

    /** Standard error has the sentences with every output; with JSON lines, a program sees how much is done. */
    @Override
    public synchronized void on(Event event) {
        boolean quiet = options.quiet() && event.severity() != Event.Severity.WARNING;
        if (options.output() == OutputFormat.JSONL && !quiet) {
            lines.event(command, event);
        }
        switch (event) {
            case Retrying retrying -> retrying(retrying);
            case Progress done -> {
                if (options.output() != OutputFormat.JSONL && !quiet) {
                    show(done);
                }
            }
            case CommandEvent.Found _ -> {
                // results say it to people
            }
            default -> {
                if (event.severity() == Event.Severity.WARNING) {
                    warn(event.sentence());
                } else {
                    log(event.sentence());
                }
            }
        }
    }

    private void warn(String sentence) {
        if (warnings != null) {
            warnings.add(sentence);
        }
        line("WARNING", sentence);
    }

    /** From now on what is warned of is kept, for a command whose result has it, too. */
    public synchronized void keepWarnings() {
        warnings = new ArrayList<>();
    }

    /** What was warned of since then; nothing if it is not kept. */
    public synchronized List<String> warnings() {
        return warnings == null ? List.of() : List.copyOf(warnings);
    }

    private void show(Progress done) {
        if (progress == null) {
            progress = ProgressDisplay.on(shell.err(), shell.terminal().getAsBoolean(), Clock.systemUTC());
        }
        progress.show(done);
    }

    /** The same trouble is told once; with --verbose each time. */
    private void retrying(Retrying again) {
        String trouble = String.valueOf(again.failure().getMessage());
        if (options.verbose() || !trouble.equals(retried)) {
            retried = trouble;
            line("LOG", again.sentence());
            again.failure().detail().ifPresent(detail -> line("DETAIL", detail));
        }
    }

    /** For whoever wants to know how it went, but not with --quiet. */
    void log(String message) {
        if (!options.quiet()) {
            line("LOG", message);
        }
    }

    /** For whoever wants to know all: only with --verbose. */
    public void detail(String message) {
        if (options.verbose()) {
            line("LOG", message);
        }
    }

    /** One message as PostgreSQL prints it: a severity such as LOG, and what there is to say. */
    public synchronized void line(String severity, String message) {
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
