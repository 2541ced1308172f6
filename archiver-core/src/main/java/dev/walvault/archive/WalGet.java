package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.host.Landing;
import dev.walvault.host.LocalFiles;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Pause;
import dev.walvault.observe.Retrying;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.wal.WalPageHeader;
import dev.walvault.pg.wal.WalSegmentCheck;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.Unsealed;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.ConfiguredVault;
import dev.walvault.vaults.UnreachableMarks;
import dev.walvault.vaults.VaultFailures;
import dev.walvault.vaults.VaultsEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Serves WAL files: what {@code restore_command} runs. Answers only what is proven: the whole file, or its absence.
 * Every doubt is an exception, after a retry budget where trying again may help.
 */
public final class WalGet {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** What a system has unless it was made otherwise, in bytes. */
    private static final long USUAL_SEGMENT = 16 << 20;

    private static final Set<StandardOpenOption> TO_BE_WRITTEN =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    /** Less what the umask takes away. */
    private static final FileAttribute<Set<PosixFilePermission>> NEVER_BY_OTHERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

    /** Fits into the processor's own memory. */
    private static final int PIECE = 128 * 1024;

    private final Duration retryBudget;
    private final UnreachableMarks away;
    private final Arrivals arrivals;
    private final AbsenceMarks absences;
    private final ElsewhereMarks elsewhere;
    private final InstantSource clock;
    private final Pause pause;
    private final Listener listener;

    /** The state is for files that are not whole yet, and for which vault of several did not answer a moment ago. */
    public WalGet(Duration retryBudget, LocalState state, InstantSource clock, Pause pause, Listener listener) {
        this.retryBudget = retryBudget;
        this.away = state.vaults().away();
        this.arrivals = state.arrivals();
        this.absences = state.absences();
        this.elsewhere = state.elsewhere();
        this.clock = clock;
        this.pause = pause;
        this.listener = listener;
    }

    /**
     * One of the vaults to ask.
     *
     * @param member how to reach the system's part of it: opened with each attempt, because a vault that is unreachable
     *     cannot even be opened
     */
    public record Source(ConfiguredVault vault, MemberSource member) {}

    @FunctionalInterface
    public interface MemberSource {
        MemberVault open() throws ArchiverException;
    }

    /**
     * Puts the file where it is asked for, where it appears whole or not at all. It comes from the first vault that has
     * it sound; it is absent only if every vault proves that, and proves that nothing later of the line is there
     * either. Vaults that are known to hold different branches under the file's timeline are a doubt ({@code CONFLICT})
     * where the first one cannot give the file, and wherever it is a history.
     *
     * <p>The file is not synced: after a power failure it may be torn or gone. A server reads it at once, syncs what it
     * keeps itself, and removes what is left before it asks again. What is there already is never taken for the file.
     *
     * @param handover of {@code %p} of {@code restore_command}; its directory must exist
     * @throws dev.walvault.PostgresException if whoever asked is gone: nothing has appeared
     */
    public GetOutcome get(WalFile file, Handover handover, List<Source> sources) throws ArchiverException {
        return get(file, arrivals.of(handover), sources);
    }

    /** The same with a landing of the caller's. */
    public GetOutcome get(WalFile file, Landing landing, List<Source> sources) throws ArchiverException {
        Instant deadline = clock.instant().plus(retryBudget);
        Duration wait = FIRST_PAUSE;
        while (true) {
            try {
                GetOutcome outcome = new Attempt(file, landing, sources).run();
                if (!wait.equals(FIRST_PAUSE)) {
                    listener.on(new ArchiveEvent.RetryHelped(file));
                }
                return outcome;
            } catch (ArchiverException e) {
                if (e.retry() == Retry.NO || !clock.instant().plus(wait).isBefore(deadline)) {
                    throw e;
                }
                listener.on(new Retrying(e, wait));
                pause.sleep(wait);
                wait = wait.multipliedBy(2);
                if (wait.compareTo(LONGEST_PAUSE) > 0) {
                    wait = LONGEST_PAUSE;
                }
            }
        }
    }

    /** One question to every vault, until one of them has the file. */
    private final class Attempt {
        private final WalFile file;
        private final Landing landing;
        private final List<Source> sources;
        private final VaultFailures doubts = new VaultFailures();
        private final List<Source> damaged = new ArrayList<>();
        private final OneBranch branch;
        /** The vaults that have nothing later. */
        private final List<String> proven = new ArrayList<>();

        private final String start;
        private boolean preceded;
        private boolean lookedAnew;

        Attempt(WalFile file, Landing landing, List<Source> sources) {
            this.file = file;
            this.landing = landing;
            this.sources = sources;
            this.branch = new OneBranch(file, sources, away, elsewhere);
            this.start = DataDirectory.of(
                            landing.destination(), landing.destination().resolveSibling(""))
                    .start();
        }

        GetOutcome run() throws ArchiverException {
            Optional<GetOutcome> served = firstOf(usualOrder());
            if (served.isPresent()) {
                return served.get();
            }
            if (doubts.isEmpty()) {
                return absent();
            }
            // what was damaged may have been so on its way only
            var again = List.copyOf(damaged);
            doubts.forget(again.stream().map(Source::vault).toList());
            served = firstOf(again);
            if (served.isPresent()) {
                return served.get();
            }
            if (doubts.isEmpty()) {
                return absent();
            }
            throw sources.size() == 1 ? doubts.all().getFirst().reason() : doubts.together();
        }

        /** As configured, but those last that did not answer a moment ago. */
        private List<Source> usualOrder() {
            if (sources.size() == 1) {
                return sources;
            }
            return sources.stream()
                    .sorted(Comparator.comparing(source -> away.lately(source.vault())))
                    .toList();
        }

        private Optional<GetOutcome> firstOf(List<Source> asked) throws ArchiverException {
            for (Source source : asked) {
                try {
                    Optional<GetOutcome> served = ask(source);
                    if (served.isPresent()) {
                        doubts.all()
                                .forEach(doubt -> listener.on(new VaultsEvent.ServedElsewhere(
                                        file, doubt.vault().location(), doubt.reason())));
                        return served;
                    }
                } catch (ArchiverException e) {
                    if (isNoVaults(e.code())) {
                        throw e;
                    }
                    doubts.add(source.vault(), e);
                    if (e.code().isOfOneCopy()) {
                        damaged.add(source);
                    }
                    if (e.code().isOfOneVault() && sources.size() > 1) {
                        away.mark(source.vault());
                    }
                }
            }
            return Optional.empty();
        }

        /** What no other vault can help with: the trouble of this host, of whoever asked, or of two vaults. */
        private static boolean isNoVaults(ErrorCode code) {
            return switch (code) {
                case POSTGRES_UNREACHABLE, POSTGRES_REFUSED, CONFLICT -> true;
                default -> code.kind() == ErrorCode.Kind.HOST;
            };
        }

        /** Empty if the file is absent there, as far as this vault can tell. */
        private Optional<GetOutcome> ask(Source source) throws ArchiverException {
            MemberVault member = source.member().open();
            branch.reached(source.vault(), member);
            Optional<Unsealed> found = member.wal().open(file);
            if (found.isEmpty()) {
                // only an absence between two proofs of the vault's presence is proven: a mount may come and go
                member.requirePresent();
                found = member.wal().open(file);
                if (found.isEmpty()) {
                    proveAbsent(source, member);
                    return Optional.empty();
                }
            }
            try (Unsealed unsealed = found.get()) {
                branch.require(source.vault());
                return Optional.of(new GetOutcome.Served(serve(file, unsealed, landing, member)));
            } catch (ArchiverException e) {
                throw e;
            } catch (IOException e) {
                throw LocalFiles.cannot("write", landing.destination(), e);
            }
        }

        /** Nothing is behind it, and the vault is there. */
        private void proveAbsent(Source source, MemberVault member) throws ArchiverException {
            String place = source.vault().identity() + " " + member.keys() + " "
                    + landing.destination().resolveSibling("");
            if (absences.lately(place, start, file)) {
                preceded = true;
            } else {
                lookedAnew = true;
                var proof = new AbsenceProof(member, landing.destination());
                proof.requireNothingLater(file);
                preceded = preceded || proof.hasPredecessor(file);
            }
            member.requirePresent();
            proven.add(place);
        }

        /** A vault that has lost its WAL has nothing later either, but another one may have what is before. */
        private GetOutcome absent() throws ArchiverException {
            if (!preceded) {
                throw AbsenceProof.withoutPredecessor(file);
            }
            if (lookedAnew) {
                branch.requireNoOther();
            }
            proven.forEach(place -> absences.mark(place, start, file));
            return new GetOutcome.Absent();
        }
    }

    private static long serve(WalFile file, Unsealed unsealed, Landing landing, MemberVault member) throws IOException {
        requireSegmentSize(file, unsealed, member);
        Path begun = landing.begin();
        try {
            long length = 0;
            byte[] start;
            try (OutputStream out =
                            Channels.newOutputStream(Files.newByteChannel(begun, TO_BE_WRITTEN, NEVER_BY_OTHERS));
                    InputStream in = unsealed.content()) {
                byte[] piece = new byte[PIECE];
                int part = in.readNBytes(piece, 0, PIECE);
                start = Arrays.copyOf(piece, Math.min(part, WalPageHeader.BYTES));
                while (part > 0) {
                    out.write(piece, 0, part);
                    length += part;
                    part = in.readNBytes(piece, 0, PIECE);
                }
            }
            prove(file, length, start, begun, member.keys().system(), serverAt(landing.destination()));
            landing.land(begun);
            return length;
        } finally {
            Files.deleteIfExists(begun);
        }
    }

    /** Of the data directory that the file is put into; empty for a place of other kind. */
    private static Optional<ControlFile> serverAt(Path destination) throws ArchiverException {
        Path directory = Objects.requireNonNull(destination.toAbsolutePath().getParent());
        return DataDirectory.of(destination, directory).controlFile();
    }

    /** Before anything is written: a few kilobytes in the vault must not fill this host's disk. */
    private static void requireSegmentSize(WalFile file, Unsealed unsealed, MemberVault member)
            throws ArchiverException {
        boolean segment = file instanceof WalFile.Segment || file instanceof WalFile.Partial;
        long length = unsealed.meta().digest().map(ContentDigest::length).orElse(0L);
        // whatever has no more needs no other question to the vault
        if (segment && length > USUAL_SEGMENT) {
            long size = member.requireIdentity().segmentSize().bytes();
            if (length > size) {
                throw Fault.of(
                                ErrorCode.NOT_WAL,
                                "the vault's \"" + file.name() + "\" has " + length
                                        + " bytes, but the system's segments have " + size)
                        .integrity();
            }
        }
    }

    /** The digest was right; this asks whether the right thing had been stored. */
    private static void prove(
            WalFile file, long length, byte[] start, Path begun, SystemIdentifier system, Optional<ControlFile> server)
            throws IOException {
        switch (file) {
            case WalFile.Segment segment ->
                ofServer(file, WalSegmentCheck.check(segment, length, start), system, server);
            case WalFile.Partial partial ->
                ofServer(file, WalSegmentCheck.check(partial, length, start), system, server);
            case WalFile.TimelineHistoryFile history ->
                TimelineHistory.parse(history.timeline(), Files.readAllBytes(begun));
            case WalFile.BackupHistoryFile _ -> {
                // read by people only; its digest is proof enough
            }
        }
    }

    private static void ofServer(
            WalFile file, WalPageHeader header, SystemIdentifier expected, Optional<ControlFile> server)
            throws ArchiverException {
        if (!header.systemIdentifier().equals(expected)) {
            throw Fault.of(
                            ErrorCode.WRONG_SYSTEM,
                            "the vault's \"" + file.name() + "\" is of system " + header.systemIdentifier()
                                    + ", this server is system " + expected)
                    .postgres();
        }
        if (server.isPresent()) {
            WalSegmentCheck.requireWrittenBy(server, file, header);
        }
    }
}
