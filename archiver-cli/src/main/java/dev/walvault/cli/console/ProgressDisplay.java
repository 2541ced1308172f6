package dev.walvault.cli.console;

import dev.walvault.observe.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How far a long command is: a bar that is drawn over on a terminal, a line every ten seconds elsewhere. */
final class ProgressDisplay {
    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final Duration NEXT_LINE = Duration.ofSeconds(10);
    private static final int BAR = 24;

    /** What has passed before says something of what is to come. */
    private static final int TELLING_SECONDS = 3;

    private static final long TELLING_BYTES = 1 << 20;

    private final PrintStream out;
    private final boolean terminal;
    private final InstantSource clock;
    private final Instant begun;
    private Instant drawn;
    private int drawnWidth;
    private @Nullable Progress latest;

    private ProgressDisplay(PrintStream out, boolean terminal, InstantSource clock) {
        this.out = out;
        this.terminal = terminal;
        this.clock = clock;
        this.begun = clock.instant();
        this.drawn = terminal ? Instant.EPOCH : begun;
    }

    static ProgressDisplay on(PrintStream out, boolean terminal, InstantSource clock) {
        return new ProgressDisplay(out, terminal, clock);
    }

    void show(Progress progress) {
        latest = progress;
        Instant now = clock.instant();
        Duration since = Duration.between(drawn, now);
        if (since.compareTo(terminal ? REDRAW : NEXT_LINE) >= 0) {
            draw(progress, now);
        }
    }

    /** Clears the bar, so that a line can be printed; the next redraw brings it back. */
    void makeRoom() {
        if (terminal && drawnWidth > 0) {
            out.print("\r" + " ".repeat(drawnWidth) + "\r");
            drawnWidth = 0;
        }
    }

    void finish() {
        if (latest != null && terminal) {
            draw(latest, clock.instant());
            out.println();
        }
        out.flush();
    }

    private void draw(Progress progress, Instant now) {
        drawn = now;
        String text = text(progress, now);
        if (!terminal) {
            out.println("LOG:  " + text);
            return;
        }
        int full = BAR * percent(progress) / 100;
        String bar = "[" + "#".repeat(full) + "-".repeat(BAR - full) + "] " + text;
        out.print("\r" + bar + " ".repeat(Math.max(0, drawnWidth - bar.length())));
        out.flush();
        drawnWidth = bar.length();
    }

    private String text(Progress progress, Instant now) {
        double seconds = Math.max(0.001, Duration.between(begun, now).toMillis() / 1000.0);
        long perSecond = (long) (progress.bytesDone() / seconds);
        String text = String.format(
                Locale.ROOT,
                "%d%%, %s of %s, %s/s",
                percent(progress),
                Texts.size(progress.bytesDone()),
                Texts.size(Math.max(progress.bytesTotal(), progress.bytesDone())),
                Texts.size(perSecond));
        long left = progress.bytesTotal() - progress.bytesDone();
        boolean tells = seconds >= TELLING_SECONDS && progress.bytesDone() >= TELLING_BYTES;
        if (left > 0 && tells) {
            text += ", " + Texts.shortly(Duration.ofSeconds(left / perSecond)) + " left";
        }
        return text;
    }

    private static int percent(Progress progress) {
        long total = Math.max(progress.bytesTotal(), progress.bytesDone());
        return total <= 0 ? 100 : (int) (progress.bytesDone() * 100.0 / total);
    }
}
