package dev.walvault;

/**
 * The one table of what can go wrong: a stable name for programs, an exit status, and what it means.
 *
 * <p>docs/reference/exit-status.md is generated from it. Names and numbers never change their meaning; readers treat a number
 * that they do not know as failure. {@code archive-get} answers only 0, 1 and 255, whatever happened.
 */
public enum ErrorCode {
    ABSENT(1, "what was asked for is proven not to be in the vault"),
    USAGE(2, "the command line is wrong"),
    CONFIGURATION(3, "the configuration is wrong"),

    CONFLICT(20, "the vault holds other content under the same name; nothing was overwritten"),
    CORRUPT(21, "an object of the vault fails its own checks"),
    GAP(22, "WAL that is needed is missing from the vault"),
    FORMAT_TOO_NEW(23, "the vault or an object was written by a newer walvault"),
    BAD_PAGES(24, "the backup is complete, but pages of the server failed their checksum"),
    NOT_WAL(25, "a WAL file is not what its name says"),
    TARGET(26, "no backup of the vault reaches the recovery target"),
    UNFINISHED(27, "a server is still writing the WAL segment, or died while it did"),

    STORE_UNREACHABLE(30, "the vault is unreachable, or returns errors"),
    STORE_DENIED(31, "the vault refuses access"),
    STORE_FULL(32, "the vault has no space left"),
    VAULT_MISSING(33, "there is no vault, cluster or member where the configuration says"),
    VAULT_EXISTS(34, "a vault or cluster exists already, with other settings"),
    LOCAL_FILE(35, "a file of this machine cannot be read or written"),
    LOCAL_FULL(36, "a disk of this machine is full"),
    DIRECTORY_IN_USE(37, "the directory to restore into is not empty, or a server runs in it"),
    STORE_UNFIT(38, "the store does not give the guarantees that walvault depends on"),
    NOTHING_TO_UNDO(39, "no restore has moved aside anything that could come back"),

    KEY_MISSING(40, "no key was given, and the object or the vault needs one"),
    KEY_WRONG(41, "none of the identities opens the object"),
    KEY_INVALID(42, "a key cannot be read"),

    POSTGRES_UNREACHABLE(50, "the server is unreachable"),
    POSTGRES_REFUSED(51, "the server refused a statement"),
    WRONG_SYSTEM(52, "this is another PostgreSQL system than the one expected"),
    POSTGRES_VERSION(53, "this version of PostgreSQL is not supported"),
    POSTGRES_SETTINGS(54, "a setting of the server makes this impossible"),

    LOCKED(60, "another walvault is doing this at the moment"),
    TIMED_OUT(61, "it took longer than allowed"),
    CANCELLED(62, "interrupted by a signal"),

    BUG(70, "an error in walvault itself"),

    /** Above 125, because PostgreSQL takes everything below for the end of the WAL. */
    UNKNOWN_COMMAND(
            255,
            "there is no such command, or none was given; above 125, so that a misspelt restore_command"
                    + " does not end recovery"),

    /** Never carried by an exception: what {@code archive-get} makes of every error. */
    DOUBT(255, "archive-get only: it is not known whether the file is in the vault, so recovery must stop");

    private final int exitStatus;
    private final String meaning;

    ErrorCode(int exitStatus, String meaning) {
        this.exitStatus = exitStatus;
        this.meaning = meaning;
    }

    public int exitStatus() {
        return exitStatus;
    }

    /**
     * Whether it may be so of one copy of an object only: another vault may have it sound, and what was damaged on its way may
     * come sound the next time. A single turned bit can make an object look as if a later version had written it.
     */
    public boolean isOfOneCopy() {
        return switch (this) {
            case CORRUPT, FORMAT_TOO_NEW, KEY_WRONG -> true;
            default -> false;
        };
    }

    /** One sentence in PostgreSQL's message style, for documentation and for programs. */
    public String meaning() {
        return meaning;
    }
}
