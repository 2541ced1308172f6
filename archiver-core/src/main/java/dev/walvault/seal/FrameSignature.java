package dev.walvault.seal;

import dev.walvault.checksum.Sha256;
import dev.walvault.sign.JsonSignature;
import dev.walvault.sign.ObjectSigner;
import dev.walvault.sign.Signed;
import dev.walvault.sign.SignedForm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Who has written an object that is not encrypted: the last member of its metadata frame. It signs the members before
 * it and the SHA-256 of all stored bytes behind the frame.
 */
final class FrameSignature {
    private final JsonSignature signature;
    private final MessageDigest digest = Sha256.create();

    private FrameSignature(JsonSignature signature) {
        this.signature = signature;
    }

    /** What ends the JSON of a frame; {@code digest} has taken everything that stands behind the frame. */
    static byte[] sign(ObjectSigner signer, byte[] before, MessageDigest digest) {
        return JsonSignature.end(signer.writer(), signer.sign(SignedForm.COMPRESSED, content(before, digest)));
    }

    /** The signature of a frame, if it has one. */
    static Optional<FrameSignature> find(byte[] frame) {
        byte[] json = Arrays.copyOfRange(frame, MetadataFrame.HEAD, frame.length);
        return JsonSignature.find(json).map(FrameSignature::new);
    }

    /** Who is said to have signed. */
    String writer() {
        return signature.writer();
    }

    /** Takes what stands behind the frame. */
    MessageDigest digest() {
        return digest;
    }

    /** To be asked for once, when everything was taken. */
    Signed signed() {
        return new Signed(
                SignedForm.COMPRESSED, signature.writer(), signature.signature(), content(signature.before(), digest));
    }

    private static byte[] content(byte[] before, MessageDigest digest) {
        byte[] end = ("\n" + HexFormat.of().formatHex(digest.digest()) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] content = Arrays.copyOf(before, before.length + end.length);
        System.arraycopy(end, 0, content, before.length, end.length);
        return content;
    }
}
