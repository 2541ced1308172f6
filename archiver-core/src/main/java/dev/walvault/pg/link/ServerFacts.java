package dev.walvault.pg.link;

import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import java.nio.file.Path;

/** What a backup must know of the server before it begins. {@code timeline} is that of the latest checkpoint. */
public record ServerFacts(
        SystemIdentifier system,
        String version,
        int versionNum,
        boolean inRecovery,
        TimelineId timeline,
        Path dataDirectory,
        String walLevel,
        String archiveMode) {}
