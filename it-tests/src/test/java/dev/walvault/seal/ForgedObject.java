package dev.walvault.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeKeys;
import dev.walvault.seal.age.AgeOutput;
import dev.walvault.seal.age.AgePayload;
import dev.walvault.seal.age.AgeStanza;
import dev.walvault.seal.codec.SeekTable;
import dev.walvault.seal.codec.Tail;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Seals what no {@link Sealer} would: any claim about any bytes, in a form that is valid from outside. Here, because
 * age's parts are this package's own.
 */
public final class ForgedObject {
    private static final String HOST = "elsewhere";
    private static final String VERSION = "0.1.0";
    private static final String WRITE = "9b2e61d0c3a4f587";
    private static final String TIME = "2026-11-20T22:15:30.123Z";

    private ForgedObject() {}

    /**
     * An object of that name.
     *
     * @param length what it says of its content, possible or not; {@code null} says nothing
     * @param encoded what follows the metadata frame
     * @param recipients none: it is plain
     */
    public static byte[] seal(String name, String length, String xxh64, byte[] encoded, List<String> recipients) {
        String codec = codec(encoded);
        byte[] frame = frame(name, codec, length, xxh64);
        byte[] end = end(codec, encoded);
        var object = new ByteArrayOutputStream(encoded.length + 4096);
        if (recipients.isEmpty()) {
            object.writeBytes(frame);
            object.writeBytes(encoded);
            object.writeBytes(end);
            return object.toByteArray();
        }
        var fileKey = new FileKey();
        try {
            var stanzas = new ArrayList<RecipientStanza>();
            for (String recipient : recipients) {
                X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient)
                        .getRecipientStanzas(fileKey)
                        .forEach(stanzas::add);
            }
            stanzas.add(new AgeStanza(MetaStanza.TYPE, words(name, codec, length, xxh64), new byte[0]));
            stanzas.add(new AgeStanza(Sealer.RECIPIENTS_STANZA, recipients, new byte[0]));
            byte[] nonce = new byte[AgeKeys.NONCE_LENGTH];
            object.writeBytes(AgeHeader.write(fileKey, stanzas, Optional.empty()));
            object.writeBytes(nonce);
            var payload = new AgeOutput(object, AgePayload.encrypting(AgeKeys.payloadKey(fileKey, nonce)));
            payload.write(frame, 0, frame.length);
            payload.write(encoded, 0, encoded.length);
            payload.write(end, 0, end.length);
            payload.finish();
            return object.toByteArray();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        } finally {
            fileKey.destroy();
        }
    }

    /** What must follow the content, or nobody would look at what is forged. */
    private static byte[] end(String codec, byte[] encoded) {
        var end = new ByteArrayOutputStream();
        try {
            switch (codec) {
                case "zstd" -> table(encoded).writeEnd(SealingStream.NO_FACTS, end);
                case "lz4" -> Tail.write(SealingStream.NO_FACTS, new byte[0], end);
                default -> {
                    // content as it is has no end
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return end.toByteArray();
    }

    /** For as many frames as there are. */
    private static SeekTable table(byte[] encoded) {
        var table = new SeekTable(MetadataFrame.LENGTH);
        int next = 0;
        while (next < encoded.length) {
            int length;
            try {
                length = (int) Zstd.findFrameCompressedSize(encoded, next);
            } catch (ZstdException _) {
                // no frame, which is what the forger wanted
                break;
            }
            table.add(length, (int) Zstd.getFrameContentSize(encoded, next, length));
            next += length;
        }
        return table;
    }

    /** By the first byte: what a forger wants is that the rest is decoded. */
    private static String codec(byte[] encoded) {
        return switch (encoded.length == 0 ? 0 : encoded[0]) {
            case 0x28 -> "zstd";
            case 0x04 -> "lz4";
            default -> "none";
        };
    }

    private static List<String> words(String name, String codec, String length, String xxh64) {
        var words = new ArrayList<>(List.of("1", "name=" + name, "codec=" + codec, "host=" + HOST));
        words.addAll(List.of("version=" + VERSION, "write=" + WRITE, "time=" + TIME));
        if (!length.equals("null")) {
            words.add("length=" + length);
        }
        if (!xxh64.equals("null")) {
            words.add("xxh64=" + xxh64);
        }
        return words;
    }

    private static byte[] frame(String name, String codec, String length, String xxh64) {
        String digest = xxh64.equals("null") ? xxh64 : '"' + xxh64 + '"';
        byte[] json = ("{\"walvault\":1,\"name\":\"" + name + "\",\"codec\":\"" + codec + "\",\"length\":" + length
                        + ",\"xxh64\":" + digest
                        + ",\"host\":\"" + HOST + "\",\"version\":\"" + VERSION + "\",\"write\":\"" + WRITE
                        + "\",\"time\":\"" + TIME + "\"}")
                .getBytes(US_ASCII);
        byte[] frame = new byte[MetadataFrame.LENGTH];
        Arrays.fill(frame, (byte) ' ');
        System.arraycopy(new byte[] {0x57, 0x2A, 0x4D, 0x18, (byte) 0xF8, 1, 0, 0}, 0, frame, 0, 8);
        System.arraycopy(json, 0, frame, 8, json.length);
        frame[frame.length - 1] = '\n';
        return frame;
    }
}
