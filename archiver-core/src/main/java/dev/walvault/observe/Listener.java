package dev.walvault.observe;

/** Hears events; called by the threads that do the work, so it must be quick and safe for several of them. */
@FunctionalInterface
public interface Listener {
    void on(Event event);
}
