package dev.walvault.host;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What is there at one moment, durable or not.
 *
 * @param contents of files
 * @param names in directories
 * @param lastNames which changed last
 */
record Seen(Map<Inode, byte[]> contents, Map<Inode, Map<String, Inode>> names, Set<Path> lastNames) {}
