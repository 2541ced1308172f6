package dev.walvault.pipe;

import static dev.walvault.ErrorCode.CORRUPT;
import static dev.walvault.ErrorCode.KEY_INVALID;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.KeyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Writes sealed objects. Without recipients they are plain. Immutable; each object has a key of its own. */
public final class Sealer {
    private static final int PIECE = 256 * 1024;

    static final String RECIPIENTS_STANZA = "walvault/recipients";

    private final Compression compression;
    private final Recipients recipients;

    public Sealer(Compression compression, Recipients recipients) {
        this.compression = compression;
        this.recipients = recipients;
    }

    /**
     * Seals what {@code content} gives, in memory: for small objects and WAL segments. It is read once, in pieces that stay
     * in the processor's own memory; beside the result it takes no more than one frame and its compressed form.
     *
     * @param length of the content in bytes
     * @throws dev.walvault.IntegrityException CORRUPT when the content has another length
     */
    public SealedContent seal(String name, WriteStamp stamp, InputStream content, long length) throws IOException {
        var buffer = new ChunkBuffer();
        // its digest is known at the end only
        buffer.write(new byte[ObjectMeta.FRAME_LENGTH], 0, ObjectMeta.FRAME_LENGTH);
        ContentDigest digest = encode(name, content, length, buffer);
        var meta = new ObjectMeta(name, Optional.of(digest), stamp);
        buffer.replaceStart(meta.toFrame());
        if (recipients.isEmpty()) {
            return new SealedContent(buffer.plain(), digest);
        }
        var opened = open(meta, OptionalLong.of(buffer.length()));
        try {
            return new SealedContent(buffer.encrypted(opened.head(), opened.payload()), digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot encrypt", e);
        }
    }

    private ContentDigest encode(String name, InputStream content, long length, ChunkBuffer buffer) throws IOException {
        var digester = new Digester();
        byte[] frame = new byte[(int) Math.min(length, Encoder.FRAME)];
        try (var encoder = Encoder.of(compression, OptionalLong.of(length), buffer)) {
            for (long rest = length; rest > 0; ) {
                int filled = fill(frame, (int) Math.min(rest, frame.length), content);
                if (filled == 0) {
                    throw changed(name, "it should have " + length + " bytes and has " + (length - rest));
                }
                digester.update(frame, 0, filled);
                encoder.write(frame, 0, filled);
                rest -= filled;
            }
            if (content.read() >= 0) {
                throw changed(name, "it should have " + length + " bytes and has more");
            }
            encoder.finish();
        }
        return digester.result();
    }

    private static IntegrityException changed(String name, String detail) {
        return Fault.of(CORRUPT, "the content of object \"" + name + "\" has changed while it was read")
                .detail(detail)
                .integrity();
    }

    /** In pieces: the JDK copies each through memory of its own that is as large as the piece, and keeps it. */
    private static int fill(byte[] frame, int most, InputStream content) throws IOException {
        int filled = 0;
        int part = 0;
        while (filled < most && part >= 0) {
            part = content.read(frame, filled, Math.min(PIECE, most - filled));
            filled += Math.max(part, 0);
        }
        return filled;
    }

    /** Seals what is written to the result into {@code out}, which is never closed; for what is too large for memory. */
    public SealingStream sealing(ObjectMeta meta, OutputStream out) throws IOException {
        byte[] frame = meta.toFrame();
        if (recipients.isEmpty()) {
            out.write(frame);
            return new SealingStream(meta, compression, out, () -> {});
        }
        var opened = open(meta, OptionalLong.empty());
        out.write(opened.head());
        var encrypted = new AgeOutput(out, opened.payload());
        encrypted.write(frame);
        return new SealingStream(meta, compression, encrypted, encrypted::finish);
    }

    /** Header and nonce as bytes, and the cipher for what follows. */
    private static final class Opened {
        private final byte[] head;
        private final AgePayload payload;

        Opened(byte[] head, AgePayload payload) {
            this.head = head;
            this.payload = payload;
        }

        byte[] head() {
            return head;
        }

        AgePayload payload() {
            return payload;
        }
    }

    private Opened open(ObjectMeta meta, OptionalLong innerLength) throws KeyException {
        var fileKey = new FileKey();
        try {
            var stanzas = new ArrayList<RecipientStanza>();
            for (String recipient : recipients.texts()) {
                stanzas.addAll(wrap(fileKey, recipient));
            }
            stanzas.add(new AgeStanza(ObjectMeta.STANZA, meta.toStanza(innerLength), new byte[0]));
            stanzas.add(new AgeStanza(RECIPIENTS_STANZA, recipients.texts(), new byte[0]));
            byte[] header = AgeHeader.write(fileKey, stanzas);
            byte[] nonce = new byte[AgeKeys.NONCE_LENGTH];
            new SecureRandom().nextBytes(nonce);
            byte[] head = new byte[header.length + nonce.length];
            System.arraycopy(header, 0, head, 0, header.length);
            System.arraycopy(nonce, 0, head, header.length, nonce.length);
            return new Opened(head, AgePayload.encrypting(AgeKeys.payloadKey(fileKey, nonce)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot encrypt", e);
        } finally {
            fileKey.destroy();
        }
    }

    private static List<RecipientStanza> wrap(FileKey fileKey, String recipient) throws KeyException {
        try {
            var stanzas = new ArrayList<RecipientStanza>();
            X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient)
                    .getRecipientStanzas(fileKey)
                    .forEach(stanzas::add);
            return stanzas;
        } catch (GeneralSecurityException e) {
            throw Fault.of(KEY_INVALID, "cannot encrypt to recipient \"" + recipient + "\"")
                    .detail("It is not a point that age can use.")
                    .cause(e)
                    .key();
        }
    }
}
