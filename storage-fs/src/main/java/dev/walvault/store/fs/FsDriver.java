package dev.walvault.store.fs;

import dev.walvault.FileNames;
import dev.walvault.store.Driver;
import dev.walvault.store.Place;
import java.net.URI;
import java.util.Optional;

/** Directories of this machine, or of a network file system. */
public final class FsDriver implements Driver {
    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public String form() {
        return "file:///path";
    }

    @Override
    public String help() {
        return "a file URL or an absolute path";
    }

    @Override
    public FsPlace place(URI url) {
        boolean hasHost = url.getAuthority() != null && !url.getAuthority().isEmpty();
        if (hasHost || url.getPath() == null || url.getPath().isEmpty() || url.getQuery() != null) {
            throw new IllegalArgumentException(
                    "\"" + url + "\" is not a file URL; expected file:///path with three slashes");
        }
        return new FsPlace(FileNames.path(url.getPath()));
    }

    @Override
    public Optional<Place> place(String path) {
        return Optional.of(new FsPlace(FileNames.path(path)));
    }
}
