package dev.walvault.seal;

import static dev.walvault.ErrorCode.KEY_INVALID;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import dev.walvault.Fault;
import dev.walvault.KeyException;
import dev.walvault.checksum.Sha256;
import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeKeys;
import dev.walvault.seal.age.AgeOutput;
import dev.walvault.seal.age.AgePayload;
import dev.walvault.seal.age.AgeStanza;
import dev.walvault.seal.codec.Encoder;
import dev.walvault.sign.ObjectSigner;
import dev.walvault.store.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Writes sealed objects. Without recipients they are plain. Immutable; each object has a key of its own. */
public final class Sealer {
    static final String RECIPIENTS_STANZA = "walvault/recipients";

    private final Compression compression;
    private final Recipients recipients;
    private final Optional<ObjectSigner> signer;

    /** For objects that nobody signs. */
    public Sealer(Compression compression, Recipients recipients) {
        this(compression, recipients, Optional.empty());
    }

    /** For the one object that {@code signer} is for. */
    public Sealer(Compression compression, Recipients recipients, Optional<ObjectSigner> signer) {
        this.compression = compression;
        this.recipients = recipients;
        this.signer = signer;
    }

    /**
     * Seals what {@code content} gives, in memory: for small objects and WAL segments. It is read once, in pieces that
     * stay in the processor's own memory; beside the result each thread takes no more than one frame and its compressed
     * form.
     *
     * @param length of the content in bytes
     * @param threads how many may work on it at the same time; more than two do not help
     * @throws dev.walvault.IntegrityException CORRUPT when the content has another length
     */
    public SealedContent seal(String name, WriteStamp stamp, InputStream content, long length, int threads)
            throws IOException {
        return seal(name, stamp, content, length, threads, () -> SealingStream.NO_FACTS);
    }

    /**
     * The same with facts about the content behind it, for {@link Unsealed#facts()}.
     *
     * @param facts asked once, after the content has been read to its end; not asked where {@link Codec#hasTail()} is
     *     false
     */
    public SealedContent seal(
            String name, WriteStamp stamp, InputStream content, long length, int threads, Supplier<byte[]> facts)
            throws IOException {
        var frames = new FrameReader(name, content, length);
        // only zstd's frames stand each for itself
        boolean hasHalves = length > Encoder.FRAME && compression.codec() == Codec.ZSTD;
        if (threads == 1 || !hasHalves) {
            return seal(name, stamp, frames, (reader, buffer) -> encode(reader, buffer, facts), ChunkBuffer::encrypt);
        }
        try (var second = new SecondThread()) {
            return seal(
                    name,
                    stamp,
                    frames,
                    (reader, buffer) -> new TwoEncoders(compression.level(), reader, buffer).encode(second, facts),
                    (buffer, payload, digester) -> buffer.encryptByTwo(payload, digester, second));
        }
    }

    private interface Encoding {
        void encode(FrameReader frames, ChunkBuffer buffer) throws IOException;
    }

    private interface Encryption {
        ChunkBuffer.Encrypted encrypt(ChunkBuffer buffer, AgePayload payload, Digester digester) throws IOException;
    }

    private SealedContent seal(
            String name, WriteStamp stamp, FrameReader frames, Encoding encoding, Encryption encryption)
            throws IOException {
        var buffer = new ChunkBuffer();
        // its digest is known at the end only
        buffer.write(new byte[MetadataFrame.LENGTH], 0, MetadataFrame.LENGTH);
        encoding.encode(frames, buffer);
        var meta = new ObjectMeta(name, compression.codec(), Optional.of(frames.digest()), stamp);
        if (recipients.isEmpty()) {
            buffer.replaceStart(signer.isPresent() ? signedFrame(meta, buffer) : MetadataFrame.write(meta));
            return new SealedContent(buffer.plain(), frames.digest());
        }
        buffer.replaceStart(MetadataFrame.write(meta));
        return new SealedContent(encrypted(meta, buffer, encryption), frames.digest());
    }

    private byte[] signedFrame(ObjectMeta meta, ChunkBuffer buffer) {
        var digest = Sha256.create();
        buffer.digestFrom(MetadataFrame.LENGTH, digest);
        return MetadataFrame.write(meta, before -> FrameSignature.sign(signer.orElseThrow(), before, digest));
    }

    /** The header comes last, because it has the digest of what stands behind it. */
    private Content encrypted(ObjectMeta meta, ChunkBuffer buffer, Encryption encryption) throws IOException {
        OptionalLong innerLength = OptionalLong.of(buffer.length());
        try (var key = new FreshKey()) {
            var digester = new Digester();
            digester.update(key.nonce(), 0, AgeKeys.NONCE_LENGTH);
            var encrypted = encryption.encrypt(buffer, key.payload(), digester);
            OptionalLong digest = OptionalLong.of(digester.result().xxh64());
            return encrypted.behind(key.head(new MetaStanza(meta, innerLength, digest)));
        }
    }

    private void encode(FrameReader frames, ChunkBuffer buffer, Supplier<byte[]> facts) throws IOException {
        byte[] frame = frames.newFrame();
        try (var encoder = compression.encoder(OptionalLong.of(frames.length()), buffer)) {
            for (int count = frames.next(frame); count > 0; count = frames.next(frame)) {
                encoder.write(frame, 0, count);
            }
            encoder.finish(compression.codec().hasTail() ? facts.get() : SealingStream.NO_FACTS);
        }
    }

    /**
     * Seals what is written to the result into {@code out}, which is never closed; for what is too large for memory.
     * It is signed only if it is encrypted: what a plain object's signature needs stands behind its frame.
     *
     * @param digest of the content, where it is known already; then no other content can be sealed
     */
    public SealingStream sealing(String name, Optional<ContentDigest> digest, WriteStamp stamp, OutputStream out)
            throws IOException {
        var meta = new ObjectMeta(name, compression.codec(), digest, stamp);
        byte[] frame = MetadataFrame.write(meta);
        if (recipients.isEmpty()) {
            out.write(frame);
            return new SealingStream(meta, compression, out, () -> {});
        }
        try (var key = new FreshKey()) {
            out.write(key.head(new MetaStanza(meta, OptionalLong.empty(), OptionalLong.empty())));
            var encrypted = new AgeOutput(out, key.payload());
            encrypted.write(frame);
            return new SealingStream(meta, compression, encrypted, encrypted::finish);
        }
    }

    /** The key of one object, which every recipient gets. Closing destroys it; the cipher remains. */
    private final class FreshKey implements AutoCloseable {
        private final FileKey fileKey = new FileKey();
        private final byte[] nonce = new byte[AgeKeys.NONCE_LENGTH];

        FreshKey() {
            new SecureRandom().nextBytes(nonce);
        }

        byte[] nonce() {
            return nonce;
        }

        AgePayload payload() {
            try {
                return AgePayload.encrypting(AgeKeys.payloadKey(fileKey, nonce));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java cannot encrypt", e);
            }
        }

        /** Header and nonce. */
        byte[] head(MetaStanza meta) throws KeyException {
            var stanzas = new ArrayList<RecipientStanza>();
            for (String recipient : recipients.texts()) {
                stanzas.addAll(wrap(fileKey, recipient));
            }
            stanzas.add(meta.toStanza());
            stanzas.add(new AgeStanza(RECIPIENTS_STANZA, recipients.texts(), new byte[0]));
            try {
                byte[] header = AgeHeader.write(
                        fileKey, stanzas, signer.map(each -> before -> SignatureStanza.sign(each, before, nonce)));
                byte[] head = Arrays.copyOf(header, header.length + nonce.length);
                System.arraycopy(nonce, 0, head, header.length, nonce.length);
                return head;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java cannot encrypt", e);
            }
        }

        @Override
        public void close() {
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
