package dev.walvault.cli.wiring;

import dev.walvault.ArchiverException;
import dev.walvault.archive.Handover;
import dev.walvault.archive.WalGet;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.settings.Setting;
import dev.walvault.observe.Pause;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.DataDirectory;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.prefetch.PrefetchSpool;
import dev.walvault.prefetch.Prefetcher;
import dev.walvault.prefetch.PrefetchingGet;
import dev.walvault.prefetch.RecoveringServer;
import dev.walvault.store.Place;
import dev.walvault.vault.MemberKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds what fetches WAL ahead of a server, from its {@code %p} and the settings. */
public final class Prefetching {
    /** What archive-get starts beside itself; for nobody else. */
    public static final String COMMAND = "archive-prefetch";

    private static final int FEWEST_JOBS = 2;

    private final Invocation invocation;
    private final Wiring wiring;
    private final Path walPath;
    private final DataDirectory data;

    public Prefetching(Invocation invocation, Wiring wiring, Path walPath) {
        this.invocation = invocation;
        this.wiring = wiring;
        this.walPath = walPath;
        this.data = DataDirectory.of(walPath, invocation.shell().directory());
    }

    /**
     * For archive-get. Empty unless it is a server in recovery that asks, of a version whose segment size can be read.
     *
     * @param named the system of the command line, which must be the server's
     */
    public Optional<PrefetchingGet> get(Optional<SystemIdentifier> named) throws ArchiverException {
        long mostBytes = invocation.settings().bytes(Setting.PREFETCH);
        if (mostBytes == 0 || !Handover.isForRecovery(walPath)) {
            return Optional.empty();
        }
        Optional<RecoveringServer> server = RecoveringServer.of(data);
        Optional<ControlFile> control = data.controlFile();
        if (server.isEmpty()
                || control.isEmpty()
                || control.get().data().isEmpty()
                || !named.orElse(control.get().systemIdentifier())
                        .equals(control.get().systemIdentifier())) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PrefetchingGet(
                    spool(control.get()),
                    server.get(),
                    mostBytes,
                    () -> Background.start(invocation, COMMAND, walPath.toString()),
                    InstantSource.system(),
                    Pause.SLEEP));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** For the process that archive-get starts. Empty if there is no server's data directory that can be read. */
    public Optional<Prefetcher> prefetcher() throws ArchiverException {
        Optional<ControlFile> control = data.controlFile();
        if (control.isEmpty() || control.get().data().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Prefetcher(
                    spool(control.get()),
                    data,
                    control.get().data().get().walSegmentSize(),
                    invocation.settings().bytes(Setting.PREFETCH),
                    Math.max(FEWEST_JOBS, Runtime.getRuntime().availableProcessors()),
                    sources(control.get().systemIdentifier()),
                    wiring.state(),
                    InstantSource.system(),
                    Pause.SLEEP,
                    invocation.cancellation()));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private PrefetchSpool spool(ControlFile control) throws ArchiverException, IOException {
        var keys = new MemberKeys(wiring.cluster(), wiring.member(), control.systemIdentifier());
        List<String> vaults =
                wiring.places().all().stream().map(Place::identity).toList();
        return PrefetchSpool.of(wiring.state(), data, keys, vaults);
    }

    /** The vaults that can be reached now, opened once for all threads. */
    private List<WalGet.Source> sources(SystemIdentifier system) throws ArchiverException {
        var sources = new ArrayList<WalGet.Source>();
        for (WiredVault vault : wiring.vaultsForSegment(wiring.restoringKeyring())) {
            try {
                var member = vault.open().of(system);
                sources.add(new WalGet.Source(vault, () -> member));
            } catch (ArchiverException _) {
                // the server's own requests tell of it
            }
        }
        return sources;
    }
}
