package dev.walvault.vault;

import dev.walvault.sign.Signed;
import dev.walvault.sign.TrustedWriter;
import dev.walvault.store.ObjectKey;
import java.util.Optional;

/**
 * Who has signed a stored object, verified. Whether the writer was trusted at that time is not looked at.
 *
 * @param text the key and what is known of it, for messages; it follows "stored by" somebody
 * @param another whether it is signed, and not by the key by which this host signs
 */
public record Signer(String text, boolean another) {
    /** Empty where nobody has signed, and this process does not look at signatures. */
    static Optional<Signer> of(ObjectKey key, Optional<Signed> signed, Keyring keyring) {
        Optional<String> own =
                keyring.signingKey().map(signing -> signing.writer().text());
        boolean everybody = keyring.trusted().areEverybody();
        if (signed.isEmpty()) {
            return own.isEmpty() && everybody ? Optional.empty() : Optional.of(new Signer("not signed", false));
        }
        String writer = signed.get().writer();
        boolean another = own.filter(ours -> !ours.equals(writer)).isPresent();
        if (!signed.get().holds(key.value())) {
            return Optional.of(new Signer(
                    "with a signature of " + signed.get().shownWriter() + " that does not match", own.isPresent()));
        }
        Optional<TrustedWriter> known = keyring.trusted().find(writer);
        String by = own.equals(Optional.of(writer)) ? "signed by this host's key " : "signed by ";
        String unknown = known.isEmpty() && !everybody ? ", which is not in trust.writers" : "";
        return Optional.of(new Signer(by + known.map(TrustedWriter::shown).orElse(writer) + unknown, another));
    }
}
