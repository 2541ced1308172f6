package dev.walvault.cli;

import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.restore.ServerTimeline;
import java.util.Optional;

/** What the data directory of the configured server tells. */
final class ConfiguredServer {
    private ConfiguredServer() {}

    /** The timeline that the server is on; empty if its data directory is not on this host, or of another system. */
    static Optional<ServerTimeline> timeline(Settings settings, SystemIdentifier system) {
        return settings.path(Setting.PGDATA).flatMap(pgdata -> ServerTimeline.of(pgdata, system));
    }
}
