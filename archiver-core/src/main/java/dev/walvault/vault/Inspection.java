package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.seal.ObjectMeta;
import java.util.Optional;

/**
 * What was seen of a stored object.
 *
 * @param meta who wrote it, and its digest; empty if not even that can be read
 * @param empty whether it has no bytes at all: what a broken store leaves of an upload
 * @param damage why it cannot be used; empty if it is sound as far as {@code proof} goes
 */
public record Inspection(Optional<ObjectMeta> meta, Optional<ArchiverException> damage, WalProof proof, boolean empty) {

    static Inspection sound(ObjectMeta meta, WalProof proof) {
        return new Inspection(Optional.of(meta), Optional.empty(), proof, false);
    }

    static Inspection damaged(ObjectMeta meta, ArchiverException damage) {
        return new Inspection(Optional.of(meta), Optional.of(damage), WalProof.HEADER, false);
    }

    static Inspection unreadable(ArchiverException damage, boolean empty) {
        return new Inspection(Optional.empty(), Optional.of(damage), WalProof.HEADER, empty);
    }
}
