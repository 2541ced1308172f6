package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ControlFileData;
import dev.walvault.pg.ControlFileData.DatabaseState;
import dev.walvault.pg.PostmasterFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether a server that has stopped would begin where its recovery left off. At the end of recovery it removes its
 * signal file before {@code pg_control} says that it is in production; stopped in between, and started again, it takes
 * recovery for a crash, goes on along the old timeline, and past its target.
 */
final class CutOffRecovery {

    /** What makes a server recover from an archive when it starts. */
    private static final List<String> SIGNALS = List.of("recovery.signal", "standby.signal");

    private CutOffRecovery() {}

    static Check of(Path pgdata) {
        return new Check("recovery", check -> look(check, pgdata));
    }

    private static Finding look(String check, Path pgdata) {
        if (PostmasterFile.isServed(pgdata)) {
            return Finding.ok(check, "the server runs");
        }
        Optional<ControlFileData> data;
        try {
            data = ControlFile.read(pgdata).data();
        } catch (ArchiverException e) {
            return Finding.skipped(check, "not looked at: " + e.getMessage());
        }
        boolean recovers = data.map(ControlFileData::state)
                .filter(DatabaseState::isRecovery)
                .isPresent();
        if (!recovers || SIGNALS.stream().anyMatch(name -> Files.exists(pgdata.resolve(name)))) {
            return Finding.ok(check, "none was cut off");
        }
        return Finding.failed(
                check,
                ErrorCode.POSTGRES_SETTINGS,
                "the server was stopped before the end of its recovery, and has neither recovery.signal nor"
                        + " standby.signal: started, it goes on along timeline "
                        + data.get().timeline() + ", past its target",
                "Make the empty file \"" + pgdata.resolve(SIGNALS.getFirst())
                        + "\", owned by the server's user (standby.signal for a standby), and start the server: it"
                        + " recovers once more.");
    }
}
