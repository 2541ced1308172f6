package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.pg.WalFile;
import dev.walvault.reach.PresentLine;
import dev.walvault.reach.ServerTimeline;
import dev.walvault.vault.Backup;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.MemberVaults;
import java.util.List;
import java.util.Optional;

/** What a vault has of one system, and the line of it that leads to the present. It is looked for once. */
final class Present {
    private final MemberVault member;
    private final Optional<ServerTimeline> server;
    private Optional<PresentLine> line = Optional.empty();
    private boolean looked;

    /** {@code server}: where the configured server is, if there is one of this system. */
    Present(MemberVault member, Optional<ServerTimeline> server) {
        this.member = member;
        this.server = server;
    }

    MemberVault member() {
        return member;
    }

    /** Lists the store the first time; empty if the vault has nothing of the system yet. */
    Optional<PresentLine> line() throws ArchiverException {
        if (!looked) {
            List<Backup> complete = MemberVaults.of(member).backups().complete();
            line = PresentLine.of(member, complete, server);
            looked = true;
        }
        return line;
    }

    /** The newest segment of the line; empty if there is none. */
    Optional<WalFile.Segment> newest() throws ArchiverException {
        return line().flatMap(PresentLine::newest);
    }

    /** The segment without which a restore would leave the line where it forks; empty if there is no such one. */
    Optional<WalFile.Segment> missingAtFork() throws ArchiverException {
        Optional<PresentLine> found = line();
        return found.isEmpty() ? Optional.empty() : found.get().missingAtFork();
    }

    /** What keeps a restore from coming to the present; empty if nothing does. */
    Optional<PresentLine.Hole> hole() throws ArchiverException {
        Optional<PresentLine> found = line();
        return found.isEmpty() ? Optional.empty() : found.get().hole();
    }
}
