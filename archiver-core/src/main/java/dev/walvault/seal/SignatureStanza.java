package dev.walvault.seal;

import dev.walvault.seal.age.AgeHeader;
import dev.walvault.seal.age.AgeStanza;
import dev.walvault.sign.ObjectSigner;
import dev.walvault.sign.Signed;
import dev.walvault.sign.SignedForm;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Who has written an encrypted object: the last stanza of its header. Its argument is the writer's key. Its body signs
 * the header before it and the nonce of the payload. They fix the file key, which only the writer and the holders of an
 * identity know; so nobody else can make another payload that its tags let pass.
 */
final class SignatureStanza {
    static final String TYPE = "walvault/sig";

    private SignatureStanza() {}

    /** {@code before}: the header up to this stanza. */
    static AgeStanza sign(ObjectSigner signer, byte[] before, byte[] nonce) {
        byte[] signature = signer.sign(SignedForm.ENCRYPTED, behind(before, nonce));
        return new AgeStanza(TYPE, List.of(signer.writer().text()), signature);
    }

    /** The signature of a header, if it has one. One that is not where it belongs holds for nothing. */
    static Optional<Signed> of(AgeHeader header, byte[] nonce) {
        return header.find(TYPE)
                .map(stanza -> new Signed(
                        SignedForm.ENCRYPTED,
                        String.join(" ", stanza.getArguments()),
                        stanza.equals(header.stanzas().getLast()) ? stanza.getBody() : new byte[0],
                        behind(header.beforeLast(), nonce)));
    }

    private static byte[] behind(byte[] header, byte[] nonce) {
        byte[] both = Arrays.copyOf(header, header.length + nonce.length);
        System.arraycopy(nonce, 0, both, header.length, nonce.length);
        return both;
    }
}
