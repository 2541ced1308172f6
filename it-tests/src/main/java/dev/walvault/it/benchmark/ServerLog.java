package dev.walvault.it.benchmark;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** When a server said what, by the times in its log. */
final class ServerLog {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");
    private static final int LENGTH = "2026-11-21 09:33:44.123".length();

    private ServerLog() {}

    /** The seconds between the first line that contains one text and the first that contains the other. */
    static double secondsBetween(String log, String from, String to) {
        return Duration.between(time(log, from), time(log, to)).toMillis() / 1000.0;
    }

    private static LocalDateTime time(String log, String text) {
        String line = log.lines()
                .filter(each -> each.contains(text))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the log never says \"" + text + "\":\n" + log));
        return LocalDateTime.parse(line.substring(0, LENGTH), TIME);
    }
}
