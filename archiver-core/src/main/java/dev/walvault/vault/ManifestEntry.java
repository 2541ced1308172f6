package dev.walvault.vault;

import dev.walvault.FileNames;
import dev.walvault.IntegrityException;
import dev.walvault.Timestamps;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * One entry of a pack. Paths are relative to the data directory, with {@code /}, and texts as {@link dev.walvault.FileNames}
 * has them; modes are the permission bits.
 */
public sealed interface ManifestEntry {
    /** PATH_MAX of Linux, less the end that it counts. */
    int LONGEST_PATH = 4095;

    String path();

    record Directory(String path, int mode) implements ManifestEntry {}

    /** A symbolic link that is no part of what the server stores, wherever it leads. */
    record Link(String path, String target) implements ManifestEntry {}

    /**
     * A regular file, or what a link of the server led to.
     *
     * @param crc32c of the content
     * @param badPages numbers of the blocks within this file that failed their checksum when they were read
     */
    record File(String path, long size, Instant modified, int mode, int crc32c, List<Long> badPages)
            implements ManifestEntry {
        public File {
            badPages = List.copyOf(badPages);
        }
    }

    /** The entry as one line of a manifest, without the line feed. */
    default String line() {
        return JsonText.object(json -> {
            switch (this) {
                case Directory directory -> json.put("dir", directory.path).put("mode", octal(directory.mode));
                case Link link -> json.put("link", link.path).put("target", link.target);
                case File file -> {
                    json.put("file", file.path)
                            .put("size", file.size)
                            .put("mtime", file.modified.toString())
                            .put("mode", octal(file.mode))
                            .put("crc32c", HexFormat.of().toHexDigits(file.crc32c));
                    if (!file.badPages.isEmpty()) {
                        json.putNumbers("badPages", file.badPages);
                    }
                }
            }
        });
    }

    static ManifestEntry read(JsonObject json) throws IntegrityException {
        if (json.has("file")) {
            return new File(
                    json.as("file", ManifestEntry::name),
                    json.numberAs("size", ManifestEntry::size),
                    json.as("mtime", Timestamps::parse),
                    json.as("mode", ManifestEntry::octal),
                    json.as("crc32c", HexFormat::fromHexDigits),
                    json.numbers("badPages"));
        }
        if (json.has("dir")) {
            return new Directory(json.as("dir", ManifestEntry::name), json.as("mode", ManifestEntry::octal));
        }
        if (!json.has("link")) {
            throw json.unknown("it has an entry that is no file, directory or link");
        }
        return new Link(json.as("link", ManifestEntry::name), json.as("target", ManifestEntry::name));
    }

    /** The text of a path, wherever it leads. */
    private static String name(String text) {
        int bytes = FileNames.encode(text).length;
        if (bytes == 0 || bytes > LONGEST_PATH) {
            throw new IllegalArgumentException("no path has " + bytes + " bytes");
        }
        return text;
    }

    private static String octal(int mode) {
        return Integer.toOctalString(mode);
    }

    private static int octal(String mode) {
        int bits = Integer.parseInt(mode, 8);
        if (bits < 0 || bits > 0777) {
            throw new IllegalArgumentException("invalid mode \"" + mode + "\"");
        }
        return bits;
    }

    private static long size(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("invalid size " + bytes);
        }
        return bytes;
    }
}
