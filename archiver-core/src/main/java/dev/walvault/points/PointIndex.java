package dev.walvault.points;

import dev.walvault.ArchiverException;
import dev.walvault.LockException;
import dev.walvault.observe.Cancellation;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.RestorePoint;
import dev.walvault.vault.RestorePointList;
import dev.walvault.vaults.MemberVaults;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The index of one system's restore points, in each of several vaults: it is completed from the facts of the segments
 * that are not in it yet. A vault that cannot be written to stays as it is, and what was found is known all the same.
 */
public final class PointIndex {
    private final MemberVault together;
    private final List<VaultIndex> vaults = new ArrayList<>();
    private final int most;

    /** @param most how many segments of each vault {@link #complete} reads at once: each costs a request or two */
    PointIndex(MemberVaults vaults, int most, Cancellation cancellation) {
        this.together = vaults.together();
        this.most = most;
        vaults.each().forEach(vault -> this.vaults.add(new VaultIndex(vault, cancellation)));
    }

    public PointIndex(MemberVaults vaults, Cancellation cancellation) {
        this(vaults, 4096, cancellation);
    }

    /** What the index has. Reads no WAL to complete it, and lists what there is. */
    public static KnownPoints ofIndex(MemberVaults vaults) throws ArchiverException {
        return new PointIndex(vaults, 0, new Cancellation()).known();
    }

    /**
     * Reads the newest segments that are not in the index: some thousands at the most, of each vault. Lists the WAL.
     * What goes wrong is told by {@link #known}.
     *
     * @throws LockException CANCELLED, and nothing else
     */
    public PointIndex complete() throws LockException {
        for (VaultIndex vault : vaults) {
            vault.complete(most);
        }
        return this;
    }

    /** Goes on until a restore point of this name is known, or all WAL was read. Returns those of the name. */
    public List<RestorePoint> completeUntil(String name) throws ArchiverException {
        complete();
        List<RestorePoint> named = named(name);
        while (named.isEmpty() && vaults.stream().anyMatch(VaultIndex::hasMore)) {
            complete();
            named = named(name);
        }
        return named;
    }

    private List<RestorePoint> named(String name) throws ArchiverException {
        var named = new ArrayList<>(together.restorePoints().find(name));
        unwritten().stream().filter(point -> point.name().equals(name)).forEach(named::add);
        return named;
    }

    /** What was found and could not be brought into the vaults' index. */
    public List<RestorePoint> unwritten() {
        return vaults.stream().flatMap(vault -> vault.unwritten().stream()).toList();
    }

    /** What is known now. Lists the restore points, and the WAL unless it was listed. */
    public KnownPoints known() throws ArchiverException {
        for (VaultIndex vault : vaults) {
            vault.list();
        }
        RestorePointList listed = together.restorePoints().all();
        var places = new LinkedHashMap<RestorePoint.Place, RestorePoint>();
        listed.points().forEach(point -> places.put(point.place(), point));
        unwritten().forEach(point -> places.putIfAbsent(point.place(), point));
        places.values().removeIf(together.restorePoints()::isOfWholeCluster);
        var points = List.copyOf(places.values());
        var ancestry = new Ancestry(together.wal());
        return new KnownPoints(
                new RestorePointList(points, listed.unreadable()),
                repeated(points, ancestry),
                withoutWal(points, ancestry),
                unknown(),
                failures());
    }

    /** Where the WAL of a vault could not be listed, it may have what the others lack. */
    private Set<RestorePoint> withoutWal(List<RestorePoint> points, Ancestry ancestry) throws ArchiverException {
        Set<RestorePoint> without = new HashSet<>();
        for (RestorePoint point : points) {
            boolean mayBeThere = false;
            for (VaultIndex vault : vaults) {
                mayBeThere = mayBeThere || vault.mayHaveWalOf(point, ancestry);
            }
            if (!mayBeThere) {
                without.add(point);
            }
        }
        return without;
    }

    private static Set<RestorePoint> repeated(List<RestorePoint> points, Ancestry ancestry) throws ArchiverException {
        Map<String, List<RestorePoint>> byName = new HashMap<>();
        points.forEach(point ->
                byName.computeIfAbsent(point.name(), _ -> new ArrayList<>()).add(point));
        Set<RestorePoint> repeated = new HashSet<>();
        for (List<RestorePoint> same : byName.values()) {
            for (RestorePoint one : same) {
                for (RestorePoint other : same) {
                    if (!one.equals(other) && ancestry.mayMeetBoth(one, other)) {
                        repeated.add(one);
                    }
                }
            }
        }
        return repeated;
    }

    /** What one vault does not know may be known of another. */
    private List<UnknownWal> unknown() {
        var known = new SegmentRuns();
        vaults.forEach(vault -> known.addAll(vault.known()));
        var unknown = new ArrayList<UnknownWal>();
        var told = new SegmentRuns();
        for (VaultIndex vault : vaults) {
            vault.unknown().forEach((reason, segments) -> {
                SegmentRuns rest = segments.minus(known).minus(told);
                unknown.addAll(vault.describe(reason, rest));
                told.addAll(rest);
            });
        }
        return unknown;
    }

    private List<ArchiverException> failures() {
        return vaults.stream().flatMap(vault -> vault.failure().stream()).toList();
    }
}
