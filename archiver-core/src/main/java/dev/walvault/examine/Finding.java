package dev.walvault.examine;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.json.JsonText;
import java.util.Locale;
import java.util.Optional;

/**
 * What one check found.
 *
 * @param seen one line, in the style of messages
 * @param code what kind of failure it is; only of one that FAILED
 * @param fix the setting, option or command that mends it
 */
public record Finding(String check, Verdict verdict, String seen, Optional<ErrorCode> code, Optional<String> fix) {

    public Finding {
        if (fix.isEmpty() && (verdict == Verdict.FAILED || verdict == Verdict.WARNING)) {
            throw new IllegalArgumentException("\"" + check + "\" is " + verdict + ", and nothing mends it");
        }
    }

    /** Puts the members that results have. */
    public void describe(JsonText json) {
        json.put("check", check)
                .put("verdict", verdict.name().toLowerCase(Locale.ROOT))
                .put("seen", seen)
                .put("code", code.map(ErrorCode::name))
                .put("fix", fix);
    }

    /** From good to bad, and not looked at. */
    public enum Verdict {
        OK,
        WARNING,
        FAILED,
        SKIPPED
    }

    public static Finding ok(String check, String seen) {
        return new Finding(check, Verdict.OK, seen, Optional.empty(), Optional.empty());
    }

    public static Finding warning(String check, String seen, String fix) {
        return new Finding(check, Verdict.WARNING, seen, Optional.empty(), Optional.of(fix));
    }

    public static Finding failed(String check, ErrorCode code, String seen, String fix) {
        return new Finding(check, Verdict.FAILED, seen, Optional.of(code), Optional.of(fix));
    }

    /** An error, with its own hint for a fix. */
    public static Finding failed(String check, ArchiverException error) {
        String seen =
                error.getMessage() + error.detail().map(detail -> ": " + detail).orElse("");
        return new Finding(
                check,
                Verdict.FAILED,
                seen,
                Optional.of(error.code()),
                error.hint().or(() -> Optional.of(usualFix(error.code()))));
    }

    /** For an error that does not know its own. */
    private static String usualFix(ErrorCode code) {
        return switch (code) {
            case USAGE, UNKNOWN_COMMAND, CONFIGURATION -> "Correct the command line or the configuration.";
            case CONFLICT -> "Delete nothing yet: look which of the two is right, and who has written the other.";
            case CORRUPT, GAP, NOT_WAL, ABSENT ->
                "Bring it there again from another vault, or from the server's pg_wal.";
            case FORMAT_TOO_NEW -> "Use the newer walvault on this host, too.";
            case BAD_PAGES -> "Check the server's disks.";
            case TARGET, UNFINISHED, DOUBT -> "Look at what \"walvault info\" says of the vault.";
            case STORE_UNREACHABLE ->
                "Look whether the vault's disk is mounted, or its service answers, and run this again.";
            case STORE_DENIED -> "Give this user the rights to read, to write and to list the vault.";
            case STORE_OBSTRUCTED -> "Find out who has put it there, and move it out of the vault.";
            case STORE_FULL -> "Make room in the vault: until then archiving stops, and pg_wal grows.";
            case VAULT_MISSING, VAULT_EXISTS -> "Check \"vault\" and \"cluster\" in the configuration.";
            case LOCAL_FILE -> "Run this as the server's user, and look at the file that is named.";
            case LOCAL_FULL -> "Make room on this host.";
            case DIRECTORY_IN_USE, NOTHING_TO_UNDO -> "Look at what is in the directory that is named.";
            case STORE_UNFIT -> "Put the vault on another file system or service.";
            case KEY_MISSING, KEY_WRONG, KEY_INVALID ->
                "Check encryption.recipients and encryption.identity_files in the configuration.";
            case POSTGRES_UNREACHABLE -> "Look at the server's log, and check that it runs.";
            case POSTGRES_REFUSED, POSTGRES_SETTINGS -> "Look at the server's log for what it refused.";
            case WRONG_SYSTEM -> "Check that \"pgdata\" and \"cluster\" are those of this server.";
            case POSTGRES_VERSION -> "Use a walvault that knows this version.";
            case LOCKED, TIMED_OUT, CANCELLED -> "Run this again.";
            case BUG -> "Report it, with all that was printed.";
        };
    }

    public static Finding skipped(String check, String why) {
        return new Finding(check, Verdict.SKIPPED, why, Optional.empty(), Optional.empty());
    }
}
