package dev.walvault.sign;

/** Signs one object for the place that it is stored in. */
public final class ObjectSigner {
    private final SigningKey signingKey;
    private final String key;

    ObjectSigner(SigningKey signingKey, String key) {
        this.signingKey = signingKey;
        this.key = key;
    }

    /** As it is named beside the signature. */
    public WriterKey writer() {
        return signingKey.writer();
    }

    /** The signature of 64 bytes; the same for the same content. */
    public byte[] sign(SignedForm form, byte[] content) {
        return signingKey.sign(form.message(key, content));
    }
}
