package dev.walvault.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.walvault.FileNames;
import dev.walvault.seal.Codec;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.ForgedObject;
import dev.walvault.vault.ManifestEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.zip.CRC32C;

/**
 * What somebody plants who can write to a vault, and who knows its format: objects that are valid from outside, sealed
 * to the vault's recipient where it is encrypted, and mean harm inside.
 */
final class HostileObjects {
    /** More than any machine of these tests has of memory, and more than a trial may write. */
    private static final long HUGE = 1L << 32;

    private static final Instant TIME = Instant.parse("2026-11-20T22:15:30Z");

    private final Path vault;
    private final List<String> recipients;
    private final Path outside;
    /** The first line of each backup's manifest. */
    private final Map<String, String> heads = new HashMap<>();

    /** {@code recipients}: none where the vault is not encrypted; {@code outside}: where nothing may ever appear. */
    HostileObjects(Path vault, List<String> recipients, Path outside) {
        this.vault = vault;
        this.recipients = recipients;
        this.outside = outside;
    }

    /** What is planted: contents by their places, and in a few words what is wrong with it. */
    record Planted(String what, Map<Path, byte[]> objects) {}

    /** Tells how a backup's manifest begins. */
    void knowHead(String backup, String line) {
        heads.put(backup, line);
    }

    private static <T> T one(RandomGenerator random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static Codec codec(RandomGenerator random) {
        return random.nextInt(4) == 0 ? Codec.LZ4 : Codec.ZSTD;
    }

    /** Something like a hundred times what fits, or four billion times. */
    private static long huge(RandomGenerator random) {
        return random.nextBoolean() ? HUGE : 1L << (27 + random.nextInt(4));
    }

    /** The object's name in its own metadata: its key below the member. */
    private String name(Path object) {
        Path key = vault.relativize(object);
        return key.subpath(3, key.getNameCount()).toString();
    }

    /** A WAL file that is not what it says that it is. */
    Planted wal(Path object, byte[] right, RandomGenerator random) throws IOException {
        ContentDigest digest = ContentDigest.of(right);
        var content = new LongContent();
        String what = switch (random.nextInt(4)) {
            case 0 -> {
                content.add(right);
                yield "right content";
            }
            case 1 -> {
                content.repeat("\0", huge(random));
                yield "bomb";
            }
            case 2 -> {
                content.add(right).repeat("\0", huge(random));
                yield "bomb behind it";
            }
            default -> "no content";
        };
        String length = one(
                random,
                List.of(
                        String.valueOf(digest.length()),
                        "0",
                        "-1",
                        "null",
                        String.valueOf(digest.length() + 1),
                        String.valueOf(1 << 20),
                        String.valueOf(16 << 20),
                        String.valueOf(1 << 30),
                        "2147483648",
                        "4294967296",
                        "9223372036854775807",
                        "9223372036854775808",
                        "1e9",
                        "1".repeat(60)));
        byte[] encoded = content.encoded(codec(random));
        if (random.nextInt(6) == 0) {
            encoded = badFrame(random);
            what = "bad frame";
        }
        boolean says = !length.equals("null") || random.nextBoolean();
        return new Planted(
                "wal, " + what,
                Map.of(
                        object,
                        ForgedObject.seal(name(object), length, says ? digest.hex() : "null", encoded, recipients)));
    }

    /** Frames whose own headers lie. */
    private static byte[] badFrame(RandomGenerator random) {
        return switch (random.nextInt(6)) {
            // a window of 2 TB, a content size of 2^63, a dictionary
            case 0 -> bytes(0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xF8, 1, 0, 0);
            case 1 -> bytes(0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0);
            case 2 -> bytes(0x28, 0xB5, 0x2F, 0xFD, 0x03, 0x58, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0);
            // a block of 2 GB, a skippable frame of 4 GB, a block size that is reserved
            case 3 -> bytes(0x04, 0x22, 0x4D, 0x18, 0x60, 0x70, 0x73, 0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3);
            case 4 -> bytes(0x28, 0xB5, 0x2F, 0xFD, 0x20, 0, 1, 0, 0, 0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF);
            default -> bytes(0x04, 0x22, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0);
        };
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A backup whose packs, manifest and {@code complete.json} agree, but for what is wrong. */
    Planted backup(Path complete, RandomGenerator random) throws IOException {
        var forged = new Backup(random);
        String what = forged.spoil();
        return new Planted("backup, " + what, forged.objects(complete));
    }

    /** One entry: what stands in the tar, and the line of the manifest. */
    private record Entry(LongContent tar, String line, long size) {}

    private final class Backup {
        private final RandomGenerator random;
        private final List<Entry> entries = new ArrayList<>();
        private final LongContent behindTar = new LongContent();
        private final LongContent manifestEnd = new LongContent();
        private String number = "000001";
        private String packLength = "";
        private boolean changesHead;

        Backup(RandomGenerator random) {
            this.random = random;
            directory("base");
            directory("global");
            file("PG_VERSION", "15\n".getBytes(UTF_8));
            byte[] content = new byte[random.nextInt(65_536)];
            random.nextBytes(content);
            file("base/1", content);
        }

        /** Returns what is wrong. */
        private String spoil() {
            return switch (random.nextInt(23)) {
                case 0 -> {
                    String path = badPath();
                    file(path, "escaped".getBytes(UTF_8));
                    yield "path of a file";
                }
                case 1 -> {
                    directory(badPath());
                    yield "path of a directory";
                }
                case 2 -> {
                    link(badPath(), "x");
                    yield "path of a link";
                }
                case 3 -> {
                    link("way", badTarget());
                    file("way/escaped", "escaped".getBytes(UTF_8));
                    yield "file below a link";
                }
                case 4 -> {
                    link(
                            one(
                                    random,
                                    List.of(
                                            "pg_wal",
                                            "pg_tblspc",
                                            "pg_tblspc/16400",
                                            "global",
                                            "global/pg_control",
                                            "global/pg_control.walvault",
                                            "backup_label",
                                            "backup_manifest",
                                            "postgresql.auto.conf",
                                            "postgresql.conf",
                                            "recovery.signal",
                                            "standby.signal",
                                            "base")),
                            badTarget());
                    yield "link in a file's place";
                }
                case 5 -> {
                    // the manifest says file, the archive something else
                    char type = one(
                            random,
                            List.of('1', '2', '3', '4', '5', '6', '7', 'S', 'D', 'M', 'N', 'V', 'A', 'X', '\0', '~'));
                    var tar = header("special", type, octal(0), badTarget());
                    entries.add(new Entry(tar, listed("special", new byte[0]), 0));
                    yield "entry of another type";
                }
                case 6 -> {
                    long declared = one(random, List.of(0L, 1L, 1000L, 2L << 20, HUGE, 1L << 62, -1L));
                    char type = random.nextBoolean() ? 'L' : 'K';
                    var tar = header("././@LongLink", type, binary(declared), "");
                    tar.repeat("a", declared < 0 ? 1000 : Math.min(declared, HUGE));
                    tar.add(header("long", '0', octal(0), ""));
                    entries.add(new Entry(tar, listed("long", new byte[0]), 0));
                    yield "long name";
                }
                case 7 -> {
                    pax('x', badRecords());
                    yield "pax header";
                }
                case 8 -> {
                    for (int i = 0; i < 1000; i++) {
                        pax(
                                'g',
                                new LongContent()
                                        .add("500010 " + (100 + i) + "=")
                                        .repeat("v", 500_000 - 2)
                                        .add("\n"));
                    }
                    yield "many global pax headers";
                }
                case 9 -> {
                    twice();
                    yield "path twice";
                }
                case 10 -> {
                    behindTar.repeat("\0", huge(random));
                    packLength = one(random, List.of("", "10240", "0", "9223372036854775807"));
                    yield "bomb behind the tar";
                }
                case 11 -> {
                    long size = huge(random);
                    var tar = header("base/2", '0', binary(size), "").repeat("\0", size);
                    entries.add(new Entry(
                            tar, new ManifestEntry.File("base/2", size, TIME, 0600, 0, List.of(), 0).line(), 0));
                    yield "huge file";
                }
                case 12 -> {
                    String path = one(random, List.of("postgresql.auto.conf", "postgresql.conf", "PG_VERSION.old"));
                    zeros(path, 24 << 20);
                    yield "large file of settings";
                }
                case 13 -> {
                    String path = one(random, List.of("backup_label", "tablespace_map", "global/pg_control"));
                    long size = one(random, List.of(2L << 20, HUGE));
                    var tar = header(path, '0', binary(size), "").repeat("\0", size);
                    entries.add(
                            new Entry(tar, new ManifestEntry.File(path, size, TIME, 0600, 0, List.of(), 0).line(), 0));
                    yield "held file that is huge";
                }
                case 14 -> {
                    manifestEnd.add("{\"dir\":\"").repeat("a", huge(random));
                    yield "line without end";
                }
                case 15 -> {
                    String pages = one(random, List.of("1,", "999999,", "{},", "[],", "null,"));
                    manifestEnd.add("{\"file\":\"base/3\",\"badPages\":[").repeat(pages, (7 << 20) / pages.length());
                    manifestEnd.add("0],\"size\":0,\"mtime\":\"" + TIME
                            + "\",\"mode\":\"600\",\"crc32c\":\"00000000\",\"at\":0}\n");
                    yield "long array";
                }
                case 16 -> {
                    manifestEnd.repeat("{\"dir\":\"base\",\"mode\":\"700\"}\n", 1 << 20);
                    yield "entries without end";
                }
                case 17 -> {
                    String packs =
                            "{\"pack\":\"000002\",\"length\":0,\"xxh64\":\"0000000000000000\",\"bytesStored\":0}\n";
                    manifestEnd.repeat(packs, 1 << 18);
                    yield "packs without end";
                }
                case 18 -> {
                    String path = "a\u4e00".repeat(one(random, List.of(2000, 200_000)));
                    manifestEnd.repeat("{\"link\":\"x\",\"target\":\"" + path + "\"}\n", 4000);
                    yield "long paths";
                }
                case 19 -> {
                    manifestEnd.add("{\"dir\":\"x\",\"mode\":\"700\",\"more\":" + nested() + "}\n");
                    yield "nested line";
                }
                case 20 -> {
                    number = one(random, List.of("-00001", "0", "2147483647", "2147483648", "+1", "../../x", "1"));
                    yield "number of a pack";
                }
                case 21 -> {
                    String settings = one(
                            random,
                            List.of(
                                    "include '/dev/zero'\n",
                                    "include 'postgresql.conf'\n".repeat(1000),
                                    "data_directory = '" + "x".repeat(100_000) + "'\n",
                                    "hba_file = '" + "''".repeat(100_000) + "\n",
                                    "data_directory = '\u001b[2J\u0007'\n",
                                    "\n".repeat(4 << 20)));
                    file("postgresql.conf", settings.getBytes(UTF_8));
                    yield "settings of the server";
                }
                default -> {
                    changesHead = true;
                    yield "member of the head";
                }
            };
        }

        private String badPath() {
            String escape = outside.resolve("escaped").toString();
            return one(
                    random,
                    List.of(
                            "../escaped",
                            "../outside/escaped",
                            "base/../../outside/escaped",
                            escape,
                            "/" + escape,
                            "./" + "escaped",
                            "base//escaped",
                            "base/",
                            "..",
                            ".",
                            "",
                            "base/\0",
                            "base/\u001b[2J\u0007\r",
                            "base/\ud800",
                            "base/\udcff\udc80",
                            "..\udc2fescaped",
                            "e".repeat(300),
                            "d/".repeat(3000) + "d",
                            "e".repeat(100_000),
                            "pg_tblspc/16400/escaped",
                            ".walvault-restore",
                            "PG_VERSION/below"));
        }

        private String badTarget() {
            return one(
                    random,
                    List.of(
                            outside.toString(),
                            "../outside",
                            outside.resolve("canary").toString(),
                            "/etc/passwd",
                            "",
                            ".",
                            "way",
                            "\0",
                            "\u001b[2J\n\u0007",
                            "\udcff",
                            "\ud800",
                            "t".repeat(5000)));
        }

        private void twice() {
            byte[] content = "twice".getBytes(UTF_8);
            switch (random.nextInt(7)) {
                case 0 -> file("PG_VERSION", content);
                case 1 -> file("base", content);
                case 2 -> directory("base/1");
                case 3 -> file("base/1/2", content);
                case 4 -> link("base/1", badTarget());
                case 5 -> file("backup_label", content);
                default -> file("base/1/", content);
            }
        }

        private LongContent badRecords() {
            return switch (random.nextInt(10)) {
                case 0 -> new LongContent().add(paxRecord("path", badPath()));
                case 1 -> new LongContent().add(paxRecord("linkpath", badTarget()));
                case 2 ->
                    new LongContent()
                            .add(paxRecord("size", one(random, List.of("-1", "9223372036854775808", "x", "1"))));
                case 3 -> new LongContent().add("99999999999 path=x\n");
                case 4 -> new LongContent().add("5 a\n").repeat("\0", 100);
                case 5 -> new LongContent().repeat("9", huge(random));
                case 6 -> new LongContent().add("2147483647 path=").repeat("a", 2_000_000_000);
                case 7 ->
                    new LongContent()
                            .add(paxRecord("GNU.sparse.major", "1"))
                            .add(paxRecord("GNU.sparse.minor", "0"))
                            .add(paxRecord("GNU.sparse.name", badPath()))
                            .add(paxRecord("GNU.sparse.realsize", "9223372036854775807"));
                case 8 ->
                    new LongContent()
                            .add(paxRecord("GNU.sparse.map", "0,".repeat(50_000) + "0"))
                            .add(paxRecord("GNU.sparse.size", "1099511627776"));
                default ->
                    new LongContent()
                            .add(paxRecord("mtime", one(random, List.of("1e99999999", "-1", "9".repeat(400)))));
            };
        }

        private void pax(char type, LongContent records) {
            var tar = header("pax", type, binary(records.length()), "").add(records);
            tar.repeat("\0", Math.floorMod(-records.length(), 512L));
            String path = "after" + entries.size();
            tar.add(header(path, '0', octal(0), ""));
            entries.add(new Entry(tar, listed(path, new byte[0]), 0));
        }

        private String nested() {
            int depth = 1 + random.nextInt(random.nextBoolean() ? 600 : 100_000);
            return random.nextBoolean()
                    ? "[".repeat(depth) + "]".repeat(depth)
                    : "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
        }

        private void directory(String path) {
            entries.add(
                    new Entry(named(path + "/", '5', octal(0), ""), new ManifestEntry.Directory(path, 0700).line(), 0));
        }

        private void link(String path, String target) {
            entries.add(new Entry(named(path, '2', octal(0), target), new ManifestEntry.Link(path, target).line(), 0));
        }

        private void file(String path, byte[] content) {
            var tar = named(path, '0', octal(content.length), "").add(content);
            tar.repeat("\0", Math.floorMod(-content.length, 512));
            entries.add(new Entry(tar, listed(path, content), content.length));
        }

        private void zeros(String path, int length) {
            byte[] zeros = new byte[1 << 16];
            var crc = new CRC32C();
            for (int i = 0; i < length; i += zeros.length) {
                crc.update(zeros);
            }
            var line = new ManifestEntry.File(path, length, TIME, 0600, (int) crc.getValue(), List.of(), 0).line();
            entries.add(
                    new Entry(named(path, '0', octal(length), "").repeat(zeros, length / zeros.length), line, length));
        }

        private String listed(String path, byte[] content) {
            var crc = new CRC32C();
            crc.update(content);
            return new ManifestEntry.File(path, content.length, TIME, 0600, (int) crc.getValue(), List.of(), 0).line();
        }

        private Map<Path, byte[]> objects(Path complete) throws IOException {
            file("backup_label", "START WAL LOCATION: 0/2000028\n".getBytes(UTF_8));
            file("global/pg_control", new byte[8192]);
            Path directory = Objects.requireNonNull(complete.getParent());
            String document = Files.readString(complete);
            String first =
                    Objects.requireNonNull(heads.get(String.valueOf(directory.getFileName())), "no manifest is known");
            if (changesHead) {
                // in both, so that they agree
                String member = "\"label\":\"" + "x".repeat(random.nextInt(100)) + "\\u001b]0;owned\\u0007\"";
                first = first.replaceFirst("\"label\":\"[^\"]*\"", quoted(member));
                document = document.replaceFirst("\"label\":\"[^\"]*\"", quoted(member));
                first = hostileMember(first);
            }
            var tar = new LongContent();
            entries.forEach(entry -> tar.add(entry.tar));
            tar.repeat("\0", 1024).add(behindTar);
            ContentDigest pack = tar.digest();
            String length = packLength.isEmpty() ? String.valueOf(pack.length()) : packLength;
            var manifest = new LongContent().add(first + "\n");
            manifest.add("{\"pack\":\"" + number + "\",\"length\":" + length + ",\"xxh64\":\"" + pack.hex()
                    + "\",\"bytesStored\":1}\n");
            entries.forEach(entry -> manifest.add(entry.line + "\n"));
            manifest.add(manifestEnd);
            long files = entries.stream()
                    .filter(entry -> entry.line.startsWith("{\"file\""))
                    .count();
            long size = entries.stream().mapToLong(Entry::size).sum();
            manifest.add("{\"end\":true,\"packs\":1,\"files\":" + files + ",\"bytes\":" + size + "}\n");
            ContentDigest listed = manifest.digest();
            document = number(document, "files", files);
            document = number(document, "bytes", size);
            document = number(document, "packs", 1);
            document = number(document, "manifestLength", listed.length());
            document =
                    document.replaceFirst("\"manifestXxh64\":\"[^\"]*\"", "\"manifestXxh64\":\"" + listed.hex() + "\"");
            Path packs = directory.resolve("packs").resolve("000001");
            Path lines = directory.resolve("manifest");
            return Map.of(
                    complete,
                    document.getBytes(UTF_8),
                    packs,
                    ForgedObject.seal(name(packs), "null", "null", tar.encoded(codec(random)), recipients),
                    lines,
                    ForgedObject.seal(name(lines), "null", "null", manifest.encoded(codec(random)), recipients));
        }

        private String hostileMember(String first) {
            String tablespace = one(
                    random,
                    List.of(
                            "\"location\":\"relative\"",
                            "\"location\":\"\"",
                            "\"location\":\"/a\\u0000b\"",
                            "\"location\":\"/\\ud800\"",
                            "\"location\":\"/\\u001b[2J\\n\"",
                            "\"location\":\"/" + "x".repeat(5000) + "\"",
                            "\"location\":\"/proc/1/x\"",
                            "\"location\":5",
                            "\"location\":\"/dev/null\""));
            String oid = one(random, List.of("16400", "-1", "9223372036854775807", "0"));
            return switch (random.nextInt(3)) {
                case 0 ->
                    first.replaceFirst(
                            "\"tablespaces\":\\[[^\\]]*\\]",
                            quoted("\"tablespaces\":[{\"oid\":" + oid + "," + tablespace + "}]"));
                case 1 ->
                    first.replaceFirst(
                            "\"subscriptions\":\\[[^\\]]*\\]",
                            quoted(
                                    "\"subscriptions\":[{\"database\":\"\\u001b[2J\",\"name\":\"\\n\",\"enabled\":true}]"));
                default ->
                    first.replaceFirst(
                            "\"subscriptions\"",
                            quoted("\"walDirectory\":\""
                                    + one(random, List.of("\\u001b[2J\\n", "\\u0000", "x".repeat(10_000)))
                                    + "\",\"subscriptions\""));
            };
        }
    }

    private static String number(String document, String member, long value) {
        return document.replaceFirst("\"" + member + "\":-?\\d+", "\"" + member + "\":" + value);
    }

    private static String quoted(String replacement) {
        return Matcher.quoteReplacement(replacement);
    }

    /** One record of a pax header. */
    private static String paxRecord(String key, String value) {
        int rest = value.getBytes(UTF_8).length + key.length() + 3;
        int length = rest + String.valueOf(rest).length();
        length = rest + String.valueOf(length).length();
        return length + " " + key + "=" + value + "\n";
    }

    /** A header, with another before it where a name does not fit. */
    private static LongContent named(String path, char type, byte[] size, String target) {
        var tar = new LongContent();
        byte[] name = tarName(path);
        byte[] link = tarName(target);
        if (name.length > 100) {
            tar.add(longName('L', name));
        }
        if (link.length > 100) {
            tar.add(longName('K', link));
        }
        return tar.add(header(name, type, size, link));
    }

    private static LongContent longName(char type, byte[] name) {
        byte[] padded = new byte[(name.length / 512 + 1) * 512];
        System.arraycopy(name, 0, padded, 0, name.length);
        return header("././@LongLink", type, octal(name.length + 1L), "").add(padded);
    }

    private static byte[] tarName(String text) {
        try {
            return FileNames.encode(text);
        } catch (IllegalArgumentException e) {
            return text.getBytes(UTF_8);
        }
    }

    private static LongContent header(String name, char type, byte[] size, String link) {
        return header(tarName(name), type, size, tarName(link));
    }

    private static LongContent header(byte[] name, char type, byte[] size, byte[] link) {
        byte[] header = new byte[512];
        put(header, 0, 100, name);
        put(header, 100, 8, ascii("0000600\0"));
        put(header, 108, 8, ascii("0000000\0"));
        put(header, 116, 8, ascii("0000000\0"));
        put(header, 124, 12, size);
        put(header, 136, 12, ascii("00000000000\0"));
        put(header, 148, 8, ascii("        "));
        header[156] = (byte) type;
        put(header, 157, 100, link);
        put(header, 257, 8, ascii("ustar  \0"));
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xFF;
        }
        put(header, 148, 8, ascii(String.format(Locale.ROOT, "%06o\0 ", sum)));
        return new LongContent().add(header);
    }

    private static void put(byte[] header, int at, int most, byte[] value) {
        System.arraycopy(value, 0, header, at, Math.min(most, value.length));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static byte[] octal(long number) {
        return ascii(String.format(Locale.ROOT, "%011o\0", number));
    }

    /** As tar writes what eleven octal digits cannot hold. */
    private static byte[] binary(long number) {
        var bytes = new ByteArrayOutputStream();
        bytes.write(number < 0 ? 0xFF : 0x80);
        for (int i = 10; i >= 0; i--) {
            bytes.write(i >= 8 ? (number < 0 ? 0xFF : 0) : (int) (number >>> (8 * i)));
        }
        return bytes.toByteArray();
    }
}
