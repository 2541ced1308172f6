package dev.walvault.pipe;

import static dev.walvault.ErrorCode.KEY_INVALID;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import dev.walvault.Fault;
import dev.walvault.KeyException;
import dev.walvault.store.Content;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/** Writes sealed objects. Without recipients they are plain. Immutable; each object has a key of its own. */
public final class Sealer {
    static final String RECIPIENTS_STANZA = "walvault/recipients";

    private final Compression compression;
    private final Recipients recipients;

    public Sealer(Compression compression, Recipients recipients) {
        this.compression = compression;
        this.recipients = recipients;
    }

    /**
     * Seals the first {@code length} bytes of {@code content} in memory: for small objects and WAL segments. Beside the
     * content it takes about as much memory as the result. {@code content} is free for other use afterwards.
     *
     * @throws IllegalArgumentException when {@code meta} has no digest, or that of another length
     */
    public Content seal(ObjectMeta meta, byte[] content, int length) throws IOException {
        Objects.checkFromIndexSize(0, length, content.length);
        if (meta.digest().isEmpty() || meta.digest().get().length() != length) {
            throw new IllegalArgumentException(
                    "object \"" + meta.name() + "\" has " + length + " bytes, but its metadata says " + meta.digest());
        }
        var buffer = new ChunkBuffer();
        buffer.write(meta.toFrame(), 0, ObjectMeta.FRAME_LENGTH);
        try (var encoder = Encoder.of(compression, OptionalLong.of(length), buffer)) {
            encoder.write(content, 0, length);
            encoder.finish();
        }
        if (recipients.isEmpty()) {
            return buffer.plain();
        }
        var opened = open(meta, OptionalLong.of(buffer.length()));
        try {
            return buffer.encrypted(opened.head(), opened.payload());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot encrypt", e);
        }
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
