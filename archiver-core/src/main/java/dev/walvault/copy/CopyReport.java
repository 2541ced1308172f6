package dev.walvault.copy;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.json.JsonText;
import dev.walvault.observe.Problem;
import dev.walvault.vault.BackupId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What became of a copy.
 *
 * @param objectsCopied what was stored, or would have been in a dry run; {@code objectsThere} was there already
 * @param backups that are complete in the other vault now, or would be
 * @param incomplete backups that were not made complete there, because something of them is among the problems
 * @param leftOut what was not stored of timelines on which the other vault has something else
 * @param problems objects that are missing or damaged here (GAP, CORRUPT), or that are others there (CONFLICT)
 */
public record CopyReport(
        long objectsCopied,
        long bytesCopied,
        long objectsThere,
        List<BackupId> backups,
        List<BackupId> incomplete,
        List<LeftOut> leftOut,
        List<ArchiverException> problems) {

    public CopyReport {
        backups = List.copyOf(backups);
        incomplete = List.copyOf(incomplete);
        leftOut = List.copyOf(leftOut);
        problems = List.copyOf(problems);
    }

    /** Puts the members that results have. */
    public void describe(JsonText json) {
        json.put("objectsCopied", objectsCopied)
                .put("bytesCopied", bytesCopied)
                .put("objectsThere", objectsThere)
                .putTexts("backups", backups.stream().map(BackupId::toString).toList())
                .putTexts(
                        "incompleteBackups",
                        incomplete.stream().map(BackupId::toString).toList())
                .putObjects(
                        "leftOut",
                        leftOut.stream()
                                .<Consumer<JsonText>>map(each -> each::describe)
                                .toList())
                .putObjects("problems", problems.stream().map(Problem::of).toList());
    }

    /** The code to end with: a conflict before everything else; empty if there was no problem. */
    public Optional<ErrorCode> worst() {
        return problems.stream()
                .map(ArchiverException::code)
                .filter(ErrorCode.CONFLICT::equals)
                .findFirst()
                .or(() -> problems.stream().map(ArchiverException::code).findFirst());
    }
}
