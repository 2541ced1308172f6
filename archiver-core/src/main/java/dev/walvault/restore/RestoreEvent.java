package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ShellWord;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import dev.walvault.observe.Problem;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.BackupId;
import java.nio.file.Path;

/** What happens while a backup is restored. */
public sealed interface RestoreEvent extends Event {
    @Override
    default Severity severity() {
        return Severity.WARNING;
    }

    /** Something about the plan, or about the server that will be started, that the operator has to weigh. */
    record Caveat(String sentence) implements RestoreEvent {
        @Override
        public String type() {
            return "restore-caveat";
        }

        @Override
        public String sentence() {
            return sentence;
        }

        @Override
        public void put(JsonText json) {
            // nothing but its sentence
        }
    }

    /** The backup is unpacked into {@code directory}. */
    record Started(BackupId backup, Path directory) implements RestoreEvent {
        @Override
        public String type() {
            return "restore-started";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "restoring backup " + backup + " into \"" + directory + "\"";
        }

        @Override
        public void put(JsonText json) {
            json.put("backup", backup.toString()).put("directory", directory.toString());
        }
    }

    /** All is unpacked, and made durable. */
    record Syncing(Path directory) implements RestoreEvent {
        @Override
        public String type() {
            return "restore-syncing";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "syncing the restored files to disk";
        }

        @Override
        public void put(JsonText json) {
            json.put("directory", directory.toString());
        }
    }

    /**
     * An object of the backup is damaged or cannot be read, and is read once more, from another vault if one has it.
     */
    record ReadAgain(String object, ArchiverException reason, boolean elsewhere) implements RestoreEvent {
        @Override
        public String type() {
            return "object-read-again";
        }

        @Override
        public String sentence() {
            return reason.sentence() + "; it is read once more"
                    + (elsewhere ? ", from another vault if one has it" : "");
        }

        @Override
        public void put(JsonText json) {
            json.put("object", object).put("elsewhere", elsewhere).putObject("reason", Problem.of(reason));
        }
    }

    /** What a failed restore had made could not be removed. */
    record LeftBehind(ArchiverException reason) implements RestoreEvent {
        @Override
        public String type() {
            return "restore-left-behind";
        }

        @Override
        public String sentence() {
            return reason.sentence() + ": what the failed restore has left there must be removed by hand";
        }

        @Override
        public void put(JsonText json) {
            json.putObject("reason", Problem.of(reason));
        }
    }

    /** An unfinished segment does not reach beyond the finished ones, and is left out. */
    record TailTooShort(WalFile.Partial file, Lsn end, Lsn others) implements RestoreEvent {
        @Override
        public String type() {
            return "tail-left-out";
        }

        @Override
        public String sentence() {
            return "\"" + file.name() + "\" goes on to " + end + " only, and the WAL without it to " + others
                    + ": it is left out";
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name()).put("end", end.toString());
        }
    }

    /** An unfinished segment is damaged, and is left out. */
    record TailUnusable(WalFile.Partial file, Exception reason) implements RestoreEvent {
        @Override
        public String type() {
            return "tail-unusable";
        }

        @Override
        public String sentence() {
            return "\"" + file.name() + "\" cannot be used: " + reason.getMessage();
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name()).putObject("reason", Problem.of(reason));
        }
    }

    /** A tablespace of a copy is restored to the place that it had on the original server. */
    record TablespaceAtOldPlace(long oid, Path place) implements RestoreEvent {
        @Override
        public String type() {
            return "tablespace-at-old-place";
        }

        @Override
        public String sentence() {
            return "tablespace " + oid + " is restored to its old place \"" + place
                    + "\"; move it with --tablespace-mapping or --tablespace-all";
        }

        @Override
        public void put(JsonText json) {
            json.put("oid", oid).put("path", place.toString());
        }
    }

    /** It cannot be told which tablespaces a newer backup or a server has, which recovery might create again. */
    record TablespacesUnknown(String of, Exception reason, String why) implements RestoreEvent {
        @Override
        public String type() {
            return "tablespaces-unknown";
        }

        @Override
        public String sentence() {
            return "cannot tell which tablespaces " + of + " has, and whether recovery creates one of them again: "
                    + why;
        }

        @Override
        public void put(JsonText json) {
            json.put("source", of).putObject("reason", Problem.of(reason));
        }
    }

    /** Recovery creates a tablespace, for certain or perhaps, in a directory that does not exist. */
    record TablespaceAwaited(long oid, Path place, boolean certain) implements RestoreEvent {
        @Override
        public String type() {
            return "tablespace-directory-missing";
        }

        @Override
        public String sentence() {
            return "recovery " + (certain ? "comes" : "may come") + " to the creation of tablespace " + oid + " at \""
                    + place + "\", and stops there if that directory does not exist";
        }

        @Override
        public void put(JsonText json) {
            json.put("oid", oid).put("path", place.toString()).put("certain", certain);
        }
    }

    /** Recovery creates a tablespace in a place that is in use, and the operator has accepted that. */
    record TablespaceGivenUp(long oid, Path place, boolean certain) implements RestoreEvent {
        @Override
        public String type() {
            return "tablespace-given-up";
        }

        @Override
        public String sentence() {
            return "recovery " + (certain ? "creates" : "may create") + " tablespace " + oid + " at \"" + place
                    + "\", which is in use: what is there may be overwritten, as was accepted";
        }

        @Override
        public void put(JsonText json) {
            json.put("oid", oid).put("path", place.toString()).put("certain", certain);
        }
    }

    /** What many segments say is asked for, before anything is restored. */
    record LookingAhead(int segments) implements RestoreEvent {
        @Override
        public String type() {
            return "looking-ahead";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "looking ahead through what %,d segments of WAL say".formatted(segments);
        }

        @Override
        public void put(JsonText json) {
            json.put("segments", segments);
        }
    }

    /** Of some WAL that is replayed nothing is known; the plan has the stretches one by one. */
    record WalUnknown(String stretches) implements RestoreEvent {
        @Override
        public String type() {
            return "wal-unknown";
        }

        @Override
        public String sentence() {
            return "what the WAL from " + stretches
                    + " says is not known; recovery may create tablespaces there, at their original places";
        }

        @Override
        public void put(JsonText json) {
            json.put("stretches", stretches);
        }
    }

    /** A server of the same system runs, or may run, on this host in another directory. */
    record ServerBeside(Path directory, boolean copy) implements RestoreEvent {
        @Override
        public String type() {
            return "server-of-same-system";
        }

        @Override
        public String sentence() {
            return copy
                    ? "a server runs, or may run, in \"" + directory
                            + "\": create no tablespace there until this copy has recovered, or it is created at the same place again"
                    : "a server of the same system runs in \"" + directory
                            + "\": make sure that it is not the one that you mean to restore";
        }

        @Override
        public void put(JsonText json) {
            json.put("directory", directory.toString());
        }
    }

    /** A symbolic link is restored as a link, and leads somewhere on this host or not. */
    record LinkRestored(String path, String target, boolean leadsSomewhere) implements RestoreEvent {
        @Override
        public String type() {
            return "link-restored";
        }

        @Override
        public String sentence() {
            return "\"" + path + "\" is a symbolic link to \"" + target + "\", as it was on the server"
                    + (leadsSomewhere ? "" : ", and leads nowhere here")
                    + "; pg_verifybackup has to be told: --ignore=" + ShellWord.of(path);
        }

        @Override
        public void put(JsonText json) {
            json.put("path", path).put("target", target).put("leadsSomewhere", leadsSomewhere);
        }
    }

    /** The server that was backed up had its WAL elsewhere, and the restored one has it in its data directory. */
    record WalMovedIn(String place) implements RestoreEvent {
        @Override
        public String type() {
            return "wal-directory-moved";
        }

        @Override
        public String sentence() {
            return "the server that was backed up had its WAL in \"" + place
                    + "\"; here it goes into the data directory, unless --waldir names a place";
        }

        @Override
        public void put(JsonText json) {
            json.put("path", place);
        }
    }
}
