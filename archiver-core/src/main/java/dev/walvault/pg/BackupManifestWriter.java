package dev.walvault.pg;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes PostgreSQL's own {@code backup_manifest}, file after file, so that {@code pg_verifybackup} can judge a
 * restored directory ({@code backup_manifest.c}; read by {@code parse_manifest.c}).
 *
 * <p>The layout is the server's to the byte, because the checksum at its end covers the bytes, not the JSON. Files may
 * come in any order, each once. The stream is neither buffered nor closed here. For one thread.
 */
public final class BackupManifestWriter {
    private static final DateTimeFormatter GMT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'GMT'").withZone(ZoneOffset.UTC);

    private final OutputStream out;
    private final MessageDigest digest;
    private boolean anyFile;
    private boolean finished;

    /** WAL that a backup needs to become consistent, from {@code start} up to, not including, {@code end}. */
    public record WalRange(TimelineId timeline, Lsn start, Lsn end) {
        public WalRange {
            if (end.isBefore(start)) {
                throw new IllegalArgumentException("WAL from " + start + " cannot end at " + end);
            }
        }
    }

    private BackupManifestWriter(OutputStream out) {
        this.out = out;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Begins a manifest as a server of this version writes it: since 17 it names the system. */
    public static BackupManifestWriter begin(OutputStream out, PgMajor major, SystemIdentifier systemIdentifier)
            throws IOException {
        var manifest = new BackupManifestWriter(out);
        if (major.isAtLeast(PgMajor.V17)) {
            manifest.write(
                    "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": " + systemIdentifier + ",\n");
        } else {
            manifest.write("{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n");
        }
        manifest.write("\"Files\": [");
        return manifest;
    }

    /**
     * Adds a file.
     *
     * @param path relative to the data directory, with slashes
     * @param size in bytes
     * @param crc32c of the content
     * @throws IllegalArgumentException if the path is no valid Unicode: such a file wants its path as bytes
     */
    public void file(String path, long size, Instant modified, int crc32c) throws IOException {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
            throw new IllegalArgumentException("path \"" + path + "\" is not valid Unicode");
        }
        entry("\"Path\": " + json(path), size, modified, crc32c);
    }

    /** Adds a file whose path is whatever bytes the file system has; they are printed in hex unless they are UTF-8. */
    public void file(byte[] path, long size, Instant modified, int crc32c) throws IOException {
        CharBuffer text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(path));
        } catch (CharacterCodingException e) {
            entry("\"Encoded-Path\": \"" + HexFormat.of().formatHex(path) + "\"", size, modified, crc32c);
            return;
        }
        entry("\"Path\": " + json(text.toString()), size, modified, crc32c);
    }

    /** Ends the manifest with the WAL that the backup needs and the checksum; the stream is flushed, not closed. */
    public void finish(List<WalRange> ranges) throws IOException {
        requireOpen();
        finished = true;
        write("\n],\n\"WAL-Ranges\": [");
        for (int i = 0; i < ranges.size(); i++) {
            var range = ranges.get(i);
            write((i == 0 ? "\n" : ",\n") + "{ \"Timeline\": " + range.timeline() + ", \"Start-LSN\": \""
                    + range.start() + "\", \"End-LSN\": \"" + range.end() + "\" }");
        }
        write("\n],\n");
        var checksum = HexFormat.of().formatHex(digest.digest());
        out.write(("\"Manifest-Checksum\": \"" + checksum + "\"}\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private void entry(String path, long size, Instant modified, int crc32c) throws IOException {
        requireOpen();
        if (size < 0) {
            throw new IllegalArgumentException("invalid size " + size);
        }
        // the server prints the bytes of the checksum as they lie in memory, the lowest first
        var checksum = HexFormat.of().toHexDigits(Integer.reverseBytes(crc32c));
        write((anyFile ? ",\n" : "\n") + "{ " + path + ", \"Size\": " + size + ", \"Last-Modified\": \""
                + GMT.format(modified) + "\", \"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \"" + checksum
                + "\" }");
        anyFile = true;
    }

    private void requireOpen() {
        if (finished) {
            throw new IllegalStateException("the manifest is finished");
        }
    }

    private void write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(bytes);
        out.write(bytes);
    }

    /** As escape_json of {@code json.c}: only what JSON does not allow is escaped. */
    private static String json(String text) {
        var json = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                default -> {
                    if (c < ' ') {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"').toString();
    }
}
