package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.Retry;
import dev.walvault.StoreException;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Listener;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Compression;
import dev.walvault.seal.ContentDigest;
import dev.walvault.store.CreateOutcome;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.SealedUpload;
import dev.walvault.vault.WalProof;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Puts one proven file into vaults: into each once, durably, and never over another one. For several threads. */
final class Deposit {
    private final ProvenWal wal;
    private final WalFile file;
    private final Compression compression;
    private final int threads;
    private final Listener listener;

    /** {@code threads}: how many may work on sealing it. */
    Deposit(ProvenWal wal, Compression compression, int threads, Listener listener) {
        this.wal = wal;
        this.file = wal.file();
        this.compression = compression;
        this.threads = threads;
        this.listener = listener;
    }

    /** When this returns, the file is durable in the vault. */
    PushOutcome into(MemberVault member) throws ArchiverException {
        wal.requireSegmentSize(member.requireIdentity().segmentSize());
        try {
            return create(member) == CreateOutcome.CREATED ? new PushOutcome.Archived() : settle(member, wal.digest());
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("read", wal.path(), e);
        }
    }

    private CreateOutcome create(MemberVault member) throws IOException {
        if (wal.isSealedInMemory()) {
            return member.wal().create(wal.sealed(member, compression, threads));
        }
        try (SealedUpload upload = member.wal().begin(file, wal.digest(), compression);
                InputStream in = wal.open()) {
            // what changed since its digest was taken is refused when the sealing finishes
            in.transferTo(upload.content());
            return upload.commit(wal.facts());
        }
    }

    /** The name is taken: by the same content, by a wreck of it, or by something else. */
    private PushOutcome settle(MemberVault member, ContentDigest digest) throws IOException {
        Inspection stored = inspect(member)
                .orElseThrow(() -> Fault.of(
                                ErrorCode.STORE_UNREACHABLE,
                                "\"" + file.name() + "\" vanished from the vault while it was compared")
                        .retry(Retry.YES)
                        .store());
        Optional<ContentDigest> recorded = stored.meta().flatMap(meta -> meta.digest());
        boolean same = recorded.filter(digest::equals).isPresent();
        Optional<ArchiverException> damage = stored.damage();
        if (damage.isEmpty() && same && stored.proof() == WalProof.HEADER) {
            damage = damageOfBytes(member);
        }
        if (damage.isPresent()) {
            if (!same && !stored.empty()) {
                throw damage.get().code() == ErrorCode.CORRUPT
                        ? ConflictReport.of(member, file, stored, digest).unusable(damage.get())
                        : damage.get();
            }
            listener.on(new ArchiveEvent.CopyReplaced(file, damage.get()));
            member.wal().removeDamaged(file);
            if (create(member) == CreateOutcome.CREATED) {
                return new PushOutcome.Repaired();
            }
            return settle(member, digest);
        }
        if (same) {
            return new PushOutcome.AlreadyArchived();
        }
        throw ConflictReport.of(member, file, stored, digest).with(wal::open);
    }

    /** This host cannot open what is stored: are the bytes those that were sealed? Reads all of them. */
    private Optional<ArchiverException> damageOfBytes(MemberVault member) throws ArchiverException {
        try {
            if (!member.wal().verifyStored(file)) {
                listener.on(new ArchiveEvent.CopyNotVerified(file));
            }
            return Optional.empty();
        } catch (IntegrityException e) {
            return Optional.of(e);
        }
    }

    /** What has the name already; where nobody may look at it, it is not known to be ours. */
    private Optional<Inspection> inspect(MemberVault member) throws ArchiverException {
        try {
            return member.wal().inspect(file);
        } catch (StoreException e) {
            if (e.code() != ErrorCode.STORE_DENIED) {
                throw e;
            }
            throw Fault.of(
                            ErrorCode.CONFLICT,
                            "\"" + file.name() + "\" is in the vault already, and this host may not read it")
                    .detail(e.sentence())
                    .hint("Let this host read the object \"" + member.wal().locationOf(file)
                            + "\", or find out who made it.")
                    .cause(e)
                    .integrity();
        }
    }
}
