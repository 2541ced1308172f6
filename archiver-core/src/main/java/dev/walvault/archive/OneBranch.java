package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.IntegrityException;
import dev.walvault.StoreException;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.BranchComparison;
import dev.walvault.vaults.ConfiguredVault;
import dev.walvault.vaults.Divergence;
import dev.walvault.vaults.UnreachableMarks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps a server from being given the WAL of two others under one timeline's number. A vault may have served what comes
 * before a file, or may serve what comes behind it, although it cannot give this one; so another vault gives it only if
 * the two are not known to hold different branches.
 *
 * <p>Nor does recovery end where two vaults hold different branches: the end of one may be the middle of the other.
 *
 * <p>Where the first vault has the file and served the one before, no other one is asked: that is the usual way, and
 * costs nothing. A history decides about a whole line and is asked for rarely, so every vault that can be reached is
 * asked for its own.
 */
final class OneBranch {
    private final WalFile file;
    private final List<WalGet.Source> sources;
    private final UnreachableMarks away;
    private final ElsewhereMarks elsewhere;
    private final Map<ConfiguredVault, MemberVault> reached = new LinkedHashMap<>();

    /** For one question to these vaults. */
    OneBranch(WalFile file, List<WalGet.Source> sources, UnreachableMarks away, ElsewhereMarks elsewhere) {
        this.file = file;
        this.sources = sources;
        this.away = away;
        this.elsewhere = elsewhere;
    }

    /** Hears of a vault that was opened, to be asked for the file. */
    void reached(ConfiguredVault vault, MemberVault member) {
        reached.put(vault, member);
    }

    /**
     * Throws if the vault, which was reached and has the file, is known to hold another branch than one that could not
     * give it, or that served the file before it, or, where it is a history, than any.
     *
     * @throws IntegrityException CONFLICT: no other vault can help with that
     */
    void require(ConfiguredVault vault) throws ArchiverException {
        if (sources.size() == 1) {
            return;
        }
        MemberVault holder = Objects.requireNonNull(reached.get(vault));
        Optional<String> last = elsewhere.last(holder.keys());
        boolean all = file instanceof WalFile.TimelineHistoryFile;
        for (WalGet.Source source : sources) {
            if (all || last.filter(source.vault().fileName()::equals).isPresent()) {
                reach(source);
            }
        }
        for (Map.Entry<ConfiguredVault, MemberVault> other : reached.entrySet()) {
            if (!other.getKey().equals(vault)) {
                requireNone(new BranchComparison(other.getValue(), holder).on(file.timeline()));
            }
        }
        note(vault, holder, last);
    }

    /**
     * Throws if two of the vaults, in which the file is absent, are known to hold different branches of its timeline:
     * what the server has recovered of it need not be the right one, and this would be its end.
     *
     * @throws IntegrityException CONFLICT
     */
    void requireNoOther() throws ArchiverException {
        requireNone(BranchComparison.among(List.copyOf(reached.values()), file.timeline()));
    }

    private void note(ConfiguredVault vault, MemberVault holder, Optional<String> last) {
        if (!vault.equals(sources.getFirst().vault())) {
            if (last.filter(vault.fileName()::equals).isEmpty()) {
                elsewhere.mark(holder.keys(), vault);
            }
        } else if (last.isPresent()) {
            elsewhere.clear(holder.keys());
        }
    }

    /** If it can be: a vault that is unreachable raises no doubt here. */
    private void reach(WalGet.Source source) throws ArchiverException {
        if (reached.containsKey(source.vault()) || away.lately(source.vault())) {
            return;
        }
        try {
            reached(source.vault(), source.member().open());
        } catch (ConfigurationException | StoreException _) {
            away.mark(source.vault());
        }
    }

    private static void requireNone(Optional<Divergence> divergence) throws IntegrityException {
        if (divergence.isPresent()) {
            throw divergence.get().conflict(Divergence.SET_LIST);
        }
    }
}
