package dev.walvault.archive;

import dev.walvault.ArchiverException;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Event;
import dev.walvault.observe.Problem;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import java.nio.file.Path;

/** What happens while WAL is stored, fetched and salvaged. */
public sealed interface ArchiveEvent extends Event {
    @Override
    default Severity severity() {
        return Severity.WARNING;
    }

    /** A file is stored under another name, because what has its name cannot be read. */
    record StoredBeside(WalFile file, WalFile taken, ArchiverException reason) implements ArchiveEvent {
        @Override
        public String type() {
            return "file-stored-beside";
        }

        @Override
        public String sentence() {
            return "\"" + file.name() + "\" is stored beside what is in the place of \"" + taken.name()
                    + "\" and cannot be used: " + reason.sentence() + "; if nothing else wrote it, remove that object";
        }

        @Override
        public void put(JsonText json) {
            json.put("file", taken.name()).put("storedAs", file.name()).putObject("reason", Problem.of(reason));
        }
    }

    /** The vault's copy of a file was damaged, and is stored again. */
    record CopyReplaced(WalFile file, ArchiverException damage) implements ArchiveEvent {
        @Override
        public String type() {
            return "damaged-copy-replaced";
        }

        @Override
        public String sentence() {
            return "the vault's copy of \"" + file.name() + "\" was damaged ("
                    + damage.detail().orElse("no detail") + ") and is stored again";
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name()).putObject("reason", Problem.of(damage));
        }
    }

    /** A file is in the vault already, and this host has no key with which to verify its content. */
    record CopyNotVerified(WalFile file) implements ArchiveEvent {
        @Override
        public String type() {
            return "copy-not-verified";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "\"" + file.name()
                    + "\" is in the vault already, by its header and its length; whether its content is sound only a host with an identity can tell";
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name());
        }
    }

    /** A file is served, or proven to be absent, after attempts that failed. */
    record RetryHelped(WalFile file) implements ArchiveEvent {
        @Override
        public String type() {
            return "retry-helped";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "trying again has helped: \"" + file.name() + "\" is answered";
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name());
        }
    }

    /**
     * What the server has queued cannot be stored ahead: acknowledgements have no place. Files are stored when asked
     * for.
     */
    record LookAheadFailed(ArchiverException reason) implements ArchiveEvent {
        @Override
        public String type() {
            return "look-ahead-impossible";
        }

        @Override
        public String sentence() {
            return "WAL cannot be stored ahead: " + reason.sentence()
                    + "; let state_directory name a directory that the server's operating-system user can write to, or set archive_push.look_ahead to 0";
        }

        @Override
        public void put(JsonText json) {
            json.putObject("reason", Problem.of(reason));
        }
    }

    /** An error of this program ended the look-ahead; the file that was asked for is stored. */
    record LookAheadEnded(Throwable failure) implements ArchiveEvent {
        @Override
        public String type() {
            return "look-ahead-ended";
        }

        @Override
        public String sentence() {
            return "an error of this program ended the look-ahead: " + failure;
        }

        @Override
        public void put(JsonText json) {
            json.put("failure", failure.toString());
        }
    }

    /**
     * The server recovers along a timeline that begins in the segment {@code missing}; its ancestor's segment is not
     * served.
     */
    record AncestorWithheld(WalFile.Segment file, WalFile.Segment missing) implements ArchiveEvent {
        @Override
        public String type() {
            return "ancestor-segment-withheld";
        }

        @Override
        public String sentence() {
            return "\"" + file.name() + "\" is kept from the server: it recovers along timeline " + missing.timeline()
                    + ", which begins in this segment, and there is no \"" + missing.name()
                    + "\" for it; archive that from the server that is on that timeline";
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name()).put("missing", missing.name());
        }
    }

    /** It could not be noted that a segment is absent, which keeps its ancestor's from being served. */
    record ForkNotNoted(WalFile.Segment file, ArchiverException reason) implements ArchiveEvent {
        @Override
        public String type() {
            return "fork-not-noted";
        }

        @Override
        public String sentence() {
            return reason.getMessage() + "; an ancestor's segment of the same number may lead past the fork";
        }

        @Override
        public void put(JsonText json) {
            json.put("file", file.name()).putObject("reason", Problem.of(reason));
        }
    }

    /** The WAL in {@code directory} is salvaged. */
    record SalvageStarted(SystemIdentifier system, Path directory) implements ArchiveEvent {
        @Override
        public String type() {
            return "salvage-started";
        }

        @Override
        public Severity severity() {
            return Severity.STEP;
        }

        @Override
        public String sentence() {
            return "salvaging the WAL of system " + system + " in \"" + directory + "\"";
        }

        @Override
        public void put(JsonText json) {
            json.put("systemIdentifier", system.toString()).put("directory", directory.toString());
        }
    }

    /** A file of the WAL was not stored, or the WAL is not complete; the rest is salvaged. */
    record NotSalvaged(ArchiverException reason) implements ArchiveEvent {
        @Override
        public String type() {
            return "not-salvaged";
        }

        @Override
        public String sentence() {
            return reason.getMessage()
                    + reason.detail().map(detail -> ": " + detail).orElse("")
                    + reason.hint().map(hint -> ". " + hint).orElse("");
        }

        @Override
        public void put(JsonText json) {
            json.putObject("reason", Problem.of(reason));
        }
    }
}
