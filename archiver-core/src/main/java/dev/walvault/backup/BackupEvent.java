package dev.walvault.backup;

import dev.walvault.ArchiverException;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import dev.walvault.observe.Problem;
import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.Timestamps;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.BackupId;

/** What happens while a backup is taken. */
public sealed interface BackupEvent extends Event {
    @Override
    default Severity severity() {
        return Severity.WARNING;
    }

    /** The server makes the checkpoint with which the backup begins. */
    record CheckpointAwaited(BackupId backup) implements BackupEvent {
        @Override
        public String type() {
            return "checkpoint-awaited";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "backup " + backup + ": waiting for a checkpoint";
        }

        @Override
        public void put(JsonText json) {
            json.put("backup", backup.toString());
        }
    }

    /** The files are copied; a restore needs WAL from {@code start} on. */
    record Copying(BackupId backup, Lsn start) implements BackupEvent {
        @Override
        public String type() {
            return "backup-copying";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "backup " + backup + ": copying from " + start;
        }

        @Override
        public void put(JsonText json) {
            json.put("backup", backup.toString()).put("startLsn", start.toString());
        }
    }

    /** The files are stored, and the WAL that they need has to reach the vault up to {@code last}. */
    record WalAwaited(BackupId backup, Lsn stop, WalFile.Segment last) implements BackupEvent {
        @Override
        public String type() {
            return "wal-awaited";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "backup " + backup + ": waiting for WAL up to " + stop + " (segment " + last.name() + ")";
        }

        @Override
        public void put(JsonText json) {
            json.put("backup", backup.toString())
                    .put("stopLsn", stop.toString())
                    .put("file", last.name());
        }
    }

    /** A segment has not reached the vault for a while; {@code trouble} says what the server's archiver tells. */
    record WalLate(WalFile.Segment file, String trouble) implements BackupEvent {
        @Override
        public String type() {
            return "wal-late";
        }

        @Override
        public String sentence() {
            return "still waiting for WAL segment \"" + file.name() + "\" to reach the vault; " + trouble;
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name()).put("archiver", trouble);
        }
    }

    /** {@code data_checksums} changed meanwhile: the backup counts as not verified. */
    record ChecksumsChanged(DataChecksums before, DataChecksums now, long badPages) implements BackupEvent {
        @Override
        public String type() {
            return "data-checksums-changed";
        }

        @Override
        public String sentence() {
            return "data_checksums was \"" + before + "\" when the backup began and is \"" + now
                    + "\" at its end: the backup counts as not verified"
                    + (badPages == 0
                            ? ""
                            : "; the " + badPages + " pages that failed may have had no checksum any more");
        }

        @Override
        public void put(JsonText json) {
            json.put("checksumsBefore", before.toString())
                    .put("checksumsNow", now.toString())
                    .put("badPages", badPages);
        }
    }

    /** The server is of a newer version than this walvault knows, and is backed up because it was demanded. */
    record VersionUnknown(String version, String what) implements BackupEvent {
        @Override
        public String type() {
            return "server-version-unknown";
        }

        @Override
        public String sentence() {
            return what + ": try a restore before you rely on this backup";
        }

        @Override
        public void put(JsonText json) {
            json.put("serverVersion", version);
        }
    }

    /** The clock of this host is behind the newest backup. */
    record ClockWentBack(BackupId now, BackupId newest) implements BackupEvent {
        @Override
        public String type() {
            return "clock-went-back";
        }

        @Override
        public String sentence() {
            return "the clock of this host has gone backwards: it is " + Timestamps.text(now.begun())
                    + ", and the newest backup is of " + Timestamps.text(newest.begun());
        }

        @Override
        public void put(JsonText json) {
            json.put("clock", now.begun().toString())
                    .put("newestBackup", newest.begun().toString());
        }
    }

    /** Unfinished uploads of writers that died are removed. */
    record UploadsRemoved(int uploads) implements BackupEvent {
        @Override
        public String type() {
            return "abandoned-uploads-removed";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "removed " + uploads + " unfinished uploads of writers that died";
        }

        @Override
        public void put(JsonText json) {
            json.put("uploads", uploads);
        }
    }

    /** Unfinished uploads of writers that died could not be removed. */
    record UploadsLeft(ArchiverException reason) implements BackupEvent {
        @Override
        public String type() {
            return "abandoned-uploads-left";
        }

        @Override
        public String sentence() {
            return "could not remove what writers that died had left unfinished: " + reason.getMessage();
        }

        @Override
        public void put(JsonText json) {
            json.putObject("reason", Problem.of(reason));
        }
    }

    /** What a failed backup had stored could not be removed. */
    record FailedBackupLeft(BackupId backup, ArchiverException reason) implements BackupEvent {
        @Override
        public String type() {
            return "failed-backup-left";
        }

        @Override
        public String sentence() {
            return "could not remove what the failed backup " + backup + " had stored: " + reason.getMessage();
        }

        @Override
        public void put(JsonText json) {
            json.put("backup", backup.toString()).putObject("reason", Problem.of(reason));
        }
    }

    /** The vault has no history of the server's timeline, and recovery from older backups cannot reach it. */
    record HistoryMissing(TimelineId timeline, WalFile file) implements BackupEvent {
        @Override
        public String type() {
            return "history-missing";
        }

        @Override
        public String sentence() {
            return "the vault has no history of timeline " + timeline
                    + ": recovery from older backups cannot reach it; archive \"" + file.name()
                    + "\" from pg_wal with \"walvault archive-push\"";
        }

        @Override
        public void put(JsonText json) {
            json.put("timeline", Integer.toUnsignedLong(timeline.value())).put("file", file.name());
        }
    }

    /** The history of a later timeline is in the vault, sealed to other recipients, and the server does not have it. */
    record HistoryClosed(TimelineId timeline, WalFile file) implements BackupEvent {
        @Override
        public String type() {
            return "history-closed";
        }

        @Override
        public String sentence() {
            return "the history of timeline " + timeline + " is not encrypted to today's recipients: with their keys"
                    + " alone no restored server can end its recovery; put \"" + file.name()
                    + "\" into pg_wal and take another backup";
        }

        @Override
        public void put(JsonText json) {
            json.put("timeline", Integer.toUnsignedLong(timeline.value())).put("file", file.name());
        }
    }

    /**
     * The history of a later timeline is in the vault, damaged or by nobody whom this host believes, and the server
     * does not have it.
     */
    record HistoryUnusable(TimelineId timeline, WalFile file, ArchiverException reason) implements BackupEvent {
        @Override
        public String type() {
            return "history-unusable";
        }

        @Override
        public String sentence() {
            return "the history of timeline " + timeline + " cannot be used: " + reason.getMessage()
                    + "; no restored server can end its recovery; put \"" + file.name()
                    + "\" into pg_wal and take another backup";
        }

        @Override
        public void put(JsonText json) {
            json.put("timeline", Integer.toUnsignedLong(timeline.value()))
                    .put("file", file.name())
                    .putObject("reason", Problem.of(reason));
        }
    }
}
