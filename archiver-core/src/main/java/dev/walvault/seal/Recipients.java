package dev.walvault.seal;

import static dev.walvault.ErrorCode.KEY_INVALID;

import com.exceptionfactory.jagged.bech32.Bech32;
import com.exceptionfactory.jagged.bech32.Bech32Address;
import dev.walvault.Fault;
import dev.walvault.KeyException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/** The public keys that new objects are encrypted to; none of them: objects are plain. Immutable. */
public final class Recipients {
    private static final Recipients NONE = new Recipients(List.of());
    private static final int SHOWN = 12;

    /** Of each the header of an object has some 160 bytes; it is read up to 1 MiB. */
    private static final int MOST = 4096;

    private final List<String> texts;

    private Recipients(List<String> texts) {
        this.texts = texts;
    }

    public static Recipients none() {
        return NONE;
    }

    /**
     * Reads {@code age1…} texts; one given twice counts once.
     *
     * @throws KeyException KEY_INVALID, with the beginning of the offending text, and nothing of it when it is a
     *     private key
     */
    public static Recipients parse(List<String> texts) throws KeyException {
        var recipients = new LinkedHashSet<String>();
        for (String text : texts) {
            recipients.add(canonical(text.strip()));
        }
        if (recipients.size() > MOST) {
            throw Fault.of(KEY_INVALID, "there are " + recipients.size() + " recipients, more than " + MOST)
                    .hint(
                            "Encrypt to fewer: each of them makes every object longer, and a longer header is not read back.")
                    .key();
        }
        return new Recipients(List.copyOf(recipients));
    }

    public boolean isEmpty() {
        return texts.isEmpty();
    }

    /** The keys in lower case, in the order given. */
    public List<String> texts() {
        return texts;
    }

    @Override
    public String toString() {
        return texts.toString();
    }

    private static String canonical(String text) throws KeyException {
        if (text.toUpperCase(Locale.ROOT).contains("SECRET")) {
            throw Fault.of(KEY_INVALID, "a private key was given where a recipient is expected")
                    .detail("It is not repeated here.")
                    .hint(
                            "A recipient begins with \"age1\"; \"age-keygen -y FILE\" prints that of an identity. Consider the"
                                    + " private key exposed if others can read where it was written.")
                    .key();
        }
        try {
            Bech32Address address = Bech32.getDecoder().decode(text);
            if (address.getHumanReadablePart().toString().equalsIgnoreCase("age") && address.getData().length == 32) {
                return text.toLowerCase(Locale.ROOT);
            }
        } catch (RuntimeException e) {
            // the decoder says IllegalArgumentException for most malformed texts and others for the rest
            throw invalid(text).cause(e).key();
        }
        throw invalid(text).key();
    }

    private static Fault invalid(String text) {
        String beginning = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
        return Fault.of(KEY_INVALID, "invalid recipient \"" + beginning + "\"")
                .detail(
                        "A recipient is an age X25519 public key, 62 characters that begin with \"age1\", with a checksum.")
                .hint("Copy the whole line that follows \"# public key:\" in the identity file.");
    }
}
