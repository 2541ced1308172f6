package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.IntegrityException;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.pipe.Compression;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Stores WAL files: what {@code archive_command} runs. When {@link #push} returns, the file is durable in as many vaults as
 * are demanded; when it throws, the server must keep the file and try again.
 */
public final class WalPush {
    /** Up to this size a file is read once and sealed in memory; larger segments are read again and streamed. */
    private static final int LARGEST_IN_MEMORY = 64 << 20;

    /** How long vaults that need not have the file are waited for when the others have it. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** How long one push works on what vaults lack from former ones. */
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private final List<ConfiguredVault> vaults;
    private final Delivery delivery;
    private final CatchUp catchUp;
    private final Compression compression;
    private final Listener listener;
    private final int largestInMemory;

    /**
     * Stores into all of the vaults.
     *
     * @param copies how many of them must have a file before it is acknowledged
     * @param state for what the others still lack; not touched where there is one vault
     */
    public WalPush(
            List<ConfiguredVault> vaults, int copies, LocalState state, Compression compression, Listener listener) {
        this(vaults, copies, state, compression, listener, LARGEST_IN_MEMORY, GRACE);
    }

    WalPush(
            List<ConfiguredVault> vaults,
            int copies,
            LocalState state,
            Compression compression,
            Listener listener,
            int largestInMemory,
            Duration grace) {
        this.vaults = List.copyOf(vaults);
        this.delivery = new Delivery(vaults, copies, grace, state, listener);
        this.catchUp = new CatchUp(vaults, state, listener, new Cancellation());
        this.compression = compression;
        this.listener = listener;
        this.largestInMemory = largestInMemory;
    }

    /**
     * Stores the file under its own name.
     *
     * @param path {@code %p} of {@code archive_command}, or {@code %f} alone
     * @param workingDirectory what a relative path is relative to; the server makes it its data directory
     * @throws IntegrityException CONFLICT if a vault holds other content of this name, NOT_WAL if the file is not what
     *     its name says
     */
    public PushOutcome push(Path path, Path workingDirectory) throws ArchiverException {
        ProvenWal wal = ProvenWal.read(path, workingDirectory, largestInMemory);
        var deposit = new Deposit(wal, compression, listener);
        if (vaults.size() == 1) {
            return deposit.into(vaults.getFirst().open().of(wal.system()));
        }
        Delivery.Delivered delivered = delivery.deliver(deposit, wal.file(), wal.system());
        catchUp.some(delivered.keys(), CATCH_UP);
        return delivered.outcome();
    }
}
