package dev.walvault.doctor;

import dev.walvault.examine.Check;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether this host is prepared, whatever its vaults are. */
public final class HostChecks {
    private HostChecks() {}

    /** Of {@code directories}, and of the data directory, if there is one. */
    public static List<Check> of(List<LocalDirectory> directories, Optional<Path> pgdata) {
        var checks = new ArrayList<Check>();
        directories.forEach(directory -> checks.add(directory.check(pgdata)));
        pgdata.ifPresent(data -> checks.addAll(List.of(FreeSpace.of(data), CutOffRecovery.of(data))));
        return checks;
    }
}
