package dev.walvault.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.Faults;
import dev.walvault.IntegrityException;
import dev.walvault.Seeds;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.ContentDigest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
    private static final Instant TIME = Instant.parse("2026-11-20T22:15:30Z");
    private static final ManifestHead HEAD = new ManifestHead(
            new BackupFacts(
                    new BackupId(TIME),
                    "label",
                    Map.of(),
                    Vaults.SYSTEM,
                    "15.14",
                    150014,
                    TimelineId.FIRST,
                    Lsn.parse("0/2000028"),
                    Lsn.parse("0/2000138"),
                    TIME,
                    TIME,
                    (WalFile.Segment) WalFile.parse("000000010000000000000020"),
                    (WalFile.Segment) WalFile.parse("000000010000000000000020"),
                    WalProof.CONTENT,
                    TransactionSnapshot.parse("740:740:"),
                    true,
                    0),
            List.of(),
            List.of(),
            Optional.empty());

    private record Parsed(ManifestHead head, List<ManifestPack> packs, ManifestTotals totals) {}

    @Test
    void whatIsWrittenIsReadBack() {
        Seeds.forEach(100, random -> {
            List<ManifestPack> packs = packs(random);

            Parsed parsed = parse(manifest(packs));

            assertThat(parsed.head()).isEqualTo(HEAD);
            assertThat(parsed.packs()).isEqualTo(packs);
            assertThat(parsed.totals().packs()).isEqualTo(packs.size());
        });
    }

    @Test
    void aManifestCutAfterAnyLineIsDetected() {
        Seeds.forEach(20, random -> {
            List<String> lines =
                    new String(manifest(packs(random)), UTF_8).lines().toList();
            for (int kept = 0; kept < lines.size(); kept++) {
                byte[] cut = text(lines.subList(0, kept));

                Faults.of(() -> parse(cut)).is(ErrorCode.CORRUPT);
            }
        });
    }

    @Test
    void aLineThatNeverEndsIsRefusedBeforeItIsHeld() {
        byte[] line = new byte[(8 << 20) + 1];
        Arrays.fill(line, (byte) '7');

        Faults.of(() -> parse(line)).is(ErrorCode.CORRUPT).says("a line of more than 8388608 bytes");
    }

    @Test
    void aManifestCutAnywhereIsDetected() {
        Seeds.forEach(200, random -> {
            byte[] whole = manifest(packs(random));
            byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length - 1));

            Faults.of(() -> parse(cut)).is(ErrorCode.CORRUPT);
        });
    }

    @Test
    void aLineThatIsMissingOrThereTwiceIsDetected() {
        Seeds.forEach(100, random -> {
            var packs = new ArrayList<>(packs(random));
            packs.add(pack(random, 77, List.of(file(random), file(random))));
            var lines =
                    new ArrayList<>(new String(manifest(packs), UTF_8).lines().toList());
            var counted = new ArrayList<Integer>();
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).startsWith("{\"dir\"") && !lines.get(i).startsWith("{\"link\"")) {
                    counted.add(i);
                }
            }
            int at = counted.get(random.nextInt(counted.size()));
            if (random.nextBoolean()) {
                lines.remove(at);
            } else {
                lines.add(at, lines.get(at));
            }

            Faults.of(() -> parse(text(lines))).is(ErrorCode.CORRUPT);
        });
    }

    @Test
    void aChangedByteIsEitherRefusedOrChangesTheDigest() {
        Seeds.forEach(500, random -> {
            byte[] whole = manifest(packs(random));
            byte[] changed = whole.clone();
            int at = random.nextInt(whole.length);
            changed[at] ^= (byte) (1 + random.nextInt(255));

            try {
                parse(changed);
                assertThat(ContentDigest.of(changed)).isNotEqualTo(ContentDigest.of(whole));
            } catch (IntegrityException e) {
                assertThat(e.code()).isIn(ErrorCode.CORRUPT, ErrorCode.FORMAT_TOO_NEW);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "'\"size\":8192', '\"size\":8193'",
        "'\"size\":8192', '\"size\":-8192'",
        "'\"packs\":1', '\"packs\":2'",
        "'\"packs\":1', '\"packs\":4294967297'",
        "'\"files\":1', '\"files\":0'",
        "'\"bytes\":8192', '\"bytes\":8191'",
        "'\"mode\":\"600\"', '\"mode\":\"1777\"'",
        "'\"mode\":\"600\"', '\"mode\":\"-600\"'",
        "'\"mode\":\"600\"', '\"mode\":\"rw\"'",
        "'\"crc32c\":\"00000001\"', '\"crc32c\":\"000000001\"'",
        "'\"crc32c\":\"00000001\"', '\"crc32c\":1'",
        "'\"mtime\":\"2026-11-20T22:15:30Z\"', '\"mtime\":\"yesterday\"'",
        "'\"pack\":\"000001\"', '\"pack\":\"one\"'",
        "'\"dir\":\"base\"', '\"dir\":\"\"'",
        "'\"dir\":\"base\"', '\"dir\":\"ba\\ud800se\"'",
        "'\"file\":\"base/1\"', '\"file\":\"\\udc2f\"'",
        "'\"xxh64\":\"0000000000000007\"', '\"xxh64\":\"7\"'",
        "'\"length\":10240', '\"length\":-1'",
    })
    void aManifestThatDoesNotBalanceOrMakeSenseIsRefused(String old, String changed) throws Exception {
        var pack = new ManifestPack(
                1,
                new ContentDigest(10240, 7),
                99,
                List.of(
                        new ManifestEntry.Directory("base", 0700),
                        new ManifestEntry.File("base/1", 8192, TIME, 0600, 1, List.of(), 512)));
        var text = new String(manifest(List.of(pack)), UTF_8);
        assertThat(text).contains(old);

        Faults.of(() -> parse(text.replace(old, changed).getBytes(UTF_8)))
                .is(ErrorCode.CORRUPT)
                .says("manifest");
    }

    @Test
    void somethingBehindTheLastLineIsRefused() throws Exception {
        byte[] longer = (new String(manifest(List.of()), UTF_8) + "\n").getBytes(UTF_8);

        Faults.of(() -> parse(longer)).is(ErrorCode.CORRUPT).says("something follows its last line");
    }

    @Test
    void anEntryBeforeTheFirstPackIsRefused() throws Exception {
        var lines =
                new ArrayList<>(new String(manifest(List.of()), UTF_8).lines().toList());
        lines.add(1, "{\"dir\":\"base\",\"mode\":\"700\"}");

        Faults.of(() -> parse(text(lines))).is(ErrorCode.CORRUPT);
    }

    @Test
    void aPackMayHaveAsManyEntriesAsAllowedAndNoMore() throws Exception {
        var entries = new ArrayList<ManifestEntry>();
        for (int i = 0; i < ManifestPack.MOST_ENTRIES; i++) {
            entries.add(new ManifestEntry.Directory("d" + i, 0700));
        }
        var full = new ManifestPack(1, new ContentDigest(0, 0), 0, entries);
        assertThat(parse(manifest(List.of(full))).packs()).containsExactly(full);

        entries.add(new ManifestEntry.Directory("one more", 0700));
        byte[] tooMany = manifest(List.of(new ManifestPack(1, new ContentDigest(0, 0), 0, entries)));

        Faults.of(() -> parse(tooMany)).is(ErrorCode.CORRUPT).says("more than 4096 entries");
    }

    @Test
    void entriesThatAreLongTogetherAreRefusedBeforeTheyAreHeld() throws Exception {
        var entries = new ArrayList<ManifestEntry>();
        for (int i = 0; i < 3000; i++) {
            entries.add(new ManifestEntry.Link("l" + i, "t".repeat(4000)));
        }
        byte[] tooLong = manifest(List.of(new ManifestPack(1, new ContentDigest(0, 0), 0, entries)));

        Faults.of(() -> parse(tooLong)).is(ErrorCode.CORRUPT).says("a pack have more than 10485760 bytes");
    }

    @Test
    void aPathThatNoFileCanHaveIsRefused() throws Exception {
        for (var link : List.of(
                new ManifestEntry.Link("l".repeat(4096), "x"),
                new ManifestEntry.Link("x", "t".repeat(4096)),
                new ManifestEntry.Link("x", ""))) {
            byte[] manifest = manifest(List.of(new ManifestPack(1, new ContentDigest(0, 0), 0, List.of(link))));

            Faults.of(() -> parse(manifest)).is(ErrorCode.CORRUPT).says("no path has");
        }
    }

    @Test
    void sizesThatAreMoreThanThereCanBeAreRefused() {
        var file = "{\"file\":\"f\",\"size\":" + Long.MAX_VALUE + ",\"mtime\":\"" + TIME
                + "\",\"mode\":\"600\",\"crc32c\":\"00000000\",\"at\":0}";
        var pack = "{\"pack\":\"000001\",\"length\":0,\"xxh64\":\"0000000000000000\",\"bytesStored\":0}";
        byte[] both =
                text(List.of(HEAD.line(), pack, file, file, "{\"end\":true,\"packs\":1,\"files\":2,\"bytes\":-2}"));
        byte[] oneEach = text(
                List.of(HEAD.line(), pack, file, pack, file, "{\"end\":true,\"packs\":2,\"files\":2,\"bytes\":-2}"));

        for (byte[] each : List.of(both, oneEach)) {
            Faults.of(() -> parse(each)).is(ErrorCode.CORRUPT).says("more than there can be");
        }
    }

    private static List<ManifestPack> packs(RandomGenerator random) {
        var packs = new ArrayList<ManifestPack>();
        for (int number = 1 + random.nextInt(4); number > 0; number--) {
            var entries = new ArrayList<ManifestEntry>();
            for (int i = random.nextInt(6); i > 0; i--) {
                entries.add(
                        switch (random.nextInt(5)) {
                            case 0 -> new ManifestEntry.Directory(path(random), random.nextInt(01000));
                            case 1 -> new ManifestEntry.Link(path(random), path(random));
                            case 2 -> part(random);
                            default -> file(random);
                        });
            }
            packs.add(pack(random, number, entries));
        }
        return packs;
    }

    private static ManifestPack pack(RandomGenerator random, int number, List<ManifestEntry> entries) {
        return new ManifestPack(
                number,
                new ContentDigest(random.nextLong(1L << 40), random.nextLong()),
                random.nextLong(1L << 40),
                entries);
    }

    private static ManifestEntry part(RandomGenerator random) {
        int of = 1 + random.nextInt(1000);
        return new ManifestEntry.Part(file(random), 1 + random.nextInt(of), of, random.nextLong(1L << 40));
    }

    private static ManifestEntry.File file(RandomGenerator random) {
        return new ManifestEntry.File(
                path(random),
                1 + random.nextLong(1L << 40),
                Instant.ofEpochSecond(random.nextLong(1L << 32)),
                random.nextInt(01000),
                random.nextInt(),
                random.longs(random.nextInt(3), 0, 131072).boxed().toList(),
                random.nextLong(1L << 40));
    }

    /** Line breaks of every kind among it. */
    private static String path(RandomGenerator random) {
        var text = new StringBuilder();
        for (int i = 1 + random.nextInt(20); i > 0; i--) {
            text.appendCodePoint("a/ä\n\r\u2028\u0085\"\\ 🐘1"
                    .codePoints()
                    .skip(random.nextInt(12))
                    .findFirst()
                    .orElse('z'));
        }
        return text.toString();
    }

    private static byte[] manifest(List<ManifestPack> packs) throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new ManifestWriter(out);
        var totals = ManifestTotals.NONE;
        writer.head(HEAD);
        for (ManifestPack pack : packs) {
            writer.pack(pack);
            totals = totals.plus(pack);
        }
        writer.totals(totals);
        return out.toByteArray();
    }

    private static Parsed parse(byte[] manifest) throws IOException {
        var reader = new ManifestReader("manifest", new ByteArrayInputStream(manifest));
        var packs = new ArrayList<ManifestPack>();
        for (Optional<ManifestPack> pack = reader.nextPack(); pack.isPresent(); pack = reader.nextPack()) {
            packs.add(pack.get());
        }
        return new Parsed(reader.head(), packs, reader.totals());
    }

    private static byte[] text(List<String> lines) {
        return (String.join("\n", lines) + (lines.isEmpty() ? "" : "\n")).getBytes(UTF_8);
    }
}
