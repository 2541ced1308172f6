package dev.walvault.seal;

import dev.walvault.sign.Signed;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a stored object claims to be, read without a key. Of an encrypted object nothing of it is authenticated: whoever
 * can write to the vault can forge it, so compare it, and do not trust it.
 *
 * @param storedLength of the whole object, from which a cut one is recognised; unknown for plain and streamed objects
 * @param payload of the stored bytes behind the header, by which {@link Unsealer#verifyStored} recognises damage;
 *     unknown for plain and streamed objects
 * @param recipients the public keys that open it, as the object names them; none for a plain object
 * @param signed the signature of an encrypted object, if it carries one. That of a plain one is over all of it, so it
 *     is for who {@linkplain Unsealer#open opens} it
 */
public record SealedHeader(
        boolean encrypted,
        ObjectMeta meta,
        OptionalLong storedLength,
        Optional<ContentDigest> payload,
        List<String> recipients,
        Optional<Signed> signed) {
    public SealedHeader {
        recipients = List.copyOf(recipients);
    }
}
