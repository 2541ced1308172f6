package dev.walvault;

/** A text that must not be seen: it prints as stars. */
public record Secret(String reveal) {
    @Override
    public String toString() {
        return "***";
    }
}
