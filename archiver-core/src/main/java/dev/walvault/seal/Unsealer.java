package dev.walvault.seal;

import static dev.walvault.ErrorCode.CORRUPT;
import static dev.walvault.ErrorCode.KEY_MISSING;
import static dev.walvault.ErrorCode.KEY_WRONG;
import static dev.walvault.seal.stored.Corruption.corrupt;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import dev.walvault.Fault;
import dev.walvault.seal.age.AgeChunks;
import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeInput;
import dev.walvault.seal.age.AgeKey;
import dev.walvault.seal.age.AgeKeys;
import dev.walvault.seal.age.AgePayload;
import dev.walvault.seal.age.AgeStanza;
import dev.walvault.seal.stored.CachedEnds;
import dev.walvault.seal.stored.Corruption;
import dev.walvault.seal.stored.RangeSource;
import dev.walvault.sign.Signed;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads sealed objects, and believes none of them: see {@link Unsealed#content()}. Immutable. */
public final class Unsealer {
    private static final int BUFFER = 64 * 1024;

    /** Of what is no object of ours so many bytes are shown: enough to tell what it is, and not what is in it. */
    private static final int MAGIC = 4;

    /** What every version of age begins with. */
    private static final byte[] AGE = "age-encryption.org/".getBytes(StandardCharsets.US_ASCII);

    private final Identities identities;
    private final boolean plainAllowed;
    private final Optional<Judge> judge;

    /** For who does not care by whom objects are signed. */
    public Unsealer(Identities identities, boolean plainAllowed) {
        this(identities, plainAllowed, Optional.empty());
    }

    /**
     * For objects that a judge must believe.
     *
     * @param plainAllowed false where the vault demands encryption, because a plain object there is a forgery
     */
    public Unsealer(Identities identities, boolean plainAllowed, Optional<Judge> judge) {
        this.identities = identities;
        this.plainAllowed = plainAllowed;
        this.judge = judge;
    }

    /**
     * Reads the head of a stored object and checks what can be checked without its content: key, header, name,
     * metadata. The result closes {@code stored}; when this throws, the caller does.
     *
     * @throws dev.walvault.IntegrityException when it is damaged, of a later format, not {@code expectedName}, plain
     *     where it may not be, or not believed
     * @throws dev.walvault.KeyException when no identity opens it
     */
    public Unsealed open(InputStream stored, String expectedName) throws IOException {
        var source = new SourceStream(stored);
        var in = new BufferedInputStream(source, BUFFER);
        if (isEncrypted(in, expectedName)) {
            return openEncrypted(source, in, expectedName);
        }
        byte[] frame = in.readNBytes(MetadataFrame.LENGTH);
        ObjectMeta meta = plainMeta(frame, expectedName);
        Optional<FrameSignature> signature = judge.isEmpty() ? Optional.empty() : FrameSignature.find(frame);
        if (judge.isPresent() && signature.isPresent()) {
            return new Unsealed(meta, source, in, signature.get(), judge.get());
        }
        if (judge.isPresent()) {
            judge.get().judge(meta, Optional.empty());
        }
        return new Unsealed(meta, source, in, OptionalLong.empty());
    }

    private ObjectMeta plainMeta(byte[] frame, String expectedName) throws IOException {
        // what it requires may be a later envelope, so that comes first
        ObjectMeta meta = MetadataFrame.read(frame, expectedName);
        if (!plainAllowed) {
            throw Fault.of(CORRUPT, "object \"" + expectedName + "\" is not encrypted, in a vault that is")
                    .detail("walvault never stores such an object; something else has put it there.")
                    .integrity();
        }
        requireName(meta, expectedName);
        return meta;
    }

    /**
     * Opens a stored object to read parts of it, and checks what {@link #open} checks; and in addition that the object
     * is not cut, where it is encrypted or has a seek table. Takes two requests of some 130 KiB for most objects, and
     * one for small ones.
     *
     * @throws dev.walvault.IntegrityException as {@link #open} does
     * @throws dev.walvault.KeyException when no identity opens it
     * @throws IllegalStateException for a plain object that a judge must believe: its signature is over all of it
     */
    public RangedObject openRanges(RangeSource stored, String expectedName) throws IOException {
        var ends = new CachedEnds(stored, expectedName);
        if (isEncrypted(start(ends, AgeHeader.INTRO.length, expectedName), expectedName)) {
            return openEncryptedRanges(ends, expectedName);
        }
        if (judge.isPresent()) {
            throw new IllegalStateException("parts of a plain object tell nobody who has signed it");
        }
        return RangedObject.of(plainMeta(start(ends, MetadataFrame.LENGTH, expectedName), expectedName), ends);
    }

    private static byte[] start(RangeSource stored, int most, String name) throws IOException {
        return stored.read(0, (int) Math.min(most, stored.length()), name);
    }

    private RangedObject openEncryptedRanges(CachedEnds ends, String name) throws IOException {
        AgeHeader header = AgeHeader.read(ends.fromStart(), name);
        long payload = (long) header.length() + AgeKeys.NONCE_LENGTH;
        int left = (int) Math.min(AgeKeys.NONCE_LENGTH, ends.length() - header.length());
        Decrypted decrypted = decrypt(header, ends.read(header.length(), left, name), name);
        var inner = new AgeChunks(ends, payload, decrypted.payload(), name);
        OptionalLong claimed = decrypted.claimed().innerLength();
        if (claimed.isPresent() && claimed.getAsLong() != inner.length()) {
            throw corrupt(
                    name,
                    "Its compressed form should have " + claimed.getAsLong() + " bytes, and has " + inner.length()
                            + ".");
        }
        ObjectMeta meta = MetadataFrame.read(start(inner, MetadataFrame.LENGTH, name), name);
        requireSame(decrypted.claimed(), meta);
        return RangedObject.of(meta, inner);
    }

    /** What {@code stored} claims to be, without a key; {@code object} is what messages call it. Does not close it. */
    public static SealedHeader peek(InputStream stored, String object) throws IOException {
        var in = new BufferedInputStream(stored, 4 * 1024);
        if (!isEncrypted(in, object)) {
            return plainHeader(frame(in, object));
        }
        AgeHeader header = AgeHeader.read(in, object);
        return claims(header, in.readNBytes(AgeKeys.NONCE_LENGTH), object);
    }

    /** Who is said to have signed {@code stored}, if somebody is; nothing is verified, and the stream is not closed. */
    public static Optional<String> writer(InputStream stored, String object) throws IOException {
        var in = new BufferedInputStream(stored, 4 * 1024);
        return isEncrypted(in, object)
                ? SignatureStanza.of(AgeHeader.read(in, object), new byte[0]).map(Signed::writer)
                : FrameSignature.find(in.readNBytes(MetadataFrame.LENGTH)).map(FrameSignature::writer);
    }

    /** The signature that {@code stored} carries, to be verified. Reads all of a plain object, and closes no stream. */
    public static Optional<Signed> signature(InputStream stored, String object) throws IOException {
        var in = new BufferedInputStream(stored, BUFFER);
        if (isEncrypted(in, object)) {
            return SignatureStanza.of(AgeHeader.read(in, object), in.readNBytes(AgeKeys.NONCE_LENGTH));
        }
        Optional<FrameSignature> signature = FrameSignature.find(in.readNBytes(MetadataFrame.LENGTH));
        if (signature.isPresent()) {
            in.transferTo(new DigestOutputStream(
                    OutputStream.nullOutputStream(), signature.get().digest()));
        }
        return signature.map(FrameSignature::signed);
    }

    private static SealedHeader plainHeader(ObjectMeta meta) {
        return new SealedHeader(false, meta, OptionalLong.empty(), Optional.empty(), List.of(), Optional.empty());
    }

    private static SealedHeader claims(AgeHeader header, byte[] nonce, String object) throws IOException {
        MetaStanza stanza = MetaStanza.of(header, object);
        OptionalLong length = AgePayload.storedLength(header.length(), stanza.innerLength());
        Optional<ContentDigest> payload = length.isEmpty() || stanza.payload().isEmpty()
                ? Optional.empty()
                : Optional.of(new ContentDigest(
                        length.getAsLong() - header.length(), stanza.payload().getAsLong()));
        return new SealedHeader(
                true, stanza.meta(), length, payload, recipients(header), SignatureStanza.of(header, nonce));
    }

    /**
     * Reads a stored object to its end, without a key, and verifies what can be verified so. Of an encrypted one that
     * is the digest of its payload; without one ({@link SealedHeader#payload()} is empty) nothing but that it has a
     * header. A plain one is decoded, and its content verified. Closes {@code stored}.
     *
     * @param object what messages call it
     * @return what it claims to be
     * @throws dev.walvault.IntegrityException when it is damaged or of a later format
     */
    public static SealedHeader verifyStored(InputStream stored, String object) throws IOException {
        var source = new SourceStream(stored);
        try (var in = new BufferedInputStream(source, BUFFER)) {
            return isEncrypted(in, object) ? verifyPayload(in, object) : verifyContent(source, in, object);
        }
    }

    private static SealedHeader verifyContent(SourceStream source, InputStream in, String object) throws IOException {
        ObjectMeta meta = frame(in, object);
        try (var unsealed = new Unsealed(meta, source, in, OptionalLong.empty())) {
            unsealed.content().transferTo(OutputStream.nullOutputStream());
            return plainHeader(meta);
        }
    }

    private static SealedHeader verifyPayload(InputStream in, String object) throws IOException {
        AgeHeader read = AgeHeader.read(in, object);
        byte[] nonce = in.readNBytes(AgeKeys.NONCE_LENGTH);
        SealedHeader header = claims(read, nonce, object);
        var digester = new Digester();
        digester.update(nonce, 0, nonce.length);
        byte[] buffer = new byte[BUFFER];
        for (int part = in.read(buffer); part >= 0; part = in.read(buffer)) {
            digester.update(buffer, 0, part);
        }
        ContentDigest found = digester.result();
        if (header.payload().isPresent() && !header.payload().get().equals(found)) {
            throw corrupt(object, "Its payload should be " + header.payload().get() + ", and is " + found + ".");
        }
        return header;
    }

    /** {@link #peek(InputStream, String)} for an object whose name is not at hand. */
    public static SealedHeader peek(InputStream stored) throws IOException {
        return peek(stored, "(no name given)");
    }

    private Unsealed openEncrypted(SourceStream source, InputStream in, String name) throws IOException {
        AgeHeader header = AgeHeader.read(in, name);
        Decrypted decrypted = decrypt(header, in.readNBytes(AgeKeys.NONCE_LENGTH), name);
        long payload = (long) header.length() + AgeKeys.NONCE_LENGTH;
        var inner = new AgeInput(in, payload, decrypted.payload(), name);
        ObjectMeta meta = frame(inner, name);
        requireSame(decrypted.claimed(), meta);
        return new Unsealed(meta, source, inner, decrypted.claimed().innerLength());
    }

    private static final class Decrypted {
        private final MetaStanza claimed;
        private final AgePayload payload;

        Decrypted(MetaStanza claimed, AgePayload payload) {
            this.claimed = claimed;
            this.payload = payload;
        }

        MetaStanza claimed() {
            return claimed;
        }

        AgePayload payload() {
            return payload;
        }
    }

    /** {@code nonce}: all there is of it. */
    private Decrypted decrypt(AgeHeader header, byte[] nonce, String name) throws IOException {
        try {
            FileKey fileKey = unwrap(header, name);
            try {
                header.verify(fileKey, name);
                MetaStanza claimed = MetaStanza.of(header, name);
                requireName(claimed.meta(), name);
                if (nonce.length < AgeKeys.NONCE_LENGTH) {
                    throw corrupt(name, "It is cut: it ends at offset " + (header.length() + nonce.length) + ".");
                }
                if (judge.isPresent()) {
                    judge.get().judge(claimed.meta(), SignatureStanza.of(header, nonce));
                }
                return new Decrypted(claimed, AgePayload.decrypting(AgeKeys.payloadKey(fileKey, nonce)));
            } finally {
                fileKey.destroy();
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot decrypt", e);
        }
    }

    private static void requireSame(MetaStanza claimed, ObjectMeta meta) throws IOException {
        if (!meta.equals(claimed.meta())) {
            throw corrupt(meta.name(), "Its header says " + claimed.meta() + ", its metadata frame " + meta + ".");
        }
    }

    private FileKey unwrap(AgeHeader header, String name) throws IOException {
        List<String> needed = recipients(header);
        if (identities.isEmpty()) {
            throw Fault.of(KEY_MISSING, "object \"" + name + "\" is encrypted, and no identity was given")
                    .detail("It is encrypted to " + named(needed) + ".")
                    .hint("Name the identity file of one of these recipients in encryption.identity_files.")
                    .key();
        }
        List<RecipientStanza> stanzas = new ArrayList<>(header.stanzas());
        for (AgeKey key : identities.keys()) {
            try {
                return X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(key.identity())
                        .getFileKey(stanzas);
            } catch (GeneralSecurityException e) {
                // not for this identity; the next may open it
            }
        }
        if (!Collections.disjoint(needed, identities.recipients())) {
            throw corrupt(
                    name, "Its header names " + named(needed) + ", but the identity of one of them does not open it.");
        }
        throw Fault.of(KEY_WRONG, "none of the identities opens object \"" + name + "\"")
                .detail("It is encrypted to " + named(needed) + "; the identities given are for "
                        + named(identities.recipients()) + ".")
                .hint("Give the identity file of one of the object's recipients.")
                .key();
    }

    private static boolean isEncrypted(BufferedInputStream in, String object) throws IOException {
        in.mark(AgeHeader.INTRO.length);
        byte[] head = in.readNBytes(AgeHeader.INTRO.length);
        in.reset();
        return isEncrypted(head, object);
    }

    /** By the first bytes, of which there are as many as age's first line has, if the object has them. */
    private static boolean isEncrypted(byte[] head, String object) throws IOException {
        if (Arrays.equals(head, AgeHeader.INTRO)) {
            return true;
        }
        if (startsWith(head, AGE)) {
            throw Corruption.tooNew(object, "It is encrypted with another version of age than 1.");
        }
        if (!MetadataFrame.begins(head)) {
            throw corrupt(
                    object,
                    head.length == 0
                            ? "It is empty."
                            : "It begins neither with an age header nor with a metadata frame, but with "
                                    + HexFormat.of().formatHex(head, 0, Math.min(head.length, MAGIC)) + ".");
        }
        return false;
    }

    private static ObjectMeta frame(InputStream in, String object) throws IOException {
        return MetadataFrame.read(in.readNBytes(MetadataFrame.LENGTH), object);
    }

    private static void requireName(ObjectMeta meta, String expected) throws IOException {
        if (!meta.name().equals(expected)) {
            throw Corruption.swapped(expected, meta.name());
        }
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    private static List<String> recipients(AgeHeader header) {
        return header.find(Sealer.RECIPIENTS_STANZA)
                .map(AgeStanza::getArguments)
                .orElse(List.of());
    }

    private static String named(List<String> recipients) {
        return recipients.isEmpty() ? "recipients that it does not name" : String.join(", ", recipients);
    }
}
