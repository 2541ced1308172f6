package dev.walvault.cli.option;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.cli.console.Texts;
import dev.walvault.cli.console.Usage;
import dev.walvault.pg.Lsn;
import dev.walvault.reach.RecoveryTarget;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where recovery shall stop: one of these, or none for the end of the WAL. */
public final class TargetOptions {
    private static final DateTimeFormatter DAY_TIME = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd['T'][' ']HH:mm[:ss]")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
            .toFormatter(Locale.ROOT);

    private static final DateTimeFormatter WITH_OFFSET = new DateTimeFormatterBuilder()
            .append(DAY_TIME)
            .appendPattern("[' '][XXX][X]")
            .toFormatter(Locale.ROOT)
            // a day that a month does not have is not its last one
            .withResolverStyle(ResolverStyle.STRICT);

    private static final LocalDate EXAMPLE_DAY = LocalDate.of(2026, 11, 20);

    @Option(names = "--to-point", paramLabel = "NAME", description = "recover to this restore point")
    private @Nullable String point;

    @Option(
            names = "--to-time",
            paramLabel = "TIME",
            description = "recover to this time: '2026-11-20 22:15:00+01', or without an offset in local time")
    private @Nullable String time;

    @Option(names = "--to-lsn", paramLabel = "LSN", description = "recover to this position in the WAL")
    private @Nullable String lsn;

    @Option(names = "--to-xid", paramLabel = "XID", description = "recover to the end of this transaction")
    private @Nullable String xid;

    @Option(names = "--immediate", description = "recover to the end of the backup and no further")
    private boolean immediate;

    /** Where recovery is to end: the end of the WAL if none of the options was given. */
    public static RecoveryTarget target(@Nullable TargetOptions given, boolean inclusive, ZoneId zone)
            throws ArchiverException {
        return given == null ? new RecoveryTarget.Latest() : given.target(inclusive, zone);
    }

    private RecoveryTarget target(boolean inclusive, ZoneId zone) throws ConfigurationException {
        if (point != null) {
            return Usage.meant("--to-point", RecoveryTarget.AtName::new, point);
        }
        if (time != null) {
            return Usage.meant("--to-time", text -> new RecoveryTarget.AtTime(instant(text, zone), inclusive), time);
        }
        if (lsn != null) {
            return Usage.meant("--to-lsn", text -> new RecoveryTarget.AtLsn(Lsn.parse(text), inclusive), lsn);
        }
        if (xid != null) {
            return Usage.meant("--to-xid", text -> new RecoveryTarget.AtXid(number(text), inclusive), xid);
        }
        if (immediate) {
            return new RecoveryTarget.Immediate();
        }
        return new RecoveryTarget.Latest();
    }

    /** Whether recovery can stop just before it as well as just after. */
    public boolean hasTwoSides() {
        return time != null || lsn != null || xid != null;
    }

    private static long number(String xid) {
        try {
            return Long.parseLong(xid);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "invalid transaction id \"" + xid + "\": expected a number, as txid_current() prints it", e);
        }
    }

    /** ISO 8601, or as PostgreSQL prints it; without an offset it is a time of this host's zone. */
    public static Instant instant(String text, ZoneId zone) {
        try {
            var parsed = WITH_OFFSET.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
            return parsed instanceof OffsetDateTime withOffset
                    ? withOffset.toInstant()
                    : local(text, LocalDateTime.from(parsed), zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "invalid time \"" + text + "\": expected a day and a time of day, such as " + example(text, zone),
                    e);
        }
    }

    /** On the day that was meant, if one was given. */
    private static String example(String text, ZoneId zone) {
        LocalDate day;
        try {
            day = LocalDate.parse(text);
        } catch (DateTimeException _) {
            day = EXAMPLE_DAY;
        }
        return "'" + Texts.time(day.atTime(22, 15).atZone(zone).toInstant(), zone) + "'";
    }

    /** When clocks are put back, an hour happens twice; when they are put forward, one does not happen. */
    private static Instant local(String text, LocalDateTime time, ZoneId zone) {
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time);
        if (offsets.size() == 1) {
            return time.toInstant(offsets.getFirst());
        }
        String what = "invalid time \"" + text + "\": in the time zone " + zone + " it ";
        if (offsets.isEmpty()) {
            throw new IllegalArgumentException(
                    what + "does not exist, because the clocks were put forward; name the offset");
        }
        throw new IllegalArgumentException(what + "happened twice; write \"" + text + offsets.getFirst() + "\" or \""
                + text + offsets.getLast() + "\"");
    }
}
