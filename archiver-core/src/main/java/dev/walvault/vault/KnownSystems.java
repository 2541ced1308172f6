package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.pg.SystemIdentifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The systems that a vault knows as one member: more than one after pg_upgrade, or after a new initdb. */
public record KnownSystems(List<Known> all) {

    /** One of them, as people recognise it. */
    public record Known(SystemIdentifier system, Optional<SystemIdentity> identity, Optional<BackupId> newestBackup) {
        @Override
        public String toString() {
            return "system " + system
                    + identity.map(known -> " (PostgreSQL " + known.postgresMajor())
                            .orElse(" (unknown version")
                    + newestBackup.map(id -> ", newest backup " + id + ")").orElse(", no backup)");
        }
    }

    public KnownSystems {
        all = List.copyOf(all);
    }

    /** Lists the store and reads documents; needs no key. */
    public static KnownSystems of(MemberAccess access) throws ArchiverException {
        var known = new ArrayList<Known>();
        for (SystemIdentifier system : access.vault().systems(access.cluster(), access.member())) {
            MemberVault member = access.of(system);
            Optional<BackupId> newest =
                    member.backups().list().complete().stream().map(Backup::id).max(Comparator.naturalOrder());
            known.add(new Known(system, identity(member), newest));
        }
        return new KnownSystems(known);
    }

    /** Empty, too, where it cannot be read: that of another system is no obstacle. */
    private static Optional<SystemIdentity> identity(MemberVault member) throws ArchiverException {
        try {
            return member.identity();
        } catch (ArchiverException e) {
            if (!e.isOfOneObject()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Their identifiers, in the same order. */
    public List<String> identifiers() {
        return all.stream().map(known -> known.system().toString()).toList();
    }

    /** Whether the vault has a complete backup of this one. */
    public boolean hasBackup(SystemIdentifier system) {
        return all.stream()
                .anyMatch(known ->
                        known.system().equals(system) && known.newestBackup().isPresent());
    }

    /** The one with the newest backup; empty if none has any. */
    public Optional<Known> newest() {
        return all.stream()
                .filter(known -> known.newestBackup().isPresent())
                .max(Comparator.comparing(known -> known.newestBackup().orElseThrow()));
    }

    @Override
    public String toString() {
        return all.stream().map(Known::toString).collect(Collectors.joining("; "));
    }
}
