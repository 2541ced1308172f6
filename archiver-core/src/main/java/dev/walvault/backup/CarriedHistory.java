package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.KeyException;
import dev.walvault.observe.Listener;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Compression;
import dev.walvault.seal.ContentDigest;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberVault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The histories without which a backup cannot be restored: that of its timeline, and those of later ones, which a
 * server asks for to find a number for its own. The vault's may be sealed to a key that is lost or retired by now, or
 * stored by nobody whom hosts believe today, and nothing is stored over them. So the backup carries what its own
 * recipients open, signed as the backup is.
 */
final class CarriedHistory {
    private final MemberVault member;
    private final Listener listener;

    CarriedHistory(MemberVault member, Listener listener) {
        this.member = member;
        this.listener = listener;
    }

    /**
     * Stores it beside the backup, as the server has it.
     *
     * @throws dev.walvault.IntegrityException CONFLICT if the vault has another history of this timeline
     * @throws dev.walvault.KeyException KEY_WRONG if only the vault has one, and today's recipients do not open it
     * @throws dev.walvault.IntegrityException CORRUPT if only the vault has one, and it is damaged or not believed
     */
    void carry(BackupId id, TimelineId timeline, Path dataDirectory, Compression compression) throws ArchiverException {
        var file = new WalFile.TimelineHistoryFile(timeline);
        Optional<Inspection> stored = member.wal().inspect(file);
        Optional<byte[]> local = read(dataDirectory.resolve("pg_wal").resolve(file.name()));
        if (local.isPresent()) {
            TimelineHistory.parse(timeline, local.get());
            requireSame(file, stored, ContentDigest.of(local.get()));
            member.backups().carry(id, file, local.get(), compression);
        } else if (stored.isPresent()) {
            requireUsable(file, stored.get());
        }
        if (stored.isEmpty()) {
            listener.on(new BackupEvent.HistoryMissing(timeline, file));
        }
    }

    /**
     * Stores those of later timelines that cannot be read from the vault with today's keys, as far as the server has
     * them.
     */
    void carryLater(BackupId id, TimelineId timeline, Path dataDirectory, Compression compression)
            throws ArchiverException {
        for (TimelineId later : member.wal().histories()) {
            if (later.compareTo(timeline) > 0) {
                carryUnusable(id, later, dataDirectory, compression);
            }
        }
    }

    private void carryUnusable(BackupId id, TimelineId later, Path dataDirectory, Compression compression)
            throws ArchiverException {
        var file = new WalFile.TimelineHistoryFile(later);
        Optional<Inspection> stored = member.wal().inspect(file);
        if (stored.isEmpty()) {
            return; // removed since it was listed
        }
        try {
            requireUsable(file, stored.get());
        } catch (KeyException | IntegrityException e) {
            Optional<byte[]> local = read(dataDirectory.resolve("pg_wal").resolve(file.name()));
            if (local.isPresent()) {
                requireSame(file, stored, ContentDigest.of(local.get()));
                member.backups().carry(id, file, local.get(), compression);
            } else {
                listener.on(
                        e instanceof KeyException
                                ? new BackupEvent.HistoryClosed(later, file)
                                : new BackupEvent.HistoryUnusable(later, file, e));
            }
        }
    }

    /** Throws unless whoever has today's keys, and believes whom this host believes, can read what is stored. */
    private void requireUsable(WalFile file, Inspection stored) throws ArchiverException {
        Optional<ArchiverException> damage = stored.damage();
        if (damage.isPresent()) {
            throw damage.get();
        }
        member.wal().requireForRecipients(file);
    }

    private static Optional<byte[]> read(Path file) throws ArchiverException {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw DataDirectoryWalk.unreadable(file.resolveSibling(""), file, e);
        }
    }

    private static void requireSame(WalFile file, Optional<Inspection> stored, ContentDigest local)
            throws ArchiverException {
        Optional<ContentDigest> recorded = stored.flatMap(Inspection::meta).flatMap(meta -> meta.digest());
        if (recorded.isPresent() && !recorded.get().equals(local)) {
            throw Fault.of(ErrorCode.CONFLICT, "the vault's \"" + file.name() + "\" is not the one of this server")
                    .detail("stored " + recorded.get() + ", local " + local)
                    .hint(
                            "Two servers may have begun the same timeline. Restore this one once more, so that it gets another.")
                    .integrity();
        }
    }
}
