package dev.walvault.pg;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a {@code backup_label} says (build_backup_content of {@code xlogbackup.c}, read_backup_label of
 * {@code xlogrecovery.c}). It is only read here: what goes into a backup is the server's own text, unchanged.
 *
 * @param start where recovery begins to read the WAL
 * @param startFile the segment that holds {@code start}
 * @param checkpoint position of the record that recovery begins with
 * @param method {@code streamed}
 * @param from {@code primary} or {@code standby}
 * @param startTime as printed, in the server's log time zone
 * @param incrementalFrom start of the earlier backup that an incremental one (version 17 and later) builds on
 */
public record BackupLabel(
        Lsn start,
        WalFile.Segment startFile,
        Lsn checkpoint,
        String method,
        String from,
        String startTime,
        String label,
        TimelineId startTimeline,
        Optional<Lsn> incrementalFrom) {
    private static final Pattern START = Pattern.compile("(\\S+) \\(file ([0-9A-F]{24})\\)");

    /**
     * Reads the text that the server gave for the label.
     *
     * @throws IntegrityException (CORRUPT) if a line is missing or unreadable
     */
    public static BackupLabel parse(String text) throws IntegrityException {
        var lines = lines(text);
        var start = START.matcher(require(lines, "START WAL LOCATION"));
        if (!start.matches()) {
            throw bad("the start location cannot be read");
        }
        try {
            if (!(WalFile.parse(start.group(2)) instanceof WalFile.Segment startFile)) {
                throw bad("the start file is no WAL segment");
            }
            var timeline = lines.get("START TIMELINE");
            return new BackupLabel(
                    Lsn.parse(start.group(1)),
                    startFile,
                    Lsn.parse(require(lines, "CHECKPOINT LOCATION")),
                    require(lines, "BACKUP METHOD"),
                    require(lines, "BACKUP FROM"),
                    require(lines, "START TIME"),
                    require(lines, "LABEL"),
                    timeline == null ? startFile.timeline() : TimelineId.parse(timeline),
                    Optional.ofNullable(lines.get("INCREMENTAL FROM LSN")).map(Lsn::parse));
        } catch (IllegalArgumentException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
    }

    public BackupLabel {
        if (!startFile.timeline().equals(startTimeline)) {
            throw new IllegalArgumentException("the start file is of timeline " + startFile.timeline()
                    + ", the backup of timeline " + startTimeline);
        }
    }

    /** By the text before the colon. The first of a kind counts: a label with line breaks replaces nothing above it. */
    private static Map<String, String> lines(String text) {
        var lines = new HashMap<String, String>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                lines.putIfAbsent(line.substring(0, colon), line.substring(colon + 2));
            }
        });
        return lines;
    }

    private static String require(Map<String, String> lines, String key) throws IntegrityException {
        var value = lines.get(key);
        if (value == null) {
            throw bad("it has no line \"" + key + "\"");
        }
        return value;
    }

    private static IntegrityException bad(String why) {
        return Fault.of(ErrorCode.CORRUPT, "backup label cannot be used: " + why)
                .integrity();
    }
}
