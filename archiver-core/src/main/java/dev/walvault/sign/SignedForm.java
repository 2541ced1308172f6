package dev.walvault.sign;

import java.nio.charset.StandardCharsets;

/**
 * The three forms in which an object carries a signature. What is signed begins with a line that tells them apart, and
 * names the object by its whole key, so that no signature holds for another place or for another form.
 */
public enum SignedForm {
    /** A plain JSON object: signed is what stands before its member {@code sig}. */
    DOCUMENT("document"),
    /**
     * An object that is compressed and not encrypted: its metadata before {@code sig}, and a digest of what follows.
     */
    COMPRESSED("compressed"),
    /** An encrypted object: its age header before the signature's stanza, and the nonce of the payload. */
    ENCRYPTED("encrypted");

    private static final String VERSION = "walvault signature 1";

    private final String word;

    SignedForm(String word) {
        this.word = word;
    }

    /** The bytes that are signed of an object; {@code key} is the whole one, from the top of the vault. */
    byte[] message(String key, byte[] content) {
        byte[] start = (VERSION + "\n" + word + " " + key + "\n").getBytes(StandardCharsets.UTF_8);
        return concat(start, content);
    }

    static byte[] concat(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
