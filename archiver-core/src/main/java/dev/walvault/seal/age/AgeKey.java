package dev.walvault.seal.age;

import com.exceptionfactory.jagged.x25519.X25519KeyFactory;
import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import javax.crypto.spec.SecretKeySpec;

/** An age X25519 identity and its recipient. {@link #toString()} shows only the latter. */
public final class AgeKey {
    /** What the text of an identity begins with. */
    public static final String PREFIX = "AGE-SECRET-KEY-1";

    private final String identity;
    private final String recipient;

    private AgeKey(String identity, String recipient) {
        this.identity = identity;
        this.recipient = recipient;
    }

    /** A new one. */
    public static AgeKey generate() {
        try {
            var pair = new X25519KeyPairGenerator().generateKeyPair();
            return new AgeKey(
                    new String(pair.getPrivate().getEncoded(), StandardCharsets.US_ASCII),
                    new String(pair.getPublic().getEncoded(), StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no X25519", e);
        }
    }

    /** Never shows the text in a message; the caller adds where it stood. */
    public static AgeKey ofIdentity(String text) throws GeneralSecurityException {
        try {
            byte[] encoded = text.getBytes(StandardCharsets.US_ASCII);
            var recipient = new X25519KeyFactory().translateKey(new SecretKeySpec(encoded, "X25519"));
            return new AgeKey(text, new String(recipient.getEncoded(), StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("malformed Bech32 text");
        }
    }

    /** The private key: {@code AGE-SECRET-KEY-1…}. */
    public String identity() {
        return identity;
    }

    /** The public key: {@code age1…}. */
    public String recipient() {
        return recipient;
    }

    /** The content of an identity file, as {@code age-keygen} writes it. */
    public String identityFile(Instant created) {
        return "# created: " + created.truncatedTo(ChronoUnit.SECONDS) + "\n# public key: " + recipient + "\n"
                + identity + "\n";
    }

    @Override
    public String toString() {
        return recipient;
    }
}
