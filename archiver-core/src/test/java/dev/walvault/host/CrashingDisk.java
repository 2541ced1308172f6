package dev.walvault.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A disk that crashes: files of a real directory, of which it forgets what was not made durable. At first all that is
 * below {@code root} is durable. What bypasses the seam is seen, and was not made durable. For several threads.
 *
 * <p>Nothing is really synced, so it is fast.
 */
public final class CrashingDisk implements Disk {
    private static final int NEVER = Integer.MAX_VALUE;

    private final Disk real = Disk.ofThisHost();
    private final Path root;
    private final Optional<ForceSite> ignored;
    private final Set<ForceSite> sites = new TreeSet<>();
    private final Map<FileChannel, Path> open = new HashMap<>();
    private Map<Object, Inode> inodes = new HashMap<>();
    private Inode top;
    private Optional<Seen> frozen = Optional.empty();
    private Set<Path> lastNames = Set.of();
    private int steps;
    private int last = NEVER;
    private boolean forcesFail;
    private boolean directorySyncsFail;

    /** Not an exception that anything would catch to clean up after itself. */
    public static final class Crashed extends Error {
        private static final long serialVersionUID = 1L;

        Crashed() {
            super("the machine has crashed", null, false, false);
        }
    }

    public CrashingDisk(Path root) {
        this(root, Optional.empty());
    }

    /** {@code ignored}: which call of the program makes nothing durable. */
    CrashingDisk(Path root, Optional<ForceSite> ignored) {
        this.root = root;
        this.ignored = ignored;
        this.top = everythingIsDurable();
    }

    private Inode everythingIsDurable() {
        inodes = new HashMap<>();
        try {
            Seen seen = see();
            seen.contents().forEach((inode, content) -> inode.forced = content);
            seen.names().forEach((inode, names) -> inode.synced = new TreeMap<>(names));
            return inodeAt(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which calls have made something durable so far, or would have. */
    synchronized Set<ForceSite> sites() {
        return Set.copyOf(sites);
    }

    /** How many steps were taken. */
    public synchronized int steps() {
        return steps;
    }

    /** Crashes instead of doing the step with this number; the first one is 0. */
    public synchronized void crashAt(int step) {
        last = step;
    }

    public synchronized boolean hasCrashed() {
        return frozen.isPresent();
    }

    /** Makes all durable that is there, in one step, as sync(2) does. */
    public synchronized void settle() throws IOException {
        step();
        top = everythingIsDurable();
    }

    /** From now on this disk refuses to force a file. */
    public synchronized void failForces() {
        forcesFail = true;
    }

    /** From now on this disk refuses to sync a directory. */
    public synchronized void failDirectorySyncs() {
        directorySyncsFail = true;
    }

    /** A new process finds what a killed one has done; it is as little durable as before. */
    public synchronized void restartProgram() throws IOException {
        if (frozen.isPresent()) {
            remains(frozen.get(), Loss.nothing()).become(root);
        }
        goOn();
    }

    /** The power fails, at the moment of the crash or else now, and comes back. */
    public synchronized void lose(Loss loss) throws IOException {
        remains(frozen.isPresent() ? frozen.get() : see(), loss).become(root);
        top = everythingIsDurable();
        goOn();
    }

    private void goOn() {
        frozen = Optional.empty();
        last = NEVER;
    }

    private Remains remains(Seen seen, Loss loss) {
        return new Remaining(seen, loss, root, top).directory(root, top);
    }

    private Seen see() throws IOException {
        var seen = new Seen(new HashMap<>(), new HashMap<>(), lastNames);
        see(root, inodeAt(root), seen);
        return seen;
    }

    private void see(Path path, Inode inode, Seen seen) throws IOException {
        switch (inode.kind) {
            case FILE -> seen.contents().put(inode, Files.readAllBytes(path));
            case LINK -> {
                // has neither
            }
            case DIRECTORY -> {
                var names = new TreeMap<String, Inode>();
                for (var child : Inode.names(path).entrySet()) {
                    Inode there = inodeAt(child.getValue());
                    names.put(child.getKey(), there);
                    see(child.getValue(), there, seen);
                }
                seen.names().put(inode, names);
            }
        }
    }

    private Inode inodeAt(Path path) throws IOException {
        Object key = Inode.key(path);
        Inode known = inodes.get(key);
        if (known == null) {
            known = Inode.at(path);
            inodes.put(key, known);
        }
        return known;
    }

    /** What is known of an inode whose last name this is: its number is given to another one when the name is gone. */
    private Optional<Object> lastNameOf(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        boolean last = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                || Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS)
                        .equals(1);
        return last ? Optional.of(Inode.key(path)) : Optional.empty();
    }

    private void madeAt(Path path) throws IOException {
        inodes.put(Inode.key(path), Inode.at(path));
    }

    private void step() throws IOException {
        if (frozen.isPresent()) {
            throw new Crashed();
        }
        if (steps == last) {
            frozen = Optional.of(see());
            throw new Crashed();
        }
        steps++;
    }

    private boolean isIgnored() {
        ForceSite site = ForceSite.calling();
        sites.add(site);
        return ignored.isPresent() && ignored.get().equals(site);
    }

    @Override
    public synchronized FileChannel open(Path file, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        step();
        boolean there = Files.exists(file);
        FileChannel channel = real.open(file, options, attributes);
        if (!there || options.contains(StandardOpenOption.CREATE_NEW)) {
            madeAt(file);
            lastNames = Set.of(file);
        }
        open.put(channel, file);
        return channel;
    }

    @Override
    public synchronized void force(FileChannel file) throws IOException {
        step();
        if (!isIgnored()) {
            if (forcesFail) {
                throw new IOException("Input/output error");
            }
            force(Objects.requireNonNull(open.get(file)).toRealPath());
        }
    }

    @Override
    public synchronized void sync(Path file) throws IOException {
        step();
        Path path = file.toRealPath();
        if (!isIgnored()) {
            force(path);
        }
    }

    private void force(Path file) throws IOException {
        if (file.startsWith(root)) {
            inodeAt(file).forced = Files.readAllBytes(file);
        }
    }

    @Override
    public synchronized void syncDirectory(Path directory) throws IOException {
        step();
        Path path = directory.toRealPath();
        if (!isIgnored()) {
            if (directorySyncsFail) {
                throw new IOException("Input/output error");
            }
            if (path.startsWith(root)) {
                var names = new TreeMap<String, Inode>();
                for (var child : Inode.names(path).entrySet()) {
                    names.put(child.getKey(), inodeAt(child.getValue()));
                }
                inodeAt(path).synced = names;
            }
        }
    }

    @Override
    public synchronized void createLink(Path link, Path existing) throws IOException {
        step();
        real.createLink(link, existing);
        lastNames = Set.of(link);
    }

    @Override
    public synchronized void createSymbolicLink(Path link, Path target) throws IOException {
        step();
        real.createSymbolicLink(link, target);
        lastNames = Set.of(link);
        madeAt(link);
    }

    @Override
    public synchronized void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        step();
        real.createDirectory(directory, attributes);
        lastNames = Set.of(directory);
        madeAt(directory);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        step();
        Optional<Object> gone = lastNameOf(to);
        real.rename(from, to);
        lastNames = Set.of(from, to);
        gone.ifPresent(inodes::remove);
    }

    @Override
    public synchronized boolean delete(Path path) throws IOException {
        step();
        Optional<Object> gone = lastNameOf(path);
        boolean deleted = real.delete(path);
        lastNames = Set.of(path);
        gone.ifPresent(inodes::remove);
        return deleted;
    }
}
