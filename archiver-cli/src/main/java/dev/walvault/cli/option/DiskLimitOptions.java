package dev.walvault.cli.option;

import dev.walvault.ArchiverException;
import dev.walvault.cli.console.Usage;
import dev.walvault.cli.settings.Setting;
import dev.walvault.cli.settings.Settings;
import dev.walvault.config.ByteSizes;
import dev.walvault.work.DiskLimits;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How fast a command that moves much may use the disks of this host. */
public final class DiskLimitOptions {
    @Option(
            names = "--limit-disk-read",
            paramLabel = "SIZE",
            description = "maximum number of bytes per second read from disks, instead of limits.disk_read")
    private @Nullable String reads;

    @Option(
            names = "--limit-disk-write",
            paramLabel = "SIZE",
            description = "maximum number of bytes per second written to disks, instead of limits.disk_write")
    private @Nullable String writes;

    /** The limits of this command: the options, else the settings. */
    public DiskLimits limits(Settings settings) throws ArchiverException {
        return DiskLimits.of(
                limit("--limit-disk-read", reads, settings, Setting.LIMIT_DISK_READ),
                limit("--limit-disk-write", writes, settings, Setting.LIMIT_DISK_WRITE));
    }

    private static OptionalLong limit(String option, @Nullable String given, Settings settings, Setting setting)
            throws ArchiverException {
        if (given == null) {
            return settings.optionalBytes(setting);
        }
        return OptionalLong.of(Usage.meant(
                option,
                text -> {
                    setting.check(text);
                    return ByteSizes.parse(text);
                },
                given));
    }
}
