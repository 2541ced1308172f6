package dev.walvault.pg;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.pg.BackupManifestWriter.WalRange;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class BackupManifestWriterTest {

    private static final Instant TIME = Instant.parse("2026-11-20T23:40:08.999Z");
    private static final SystemIdentifier SYSTEM = SystemIdentifier.parse("7710402308955571595");
    private static final List<WalRange> RANGES =
            List.of(new WalRange(TimelineId.FIRST, Lsn.parse("0/2000028"), Lsn.parse("0/2000120")));

    /** Found right by pg_verifybackup 15 for a directory with these four files. */
    private static final String VERSION_1 = """
            { "PostgreSQL-Backup-Manifest-Version": 1,
            "Files": [
            { "Path": "PG_VERSION", "Size": 3, "Last-Modified": "2026-11-20 23:40:08 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "8a744722" },
            { "Path": "a \\"quoted\\"\\\\\\n\\u0001 ü", "Size": 0, "Last-Modified": "2026-11-20 23:40:08 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "00000000" },
            { "Encoded-Path": "ff2f78", "Size": 1, "Last-Modified": "2026-11-20 23:40:08 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "935f3ca9" },
            { "Path": "base/1", "Size": 1, "Last-Modified": "2026-11-20 23:40:08 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "935f3ca9" }
            ],
            "WAL-Ranges": [
            { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000120" }
            ],
            "Manifest-Checksum": "b8d7ca37230ead631be3c62b3581b7aa9c71c2de16148fcefcf1e2b3c5ba5bea"}
            """;

    @Test
    void aManifestOfVersion1IsWhatTheServersToolTakes() throws Exception {
        var out = new ByteArrayOutputStream();
        var manifest = BackupManifestWriter.begin(out, PgMajor.V16, SYSTEM);
        manifest.file("PG_VERSION", 3, TIME, crc("15\n"));
        manifest.file("a \"quoted\"\\\n\u0001 ü", 0, TIME, crc(""));
        manifest.file(new byte[] {(byte) 0xFF, '/', 'x'}, 1, TIME, crc("x"));
        manifest.file("base/1".getBytes(UTF_8), 1, TIME, crc("x"));
        manifest.finish(RANGES);

        assertThat(out.toString(UTF_8)).isEqualTo(VERSION_1);
    }

    @Test
    void since17TheManifestNamesTheSystem() throws Exception {
        var out = new ByteArrayOutputStream();
        BackupManifestWriter.begin(out, PgMajor.V17, SYSTEM).finish(List.of());

        assertThat(out.toString(UTF_8)).startsWith("""
                        { "PostgreSQL-Backup-Manifest-Version": 2,
                        "System-Identifier": 7710402308955571595,
                        "Files": [
                        ],
                        "WAL-Ranges": [
                        ],
                        "Manifest-Checksum": \"""");
    }

    @Test
    void nothingCanBeAddedToAFinishedManifest() throws Exception {
        var manifest = BackupManifestWriter.begin(new ByteArrayOutputStream(), PgMajor.V15, SYSTEM);
        manifest.finish(RANGES);

        assertThatThrownBy(() -> manifest.file("x", 0, TIME, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> manifest.finish(RANGES)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatTheToolWouldNotUnderstandIsRefused() throws Exception {
        var manifest = BackupManifestWriter.begin(new ByteArrayOutputStream(), PgMajor.V15, SYSTEM);

        assertThatThrownBy(() -> manifest.file("\uD800", 0, TIME, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> manifest.file("x", -1, TIME, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WalRange(TimelineId.FIRST, Lsn.parse("0/2"), Lsn.parse("0/1")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static int crc(String content) {
        var crc = new CRC32C();
        crc.update(content.getBytes(UTF_8));
        return (int) crc.getValue();
    }
}
