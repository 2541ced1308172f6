package dev.walvault.store;

import dev.walvault.config.Masked;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;

/** The drivers that there are. Each call of a server reads places: without what is slow to start, such as streams. */
public record Drivers(List<Driver> all) {
    public Drivers {
        all = List.copyOf(all);
    }

    /**
     * The place that a URL or an absolute path names.
     *
     * @throws IllegalArgumentException if it names no place that one of the drivers knows how to reach; the message
     *     says why
     */
    public Place place(String text) {
        if (text.startsWith("/")) {
            for (Driver each : all) {
                Optional<Place> path = each.place(text);
                if (path.isPresent()) {
                    return path.get();
                }
            }
        }
        String shown = Masked.text(text);
        if (!shown.equals(text)) {
            throw new IllegalArgumentException(
                    "\"" + shown
                            + "\" has something before the \"@\"; a vault's URL has no access key in it, docs/guides/s3.md says where keys go");
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("\"" + shown + "\" is not a URL: " + e.getReason(), e);
        }
        for (Driver each : all) {
            if (each.scheme().equals(uri.getScheme())) {
                return each.place(uri);
            }
        }
        throw new IllegalArgumentException(
                "\"" + shown + "\" is not a vault that walvault can reach; expected " + joined(" or ", Driver::form));
    }

    /** How a place is written, for help. */
    public String help() {
        return joined(", or ", Driver::help);
    }

    private String joined(String between, Function<Driver, String> word) {
        var words = new StringJoiner(between);
        for (Driver each : all) {
            words.add(word.apply(each));
        }
        return words.toString();
    }
}
