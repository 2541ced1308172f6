package dev.walvault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Whether something is there, where a disk that fails must not look like nothing: {@link Files#exists} and its kin
 * answer "no" to every error. Links are followed.
 */
public final class Presence {
    private Presence() {}

    /** Throws for what may be there and cannot be looked at. */
    public static boolean exists(Path path) throws IOException {
        return attributes(path).isPresent();
    }

    /** Throws for what may be there and cannot be looked at. */
    public static boolean isDirectory(Path path) throws IOException {
        return attributes(path).filter(BasicFileAttributes::isDirectory).isPresent();
    }

    /** Throws for what may be there and cannot be looked at. */
    public static boolean isRegularFile(Path path) throws IOException {
        return attributes(path).filter(BasicFileAttributes::isRegularFile).isPresent();
    }

    private static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }
}
