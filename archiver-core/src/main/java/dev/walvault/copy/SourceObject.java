package dev.walvault.copy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.PassingInput;
import dev.walvault.observe.Cancellation;
import dev.walvault.seal.Identities;
import dev.walvault.seal.SealedHeader;
import dev.walvault.seal.Unsealed;
import dev.walvault.seal.Unsealer;
import dev.walvault.store.Content;
import dev.walvault.store.ObjectKey;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.StoredDigest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A sealed object of the vault that is copied from, checked while it is read as far as that goes without keys: all
 * of it where the digest of its stored bytes is known; else a plain one down to the digest of its content, and an
 * encrypted one by its header, its length and the digest of its payload.
 *
 * @param from where it is, with whom this host believes
 * @param name below its system, as its metadata must say
 * @param stored what something else than the object itself says of it
 */
record SourceObject(
        MemberVault from,
        ObjectKey key,
        String name,
        long length,
        Optional<StoredDigest> stored,
        Cancellation cancellation)
        implements Content {

    /** What it claims to be. */
    SealedHeader header() throws IOException {
        try (InputStream in = open()) {
            return requireOurs(Unsealer.peek(in, key.value()));
        }
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try (var in = new Forwarding(open(), out)) {
            if (stored.isPresent()) {
                requireOurs(Unsealer.peek(in, key.value()));
                in.transferTo(OutputStream.nullOutputStream());
            } else if (from.vault().encrypted()) {
                requireOurs(Unsealer.verifyStored(in, key.value()));
            } else {
                var unsealer = new Unsealer(
                        Identities.none(), true, Optional.of((meta, signed) -> from.requireTrusted(key, meta, signed)));
                Unsealed unsealed = unsealer.open(in, name);
                unsealed.content().transferTo(OutputStream.nullOutputStream());
            }
            if (in.forwarded != length) {
                throw damaged("it should have " + length + " bytes and has " + in.forwarded);
            }
            if (stored.isPresent() && in.digest.isPresent()) {
                StoredDigest read = StoredDigest.of(in.forwarded, in.digest.get());
                if (!read.equals(stored.get())) {
                    throw damaged("it should have " + stored.get() + ", and has " + read);
                }
            }
        }
    }

    /** Its bytes as they are stored. */
    InputStream open() throws IOException {
        return from.vault().store().open(key).orElseThrow(() -> damaged("it vanished while it was copied"));
    }

    /**
     * A plain object's signature is not in its header; and a digest from elsewhere is as good as the document that has
     * it.
     */
    private SealedHeader requireOurs(SealedHeader header) throws ArchiverException {
        if (header.encrypted() != from.vault().encrypted()) {
            throw damaged(
                    header.encrypted()
                            ? "it is encrypted, in a vault that is not"
                            : "it is not encrypted, in a vault that is");
        }
        if (!header.meta().name().equals(name)) {
            throw damaged("it says that it is \"" + header.meta().name() + "\"");
        }
        if (header.storedLength().isPresent() && header.storedLength().getAsLong() != length) {
            throw damaged("it should have " + header.storedLength().getAsLong() + " bytes and has " + length);
        }
        if (header.encrypted()) {
            from.requireTrusted(key, header.meta(), header.signed());
        }
        return header;
    }

    private IntegrityException damaged(String why) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + from.vault().location() + "/" + key + "\" is damaged")
                .detail(why)
                .hint("It was not copied. Copy it from a vault where it is sound, or take a new backup.")
                .integrity();
    }

    /** Passes on all that is read from it. */
    private final class Forwarding extends PassingInput {
        private final OutputStream out;
        private final Optional<MessageDigest> digest = stored.map(_ -> StoredDigest.begin());
        private long forwarded;

        Forwarding(InputStream in, OutputStream out) {
            super(in);
            this.out = out;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            cancellation.check();
            int part = in.read(bytes, offset, count);
            if (part > 0) {
                out.write(bytes, offset, part);
                digest.ifPresent(sha256 -> sha256.update(bytes, offset, part));
                forwarded += part;
            }
            return part;
        }
    }
}
