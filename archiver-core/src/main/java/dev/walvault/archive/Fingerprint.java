package dev.walvault.archive;

import dev.walvault.seal.ContentDigest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What tells a file of this host from every other one, and from itself before it was written to or renamed: a server
 * recycles a segment by giving it another name, and that changes ctime.
 *
 * @param attributes device, inode, length, mtime and ctime
 * @param firstPage a digest of its first page: the long page header of a segment, all of a history file
 */
record Fingerprint(String attributes, String firstPage) {
    private static final List<String> ATTRIBUTES = List.of("dev", "ino", "size", "lastModifiedTime", "ctime");
    private static final int PAGE = 8192;

    static Fingerprint of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Map<String, Object> found = Files.readAttributes(file, "unix:" + String.join(",", ATTRIBUTES));
            String attributes = ATTRIBUTES.stream()
                    .map(attribute -> String.valueOf(found.get(attribute)))
                    .collect(Collectors.joining("/"));
            return new Fingerprint(
                    attributes, ContentDigest.of(in.readNBytes(PAGE)).hex());
        }
    }
}
