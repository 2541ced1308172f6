package dev.walvault.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A clock that stands still but for the pauses that are made on it, which take no time. */
public final class FakeTime extends Clock implements Pause {
    private final List<Duration> pauses = new ArrayList<>();
    private final List<Runnable> events = new ArrayList<>();
    private Instant now;

    public FakeTime(Instant now) {
        this.now = now;
    }

    /** The first call says what happens during the first pause, the second call during the second, and so on. */
    public synchronized FakeTime next(Runnable event) {
        events.add(event);
        return this;
    }

    public synchronized List<Duration> pauses() {
        return List.copyOf(pauses);
    }

    public synchronized void set(Instant instant) {
        now = instant;
    }

    @Override
    public synchronized void sleep(Duration duration) {
        if (pauses.size() < events.size()) {
            events.get(pauses.size()).run();
        }
        pauses.add(duration);
        now = now.plus(duration);
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
