package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.host.LocalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Where a path leads when its symbolic links are followed. */
final class LinkedPath {
    private LinkedPath() {}

    /**
     * The same place without links on the way to it; what does not exist yet keeps its name.
     *
     * @throws dev.walvault.HostException LOCAL_FILE if a link leads nowhere
     */
    static Path resolved(Path path) throws ArchiverException {
        Path whole = path.toAbsolutePath();
        try {
            return whole.toRealPath();
        } catch (NoSuchFileException e) {
            requireNoLink(whole, e);
            Path parent = whole.getParent();
            Path name = whole.getFileName();
            return parent == null || name == null
                    ? whole
                    : resolved(parent).resolve(name).normalize();
        } catch (IOException e) {
            throw LocalFiles.cannot("look at", whole, e);
        }
    }

    /** Making the place that such a link names could fill the disk below a volume that is not mounted. */
    private static void requireNoLink(Path path, NoSuchFileException e) throws ArchiverException {
        if (Files.isSymbolicLink(path)) {
            throw Fault.of(ErrorCode.LOCAL_FILE, "\"" + path + "\" is a symbolic link that leads nowhere")
                    .detail("A directory on the way to its target does not exist.")
                    .hint("Mount the volume that it leads to, make the directory, or remove the link.")
                    .cause(e)
                    .host();
        }
    }
}
