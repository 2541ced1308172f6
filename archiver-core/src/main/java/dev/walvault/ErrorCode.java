package dev.walvault;

/**
 * The one table of what can go wrong: a stable name for programs, whose trouble it is, an exit status, and what it
 * means.
 *
 * <p>docs/reference/exit-status.md is generated from it. Names and numbers never change their meaning; readers treat a
 * number that they do not know as failure. {@code archive-get} answers only 0, 1 and 255, whatever happened.
 */
public enum ErrorCode {
    ABSENT(Kind.ANSWER, 1, "what was asked for is proven not to be in the vault"),
    USAGE(Kind.CONFIGURATION, 2, "the command line is wrong"),
    CONFIGURATION(Kind.CONFIGURATION, 3, "the configuration is wrong"),

    CONFLICT(
            Kind.INTEGRITY,
            20,
            "the vault, or another one, holds other content under the same name; nothing was overwritten"),
    CORRUPT(Kind.INTEGRITY, 21, "an object of the vault fails its own checks"),
    GAP(Kind.INTEGRITY, 22, "WAL that is needed is missing from the vault"),
    FORMAT_TOO_NEW(Kind.INTEGRITY, 23, "the vault or an object was written by a newer walvault"),
    BAD_PAGES(Kind.INTEGRITY, 24, "the backup is complete, but pages of the server failed their checksum"),
    NOT_WAL(Kind.INTEGRITY, 25, "a WAL file is not what its name says"),
    TARGET(Kind.INTEGRITY, 26, "no backup of the vault reaches the recovery target"),
    UNFINISHED(Kind.INTEGRITY, 27, "a server is still writing the WAL segment, or died while it did"),
    STORE_OBSTRUCTED(Kind.STORE, 28, "something that is no object is in the place of an object of the vault"),

    STORE_UNREACHABLE(Kind.STORE, 30, "the vault is unreachable, or returns errors"),
    STORE_DENIED(Kind.STORE, 31, "the vault refuses access"),
    STORE_FULL(Kind.STORE, 32, "the vault has no space left"),
    VAULT_MISSING(Kind.STORE, 33, "there is no vault, cluster or member where the configuration says"),
    VAULT_EXISTS(Kind.STORE, 34, "a vault or cluster exists already, with other settings"),
    LOCAL_FILE(Kind.HOST, 35, "a file of this machine cannot be read or written"),
    LOCAL_FULL(Kind.HOST, 36, "a disk of this machine is full"),
    DIRECTORY_IN_USE(Kind.HOST, 37, "the directory to restore into is not empty, or a server runs in it"),
    STORE_UNFIT(Kind.STORE, 38, "the store does not give the guarantees that walvault depends on"),
    NOTHING_TO_UNDO(Kind.HOST, 39, "no restore has moved aside anything that could come back"),

    KEY_MISSING(Kind.KEY, 40, "no key was given, and the object or the vault needs one"),
    KEY_WRONG(Kind.KEY, 41, "none of the identities opens the object"),
    KEY_INVALID(Kind.KEY, 42, "a key cannot be read"),

    POSTGRES_UNREACHABLE(Kind.POSTGRES, 50, "the server is unreachable"),
    POSTGRES_REFUSED(Kind.POSTGRES, 51, "the server refused a statement"),
    WRONG_SYSTEM(Kind.POSTGRES, 52, "this is another PostgreSQL system than the one expected"),
    POSTGRES_VERSION(Kind.POSTGRES, 53, "this version of PostgreSQL is not supported"),
    POSTGRES_SETTINGS(Kind.POSTGRES, 54, "a setting of the server makes this impossible"),

    LOCKED(Kind.LOCK, 60, "another walvault is doing this at the moment"),
    TIMED_OUT(Kind.LOCK, 61, "it took longer than allowed"),
    CANCELLED(Kind.LOCK, 62, "interrupted by a signal"),

    BUG(Kind.BUG, 70, "an error in walvault itself"),

    /** Above 125, because PostgreSQL takes everything below for the end of the WAL. */
    UNKNOWN_COMMAND(
            Kind.CONFIGURATION,
            255,
            "there is no such command, or none was given; above 125, so that a misspelt restore_command"
                    + " does not end recovery"),

    /** Never carried by an exception: what {@code archive-get} makes of every error. */
    DOUBT(
            Kind.ANSWER,
            255,
            "archive-get only: it is not known whether the file is in the vault, so recovery must stop");

    private final Kind kind;
    private final int exitStatus;
    private final String meaning;

    /** Whose trouble it is: every exception of one kind has the same class. */
    public enum Kind {
        /** What {@code archive-get} ends with; no exception carries it. */
        ANSWER,
        /** {@link ConfigurationException}. */
        CONFIGURATION,
        /** {@link IntegrityException}. */
        INTEGRITY,
        /** {@link StoreException}. */
        STORE,
        /** {@link HostException}. */
        HOST,
        /** {@link KeyException}. */
        KEY,
        /** {@link PostgresException}. */
        POSTGRES,
        /** {@link LockException}. */
        LOCK,
        /** {@link BugException}. */
        BUG
    }

    ErrorCode(Kind kind, int exitStatus, String meaning) {
        this.kind = kind;
        this.exitStatus = exitStatus;
        this.meaning = meaning;
    }

    /** Whose trouble it is, and with it the class of the exception that carries the code. */
    public Kind kind() {
        return kind;
    }

    public int exitStatus() {
        return exitStatus;
    }

    /**
     * Whether it may be so of one copy of an object only: another vault may have it sound, and what was damaged on its
     * way may come sound the next time. A single turned bit can make an object look as if a later version had written
     * it.
     */
    public boolean isOfOneCopy() {
        return switch (this) {
            case CORRUPT, FORMAT_TOO_NEW, KEY_WRONG -> true;
            default -> false;
        };
    }

    /** Whether it may be so of one vault only: the options of its URL are its own, too. */
    public boolean isOfOneVault() {
        return kind == Kind.STORE || kind == Kind.CONFIGURATION;
    }

    /** One sentence in PostgreSQL's message style, for documentation and for programs. */
    public String meaning() {
        return meaning;
    }
}
