package dev.walvault.host;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds out what one power failure leaves. What was renamed is in the one place or in the other, never in both; it is
 * in neither if the directory that it left was synced, and the one that it came to was not.
 */
final class Remaining {
    private final Seen seen;
    private final Loss loss;
    private final Map<Inode, Set<Path>> synced = new HashMap<>();
    private final Map<Inode, Set<Path>> latest = new HashMap<>();
    private final Map<Inode, Boolean> moved = new HashMap<>();
    private final Map<Inode, Remains> files = new HashMap<>();
    private final Set<Inode> placed = new HashSet<>();

    Remaining(Seen seen, Loss loss, Path root, Inode top) {
        this.seen = seen;
        this.loss = loss;
        collect(root, top, new HashSet<>());
    }

    private void collect(Path path, Inode directory, Set<Path> known) {
        if (!known.add(path)) {
            return;
        }
        directory.synced.forEach((name, inode) -> collect(path.resolve(name), inode, synced, known));
        latestIn(directory).forEach((name, inode) -> collect(path.resolve(name), inode, latest, known));
    }

    private void collect(Path path, Inode inode, Map<Inode, Set<Path>> places, Set<Path> known) {
        places.computeIfAbsent(inode, _ -> new TreeSet<>()).add(path);
        if (inode.kind == Inode.Kind.DIRECTORY) {
            collect(path, inode, known);
        }
    }

    private Map<String, Inode> latestIn(Inode directory) {
        return seen.names().getOrDefault(directory, Map.of());
    }

    Remains directory(Path path, Inode directory) {
        Map<String, Inode> now = latestIn(directory);
        var all = new TreeSet<>(directory.synced.keySet());
        all.addAll(now.keySet());
        var left = new TreeMap<String, Remains>();
        for (String name : loss.isBackwards() ? all.descendingSet() : all) {
            Path child = path.resolve(name);
            pick(child, Optional.ofNullable(directory.synced.get(name)), Optional.ofNullable(now.get(name)))
                    .flatMap(inode -> of(child, inode))
                    .ifPresent(remains -> left.put(name, remains));
        }
        return new Remains.OfDirectory(left);
    }

    private Optional<Inode> pick(Path path, Optional<Inode> before, Optional<Inode> now) {
        if (before.equals(now)) {
            return now;
        }
        Optional<Inode> came = now.filter(this::isRenamed);
        Optional<Inode> left = before.filter(this::isRenamed);
        if (came.isPresent()) {
            return hasMoved(came.get()) ? came : before.filter(inode -> left.isEmpty() || !hasMoved(inode));
        }
        if (left.isPresent()) {
            return hasMoved(left.get()) ? loss.pick(Optional.empty(), now, isLast(path)) : before;
        }
        return loss.pick(before, now, isLast(path));
    }

    private boolean isLast(Path path) {
        return seen.lastNames().contains(path);
    }

    private boolean isRenamed(Inode inode) {
        Set<Path> before = synced.getOrDefault(inode, Set.of());
        Set<Path> now = latest.getOrDefault(inode, Set.of());
        return now.size() == 1 && !before.isEmpty() && !before.equals(now);
    }

    private boolean hasMoved(Inode inode) {
        return moved.computeIfAbsent(
                inode,
                _ -> loss.hasMoved(latest.getOrDefault(inode, Set.of()).stream().anyMatch(this::isLast)));
    }

    private Optional<Remains> of(Path path, Inode inode) {
        boolean linked = latest.getOrDefault(inode, Set.of()).size() > 1;
        if (!linked && !placed.add(inode)) {
            return Optional.empty();
        }
        return Optional.of(
                switch (inode.kind) {
                    case LINK -> new Remains.OfLink(inode.target);
                    case FILE -> files.computeIfAbsent(inode, this::file);
                    case DIRECTORY -> directory(path, inode);
                });
    }

    private Remains file(Inode file) {
        return new Remains.OfFile(loss.pick(file.forced, seen.contents().getOrDefault(file, file.forced)));
    }
}
