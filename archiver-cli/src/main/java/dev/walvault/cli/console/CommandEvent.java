package dev.walvault.cli.console;

import dev.walvault.ArchiverException;
import dev.walvault.archive.SalvageReport;
import dev.walvault.examine.Finding;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import dev.walvault.observe.Problem;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.KnownSystems;
import java.nio.file.Path;

/** What happens where a command brings the parts of the engine together. */
public sealed interface CommandEvent extends Event {
    @Override
    default Severity severity() {
        return Severity.WARNING;
    }

    /** A vault cannot be reached, and the others are read without it. */
    record VaultLeftOut(String vault, ArchiverException reason) implements CommandEvent {
        @Override
        public String type() {
            return "vault-left-out";
        }

        @Override
        public String sentence() {
            return "vault \"" + vault + "\" is left out: " + reason.sentence();
        }

        @Override
        public void put(JsonText json) {
            json.put("vault", vault).putObject("reason", Problem.of(reason));
        }
    }

    /** The vault knows several systems as one member, and the one with the newest backup is taken. */
    record SystemChosen(String member, KnownSystems.Known system, KnownSystems all) implements CommandEvent {
        @Override
        public String type() {
            return "system-chosen";
        }

        @Override
        public String sentence() {
            return "the vault knows several systems as member \"" + member
                    + "\"; the one with the newest backup is taken: " + system + "; all: " + all
                    + " (choose with --system-identifier)";
        }

        @Override
        public void put(JsonText json) {
            json.put("systemIdentifier", system.system().toString()).putTexts("systemIdentifiers", all.identifiers());
        }
    }

    /** The vault has no backup of the configured server's system, but of another one. */
    record SystemWithoutBackup(SystemIdentifier system, KnownSystems all) implements CommandEvent {
        @Override
        public String type() {
            return "system-without-backup";
        }

        @Override
        public String sentence() {
            return "the vault has no backup of system " + system
                    + ", which is that of \"pgdata\", but of another one; all: " + all
                    + " (choose with --system-identifier)";
        }

        @Override
        public void put(JsonText json) {
            json.put("systemIdentifier", system.toString()).putTexts("systemIdentifiers", all.identifiers());
        }
    }

    /** The server is of a kind of which only the headers of WAL pages are known. */
    record ServerUnknown(String writer) implements CommandEvent {
        @Override
        public String type() {
            return "server-unknown";
        }

        @Override
        public String sentence() {
            return "the server is of " + writer
                    + ": its WAL is archived and served, and nothing but the page headers is read of it";
        }

        @Override
        public void put(JsonText json) {
            json.put("serverVersion", writer);
        }
    }

    /** A restore point of the vault cannot be read. */
    record RestorePointLeftOut(ArchiverException reason) implements CommandEvent {
        @Override
        public String type() {
            return "restore-point-left-out";
        }

        @Override
        public String sentence() {
            return reason.getMessage() + "; it is left out";
        }

        @Override
        public void put(JsonText json) {
            json.putObject("reason", Problem.of(reason));
        }
    }

    /** A restore point exists, and one of the vaults could not be told. */
    record RestorePointNotThere(String name, int first, int number, String vault, ArchiverException reason)
            implements CommandEvent {
        @Override
        public String type() {
            return "restore-point-not-in-vault";
        }

        @Override
        public String sentence() {
            return "vault \"" + vault + "\" does not know the restore point yet: " + reason.getMessage()
                    + "; \"walvault copy " + first + " " + number + " --all\" brings it there";
        }

        @Override
        public void put(JsonText json) {
            json.put("restorePoint", name).put("vault", vault).putObject("reason", Problem.of(reason));
        }
    }

    /** A backup is complete, and the other vaults still lack WAL. */
    record NotCaughtUp(ArchiverException reason) implements CommandEvent {
        @Override
        public String type() {
            return "vaults-not-caught-up";
        }

        @Override
        public String sentence() {
            return "other vaults were not caught up to the end: " + reason.getMessage()
                    + "; the next calls go on with it";
        }

        @Override
        public void put(JsonText json) {
            json.putObject("reason", Problem.of(reason));
        }
    }

    /** A backup is complete, and pages of the server failed their checksum. */
    record BackupHasBadPages(BackupId backup, long badPages) implements CommandEvent {
        @Override
        public String type() {
            return "backup-has-bad-pages";
        }

        @Override
        public String sentence() {
            return "backup " + backup + " is complete, but " + badPages
                    + " pages of the server failed their checksum; see the manifest and check the server's disks";
        }

        @Override
        public void put(JsonText json) {
            json.put("backup", backup.toString()).put("badPages", badPages);
        }
    }

    /** The state directory is another user's, or others may write to it, and is not believed. */
    record StateDirectoryForeign(Path directory) implements CommandEvent {
        @Override
        public String type() {
            return "state-directory-foreign";
        }

        @Override
        public String sentence() {
            return "state directory \"" + directory
                    + "\" belongs to another user, or others can write to it: nothing in it is believed";
        }

        @Override
        public void put(JsonText json) {
            json.put("directory", directory.toString());
        }
    }

    /** A password file cannot be used, and the connection is tried without it. */
    record PasswordFileUnused(String sentence) implements CommandEvent {
        @Override
        public String type() {
            return "password-file-not-used";
        }

        @Override
        public void put(JsonText json) {
            // nothing but its sentence
        }
    }

    /** The WAL of the old data directory is in the vault, before a restore over it. */
    record Salvaged(SalvageReport report) implements CommandEvent {
        @Override
        public String type() {
            return "salvaged";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return SalvageText.of(report).strip().replace("\n", "; ");
        }

        @Override
        public void put(JsonText json) {
            json.put("systemIdentifier", report.system().toString())
                    .putTexts(
                            "stored",
                            report.stored().stream().map(WalFile::name).toList());
        }
    }

    /** The doctor has examined something. */
    record Found(String about, Finding finding) implements CommandEvent {
        @Override
        public String type() {
            return "finding";
        }

        @Override
        public Severity severity() {
            return switch (finding.verdict()) {
                case OK, SKIPPED -> Severity.STEP;
                case WARNING, FAILED -> Severity.WARNING;
            };
        }

        @Override
        public String sentence() {
            return finding.check() + ": " + finding.seen();
        }

        @Override
        public void put(JsonText json) {
            finding.describe(json.put("about", about));
        }
    }
}
