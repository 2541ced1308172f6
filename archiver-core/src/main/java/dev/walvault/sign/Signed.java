package dev.walvault.sign;

/** A signature as an object carries it: nothing of it is verified. */
public final class Signed {
    private static final int LONGEST_SHOWN = 64;

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

    /** The same for messages: anybody can have written it. */
    public String shownWriter() {
        String visible = writer.replaceAll("[^!-~]", "?");
        return visible.length() <= LONGEST_SHOWN ? visible : visible.substring(0, LONGEST_SHOWN) + "…";
    }

    /** Whether the writer that it names has signed this content as that of the object with this key. */
    public boolean holds(String key) {
        try {
            return holds(WriterKey.parse(writer), key);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    byte[] signature() {
        return signature;
    }

    /** Whether {@code by} has signed this content as that of the object with this key, from the top of the vault. */
    boolean holds(WriterKey by, String key) {
        return by.text().equals(writer) && by.verifies(form.message(key, content), signature);
    }
}
