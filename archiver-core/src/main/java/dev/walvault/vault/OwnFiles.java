package dev.walvault.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** Files of this host that nobody but this user, and root, can have written. What others can write is not believed. */
public final class OwnFiles {
    /** Write permission of group and others, as in {@code st_mode}. */
    private static final int WRITTEN_BY_OTHERS = 022;

    private OwnFiles() {}

    /**
     * Whether a file or directory belongs to this user and nobody else may write to it; not for a link, nor where there
     * is none.
     */
    public static boolean isOwn(Path path) {
        try {
            Map<String, Object> found =
                    Files.readAttributes(path, "unix:uid,mode,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
            return thisUser().equals(found.get("uid"))
                    && found.get("mode") instanceof Integer mode
                    && (mode & WRITTEN_BY_OTHERS) == 0
                    && Boolean.FALSE.equals(found.get("isSymbolicLink"));
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    /** The same of a file and of each directory above it, up to {@code top}. */
    public static boolean isOwnUpTo(Path file, Path top) {
        for (Path each = file; each != null; each = each.getParent()) {
            if (!isOwn(each)) {
                return false;
            }
            if (each.equals(top)) {
                return true;
            }
        }
        return false;
    }

    /** A process's own directory belongs to its effective user. */
    private static Object thisUser() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }
}
