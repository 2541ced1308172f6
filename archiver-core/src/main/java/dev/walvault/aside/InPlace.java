package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.HostException;
import dev.walvault.PostgresException;
import dev.walvault.ShellWord;
import dev.walvault.host.Disk;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.SystemIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One walvault at work on the data directory of a stopped server, alone, to restore over it or to bring back what was
 * there before. What a former call has left unfinished is undone first.
 *
 * <p>Nothing old is copied or removed: it is renamed, on its own file system, and a journal that is durable before each
 * step says where it is. Killed at any moment, the next call finds either all of the old in its place, or all that is
 * needed to put it back.
 */
public final class InPlace implements AutoCloseable {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path data;
    private final Clock clock;
    private final Listener listener;
    private final Mounts mounts;
    private final Changes changes;
    private final Journals journals;
    private final DirectoryLock lock;
    /** One whose old content was given up, and whose restore did not finish. */
    private Optional<SetAside> replaced = Optional.empty();

    private boolean settled;

    /** Restores into places that were emptied. */
    @FunctionalInterface
    public interface Restoring<R> {
        /**
         * Looks at the places while the old content is in them, and refuses what the restore would refuse.
         *
         * @param stays whether an entry at the top of one of the places is none of the restore's, or will have been
         *     moved
         */
        default void require(Predicate<Path> stays) throws ArchiverException {}

        /** {@code stays}: whether an entry at the top of one of the places is none of the restore's. */
        R restore(Predicate<Path> stays) throws ArchiverException;
    }

    private InPlace(Path data, Clock clock, Listener listener, Mounts mounts, Changes changes, DirectoryLock lock) {
        this.data = data;
        this.clock = clock;
        this.listener = listener;
        this.mounts = mounts;
        this.changes = changes;
        this.journals = new Journals(data, changes);
        this.lock = lock;
    }

    /**
     * Begins.
     *
     * @throws HostException DIRECTORY_IN_USE if a server runs there, or if it has left something unfinished that only a
     *     person can decide
     * @throws dev.walvault.LockException LOCKED if another call is at work there
     */
    public static InPlace begin(Path directory, Clock clock, Listener listener) throws ArchiverException {
        return begin(directory, clock, listener, Disk.ofThisHost(), Mounts.read());
    }

    static InPlace begin(Path directory, Clock clock, Listener listener, Disk disk, Mounts mounts)
            throws ArchiverException {
        Path data = real(directory);
        ServerProcesses.requireNone(data, List.of());
        var lock = DirectoryLock.take(data, disk);
        boolean begun = false;
        try {
            var inPlace = new InPlace(data, clock, listener, mounts, new Changes(disk), lock);
            ServerProcesses.crashed(data).ifPresent(process -> listener.on(new AsideEvent.ServerCrashed(process)));
            inPlace.settle();
            begun = true;
            return inPlace;
        } finally {
            if (!begun) {
                lock.close();
            }
        }
    }

    /** Whether a restore has left anything of an old data directory, whatever runs there now. */
    public static boolean hasSetAside(Path directory) throws ArchiverException {
        return !new Journals(real(directory), new Changes(Disk.ofThisHost()))
                .all()
                .isEmpty();
    }

    static Path real(Path directory) throws ArchiverException {
        try {
            Path data = directory.toRealPath();
            if (Files.isDirectory(data)) {
                return data;
            }
        } catch (IOException e) {
            if (!(e instanceof NoSuchFileException) || Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw LocalFiles.cannot("read", directory, e);
            }
        }
        throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "there is no directory \"" + directory + "\"")
                .hint("Name the data directory of a server with -D, or as \"pgdata\" in the configuration.")
                .host();
    }

    /** The data directory, without links. */
    public Path directory() {
        return data;
    }

    /** Whether there is an old data directory, rather than the rest of a restore that had replaced it. */
    public boolean hasOld() {
        return replaced.isEmpty();
    }

    /** Where the old server keeps its files, or kept them before it was replaced. */
    public ServerPlaces places() throws ArchiverException {
        return replaced.isPresent() ? replaced.get().formerPlaces() : ServerPlaces.of(data, mounts);
    }

    /**
     * Refuses a directory of another system, or of one that cannot be told.
     *
     * @throws dev.walvault.PostgresException WRONG_SYSTEM
     */
    public void requireSystem(SystemIdentifier expected) throws ArchiverException {
        String anyway =
                "Is it the right directory, and the right vault? If it is meant, add --other-system and --no-salvage.";
        SystemIdentifier found;
        try {
            found = ControlFile.read(data).systemIdentifier();
        } catch (HostException | PostgresException e) {
            throw Fault.of(ErrorCode.WRONG_SYSTEM, "cannot tell which system \"" + data + "\" belongs to")
                    .detail(String.valueOf(e.getMessage()))
                    .hint("If it is the right directory, add --other-system.")
                    .cause(e)
                    .postgres();
        }
        if (!found.equals(expected)) {
            throw Fault.of(
                            ErrorCode.WRONG_SYSTEM,
                            "\"" + data + "\" belongs to system " + found + ", and the backup is of system " + expected)
                    .hint(anyway)
                    .postgres();
        }
    }

    /** Whether {@link #begin} has put back what a restore had moved aside that was interrupted. */
    public boolean hasSettled() {
        return settled;
    }

    private void undoInterrupted(SetAside left) throws ArchiverException {
        listener.on(new AsideEvent.Undoing(data));
        undo(left);
        settled = true;
    }

    private void settle() throws ArchiverException {
        for (SetAside other : journals.others()) {
            listener.on(new AsideEvent.ForeignSetAside(other.home(), other.directory(), data));
        }
        for (SetAside left : journals.all()) {
            settle(left);
        }
        journals.sweep(ServerPlaces.linked(data));
    }

    private void settle(SetAside left) throws ArchiverException {
        journals.secure(left);
        switch (left.state()) {
            case MOVING, RETURNED -> undoInterrupted(left);
            case REMOVING -> {
                if (new Contents(left, changes).giveControlBack()) {
                    // it goes first: nothing was removed, and the server may have been started since
                    journals.write(left.in(SetAside.State.RESTORED));
                } else {
                    undoInterrupted(left);
                }
            }
            case RESTORING -> {
                if (hasControl()) {
                    // it came last: the restore had become complete, and may have been started since
                    journals.write(left.in(SetAside.State.RESTORED));
                } else if (isMarked() || isEmpty(left)) {
                    if (left.kept()) {
                        undoInterrupted(left);
                    } else {
                        listener.on(new AsideEvent.Undoing(data));
                        new Contents(left, changes).clearNew();
                        replaced = Optional.of(left);
                    }
                } else {
                    throw Fault.of(
                                    ErrorCode.DIRECTORY_IN_USE,
                                    "\"" + data + "\" has content that no restore has put there")
                            .detail("A restore in place was interrupted, and what was there before is in \""
                                    + left.home() + "\".")
                            .hint("Move away what is in \"" + data + "\", and run the same command again.")
                            .host();
                }
            }
            case RESTORED -> {}
        }
    }

    private boolean hasControl() {
        return Files.exists(data.resolve(ControlFile.PATH));
    }

    private boolean isMarked() {
        return Files.exists(data.resolve(OwnNames.RESTORE_MARKER));
    }

    private boolean isEmpty(SetAside left) throws ArchiverException {
        return Changes.entries(data, left.isNew(left.places().getFirst())).isEmpty();
    }

    /**
     * Moves the old content aside and has the new put into its places. When that fails, the old comes back.
     *
     * @param replace remove the old content first, except its WAL: there is no way back then
     * @throws HostException LOCAL_FULL if there is no room for the new, before anything has changed
     */
    public <R> R run(NewContent content, boolean replace, Restoring<R> restoring) throws ArchiverException {
        SetAside aside;
        if (replaced.isPresent()) {
            aside = replaced.get();
            Room.require(content.bytes(), List.of());
        } else {
            aside = putAside(content, replace, restoring);
        }
        try {
            if (!aside.kept()) {
                listener.on(new AsideEvent.RemovingOld(data));
                new Contents(aside, changes).removeOldExceptWal();
            }
            R result = restoring.restore(aside::stays);
            journals.write(aside.in(SetAside.State.RESTORED));
            return result;
        } catch (ArchiverException e) {
            throw aside.kept()
                    ? rolledBack(aside, e)
                    : Fault.from(e).hint(givenUp(e)).exception();
        } catch (RuntimeException e) {
            if (aside.kept()) {
                e.addSuppressed(rolledBack(
                        aside, Fault.of(ErrorCode.BUG, "the restore failed").bug()));
            }
            throw e;
        }
    }

    private static String givenUp(ArchiverException e) {
        return e.hint().map(hint -> hint + " ").orElse("")
                + "The old data directory was removed, as --replace says; run the restore again.";
    }

    private ArchiverException rolledBack(SetAside aside, ArchiverException reason) {
        try {
            undo(aside);
            listener.on(new AsideEvent.OldIsBack(data));
            return reason;
        } catch (ArchiverException e) {
            var said = Fault.from(reason)
                    .hint("The old data directory could not be put back: " + e.sentence() + ". It is in \""
                            + aside.home() + "\". Mend that, then run \"walvault restore --undo-in-place -D "
                            + ShellWord.of(data) + "\".")
                    .exception();
            said.addSuppressed(e);
            return said;
        }
    }

    /** All of it, with a journal that says so; or nothing. */
    private SetAside putAside(NewContent content, boolean replace, Restoring<?> restoring) throws ArchiverException {
        ServerPlaces server = ServerPlaces.of(data, mounts);
        String version = server.version().orElse(content.version());
        // told when nothing is left that this could be refused for
        var warnings = new ArrayList<Event>();
        Map<Path, Place.Part> parts = new OldParts(server, content, version, warnings::add).find();
        ServerProcesses.requireNone(data, parts.keySet());
        Room.require(content.bytes(), replace ? OldParts.removable(parts, version) : List.of());
        restoring.require(entry -> {
            Place.Part part = parts.get(entry.getParent());
            String name = Changes.name(entry);
            return part == null
                    ? OwnNames.stays(name)
                    : !Contents.of(part, content.version(), server.walMounted()).test(name)
                            || Contents.of(part, version, server.walMounted()).test(name);
        });
        List<Path> there = parts.keySet().stream().filter(Files::isDirectory).toList();
        journals.sweep(there);
        Instant begun = begun();
        warnings.forEach(listener::on);
        listener.on(new AsideEvent.MovingAside(data));
        var places = new ArrayList<Place>();
        SetAside aside;
        try {
            for (var part : parts.entrySet()) {
                Path path = part.getKey();
                Optional<Path> directory = Optional.empty();
                if (there.contains(path)
                        && !Changes.entries(path, Contents.of(part.getValue(), version, server.walMounted()))
                                .isEmpty()) {
                    directory = Optional.of(journals.make(path, STAMP.format(begun), mounts));
                }
                places.add(new Place(part.getValue(), path, directory));
            }
            aside = journals.write(new SetAside(
                    SetAside.State.MOVING, true, data, begun, version, content.version(), server.walMounted(), places));
        } catch (ArchiverException e) {
            sweepAfter(e, there);
            throw e;
        }
        try {
            new Contents(aside, changes).putAside();
            // without a control file none can have been started since
            ServerProcesses.requireNone(data, parts.keySet());
            aside = journals.write((replace ? aside.replaced() : aside).in(SetAside.State.RESTORING));
            return aside;
        } catch (ArchiverException e) {
            throw rolledBack(aside, e);
        }
    }

    private void sweepAfter(ArchiverException reason, List<Path> places) {
        try {
            journals.sweep(places);
        } catch (ArchiverException e) {
            reason.addSuppressed(e);
        }
    }

    /** A second that no other one was begun in. */
    private Instant begun() throws ArchiverException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Optional<SetAside> latest = journals.all().stream().findFirst();
        return latest.isPresent() && !now.isAfter(latest.get().begun())
                ? latest.get().begun().plusSeconds(1)
                : now;
    }

    /** From whichever state to the one before it all. */
    private void undo(SetAside from) throws ArchiverException {
        SetAside at = from;
        if (at.state() == SetAside.State.RESTORING || at.state() == SetAside.State.RESTORED) {
            at = journals.write(at.in(SetAside.State.REMOVING));
        }
        if (at.state() == SetAside.State.REMOVING) {
            new Contents(at, changes).clearNew();
            at = journals.write(at.in(SetAside.State.MOVING));
        }
        if (at.state() == SetAside.State.MOVING) {
            new Contents(at, changes).giveBack();
            at = journals.write(at.in(SetAside.State.RETURNED));
        }
        journals.end(at);
    }

    /** Where old data directories are, the latest first. */
    public List<AsideReport> asides() throws ArchiverException {
        return journals.all().stream().map(AsideReport::of).toList();
    }

    /**
     * Removes the restored server and puts back what was there before it. Does nothing if {@link #begin} has done so
     * already because the restore was interrupted.
     *
     * @param discard even if the restored server has been written to
     * @return where the old content was; empty if it is in its place
     * @throws HostException DIRECTORY_IN_USE if something would be lost and {@code discard} does not say so;
     *     NOTHING_TO_UNDO if there is no way back
     */
    public Optional<AsideReport> undo(boolean discard) throws ArchiverException {
        if (replaced.isPresent()) {
            throw noWayBack(replaced.get());
        }
        Optional<SetAside> latest = journals.all().stream().findFirst();
        if (latest.isEmpty()) {
            return Optional.empty();
        }
        SetAside aside = latest.get();
        if (!aside.kept()) {
            throw noWayBack(aside);
        }
        ServerProcesses.requireNone(aside.home(), List.of());
        if (!discard && hasWritten()) {
            throw Fault.of(ErrorCode.DIRECTORY_IN_USE, "the restored server in \"" + data + "\" has been promoted")
                    .detail("What was written to it since would be lost, except what it has archived.")
                    .hint("Add --discard-restored if that is meant.")
                    .host();
        }
        warnOfLaterTablespaces(aside);
        listener.on(new AsideEvent.PuttingBack(data));
        undo(aside);
        return Optional.of(AsideReport.of(aside));
    }

    /**
     * What the restored server has made elsewhere since is nobody's afterwards, and keeps its directory from being
     * used.
     */
    private void warnOfLaterTablespaces(SetAside aside) throws ArchiverException {
        List<Path> known = aside.places().stream().map(Place::path).toList();
        ServerPlaces.tablespaces(data).forEach((oid, place) -> {
            if (known.stream().noneMatch(other -> Changes.isSame(other, place))) {
                listener.on(new AsideEvent.TablespaceLeft(oid, place));
            }
        });
    }

    /** A server removes the file durably before it writes anything of its own. */
    private boolean hasWritten() {
        return hasControl()
                && !Files.exists(data.resolve("recovery.signal"))
                && !Files.exists(data.resolve("standby.signal"));
    }

    private static ArchiverException noWayBack(SetAside aside) {
        return Fault.of(ErrorCode.NOTHING_TO_UNDO, "the old data directory was removed, and cannot come back")
                .detail("What is left of it, its WAL, is in \"" + aside.home() + "\".")
                .hint("Restore again, with --in-place.")
                .host();
    }

    @Override
    public void close() {
        lock.close();
    }
}
