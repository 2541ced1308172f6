package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.reach.Branches;
import dev.walvault.reach.Clocks;
import dev.walvault.reach.RecoveryTarget;
import dev.walvault.reach.ServerTimeline;
import dev.walvault.reach.WalLine;
import dev.walvault.reach.WalMap;
import dev.walvault.vault.Backup;
import dev.walvault.vault.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Chooses the timeline to recover along where the operator has not said it. A branch that merely continues its parent
 * is followed. Where several went on, the one on which the configured server is, or else the one with a backup that was
 * taken after the others had begun. Where neither tells, it refuses: a copy that was promoted for a drill looks just
 * like the server that took over.
 */
final class BranchChoice {
    /** Before all that can be in a vault. */
    private static final Written EVER = new Written(Instant.MIN, Optional.empty());

    private final WalMap map;
    private final Branches branches;
    private final Optional<ServerTimeline> server;
    private final List<String> notes = new ArrayList<>();

    BranchChoice(WalMap map, Branches branches, Optional<ServerTimeline> server) {
        this.map = map;
        this.branches = branches;
        this.server = server;
    }

    /** What the operator should know of the choice, in sentences. */
    List<String> notes() {
        return notes;
    }

    /**
     * The timeline to recover along.
     *
     * @param from the backup to begin with, if the operator has named it
     * @throws IntegrityException TARGET if it is not clear
     */
    TimelineId choose(RecoveryTarget target, Optional<Backup> from) throws ArchiverException {
        if (from.isPresent() && target instanceof RecoveryTarget.Immediate) {
            return from.get().facts().timeline();
        }
        List<TimelineId> lines = reachable(from);
        if (lines.isEmpty()) {
            return from.map(backup -> backup.facts().timeline())
                    .orElseGet(() -> map.timelines().getLast());
        }
        return switch (target) {
            case RecoveryTarget.Latest _, RecoveryTarget.Immediate _, RecoveryTarget.AtName _ ->
                noting(present(target, lines), lines);
            case RecoveryTarget.AtTime at -> noting(at(at, lines), lines);
            case RecoveryTarget.AtLsn at -> at(at, lines);
            case RecoveryTarget.AtXid _ -> noting(position(target, lines), lines);
        };
    }

    /**
     * Notes the timelines of which it is not known where they came from. A server that has recovered along the chosen
     * one asks for those that may be later, and stops in doubt.
     */
    void leaveOutUnplaced(TimelineId chosen) throws ArchiverException {
        for (TimelineId timeline : branches.unplaced().keySet()) {
            boolean later = timeline.compareTo(chosen) > 0;
            notes.add("timeline " + timeline + " is left out of account: " + branches.whyUnplaced(timeline)
                    + (later
                            ? "; the server may stop at the end of its recovery because of that, unless you archive the"
                                    + " history, or remove the object if no server wrote it"
                            : ""));
        }
    }

    /** Notes what a line that the operator has chosen by its age leaves out. */
    void leaveOut(TimelineId chosen) throws ArchiverException {
        noting(chosen, branches.tips());
    }

    /** The tips that can be reached from a backup, or from the named one. */
    private List<TimelineId> reachable(Optional<Backup> from) throws ArchiverException {
        var lines = new ArrayList<TimelineId>();
        for (TimelineId tip : branches.tips()) {
            boolean leads = from.isPresent()
                    ? branches.leads(from.get(), tip)
                    : !branches.backupsOf(tip).isEmpty();
            if (leads) {
                lines.add(tip);
            } else if (from.isEmpty()) {
                notes.add("no backup leads to timeline " + tip + "; it is left out of account");
            }
        }
        return lines;
    }

    private TimelineId present(RecoveryTarget target, List<TimelineId> lines) throws ArchiverException {
        Optional<TimelineId> told = told(lines);
        if (told.isPresent()) {
            return told.get();
        }
        throw unclear(target, lines);
    }

    /** The line that is clearly the right one; empty if none is. */
    private Optional<TimelineId> told(List<TimelineId> lines) throws ArchiverException {
        Optional<TimelineId> byServer = toldByServer(lines);
        if (byServer.isPresent()) {
            return byServer;
        }
        if (withUnplaced(lines).size() == 1) {
            return Optional.of(lines.getFirst());
        }
        return toldByBackups(lines);
    }

    private Optional<TimelineId> toldByServer(List<TimelineId> lines) throws ArchiverException {
        if (server.isEmpty()) {
            return Optional.empty();
        }
        TimelineId own = server.get().timeline();
        boolean known = lines.contains(own)
                || lines.stream().anyMatch(line -> branches.descent(line).contains(own));
        if (!known) {
            return Optional.empty();
        }
        for (TimelineId other : rivals(own, lines)) {
            Optional<TimelineId> branch = beginning(other, own);
            boolean outlived = branch.isEmpty() || outlivedByServer(branch.get());
            if (!outlived
                    || (!server.get().running()
                            && hasBackupSince(new Written(server.get().checkpoint(), Optional.empty()), other, own))) {
                return Optional.empty();
            }
        }
        return Optional.of(own);
    }

    private boolean outlivedByServer(TimelineId branch) throws ArchiverException {
        Optional<Written> birth = branches.birth(branch);
        return birth.isPresent()
                ? server.orElseThrow().outlived(birth.get().time())
                : server.orElseThrow().running();
    }

    private Optional<TimelineId> toldByBackups(List<TimelineId> lines) throws ArchiverException {
        for (TimelineId line : lines) {
            boolean clear = true;
            for (TimelineId other : rivals(line, lines)) {
                clear &= outdoes(line, other) && !outdoes(other, line);
            }
            if (clear) {
                return Optional.of(line);
            }
        }
        return Optional.empty();
    }

    /** Whether a backup was taken on this line alone when the other one was there already. */
    private boolean outdoes(TimelineId line, TimelineId other) throws ArchiverException {
        Optional<TimelineId> branch = beginning(other, line);
        Optional<Written> since = branch.isEmpty() ? Optional.of(EVER) : branches.birth(branch.get());
        return since.isPresent() && hasBackupSince(since.get(), line, other);
    }

    private boolean hasBackupSince(Written moment, TimelineId line, TimelineId other) throws ArchiverException {
        for (Backup backup : branches.backupsOf(line)) {
            if (!branches.leads(backup, other) && isAfter(backup, moment)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAfter(Backup backup, Written moment) {
        // by one clock they were in this order
        boolean oneClock = moment.host().equals(Optional.of(backup.host()));
        Duration margin = oneClock || moment.equals(EVER) ? Duration.ZERO : Clocks.MARGIN;
        return backup.facts().stopTime().isAfter(moment.time().plus(margin));
    }

    /** The timeline with which the other line left this one; empty if this one left the other. */
    private Optional<TimelineId> beginning(TimelineId other, TimelineId line) {
        if (branches.unplaced().containsKey(other)) {
            return Optional.of(other);
        }
        if (branches.descent(other).contains(line)) {
            // it may merely continue this line
            List<TimelineId> descent = branches.descent(other);
            int at = descent.indexOf(line);
            return at == 0 ? Optional.empty() : Optional.of(descent.get(at - 1));
        }
        return branches.branchedOff(other, line);
    }

    /** What may be the right line as well. */
    private List<TimelineId> rivals(TimelineId line, List<TimelineId> lines) {
        Set<TimelineId> rivals = withUnplaced(lines);
        rivals.remove(line);
        return List.copyOf(rivals);
    }

    /** A timeline of which only a history is left, and a bad one, has nothing that could be missed. */
    private Set<TimelineId> withUnplaced(List<TimelineId> lines) {
        Set<TimelineId> all = new TreeSet<>(lines);
        branches.unplaced().keySet().stream().filter(branches::hasContent).forEach(all::add);
        return all;
    }

    /** A time belongs to the parent of every branch that was not there yet. */
    private TimelineId at(RecoveryTarget.AtTime target, List<TimelineId> lines) throws ArchiverException {
        var there = new ArrayList<TimelineId>();
        var doubtful = new ArrayList<TimelineId>();
        for (TimelineId line : lines) {
            switch (presence(line, target.time())) {
                case THERE -> there.add(line);
                case DOUBTFUL -> doubtful.add(line);
                case NOT_YET -> {}
            }
        }
        var possible = new ArrayList<>(there);
        possible.addAll(doubtful);
        if (possible.isEmpty()) {
            return present(target, lines);
        }
        if (lines.size() == 1) {
            return told(lines).orElse(lines.getFirst());
        }
        Optional<TimelineId> chosen = possible.size() == 1 ? Optional.of(possible.getFirst()) : told(possible);
        boolean missed = chosen.isPresent()
                && possible.size() < lines.size()
                && !holds(chosen.get(), target.time())
                && anyHolds(lines, target.time());
        if (chosen.isEmpty() || doubtful.contains(chosen.get()) || missed) {
            throw reach(lines, target.time()) ? unclear(target, lines) : beyond(target, lines);
        }
        return chosen.get();
    }

    private enum Presence {
        THERE,
        DOUBTFUL,
        NOT_YET
    }

    private Presence presence(TimelineId line, Instant time) throws ArchiverException {
        Presence presence = Presence.THERE;
        for (TimelineId branch : branches.contested(line)) {
            Optional<Instant> birth = branches.birth(branch).map(Written::time);
            if (birth.isEmpty()) {
                presence = Presence.DOUBTFUL;
            } else if (time.isBefore(birth.get().minus(Clocks.MARGIN))) {
                return Presence.NOT_YET;
            } else if (time.isBefore(birth.get().plus(Clocks.MARGIN))) {
                presence = Presence.DOUBTFUL;
            }
        }
        return presence;
    }

    /** Whether the line has WAL that was written at this time or later. */
    private boolean holds(TimelineId line, Instant time) throws ArchiverException {
        Optional<Written> last = map.lastWritten(line);
        return last.isPresent() && !last.get().time().plus(Clocks.MARGIN).isBefore(time);
    }

    private boolean anyHolds(List<TimelineId> lines, Instant time) throws ArchiverException {
        for (TimelineId line : lines) {
            if (holds(line, time)) {
                return true;
            }
        }
        return false;
    }

    /** Whether any of them may have WAL of this time, in an unfinished segment, too. */
    private boolean reach(List<TimelineId> lines, Instant time) throws ArchiverException {
        for (TimelineId line : withUnplaced(lines)) {
            if (holds(line, time) || !map.unfinished(line).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Before a fork all of its branches are the same. */
    private TimelineId at(RecoveryTarget.AtLsn target, List<TimelineId> lines) throws ArchiverException {
        var reaching = new ArrayList<TimelineId>();
        var on = new LinkedHashSet<TimelineId>();
        Lsn place = target.lsn();
        for (TimelineId line : lines) {
            if (reaches(line, place)) {
                reaching.add(line);
                on.add(map.history(line).timelineOf(place));
            }
        }
        if (reaching.isEmpty()) {
            if (lines.size() > 1) {
                throw beyond(target, lines);
            }
            return lines.getFirst();
        }
        if (on.size() > 1) {
            return noting(position(target, reaching), reaching);
        }
        TimelineId chosen = told(reaching).orElse(reaching.getFirst());
        var elsewhere = new ArrayList<TimelineId>();
        for (TimelineId line : lines) {
            if (!on.contains(map.history(line).timelineOf(place))) {
                elsewhere.add(line);
            }
        }
        return noting(chosen, elsewhere);
    }

    /** Whether the line has WAL behind that place; an unfinished segment may go on as far. */
    private boolean reaches(TimelineId line, Lsn place) throws ArchiverException {
        WalLine.Reach reach = map.line(line).follow(place);
        // of the segment with a fork no server is given what only an ancestor has
        Lsn end = reach.end().isAfter(reach.missing().startLsn(map.size()))
                ? reach.missing().startLsn(map.size())
                : reach.end();
        return end.isAfter(place) || map.hasTail(reach.missing());
    }

    /**
     * The same position, or transaction id, means something else on each branch. A branch on which the server is now
     * may come from an earlier attempt to restore, so only the oldest line is clear.
     */
    private TimelineId position(RecoveryTarget target, List<TimelineId> lines) throws ArchiverException {
        Optional<TimelineId> told = told(lines);
        if (told.isPresent()) {
            TimelineId line = told.get();
            boolean oldest = lines.stream()
                    .allMatch(other -> other.equals(line)
                            || branches.branchedOff(line, other).isEmpty());
            if (oldest) {
                return line;
            }
        }
        throw unclear(target, lines);
    }

    /** Notes what the chosen line leaves out. */
    private TimelineId noting(TimelineId chosen, List<TimelineId> lines) throws ArchiverException {
        for (TimelineId other : lines) {
            if (!other.equals(chosen)) {
                notes.add("recovery follows timeline " + chosen + " and leaves out " + branches.describe(other)
                        + " (choose it with --timeline " + other + ")");
            }
        }
        return chosen;
    }

    private IntegrityException beyond(RecoveryTarget target, List<TimelineId> lines) throws ArchiverException {
        return Fault.of(ErrorCode.TARGET, "the WAL in the vault ends before " + target)
                .detail(choices(lines))
                .hint("Restore without a target to get all there is of a timeline; choose it with --timeline. If a"
                        + " server still runs, let it archive first: SELECT pg_switch_wal().")
                .integrity();
    }

    private IntegrityException unclear(RecoveryTarget target, List<TimelineId> lines) throws ArchiverException {
        return Fault.of(ErrorCode.TARGET, "it is not clear along which timeline to recover to " + target)
                .detail(choices(lines))
                .hint("Choose one with --timeline; \"walvault info\" shows from when to when each can be restored.")
                .integrity();
    }

    private String choices(List<TimelineId> lines) throws ArchiverException {
        var choices = new ArrayList<String>();
        for (TimelineId line : withUnplaced(lines)) {
            choices.add(choice(line));
        }
        return String.join("\n", choices);
    }

    private String choice(TimelineId line) throws ArchiverException {
        boolean servers = server.map(ServerTimeline::timeline)
                .filter(own -> own.equals(line))
                .isPresent();
        return branches.describe(line)
                + (servers ? " (the server of \"pgdata\" is on it)" : "")
                + (branches.unplaced().containsKey(line) ? " (" + branches.whyUnplaced(line) + ")" : "");
    }
}
