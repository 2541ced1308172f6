package dev.walvault.copy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.sign.TrustedWriters;
import dev.walvault.vault.Author;
import dev.walvault.vault.Backup;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.BackupList;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vault;
import dev.walvault.work.Workers;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Replicates backups and WAL from one vault into another, byte for byte and without keys. It can be interrupted at any
 * point and run again: a backup is complete in the other vault only when all it needs is there, and what is there is
 * not stored a second time.
 */
public final class VaultCopy {
    private final Vault from;
    private final Vault to;
    private final TrustedWriters trusted;
    private final Author author;
    private final Cancellation cancellation;
    private final Listener listener;

    /** {@code trusted}: whose objects are copied; what is not theirs counts as damaged. */
    public VaultCopy(
            Vault from, Vault to, TrustedWriters trusted, Author author, Cancellation cancellation, Listener listener) {
        this.from = from;
        this.to = to;
        this.trusted = trusted;
        this.author = author;
        this.cancellation = cancellation;
        this.listener = listener;
    }

    /**
     * Copies these systems. What is missing or damaged, and what is another one in the other vault, is in the report;
     * the rest is copied all the same.
     *
     * @throws dev.walvault.ConfigurationException if the vaults are one, or only one of them is encrypted
     * @throws dev.walvault.IntegrityException TARGET if a backup that was named is not there, CONFLICT if the other
     *     vault knows a cluster or a system with other properties
     * @throws dev.walvault.StoreException if one of the stores fails
     * @throws dev.walvault.LockException CANCELLED
     */
    public CopyReport copy(List<MemberKeys> systems, CopyOptions options) throws ArchiverException {
        requireCopyable();
        var ledger = new CopyLedger(listener);
        Map<MemberVault, BackupList> listed = list(systems);
        requireNamed(options.selection(), listed);
        try (var workers = new Workers("copy", options.jobs(), cancellation)) {
            for (var each : listed.entrySet()) {
                MemberVault target = to.memberWithoutKeys(each.getKey().keys(), trusted, author);
                var copier = new ObjectCopier(from, target, trusted, options.mode(), ledger);
                var system = new SystemCopy(each.getKey(), copier, ledger, workers, cancellation, listener);
                each.getValue().unreadable().forEach(unreadable -> ledger.problem(unreadable.reason()));
                system.backups(selected(options.selection(), each.getValue()));
                if (options.selection() instanceof CopySelection.Everything) {
                    system.everythingElse();
                }
            }
        }
        return ledger.report();
    }

    private static List<Backup> selected(CopySelection selection, BackupList listed) {
        return listed.complete().stream()
                .filter(backup -> selection.includes(backup.id()))
                .toList();
    }

    private Map<MemberVault, BackupList> list(List<MemberKeys> systems) throws ArchiverException {
        var listed = new LinkedHashMap<MemberVault, BackupList>();
        for (MemberKeys keys : systems) {
            MemberVault member = from.memberWithoutKeys(keys, trusted, author);
            member.requireIdentity();
            listed.put(member, member.backups().list());
        }
        return listed;
    }

    private void requireCopyable() throws ArchiverException {
        if (from.id().equals(to.id())) {
            throw Fault.of(
                            ErrorCode.CONFIGURATION,
                            "\"" + from.location() + "\" and \"" + to.location() + "\" are one and the same vault")
                    .detail("both have the id " + from.id())
                    .hint("Copy into a vault of its own, made with \"walvault init\".")
                    .configuration();
        }
        if (from.encrypted() != to.encrypted()) {
            throw Fault.of(
                            ErrorCode.CONFIGURATION,
                            "the vault at \"" + from.location() + "\" is " + kind(from) + ", the one at \""
                                    + to.location() + "\" is " + kind(to))
                    .hint("Objects are copied as they are. Copy into a vault of the same kind.")
                    .configuration();
        }
    }

    private static String kind(Vault vault) {
        return vault.encrypted() ? "encrypted" : "not encrypted";
    }

    private void requireNamed(CopySelection selection, Map<MemberVault, BackupList> listed) throws ArchiverException {
        if (!(selection instanceof CopySelection.OnlyBackups(Set<BackupId> ids))) {
            return;
        }
        var missing = new HashSet<>(ids);
        listed.values().forEach(list -> list.complete().forEach(backup -> missing.remove(backup.id())));
        if (!missing.isEmpty()) {
            throw Fault.of(
                            ErrorCode.TARGET,
                            "the vault at \"" + from.location() + "\" has no complete backup "
                                    + missing.iterator().next())
                    .hint("\"walvault info\" prints the backups that there are.")
                    .integrity();
        }
    }
}
