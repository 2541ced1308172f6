package dev.walvault.cli.wiring;

import dev.walvault.ArchiverException;
import dev.walvault.HostException;
import dev.walvault.PostgresException;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ControlFileData;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.reach.ServerTimeline;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What the data directory of the configured server tells. */
public final class ConfiguredServer {
    private ConfiguredServer() {}

    /** The timeline that the server is on; empty if its data directory is not on this host, or of another system. */
    public static Optional<ServerTimeline> timeline(Settings settings, SystemIdentifier system)
            throws ArchiverException {
        return settings.path(Setting.PGDATA).flatMap(pgdata -> ServerTimeline.of(pgdata, system));
    }

    /**
     * What a server needs at least that recovers as far as the configured one has come; nothing where that is not
     * known.
     */
    public static Map<String, Integer> minimumSettings(Settings settings, SystemIdentifier system)
            throws ArchiverException {
        try {
            Optional<Path> pgdata = settings.path(Setting.PGDATA);
            return pgdata.isEmpty()
                    ? Map.of()
                    : Optional.of(ControlFile.read(pgdata.get()))
                            .filter(control -> control.systemIdentifier().equals(system))
                            .flatMap(ControlFile::data)
                            .map(ControlFileData::minimumSettings)
                            .orElse(Map.of());
        } catch (HostException | PostgresException _) {
            return Map.of();
        }
    }
}
