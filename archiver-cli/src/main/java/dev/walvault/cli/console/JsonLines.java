package dev.walvault.cli.console;

import dev.walvault.config.Masked;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import dev.walvault.observe.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Standard output as lines of JSON: each event as it happens, and what became of the command as the last line. Nobody
 * may be reading any more; the command goes on all the same, and its exit status tells.
 */
public final class JsonLines {
    /** Progress is made many times a second. */
    private static final Duration BETWEEN_PROGRESS = Duration.ofSeconds(1);

    private final PrintStream out;
    private final InstantSource clock;
    private Instant progressWritten = Instant.EPOCH;
    private @Nullable String progressLeft;
    private @Nullable String result;
    private boolean ended;

    public JsonLines(PrintStream out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
    }

    /** Writes it at once; of progress at most one line each second, and the last before the end. */
    public synchronized void event(String command, Event event) {
        Instant now = clock.instant();
        String line = line(command, event, now);
        if (event instanceof Progress && now.isBefore(progressWritten.plus(BETWEEN_PROGRESS))) {
            progressLeft = line;
            return;
        }
        if (event instanceof Progress) {
            progressWritten = now;
            progressLeft = null;
        }
        write(line);
    }

    private static String line(String command, Event event, Instant now) {
        return Masked.text(JsonText.object(json -> {
            Console.head(json, command)
                    .put("time", now.truncatedTo(ChronoUnit.MILLIS).toString())
                    .put("event", event.type())
                    .put("severity", event.severity().text())
                    .put("sentence", event.sentence());
            event.put(json);
        }));
    }

    /** The result, which is written when the command is over: something may be told after it. */
    public synchronized void result(String line) {
        result = line;
    }

    /** The error that the command ends with: its last line, and after it there is none. */
    public synchronized void error(String line) {
        end();
        write(line);
        ended = true;
    }

    /** The command is over: writes what is left of it. */
    public synchronized void end() {
        if (progressLeft != null) {
            write(progressLeft);
            progressLeft = null;
        }
        if (result != null) {
            write(result);
            result = null;
        }
    }

    private void write(String line) {
        if (!ended) {
            out.println(line);
            out.flush();
        }
    }
}
