package dev.walvault.store;

import dev.walvault.config.Masked;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The drivers that there are. */
public record Drivers(List<Driver> all) {
    public Drivers {
        all = List.copyOf(all);
    }

    /**
     * The place that a URL or an absolute path names.
     *
     * @throws IllegalArgumentException if it names no place that one of the drivers knows how to reach; the message says why
     */
    public Place place(String text) {
        if (text.startsWith("/")) {
            Optional<Place> path =
                    all.stream().flatMap(each -> each.place(text).stream()).findFirst();
            if (path.isPresent()) {
                return path.get();
            }
        }
        String shown = Masked.text(text);
        if (!shown.equals(text)) {
            throw new IllegalArgumentException(
                    "\"" + shown
                            + "\" has something before the \"@\"; a vault's URL has no access key in it, docs/S3.md says where keys go");
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("\"" + shown + "\" is not a URL: " + e.getReason(), e);
        }
        return all.stream()
                .filter(each -> each.scheme().equals(uri.getScheme()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"" + shown + "\" is not a vault that walvault can reach; expected " + forms()))
                .place(uri);
    }

    /** How the URLs of all of them look. */
    public String forms() {
        return all.stream().map(Driver::form).collect(Collectors.joining(" or "));
    }
}
