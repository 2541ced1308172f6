package dev.walvault.seal;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.walvault.KeyException;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.seal.codec.SeekTable;
import dev.walvault.seal.codec.Tail;
import dev.walvault.store.Content;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** Objects as these tests need them. */
final class Sealed {
    static final String NAME = "7459276829153342812/wal/00000001/00000000/000000010000000000000003";
    static final WriteStamp STAMP =
            new WriteStamp("db1", "0.1.0", "9b2e61d0c3a4f587", Instant.parse("2026-11-20T22:15:30.123Z"));

    private Sealed() {}

    /** Half of it compresses. */
    static byte[] content(int length) {
        var random = new Random(length);
        byte[] content = new byte[length];
        random.nextBytes(content);
        for (int from = 0; from < length; from += 128) {
            Arrays.fill(content, from, Math.min(from + 64, length), (byte) from);
        }
        return content;
    }

    static ObjectMeta meta(byte[] content, String codec) {
        return new ObjectMeta(NAME, Codec.find(codec).orElseThrow(), Optional.of(ContentDigest.of(content)), STAMP);
    }

    static ObjectMeta metaWithoutDigest(String codec) {
        return new ObjectMeta(NAME, Codec.find(codec).orElseThrow(), Optional.empty(), STAMP);
    }

    static Compression compression(String codec) {
        return Compression.parse(codec, OptionalInt.empty());
    }

    static Recipients recipients(AgeKey... keys) throws KeyException {
        return Recipients.parse(Arrays.stream(keys).map(AgeKey::recipient).toList());
    }

    static byte[] seal(byte[] content, String codec, AgeKey... keys) throws IOException {
        return seal(1, content, codec, keys);
    }

    static byte[] seal(int threads, byte[] content, String codec, AgeKey... keys) throws IOException {
        var sealed = new Sealer(compression(codec), recipients(keys))
                .seal(NAME, STAMP, new ByteArrayInputStream(content), content.length, threads);
        if (!sealed.digest().equals(ContentDigest.of(content))) {
            throw new AssertionError("digest() is not of what was sealed");
        }
        return bytes(sealed.content());
    }

    /** Without a digest in advance. */
    static byte[] stream(byte[] content, String codec, AgeKey... keys) throws IOException {
        return stream(Optional.empty(), content, codec, keys);
    }

    static byte[] stream(Optional<ContentDigest> digest, byte[] content, String codec, AgeKey... keys)
            throws IOException {
        var out = new ByteArrayOutputStream();
        try (var sealing = sealing(digest, codec, out, keys)) {
            sealing.write(content);
            sealing.finish();
        }
        return out.toByteArray();
    }

    /** Encoded content, maybe of a program, with what must follow it. */
    static byte[] ended(byte[] frames, String codec) throws IOException {
        var out = new ByteArrayOutputStream();
        out.write(frames);
        switch (codec) {
            case "zstd" -> endZstd(frames, out);
            case "lz4" -> Tail.write(SealingStream.NO_FACTS, new byte[0], out);
            default -> assertThat(codec).isIn("gzip", "xz", "none");
        }
        return out.toByteArray();
    }

    private static void endZstd(byte[] frames, OutputStream out) throws IOException {
        var table = new SeekTable(MetadataFrame.LENGTH);
        int next = 0;
        while (next < frames.length) {
            int length = (int) Zstd.findFrameCompressedSize(frames, next);
            table.add(length, (int) Zstd.getFrameContentSize(frames, next, length));
            next += length;
        }
        table.writeEnd(SealingStream.NO_FACTS, out);
    }

    static SealingStream sealing(Optional<ContentDigest> digest, String codec, OutputStream out, AgeKey... keys)
            throws IOException {
        return new Sealer(compression(codec), recipients(keys)).sealing(NAME, digest, STAMP, out);
    }

    static byte[] bytes(Content content) throws IOException {
        var out = new ByteArrayOutputStream();
        content.writeTo(out);
        if (out.size() != content.length()) {
            throw new AssertionError("content of " + content.length() + " bytes wrote " + out.size());
        }
        return out.toByteArray();
    }

    static byte[] unseal(byte[] stored, AgeKey... keys) throws IOException {
        try (var unsealed = open(stored, keys)) {
            byte[] content = unsealed.content().readAllBytes();
            if (!unsealed.digest().equals(ContentDigest.of(content))) {
                throw new AssertionError("digest() is not of what was read");
            }
            return content;
        }
    }

    static Unsealed open(byte[] stored, AgeKey... keys) throws IOException {
        return new Unsealer(Identities.of(List.of(keys)), keys.length == 0)
                .open(new ByteArrayInputStream(stored), NAME);
    }
}
