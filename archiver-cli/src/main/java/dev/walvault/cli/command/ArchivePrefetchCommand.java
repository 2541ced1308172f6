package dev.walvault.cli.command;

import dev.walvault.ArchiverException;
import dev.walvault.cli.console.Invocation;
import dev.walvault.cli.wiring.Prefetching;
import dev.walvault.cli.wiring.Wiring;
import dev.walvault.prefetch.Prefetcher;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = Prefetching.COMMAND,
        hidden = true,
        description =
                "Fetches WAL ahead of a server that recovers: started by archive-get, for as long as it is of use.")
final class ArchivePrefetchCommand implements Subcommand {
    private final Invocation invocation;

    @Parameters(paramLabel = "PATH", description = "%%p of the archive-get that starts it")
    private Path path = Path.of("");

    ArchivePrefetchCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int run() throws ArchiverException {
        try (var wiring = new Wiring(invocation)) {
            Optional<Prefetcher> prefetcher = new Prefetching(invocation, wiring, path).prefetcher();
            if (prefetcher.isPresent()) {
                prefetcher.get().run();
            }
            return 0;
        }
    }
}
