package dev.walvault.copy;

import dev.walvault.ArchiverException;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import dev.walvault.observe.Problem;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.vault.BackupId;

/** What happens while a vault is copied. */
public sealed interface CopyEvent extends Event {
    @Override
    default Severity severity() {
        return Severity.WARNING;
    }

    private static String doing(CopyOptions.Mode mode) {
        return mode == CopyOptions.Mode.DRY_RUN ? "comparing" : "copying";
    }

    /** A backup and its WAL are copied, or compared in a dry run. */
    record CopyingBackup(BackupId backup, SystemIdentifier system, CopyOptions.Mode mode) implements CopyEvent {
        @Override
        public String type() {
            return "copying-backup";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return doing(mode) + " backup " + backup + " of system " + system;
        }

        @Override
        public void put(JsonText json) {
            json.put("backup", backup.toString())
                    .put("systemIdentifier", system.toString())
                    .put("dryRun", mode == CopyOptions.Mode.DRY_RUN);
        }
    }

    /** The WAL and the restore points that belong to no backup are copied, or compared in a dry run. */
    record CopyingRest(SystemIdentifier system, CopyOptions.Mode mode) implements CopyEvent {
        @Override
        public String type() {
            return "copying-wal";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return doing(mode) + " the WAL and the restore points of system " + system;
        }

        @Override
        public void put(JsonText json) {
            json.put("systemIdentifier", system.toString()).put("dryRun", mode == CopyOptions.Mode.DRY_RUN);
        }
    }

    /** An object was not copied: it is missing or damaged here, or another one there. The rest is copied. */
    record NotCopied(ArchiverException reason) implements CopyEvent {
        @Override
        public String type() {
            return "not-copied";
        }

        @Override
        public String sentence() {
            return reason.getMessage()
                    + reason.detail().map(detail -> ": " + detail).orElse("");
        }

        @Override
        public void put(JsonText json) {
            json.putObject("reason", Problem.of(reason));
        }
    }

    /** What follows on a timeline is not copied, because the other vault has something else before it. */
    record TimelineLeftOut(LeftOut left) implements CopyEvent {
        @Override
        public String type() {
            return "timeline-left-out";
        }

        @Override
        public String sentence() {
            return left.sentence();
        }

        @Override
        public void put(JsonText json) {
            left.describe(json);
        }
    }

    /** A backup is not complete in the other vault. */
    record BackupIncomplete(BackupId backup) implements CopyEvent {
        @Override
        public String type() {
            return "copied-backup-incomplete";
        }

        @Override
        public String sentence() {
            return "backup " + backup + " is not complete in the other vault";
        }

        @Override
        public void put(JsonText json) {
            json.put("backup", backup.toString());
        }
    }
}
