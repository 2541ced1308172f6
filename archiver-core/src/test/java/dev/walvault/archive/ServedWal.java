package dev.walvault.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.observe.FakeTime;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.MemberAccess;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Gets files of the WAL out of one vault, for tests. */
public final class ServedWal {
    private ServedWal() {}

    /** The content of a file, which must be there, as it was put at the place. */
    public static byte[] get(WalFile file, Path place, MemberAccess access, SystemIdentifier system)
            throws IOException {
        var time = new FakeTime(Vaults.NOW);
        var nowhere = LocalState.in(Path.of("/nonexistent"), time);
        var source = new WalGet.Source(Pushes.opened(access), () -> access.of(system));
        GetOutcome outcome =
                new WalGet(Duration.ZERO, nowhere, time, time, _ -> {}).get(file, Handover.at(place), List.of(source));
        assertThat(outcome).isInstanceOf(GetOutcome.Served.class);
        return Files.readAllBytes(place);
    }
}
