package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.Retry;
import dev.walvault.observe.Event;
import dev.walvault.observe.Listener;
import dev.walvault.observe.Pause;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalPageHeader;
import dev.walvault.pg.WalSegmentCheck;
import dev.walvault.pipe.Unsealed;
import dev.walvault.vault.MemberVault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Serves WAL files: what {@code restore_command} runs. Answers only what is proven: the whole file, or its absence. Every
 * doubt is an exception, after a retry budget where trying again may help.
 */
public final class WalGet {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Duration retryBudget;
    private final InstantSource clock;
    private final Pause pause;
    private final Listener listener;

    public WalGet(Duration retryBudget, InstantSource clock, Pause pause, Listener listener) {
        this.retryBudget = retryBudget;
        this.clock = clock;
        this.pause = pause;
        this.listener = listener;
    }

    /** How to reach the member, tried again with each attempt, because a vault that is away cannot even be opened. */
    @FunctionalInterface
    public interface MemberSource {
        MemberVault open() throws ArchiverException;
    }

    /**
     * Puts the file at {@code destination}, which appears whole or not at all.
     *
     * @param destination {@code %p} of {@code restore_command}; its directory must exist
     */
    public GetOutcome get(WalFile file, Path destination, MemberSource source) throws ArchiverException {
        Instant deadline = clock.instant().plus(retryBudget);
        Duration wait = FIRST_PAUSE;
        while (true) {
            try {
                return attempt(file, destination, source.open());
            } catch (ArchiverException e) {
                if (e.retry() == Retry.NO || !clock.instant().plus(wait).isBefore(deadline)) {
                    throw e;
                }
                listener.on(new Event.Retrying(e, wait));
                pause.sleep(wait);
                wait = wait.multipliedBy(2);
                if (wait.compareTo(LONGEST_PAUSE) > 0) {
                    wait = LONGEST_PAUSE;
                }
            }
        }
    }

    private GetOutcome attempt(WalFile file, Path destination, MemberVault member) throws ArchiverException {
        Optional<Unsealed> found = member.wal().open(file);
        if (found.isEmpty()) {
            // only an absence between two proofs of the vault's presence is proven: a mount may come and go
            member.requirePresent();
            found = member.wal().open(file);
            if (found.isEmpty()) {
                member.requirePresent();
                return new GetOutcome.Absent();
            }
        }
        try (Unsealed unsealed = found.get()) {
            return new GetOutcome.Served(serve(file, unsealed, destination, member));
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw LocalFiles.cannot("write", destination, e);
        }
    }

    private static long serve(WalFile file, Unsealed unsealed, Path destination, MemberVault member)
            throws IOException {
        Path temporary = destination.resolveSibling(destination.getFileName() + ".walvault");
        // what a call that was killed left behind; nobody else uses this name while recovery waits for us
        Files.deleteIfExists(temporary);
        try {
            long length;
            byte[] start;
            try (OutputStream out =
                            Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    InputStream in = unsealed.content()) {
                start = in.readNBytes(WalPageHeader.BYTES);
                out.write(start);
                length = start.length + in.transferTo(out);
            }
            prove(file, length, start, temporary, member);
            Files.move(temporary, destination, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return length;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** The digest was right; this asks whether the right thing had been stored. */
    private static void prove(WalFile file, long length, byte[] start, Path temporary, MemberVault member)
            throws IOException {
        switch (file) {
            case WalFile.Segment segment -> sameSystem(file, WalSegmentCheck.check(segment, length, start), member);
            case WalFile.Partial partial -> sameSystem(file, WalSegmentCheck.check(partial, length, start), member);
            case WalFile.TimelineHistoryFile history ->
                TimelineHistory.parse(history.timeline(), Files.readAllBytes(temporary));
            case WalFile.BackupHistoryFile _ -> {
                // read by people only; its digest is proof enough
            }
        }
    }

    private static void sameSystem(WalFile file, WalPageHeader header, MemberVault member) throws ArchiverException {
        SystemIdentifier expected = member.keys().system();
        if (!header.systemIdentifier().equals(expected)) {
            throw Fault.of(
                            ErrorCode.WRONG_SYSTEM,
                            "the vault's \"" + file.name() + "\" is of system " + header.systemIdentifier()
                                    + ", this server is system " + expected)
                    .postgres();
        }
    }
}
