package dev.walvault.sign;

/** A signature as an object carries it: nothing of it is verified. */
public final class Signed {
    private final SignedForm form;
    private final String writer;
    private final byte[] signature;
    private final byte[] content;

    /**
     * Takes what an object says.
     *
     * @param writer who is said to have signed; as {@link WriterKey#text()}, where it is one that this program knows
     * @param content what is said to be signed, without the line that names the object
     */
    public Signed(SignedForm form, String writer, byte[] signature, byte[] content) {
        this.form = form;
        this.writer = writer;
        this.signature = signature;
        this.content = content;
    }

    /** Who is said to have signed. */
    public String writer() {
        return writer;
    }

    byte[] signature() {
        return signature;
    }

    /** Whether {@code by} has signed this content as that of the object with this key, from the top of the vault. */
    boolean holds(WriterKey by, String key) {
        return by.text().equals(writer) && by.verifies(form.message(key, content), signature);
    }
}
