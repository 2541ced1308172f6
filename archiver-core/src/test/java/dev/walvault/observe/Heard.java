package dev.walvault.observe;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that remembers. */
public final class Heard implements Listener {
    private final List<Event> events = new CopyOnWriteArrayList<>();

    @Override
    public void on(Event event) {
        events.add(event);
    }

    public List<String> warnings() {
        return sentences(Event.Severity.WARNING);
    }

    public List<String> steps() {
        return sentences(Event.Severity.STEP);
    }

    private List<String> sentences(Event.Severity severity) {
        return events.stream()
                .filter(event -> event.severity() == severity)
                .map(Event::sentence)
                .toList();
    }

    public <E extends Event> List<E> of(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
