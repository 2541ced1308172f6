package dev.walvault.backup;

import java.nio.file.Path;

/**
 * Something of a data directory that belongs into a backup. {@code path} is relative to it, with {@code /}, and a text
 * as {@link dev.walvault.FileNames} has it.
 */
sealed interface Found {
    String path();

    record Directory(String path, Path location, int mode) implements Found {}

    record RegularFile(String path, Path location) implements Found {}

    /** A symbolic link that is kept as a link, wherever it leads. */
    record Link(String path, String target) implements Found {}
}
