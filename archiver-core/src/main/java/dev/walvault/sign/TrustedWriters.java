package dev.walvault.sign;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whose objects a reader believes. Immutable. */
public final class TrustedWriters {
    private static final TrustedWriters EVERYBODY = new TrustedWriters(List.of(), Optional.empty());

    private final List<TrustedWriter> writers;
    private final Optional<Instant> unsignedBefore;

    private TrustedWriters(List<TrustedWriter> writers, Optional<Instant> unsignedBefore) {
        this.writers = List.copyOf(writers);
        this.unsignedBefore = unsignedBefore;
    }

    /** When an object was stored, as the store says; empty if it is gone. */
    @FunctionalInterface
    public interface StoredTime {
        Optional<Instant> ask() throws ArchiverException;
    }

    /** Signatures are not looked at. */
    public static TrustedWriters everybody() {
        return EVERYBODY;
    }

    /**
     * Only these, and what carries no signature and was stored before an instant. Without any writer that is everybody.
     *
     * @param unsignedBefore empty: nothing is believed that carries no signature
     */
    public static TrustedWriters of(List<TrustedWriter> writers, Optional<Instant> unsignedBefore) {
        return writers.isEmpty() ? EVERYBODY : new TrustedWriters(writers, unsignedBefore);
    }

    /** Whether signatures are not looked at. */
    public boolean areEverybody() {
        return writers.isEmpty();
    }

    public List<TrustedWriter> all() {
        return writers;
    }

    /** The writer with this key, if it is trusted at some time; {@code key} is as {@link WriterKey#text()}. */
    public Optional<TrustedWriter> find(String key) {
        return writers.stream()
                .filter(writer -> writer.key().text().equals(key))
                .findFirst();
    }

    /**
     * Throws unless the object is believed.
     *
     * @param key of the object, from the top of the vault
     * @param written as the object itself says, which its writer has signed
     * @param stored asked only for an object without a signature, because that can say anything of itself
     * @throws IntegrityException CORRUPT: to a reader it is as good as damaged
     */
    public void require(String key, Optional<Signed> signed, Instant written, StoredTime stored)
            throws ArchiverException {
        if (areEverybody()) {
            return;
        }
        if (signed.isEmpty()) {
            requireOld(key, stored);
            return;
        }
        List<TrustedWriter> known = writers.stream()
                .filter(writer -> writer.key().text().equals(signed.get().writer()))
                .toList();
        if (known.isEmpty()) {
            throw unknown(key, signed.get());
        }
        TrustedWriter writer = known.getFirst();
        if (!signed.get().holds(writer.key(), key)) {
            throw Fault.of(ErrorCode.CORRUPT, "the signature of \"" + key + "\" does not match")
                    .detail("it is said to be of " + writer.shown())
                    .hint("The object was changed, or belongs to another place. Look for the one that was stored here.")
                    .integrity();
        }
        if (known.stream().noneMatch(each -> each.isTrustedAt(written))) {
            throw Fault.of(
                            ErrorCode.CORRUPT,
                            "\"" + key + "\" is signed by writer " + writer.shown()
                                    + " at a time at which it is not trusted")
                    .detail("it was written at " + written + "; the key is trusted " + writer.times())
                    .hint("If the writer used this key then, correct from and until in trust.writers.")
                    .integrity();
        }
    }

    private static IntegrityException unknown(String key, Signed signed) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + key + "\" is signed by an unknown key")
                .detail("the key is " + signed.shownWriter() + ", which is not in trust.writers")
                .hint("If it is the key of a server of yours, compare it there, and add it to trust.writers.")
                .integrity();
    }

    private void requireOld(String key, StoredTime stored) throws ArchiverException {
        if (unsignedBefore.isPresent()) {
            Optional<Instant> since = stored.ask();
            if (since.isPresent() && since.get().isBefore(unsignedBefore.get())) {
                return;
            }
        }
        throw Fault.of(ErrorCode.CORRUPT, "\"" + key + "\" is not signed")
                .detail(unsignedBefore
                        .map(before -> "it carries no signature, and was stored at " + before + " or later")
                        .orElse("it carries no signature, and trust.writers is set"))
                .hint("If it was stored before its writer had a signing key, set trust.unsigned_before. Otherwise find"
                        + " out who has put it there.")
                .integrity();
    }
}
