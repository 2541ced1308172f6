package dev.walvault;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * Why a file of this machine could not be used. The messages of {@code java.nio} begin with the file's name, and of the
 * most frequent errors they say nothing else.
 */
public final class FileTrouble {
    private FileTrouble() {}

    /** The reason alone, for a sentence that names the file. */
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "permission denied to \"" + System.getProperty("user.name") + "\"";
            case FileAlreadyExistsException _ -> "it exists already";
            case NotDirectoryException _ -> "it is not a directory";
            case FileSystemException known when known.getReason() != null -> known.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    /** The reason with the file, as far as it is known, for a sentence that does not name it. */
    public static String named(IOException e) {
        return e instanceof FileSystemException known && known.getFile() != null
                ? "\"" + known.getFile() + "\": " + reason(e)
                : reason(e);
    }
}
