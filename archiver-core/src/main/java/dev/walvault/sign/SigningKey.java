package dev.walvault.sign;

import static dev.walvault.ErrorCode.KEY_INVALID;
import static dev.walvault.ErrorCode.KEY_MISSING;

import dev.walvault.Fault;
import dev.walvault.FileTrouble;
import dev.walvault.KeyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;

/**
 * The private key by which a host signs what it writes; it opens nothing. No message and no {@link #toString()} shows
 * it.
 */
public final class SigningKey {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final int FILE_LIMIT = 1 << 16;

    private final PrivateKey key;
    private final WriterKey writer;

    private SigningKey(KeyPair pair) {
        this.key = pair.getPrivate();
        this.writer = WriterKey.of(pair.getPublic());
    }

    public static SigningKey generate() {
        return new SigningKey(pair(new SecureRandom()));
    }

    private static KeyPair pair(SecureRandom random) {
        try {
            var generator = KeyPairGenerator.getInstance(WriterKey.ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no Ed25519", e);
        }
    }

    /**
     * Reads a file as {@code walvault keygen --signing} and {@code openssl genpkey -algorithm ed25519} write it: PKCS
     * #8 in PEM, with anything around it.
     *
     * @throws KeyException KEY_MISSING if it is absent or cannot be read, KEY_INVALID if it holds no such key
     */
    public static SigningKey read(Path file) throws KeyException {
        return parse(content(file), "signing key \"" + file + "\"");
    }

    /** {@code what} it is, for messages. */
    static SigningKey parse(String text, String what) throws KeyException {
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw invalid(what, "it has no line \"" + BEGIN + "\"");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
            var read = (EdECPrivateKey)
                    KeyFactory.getInstance(WriterKey.ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(der));
            byte[] seed = read.getBytes().orElseThrow();
            return new SigningKey(pair(new Seed(seed)));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            // without the cause: its message may quote the key
            throw invalid(what, "it is no private key of Ed25519");
        }
    }

    private static KeyException invalid(String what, String why) {
        return Fault.of(KEY_INVALID, what + " cannot be used")
                .detail(why)
                .hint("\"walvault keygen --signing\" makes one, and so does \"openssl genpkey -algorithm ed25519\".")
                .key();
    }

    private static String content(Path file) throws KeyException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(FILE_LIMIT), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            boolean absent = e instanceof NoSuchFileException;
            throw Fault.of(
                            KEY_MISSING,
                            "signing key \"" + file + "\" " + (absent ? "does not exist" : "cannot be read"))
                    .detail(
                            absent
                                    ? "nothing is stored without the signature that is configured"
                                    : FileTrouble.reason(e))
                    .hint((absent ? "Put it there" : "Let this user read it") + ", or correct signing.key_file.")
                    .cause(e)
                    .key();
        }
    }

    /** The public half, which readers trust. */
    public WriterKey writer() {
        return writer;
    }

    /** The content of a key file. */
    public String file(Instant created) {
        return "# created: " + created.truncatedTo(ChronoUnit.SECONDS) + "\n# public key: " + writer + "\n" + pem();
    }

    /** PKCS #8 in PEM, as stock programs read it. */
    public String pem() {
        return BEGIN + "\n" + Base64.getEncoder().encodeToString(key.getEncoded()) + "\n" + END + "\n";
    }

    /** To sign the object that is stored under this key, from the top of the vault. */
    public ObjectSigner of(String objectKey) {
        return new ObjectSigner(this, objectKey);
    }

    byte[] sign(byte[] message) {
        try {
            var signer = Signature.getInstance(WriterKey.ALGORITHM);
            signer.initSign(key);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot sign", e);
        }
    }

    @Override
    public String toString() {
        return "signing key of " + writer;
    }

    /**
     * Gives the bytes of a private key to the generator that makes a pair of such bytes: Java has no other way from an
     * Ed25519 private key to its public one.
     */
    private static final class Seed extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final transient byte[] seed;

        Seed(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }
}
