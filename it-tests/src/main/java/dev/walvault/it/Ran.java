package dev.walvault.it;

import java.time.Duration;
import java.util.List;

/** A program that has ended; a status above 128 is a death by signal, as a shell counts. */
public record Ran(List<String> command, int status, String out, String err, Duration took) {
    public Ran {
        command = List.copyOf(command);
    }

    /**
     * This, if the program succeeded.
     *
     * @throws IllegalStateException with everything that it printed, otherwise
     */
    public Ran orThrow() {
        if (status != 0) {
            throw new IllegalStateException(toString());
        }
        return this;
    }

    @Override
    public String toString() {
        return "%s%nstatus %d after %d ms%n%s%s"
                .formatted(String.join(" ", command), status, took.toMillis(), out, err);
    }
}
