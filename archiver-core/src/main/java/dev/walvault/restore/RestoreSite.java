package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.host.Disk;
import dev.walvault.host.Durability;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Listener;
import dev.walvault.work.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The directories that a restore fills: the data directory, those of tablespaces, and that of the WAL if it is
 * elsewhere. Links to them are followed once, at the beginning: they are the operator's, and stay whatever becomes of
 * the restore.
 */
final class RestoreSite {
    private final List<ClaimedDirectory> claims = new ArrayList<>();
    private final Disk disk;
    private final Listener listener;

    private RestoreSite(Disk disk, Listener listener) {
        this.disk = disk;
        this.listener = listener;
    }

    /**
     * Takes possession of the directories, or leaves all as it was.
     *
     * @param stays whether an entry at the top of a directory is no content, and not to be touched
     * @param listener is told what a clean-up could not remove
     * @throws dev.walvault.HostException DIRECTORY_IN_USE if there is anything in one of them
     */
    static RestoreSite claim(
            Path data, List<Path> tablespaces, Optional<Path> wal, Predicate<Path> stays, Disk disk, Listener listener)
            throws ArchiverException {
        Map<Path, ClaimedDirectory.Use> uses = requireFree(data, tablespaces, wal, stays);
        var site = new RestoreSite(disk, listener);
        String text = RestoreMarker.text(List.copyOf(uses.keySet()));
        boolean done = false;
        try {
            for (var each : uses.entrySet()) {
                site.claims.add(ClaimedDirectory.claim(each.getKey(), each.getValue(), stays, text, disk));
            }
            done = true;
            return site;
        } finally {
            if (!done) {
                site.undo();
            }
        }
    }

    /**
     * Looks whether the directories can be claimed, and changes nothing.
     *
     * @return their places without links, the data directory first
     * @throws dev.walvault.HostException DIRECTORY_IN_USE if there is anything in one of them
     */
    static Map<Path, ClaimedDirectory.Use> requireFree(
            Path data, List<Path> tablespaces, Optional<Path> wal, Predicate<Path> stays) throws ArchiverException {
        var uses = new LinkedHashMap<Path, ClaimedDirectory.Use>();
        add(uses, data, ClaimedDirectory.Use.DATA);
        for (Path tablespace : tablespaces) {
            add(uses, tablespace, ClaimedDirectory.Use.TABLESPACE);
        }
        if (wal.isPresent()) {
            add(uses, wal.get(), ClaimedDirectory.Use.WAL);
        }
        for (var each : uses.entrySet()) {
            ClaimedDirectory.requireFree(each.getKey(), each.getValue(), stays);
        }
        return uses;
    }

    private static void add(Map<Path, ClaimedDirectory.Use> uses, Path path, ClaimedDirectory.Use use)
            throws ArchiverException {
        Path place = LinkedPath.resolved(path);
        for (var other : uses.entrySet()) {
            Path there = other.getKey();
            // a server may have one tablespace below another
            boolean nested = (place.startsWith(there) || there.startsWith(place)) && use != other.getValue();
            if (place.equals(there) || nested) {
                throw Fault.of(
                                ErrorCode.DIRECTORY_IN_USE,
                                "\"" + place + "\" and \"" + there + "\" cannot both be restored into")
                        .detail("They are the same directory, or one is inside of the other.")
                        .hint(use.elsewhere())
                        .host();
            }
        }
        uses.put(place, use);
    }

    private ClaimedDirectory data() {
        return claims.getFirst();
    }

    /** Without links on the way to it. */
    Path dataDirectory() {
        return data().path();
    }

    /** The data directory is given the mode that goes with the modes of its files. */
    void allowGroup(boolean access) throws ArchiverException {
        data().allowGroup(access);
    }

    /** Makes everything durable that is in the directories, and the directories themselves, whoever has made them. */
    void sync(InstantSource clock, Workers workers) throws ArchiverException {
        List<Path> roots = claims.stream().map(ClaimedDirectory::path).toList();
        TreeSync.trees(roots, this::isForeign, disk, workers);
        var durability = new Durability(disk, clock);
        for (Path root : roots) {
            try {
                durability.ofName(root);
            } catch (IOException e) {
                throw LocalFiles.cannot("sync", root.resolveSibling(""), e);
            }
        }
    }

    private boolean isForeign(Path path) {
        return claims.stream().anyMatch(claim -> claim.isForeign(path));
    }

    /** Removes the markers, the data directory's last: the restore is over. */
    void release() throws ArchiverException {
        for (ClaimedDirectory claim : claims.reversed()) {
            claim.release();
        }
    }

    /** Removes everything that was restored. What cannot be removed is told. */
    void undo() {
        for (ClaimedDirectory claim : claims.reversed()) {
            claim.undo().ifPresent(this::tell);
        }
    }

    private void tell(HostException failure) {
        listener.on(new RestoreEvent.LeftBehind(failure));
    }
}
