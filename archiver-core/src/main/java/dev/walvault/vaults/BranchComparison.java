package dev.walvault.vaults;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.StoreException;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.ObjectMeta;
import dev.walvault.vault.Inspection;
import dev.walvault.vault.MemberVault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Whether two vaults hold the same branch under the number of a timeline. Two servers that left one timeline both call
 * the next one by the same number, and each may have archived into a vault of its own.
 *
 * <p>WAL that has parted never becomes equal again, because each record carries where the one before it is. So two
 * vaults hold the same branch as far as both know it if the history is the same in both, and the newest segment that
 * both hold. Where they hold nothing in common nothing is known, and that is no divergence.
 *
 * <p>What is damaged, or not believed, tells nothing; nor does a vault that is unreachable: whoever needs it finds out.
 */
public final class BranchComparison {
    /** Damaged objects, one after the other: there are not more of them in a vault that is good for anything. */
    private static final int MOST_UNKNOWN = 8;

    private final MemberVault one;
    private final MemberVault other;

    public BranchComparison(MemberVault one, MemberVault other) {
        this.one = one;
        this.other = other;
    }

    /** The first divergence between any two of these vaults on a timeline; empty if none is known. */
    public static Optional<Divergence> among(List<MemberVault> vaults, TimelineId timeline) throws ArchiverException {
        for (int i = 0; i < vaults.size(); i++) {
            for (MemberVault later : vaults.subList(i + 1, vaults.size())) {
                Optional<Divergence> found = new BranchComparison(vaults.get(i), later).on(timeline);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** The same on every timeline, in ascending order: the first of each. */
    public static List<Divergence> among(List<MemberVault> vaults) throws ArchiverException {
        var timelines = new TreeSet<TimelineId>();
        if (vaults.size() > 1) {
            for (MemberVault vault : vaults) {
                timelines.addAll(vault.wal().timelines());
            }
        }
        var found = new ArrayList<Divergence>();
        for (TimelineId timeline : timelines) {
            among(vaults, timeline).ifPresent(found::add);
        }
        return found;
    }

    /** How the two differ on a timeline: a few requests, however much WAL there is. */
    public Optional<Divergence> on(TimelineId timeline) throws ArchiverException {
        try {
            Pair history = look(new WalFile.TimelineHistoryFile(timeline));
            return history.differs() ? Optional.of(divergence(history)) : segments(timeline);
        } catch (ConfigurationException | StoreException _) {
            return Optional.empty();
        }
    }

    private Optional<Divergence> segments(TimelineId timeline) throws ArchiverException {
        List<Long> logs = common(one.wal().logs(timeline), other.wal().logs(timeline));
        int unknown = 0;
        for (long log : logs.reversed()) {
            for (WalFile.Segment segment : inBoth(timeline, log).reversed()) {
                Pair newest = look(segment);
                if (newest.isKnown()) {
                    return newest.differs()
                            ? Optional.of(divergence(oldest(timeline, logs, newest)))
                            : Optional.empty();
                }
                unknown++;
                if (unknown == MOST_UNKNOWN) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /** The oldest segment that both hold says it more plainly than the newest, if it differs, too. */
    private Pair oldest(TimelineId timeline, List<Long> logs, Pair newest) throws ArchiverException {
        for (long log : logs) {
            List<WalFile.Segment> both = inBoth(timeline, log);
            if (!both.isEmpty()) {
                Pair oldest = look(both.getFirst());
                return oldest.differs() ? oldest : newest;
            }
        }
        return newest;
    }

    private List<WalFile.Segment> inBoth(TimelineId timeline, long log) throws ArchiverException {
        return common(one.wal().segments(timeline, log), other.wal().segments(timeline, log));
    }

    private static <T> List<T> common(List<T> here, List<T> there) {
        var held = new HashSet<>(there);
        return here.stream().filter(held::contains).toList();
    }

    /** What is known of one file in both. */
    private record Pair(WalFile file, Optional<ObjectMeta> here, Optional<ObjectMeta> there) {
        boolean isKnown() {
            return digest(here).isPresent() && digest(there).isPresent();
        }

        boolean differs() {
            return isKnown() && !digest(here).equals(digest(there));
        }

        private static Optional<ContentDigest> digest(Optional<ObjectMeta> said) {
            return said.flatMap(ObjectMeta::digest);
        }
    }

    /** What the objects say of themselves is enough where they agree; where they do not, one may be damaged. */
    private Pair look(WalFile file) throws ArchiverException {
        Optional<ObjectMeta> here = said(one, file);
        var said = new Pair(file, here, here.isEmpty() ? Optional.empty() : said(other, file));
        return said.differs() ? new Pair(file, sound(one, file), sound(other, file)) : said;
    }

    private Divergence divergence(Pair pair) throws ArchiverException {
        return new Divergence(
                pair.file().timeline(),
                pair.file(),
                List.of(
                        side(one, pair.file(), pair.here().orElseThrow()),
                        side(other, pair.file(), pair.there().orElseThrow())));
    }

    private static Optional<ObjectMeta> said(MemberVault vault, WalFile file) throws ArchiverException {
        try {
            return vault.wal().said(file);
        } catch (ArchiverException e) {
            return unknown(e);
        }
    }

    private static Optional<ObjectMeta> sound(MemberVault vault, WalFile file) throws ArchiverException {
        try {
            return vault.wal()
                    .inspect(file)
                    .filter(seen -> seen.damage().isEmpty())
                    .flatMap(Inspection::meta);
        } catch (ArchiverException e) {
            return unknown(e);
        }
    }

    private static Optional<ObjectMeta> unknown(ArchiverException reason) throws ArchiverException {
        if (!reason.isOfOneObject()) {
            throw reason;
        }
        return Optional.empty();
    }

    private static Divergence.Side side(MemberVault vault, WalFile file, ObjectMeta said) throws ArchiverException {
        return new Divergence.Side(vault.vault().location(), said, vault.wal().lastSegment(file.timeline()));
    }
}
