package dev.walvault.observe;

import dev.walvault.ArchiverException;
import dev.walvault.config.Durations;
import dev.walvault.json.JsonText;
import java.time.Duration;

/** A failure that will be tried again after a pause. */
public record Retrying(ArchiverException failure, Duration pause) implements Event {
    @Override
    public String type() {
        return "retrying";
    }

    @Override
    public Severity severity() {
        return Severity.STEP;
    }

    @Override
    public String sentence() {
        return failure.getMessage() + "; trying again in " + Durations.print(pause);
    }

    @Override
    public void put(JsonText json) {
        json.putObject("reason", Problem.of(failure)).put("pauseMillis", pause.toMillis());
    }
}
