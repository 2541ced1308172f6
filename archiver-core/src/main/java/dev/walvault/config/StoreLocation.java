package dev.walvault.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Where a vault is: one kind for each driver. */
public sealed interface StoreLocation {

    /** A directory of this machine or of a network file system; {@code file:///backup/pg} or just {@code /backup/pg}. */
    record FileSystem(Path root) implements StoreLocation {}

    /**
     * Reads a URL or an absolute path.
     *
     * @throws IllegalArgumentException if it names no place that walvault knows how to reach; the message says why
     */
    static StoreLocation parse(String text) {
        if (text.startsWith("/")) {
            return new FileSystem(Path.of(text));
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("\"" + text + "\" is not a URL: " + e.getReason(), e);
        }
        if (!"file".equals(uri.getScheme())) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a vault that walvault can reach; expected file:///path");
        }
        boolean hasHost = uri.getAuthority() != null && !uri.getAuthority().isEmpty();
        if (hasHost || uri.getPath() == null || uri.getPath().isEmpty() || uri.getQuery() != null) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a file URL; expected file:///path with three slashes");
        }
        return new FileSystem(Path.of(uri.getPath()));
    }
}
