package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.IntegrityException;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.seal.Compression;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vaults.CatchUp;
import dev.walvault.vaults.ConfiguredVault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Stores WAL files: what {@code archive_command} runs. When {@link #push} returns, the file is durable in as many
 * vaults as are demanded; when it throws, the server must keep the file and try again.
 */
public final class WalPush {
    /** Up to this size a file is read once and sealed in memory; larger segments are read again and streamed. */
    private static final int LARGEST_IN_MEMORY = 64 << 20;

    /** How long vaults that need not have the file are waited for when the others have it. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** How long one push works on what vaults lack from former ones. */
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    /** How long one push goes on to files that it was not asked for. */
    private static final Duration AHEAD = Duration.ofSeconds(5);

    private final List<ConfiguredVault> vaults;
    private final Delivery delivery;
    private final LookAhead lookAhead;
    private final CatchUp catchUp;
    private final Compression compression;
    private final int largestInMemory;

    /**
     * Stores into all of the vaults.
     *
     * @param copies how many of them must have a file before it is acknowledged
     * @param state for what was stored ahead, and for what some of several vaults still lack
     */
    public WalPush(
            List<ConfiguredVault> vaults,
            int copies,
            LocalState state,
            Compression compression,
            LookAheadLimits ahead,
            Listener listener) {
        this(vaults, copies, state, compression, ahead, listener, LARGEST_IN_MEMORY, GRACE);
    }

    WalPush(
            List<ConfiguredVault> vaults,
            int copies,
            LocalState state,
            Compression compression,
            LookAheadLimits ahead,
            Listener listener,
            int largestInMemory,
            Duration grace) {
        this.vaults = List.copyOf(vaults);
        this.delivery = new Delivery(vaults, copies, grace, state, listener);
        this.lookAhead =
                new LookAhead(new StoredAhead(vaults, copies, state), state, ahead, largestInMemory, AHEAD, listener);
        this.catchUp = new CatchUp(vaults, state.vaults(), listener, new Cancellation());
        this.compression = compression;
        this.largestInMemory = largestInMemory;
    }

    /**
     * Stores the file under its own name, unless a former call has done so ahead; then goes on to what the server has
     * queued behind it.
     *
     * @param path {@code %p} of {@code archive_command}, or {@code %f} alone
     * @param workingDirectory what a relative path is relative to; the server makes it its data directory
     * @throws IntegrityException CONFLICT if a vault holds other content of this name, NOT_WAL if the file is not what
     *     its name says, UNFINISHED if the server has not finished it
     */
    public PushOutcome push(Path path, Path workingDirectory) throws ArchiverException {
        Path file = WalNames.locate(path, workingDirectory);
        WalFile name = WalNames.parse(String.valueOf(file.getFileName()));
        Optional<MemberKeys> acknowledged = lookAhead.acknowledged(file);
        if (acknowledged.isPresent()) {
            catchUp(acknowledged.get());
            return new PushOutcome.ArchivedAhead();
        }
        ProvenWal wal = ProvenWal.read(file, workingDirectory, largestInMemory);
        if (name instanceof WalFile.Segment segment) {
            var directory = new WalDirectory(file.resolveSibling(""));
            directory.requireFinished(segment, wal.segmentSize());
            pushHistory(segment.timeline(), directory, workingDirectory);
        }
        Delivered delivered =
                delivery.deliver(wal, compression, Runtime.getRuntime().availableProcessors());
        lookAhead.storeWhatFollows(
                file,
                name,
                delivered,
                next -> delivery.deliver(ProvenWal.read(next, workingDirectory, largestInMemory), compression, 1));
        catchUp(delivered.keys());
        return delivered.outcome();
    }

    /**
     * A server that was promoted while it did not archive queues its history never. Without that nobody knows where its
     * WAL belongs, and every restore comes to a stop.
     */
    private void pushHistory(TimelineId timeline, WalDirectory directory, Path workingDirectory)
            throws ArchiverException {
        var history = new WalFile.TimelineHistoryFile(timeline);
        if (!directory.isForgotten(history)) {
            return;
        }
        delivery.deliver(ProvenWal.read(directory.file(history), workingDirectory, largestInMemory), compression, 1);
    }

    private void catchUp(MemberKeys keys) {
        if (vaults.size() > 1) {
            catchUp.some(keys, CATCH_UP);
        }
    }
}
