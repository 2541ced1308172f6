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
 * One entry of a pack. Paths are relative to the data directory, with {@code /}, and texts as
 * {@link dev.walvault.FileNames} has them; modes are the permission bits.
 */
public sealed interface ManifestEntry {
    /** PATH_MAX of Linux, less the end that it counts. */
    int LONGEST_PATH = 4095;

    String path();

    /** What the tar of its pack calls it, without the slash behind a directory. */
    default String inTar() {
        return path();
    }

    record Directory(String path, int mode) implements ManifestEntry {}

    /** A symbolic link that is no part of what the server stores, wherever it leads. */
    record Link(String path, String target) implements ManifestEntry {}

    /**
     * A regular file, or what a link of the server led to.
     *
     * @param crc32c of the content
     * @param badPages numbers of the blocks within this file that failed their checksum when they were read
     * @param at where the content begins in the tar stream of the pack
     */
    record File(String path, long size, Instant modified, int mode, int crc32c, List<Long> badPages, long at)
            implements ManifestEntry {
        public File {
            badPages = List.copyOf(badPages);
        }
    }

    /**
     * A stretch of a file that is too large for one pack.
     *
     * @param bytes of this stretch: its size, its CRC, and where it begins in the tar; path, time and mode are the
     *     file's
     * @param number from 1 to {@code of}, in the order of the file
     * @param offset of the stretch within the file
     */
    record Part(File bytes, int number, int of, long offset) implements ManifestEntry {
        /** No part is larger, and no smaller file is cut. */
        public static final long LARGEST = 1L << 30;

        /** At the root of the tar. No file of a server is in a directory of this name: backups leave it out. */
        public static final String DIRECTORY = "walvault-parts";

        @Override
        public String path() {
            return bytes.path;
        }

        @Override
        public String inTar() {
            return inTar(bytes.path, number);
        }

        /** What the tar calls a part of the file with this path. */
        public static String inTar(String path, int number) {
            return DIRECTORY + "/" + path + "/" + MemberKeys.sixDigits(number);
        }
    }

    /** The entry as one line of a manifest, without the line feed. */
    default String line() {
        return JsonText.object(json -> {
            switch (this) {
                case Directory directory -> json.put("dir", directory.path).put("mode", octal(directory.mode));
                case Link link -> json.put("link", link.path).put("target", link.target);
                case File file -> {
                    json.put("file", file.path);
                    putBytes(json, file);
                }
                case Part part -> {
                    json.put("part", part.path())
                            .put("number", part.number)
                            .put("of", part.of)
                            .put("offset", part.offset);
                    putBytes(json, part.bytes);
                }
            }
        });
    }

    private static void putBytes(JsonText json, File file) {
        json.put("size", file.size)
                .put("mtime", file.modified.toString())
                .put("mode", octal(file.mode))
                .put("crc32c", HexFormat.of().toHexDigits(file.crc32c))
                .put("at", file.at);
        if (!file.badPages.isEmpty()) {
            json.putNumbers("badPages", file.badPages);
        }
    }

    static ManifestEntry read(JsonObject json) throws IntegrityException {
        if (json.has("file")) {
            return bytes(json, "file");
        }
        if (json.has("part")) {
            int of = json.numberAs("of", Math::toIntExact);
            return new Part(
                    bytes(json, "part"),
                    json.numberAs("number", number -> counted(number, of)),
                    of,
                    json.numberAs("offset", ManifestEntry::size));
        }
        if (json.has("dir")) {
            return new Directory(json.as("dir", ManifestEntry::name), json.as("mode", ManifestEntry::octal));
        }
        if (!json.has("link")) {
            throw json.unknown("it has an entry that is no file, part of a file, directory or link");
        }
        return new Link(json.as("link", ManifestEntry::name), json.as("target", ManifestEntry::name));
    }

    private static File bytes(JsonObject json, String member) throws IntegrityException {
        return new File(
                json.as(member, ManifestEntry::name),
                json.numberAs("size", ManifestEntry::size),
                json.as("mtime", Timestamps::parse),
                json.as("mode", ManifestEntry::octal),
                json.as("crc32c", HexFormat::fromHexDigits),
                json.numbers("badPages"),
                json.numberAs("at", ManifestEntry::size));
    }

    private static int counted(long number, int of) {
        if (number < 1 || number > of) {
            throw new IllegalArgumentException("there is no part " + number + " of " + of);
        }
        return (int) number;
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
