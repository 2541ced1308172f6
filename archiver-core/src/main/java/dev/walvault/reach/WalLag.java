package dev.walvault.reach;

import dev.walvault.ArchiverException;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.vault.MemberVault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How far one of several vaults is behind the others on one timeline.
 *
 * @param last the last segment that this vault has
 * @param lacking how many segments it does not have that another one has
 */
public record WalLag(TimelineId timeline, Optional<WalFile.Segment> last, long lacking) {

    /**
     * For each of the vaults, in their order, a lag for each timeline of which any of them has WAL. Lists the stores.
     */
    public static List<List<WalLag>> between(List<MemberVault> vaults, WalSegmentSize size) throws ArchiverException {
        var timelines = new TreeSet<TimelineId>();
        var lags = new ArrayList<List<WalLag>>();
        for (MemberVault vault : vaults) {
            timelines.addAll(vault.wal().timelines());
            lags.add(new ArrayList<>());
        }
        for (TimelineId timeline : timelines) {
            var stored = new ArrayList<WalCoverage>();
            for (MemberVault vault : vaults) {
                stored.add(WalCoverage.of(vault.wal(), timeline, size));
            }
            WalCoverage all = WalCoverage.together(timeline, stored);
            for (int i = 0; i < vaults.size() && !all.isEmpty(); i++) {
                lags.get(i).add(of(stored.get(i), all, size));
            }
        }
        return lags;
    }

    private static WalLag of(WalCoverage own, WalCoverage all, WalSegmentSize size) {
        Optional<WalFile.Segment> last = own.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new WalSegment(own.timeline(), own.runs().getLast().last()).file(size));
        return new WalLag(own.timeline(), last, all.segments() - own.segments());
    }
}
