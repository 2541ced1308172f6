package dev.walvault.cli.settings;

import dev.walvault.config.ByteSizes;
import dev.walvault.config.Check;
import dev.walvault.seal.Compression;
import dev.walvault.sign.TrustedWriter;
import dev.walvault.vault.Name;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** The one table of what can be configured. */
public enum Setting {
    VAULT(
            "vault",
            Kind.ONE_OR_MORE,
            "",
            "file:///backup/pg",
            VaultUrls::place,
            "Where the vault is: " + VaultUrls.help() + ". Required."
                    + " Several vaults hold the same data each; list them in the order in which they are to be read."),
    CLUSTER(
            "cluster",
            Kind.TEXT,
            "main",
            "main",
            Name::new,
            "Name of this server in the vault. Two servers must not share one."),
    MEMBER("member", Kind.TEXT, "main", "main", Name::new, "Which server of the cluster this is."),
    PGDATA("pgdata", Kind.PATH, "", "/var/lib/postgresql/15/main", Check.ANYTHING, "The server's data directory."),
    STATE_DIRECTORY(
            "state_directory",
            Kind.PATH,
            "",
            "/var/lib/postgresql/.local/state/walvault",
            Check.ANYTHING,
            "Where this host keeps what it must remember between two calls: which files a vault"
                    + " is missing, and WAL on its way to a server. Put it on the file system of the data directory. If not"
                    + " set: .local/state/walvault in the home directory of the operating-system user, or"
                    + " /var/lib/walvault if there is none."),

    RECIPIENTS(
            "encryption.recipients",
            Kind.TEXTS,
            "",
            "age1…",
            Check.ANYTHING,
            "Public keys to encrypt to, as \"walvault keygen\" prints them. Without any, the vault is not"
                    + " encrypted."),
    IDENTITY_FILES(
            "encryption.identity_files",
            Kind.PATHS,
            "",
            "/etc/walvault/identity.age",
            Check.ANYTHING,
            "Files with private keys. Only hosts that restore need them."),

    SIGNING_KEY_FILE(
            "signing.key_file",
            Kind.PATH,
            "",
            "/etc/walvault/signing.key",
            Check.ANYTHING,
            "File with the Ed25519 key by which this host signs what it stores, as \"walvault keygen --signing\""
                    + " writes one. If not set, nothing is signed."),
    TRUSTED_WRITERS(
            "trust.writers",
            Kind.TEXTS,
            "",
            "ed25519:99rDjIH/XPJlblwcxslT1ZVqV9Ri11d6QDlq6hjIcSU= name=db1",
            TrustedWriter::parse,
            "Public keys of the hosts that may have written what this host reads. A key may be followed by name=NAME,"
                    + " from=INSTANT and until=INSTANT. An object that none of them has signed counts as damaged."
                    + " If not set, signatures are ignored."),
    UNSIGNED_BEFORE(
            "trust.unsigned_before",
            Kind.TEXT,
            "",
            "2026-12-01T00:00:00Z",
            TrustedWriter::instant,
            "With trust.writers: an object without a signature is accepted if the store received it before this"
                    + " instant, by the store's clock."),

    WAL_CODEC(
            "wal.codec",
            Kind.TEXT,
            "zstd",
            "zstd",
            Setting::checkCodec,
            "How WAL is compressed: zstd, lz4, gzip, xz or none."),
    WAL_LEVEL(
            "wal.level",
            Kind.INTEGER,
            "",
            "1",
            Check.between(0, 19),
            "Compression level: zstd 1 to 19, lz4 1 to 12, gzip 1 to 9, xz 0 to 6. If not set: 1 for zstd and"
                    + " lz4, 6 for gzip, 0 for xz."),

    BACKUP_CODEC(
            "backup.codec",
            Kind.TEXT,
            "zstd",
            "zstd",
            Setting::checkCodec,
            "How backups are compressed: zstd, lz4, gzip, xz or none."),
    BACKUP_LEVEL(
            "backup.level",
            Kind.INTEGER,
            "",
            "3",
            Check.between(0, 19),
            "Compression level, as for WAL. If not set: 3 for zstd, otherwise as for WAL."),
    BACKUP_JOBS(
            "backup.jobs",
            Kind.INTEGER,
            "",
            "4",
            Check.between(1, 256),
            "Number of threads that back up and restore. If not set: one for each processor, at most 8."),
    WAL_TIMEOUT(
            "backup.wal_timeout",
            Kind.TEXT,
            "10m",
            "10m",
            Check.DURATION,
            "How long a backup or a restore point waits until its WAL is in the vault."),

    POSTGRES_HOST(
            "postgres.host",
            Kind.TEXT,
            "",
            "/var/run/postgresql",
            Check.ANYTHING,
            "The server's host name or address, or the directory of its UNIX-domain socket. If not set: the"
                    + " socket that postmaster.pid in pgdata names, then one in /var/run/postgresql or /tmp, then"
                    + " localhost."),
    POSTGRES_PORT(
            "postgres.port",
            Kind.INTEGER,
            "",
            "5432",
            Check.between(1, 65535),
            "The server's port. If not set: the one that postmaster.pid in pgdata names, then 5432."),
    POSTGRES_USER(
            "postgres.user",
            Kind.TEXT,
            "",
            "postgres",
            Check.ANYTHING,
            "The database user. If not set: the name of the operating-system user."),
    POSTGRES_DATABASE(
            "postgres.database",
            Kind.TEXT,
            "postgres",
            "postgres",
            Check.ANYTHING,
            "The database to connect to. Any will do."),
    POSTGRES_PASSWORD(
            "postgres.password",
            Kind.TEXT,
            "",
            "secret",
            Check.ANYTHING,
            "The password. It is better kept in a file of its own."),
    POSTGRES_PASSWORD_FILE(
            "postgres.password_file",
            Kind.PATH,
            "",
            "/etc/walvault/password",
            Check.ANYTHING,
            "A file whose first line is the password."),
    POSTGRES_PASSFILE(
            "postgres.passfile",
            Kind.PATH,
            "",
            "/var/lib/postgresql/.pgpass",
            Check.ANYTHING,
            "A password file as libpq reads it, with host:port:database:user:password in each line. If not set:"
                    + " .pgpass in the home directory of the operating-system user."),
    POSTGRES_SERVICE(
            "postgres.service",
            Kind.TEXT,
            "",
            "orders",
            Check.ANYTHING,
            "A service of the service file. Whatever is set here or in this section takes precedence over the"
                    + " service."),
    POSTGRES_SERVICE_FILE(
            "postgres.service_file",
            Kind.PATH,
            "",
            "/etc/postgresql-common/pg_service.conf",
            Check.ANYTHING,
            "The service file. If not set: .pg_service.conf in the home directory of the operating-system user."),
    POSTGRES_SSLMODE(
            "postgres.sslmode",
            Kind.TEXT,
            "",
            "verify-full",
            Check.oneOf("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
            "How a connection over TCP is encrypted, in libpq's words: disable, allow, prefer, require,"
                    + " verify-ca or verify-full. If not set: prefer. Sockets are not encrypted."),
    POSTGRES_SSLROOTCERT(
            "postgres.sslrootcert",
            Kind.PATH,
            "",
            "/etc/walvault/server-ca.crt",
            Check.ANYTHING,
            "A PEM file with the authorities that may have signed the server's certificate, or \"system\" for"
                    + " those of the operating system. If not set: .postgresql/root.crt in the home directory."),
    POSTGRES_SSLCERT(
            "postgres.sslcert",
            Kind.PATH,
            "",
            "/etc/walvault/client.crt",
            Check.ANYTHING,
            "A PEM file with the certificate that walvault shows the server. If not set:"
                    + " .postgresql/postgresql.crt in the home directory."),
    POSTGRES_SSLKEY(
            "postgres.sslkey",
            Kind.PATH,
            "",
            "/etc/walvault/client.key",
            Check.ANYTHING,
            "The private key of that certificate: PEM, PKCS #8, without a passphrase. If not set:"
                    + " .postgresql/postgresql.key in the home directory."),
    POSTGRES_REQUIRE_AUTH(
            "postgres.require_auth",
            Kind.TEXT,
            "",
            "scram-sha-256",
            Check.matching(
                    "!?(none|password|md5|gss|sspi|scram-sha-256)(,!?(none|password|md5|gss|sspi|scram-sha-256))*",
                    "it is a list of none, password, md5, gss, sspi, scram-sha-256, with commas between, or the same"
                            + " with \"!\" before each"),
            "Which authentication the server may ask for, in libpq's words. If not set: any, but a password is"
                    + " used for \"scram-sha-256,none\" only, unless sslmode is verify-ca or verify-full. With password or"
                    + " md5, an impostor would learn the password."),
    POSTGRES_CONNECT_TIMEOUT(
            "postgres.connect_timeout",
            Kind.INTEGER,
            "10",
            "10",
            Check.between(0, 3600),
            "How many seconds connecting may take. 0 means no limit."),

    COPIES(
            "archive_push.copies",
            Kind.COUNT,
            "all",
            "all",
            Check.COPIES,
            "In how many of several vaults a file must be durable before archive-push returns 0: \"all\" or a"
                    + " number. The others get it at the same time, or as soon as they can be reached."),
    LOOK_AHEAD(
            "archive_push.look_ahead",
            Kind.INTEGER,
            "32",
            "32",
            Check.between(0, 1024),
            "Maximum number of queued WAL files that one archive-push call stores in advance. It stores at most"
                    + " 1 GB in total, and begins no file after five seconds. 0 turns this off."),
    PUSH_JOBS(
            "archive_push.jobs",
            Kind.INTEGER,
            "",
            "2",
            Check.between(1, 64),
            "Number of these files stored at the same time. If not set: one for each processor, at most 8. More are"
                    + " useful where a vault is far away. Each job holds a segment and its sealed form in memory."
                    + " Segments in progress are limited to 128 MB or a quarter of the memory that the program may use,"
                    + " whichever is less."),

    LIMIT_DISK_READ(
            "limits.disk_read",
            Kind.TEXT,
            "",
            "50M",
            Check.size(1 << 20),
            "Maximum number of bytes per second that backup, copy or restore reads from disks: from the data"
                    + " directory, and from a vault that is a directory. If not set: no limit. archive-push and"
                    + " archive-get are never limited."),
    LIMIT_DISK_WRITE(
            "limits.disk_write",
            Kind.TEXT,
            "",
            "50M",
            Check.size(1 << 20),
            "Maximum number of bytes per second that backup, copy or restore writes to disks: to the new data"
                    + " directory, and to a vault that is a directory. If not set: no limit."),

    PREFETCH(
            "archive_get.prefetch",
            Kind.TEXT,
            "128MB",
            "128MB",
            ByteSizes::parse,
            "How much WAL is fetched ahead of a server that recovers, into the state directory. The same amount"
                    + " of space is left free there. \"0\" turns this off."),
    RETRY_BUDGET(
            "archive_get.retry_budget",
            Kind.TEXT,
            "60s",
            "60s",
            Check.DURATION,
            "How long archive-get tries again before it reports that it does not know. For a standby, which"
                    + " asks again by itself, it is 5 s at most."),
    STANDBY_DOUBT(
            "archive_get.standby_doubt",
            Kind.TEXT,
            "absent",
            "absent",
            Check.oneOf("absent", "stop"),
            "What archive-get returns to a standby when it does not know: \"absent\" (status 1; the standby"
                    + " goes on asking and streaming) or \"stop\" (status 255; the standby shuts down)."),
    RECOVERY_DOUBT(
            "archive_get.recovery_doubt",
            Kind.TEXT,
            "stop",
            "stop",
            Check.oneOf("stop", "absent"),
            "The same for a server in recovery that is not a standby. DANGER: with \"absent\" an unreachable"
                    + " vault looks like the end of the WAL. The server ends recovery there and promotes, and it loses"
                    + " everything that came later.");

    /** What a value looks like in the file. */
    public enum Kind {
        TEXT("a string"),
        ONE_OR_MORE("a string or an array of strings"),
        INTEGER("an integer"),
        COUNT("\"all\" or an integer"),
        PATH("a string"),
        TEXTS("an array of strings"),
        PATHS("an array of strings");

        private final String toml;

        Kind(String toml) {
            this.toml = toml;
        }

        boolean isList() {
            return this == TEXTS || this == PATHS || this == ONE_OR_MORE;
        }

        public boolean isPath() {
            return this == PATH || this == PATHS;
        }

        boolean isString() {
            return this == TEXT || this == PATH || this == ONE_OR_MORE || this == COUNT;
        }

        boolean isInteger() {
            return this == INTEGER || this == COUNT;
        }

        String toml() {
            return toml;
        }
    }

    private final String key;
    private final Kind kind;
    private final String builtIn;
    private final String example;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final Check check;

    private final String description;

    Setting(String key, Kind kind, String builtIn, String example, Check check, String description) {
        this.key = key;
        this.kind = kind;
        this.builtIn = builtIn;
        this.example = example;
        this.check = check;
        this.description = description;
    }

    public String key() {
        return key;
    }

    public Kind kind() {
        return kind;
    }

    public String description() {
        return description;
    }

    public boolean secret() {
        return this == POSTGRES_PASSWORD;
    }

    /** The section of the file it stands in; empty for those before the first section. */
    String section() {
        return key.contains(".") ? key.substring(0, key.indexOf('.')) : "";
    }

    /** The name within its section. */
    String nameInSection() {
        return key.substring(key.indexOf('.') + 1);
    }

    Optional<String> builtIn() {
        return builtIn.isEmpty() ? Optional.empty() : Optional.of(builtIn);
    }

    String example() {
        return example;
    }

    /** The environment variables that set it, whatever the file says; the first that is there wins. */
    public List<String> variables() {
        String own = "WALVAULT_" + key.toUpperCase(Locale.ROOT).replace('.', '_');
        return List.of(own);
    }

    /** The variable of PostgreSQL's own programs that sets it where the file says nothing. */
    Optional<String> libpqVariable() {
        return switch (this) {
            case PGDATA -> Optional.of("PGDATA");
            case POSTGRES_HOST -> Optional.of("PGHOST");
            case POSTGRES_PORT -> Optional.of("PGPORT");
            case POSTGRES_USER -> Optional.of("PGUSER");
            case POSTGRES_DATABASE -> Optional.of("PGDATABASE");
            case POSTGRES_PASSWORD -> Optional.of("PGPASSWORD");
            case POSTGRES_PASSFILE -> Optional.of("PGPASSFILE");
            case POSTGRES_SERVICE -> Optional.of("PGSERVICE");
            case POSTGRES_SERVICE_FILE -> Optional.of("PGSERVICEFILE");
            case POSTGRES_SSLMODE -> Optional.of("PGSSLMODE");
            case POSTGRES_SSLROOTCERT -> Optional.of("PGSSLROOTCERT");
            case POSTGRES_SSLCERT -> Optional.of("PGSSLCERT");
            case POSTGRES_SSLKEY -> Optional.of("PGSSLKEY");
            case POSTGRES_REQUIRE_AUTH -> Optional.of("PGREQUIREAUTH");
            case POSTGRES_CONNECT_TIMEOUT -> Optional.of("PGCONNECT_TIMEOUT");
            default -> Optional.empty();
        };
    }

    private static void checkCodec(String name) {
        Compression.parse(name, OptionalInt.empty());
    }

    /** Refuses a text that is no value of this setting with an {@link IllegalArgumentException}. */
    public void check(String text) {
        check.check(text);
    }

    /** Whether a section of the file may have this name. */
    static boolean isSection(String name) {
        String beginning = name + ".";
        for (Setting setting : values()) {
            if (setting.key.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    static Optional<Setting> find(String key) {
        for (Setting setting : values()) {
            if (setting.key.equals(key)) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }
}
