package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.FileNames;
import dev.walvault.LockException;
import dev.walvault.OwnLine;
import dev.walvault.examine.Check;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.pg.ArchiveCommand;
import dev.walvault.pg.ServerShell;
import dev.walvault.pg.ServerShell.Lookup;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.Timestamps;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.link.ArchiverFacts;
import dev.walvault.pg.link.Rights;
import dev.walvault.pg.link.ServerFacts;
import dev.walvault.pg.link.ServerInquiry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the running server does its part: it lets this user in, and it archives, with this program. */
public final class ServerChecks {
    /** More than this waits only when something is slow or stuck. */
    private static final long MANY_WAITING = 32;

    private static final String IN_PSQL = "In psql:";
    private static final String RELOAD = OwnLine.of("SELECT pg_reload_conf();");

    /** After this the server has tried again what failed, and begun what is queued. */
    private static final long LONGEST_IDLE_SECONDS = 60;

    private final Connector connector;
    private final Expected expected;
    private final ServerShell shell;
    private final Examiner examiner;

    /** Opens a session with the configured server. */
    @FunctionalInterface
    public interface Connector {
        ServerInquiry connect() throws ArchiverException;
    }

    /**
     * What the server is compared with.
     *
     * @param dataDirectory as it is configured
     * @param system that of the data directory
     * @param where the server's address, for the eye
     * @param program how this program is called
     * @param configuration the file in use, if there is one
     * @param usualConfiguration the file that a call without any option reads
     */
    public record Expected(
            Path dataDirectory,
            SystemIdentifier system,
            String where,
            String program,
            Optional<Path> configuration,
            Path usualConfiguration) {

        /** What archive_command should be. */
        String archiveCommand() {
            String option = configuration
                    .filter(file -> !same(file, usualConfiguration))
                    .map(file -> " --config \"" + file + "\"")
                    .orElse("");
            return "\"" + program + "\"" + option + " archive-push %p";
        }
    }

    /** {@code shell} is that of the server of the data directory. */
    public ServerChecks(Connector connector, Expected expected, ServerShell shell, Examiner examiner) {
        this.connector = connector;
        this.expected = expected;
        this.shell = shell;
        this.examiner = examiner;
    }

    /**
     * Runs every check; the examiner has the findings. Returns the newest file that the server takes for archived.
     *
     * @throws LockException CANCELLED
     */
    public Optional<WalFile> examine() throws LockException {
        Optional<ServerInquiry> session =
                examiner.obtain("server", connector::connect, _ -> "connected to " + expected.where());
        if (session.isEmpty()) {
            return Optional.empty();
        }
        try (ServerInquiry server = session.get()) {
            // without them the server does not even say where its data are
            boolean allowed = ran("rights", check -> rights(check, server.rights()));
            Optional<ServerFacts> facts = allowed
                    ? examiner.obtain("server version", server::facts, ServerChecks::version)
                    : Optional.empty();
            return facts.isEmpty() ? Optional.empty() : examine(server, facts.get());
        }
    }

    private static String version(ServerFacts facts) {
        return "PostgreSQL " + facts.version() + (facts.inRecovery() ? ", in recovery" : "");
    }

    private boolean ran(String name, Check.Look look) throws LockException {
        return examiner.run(new Check(name, look)).verdict() != Finding.Verdict.FAILED;
    }

    private Optional<WalFile> examine(ServerInquiry server, ServerFacts facts) throws LockException {
        examiner.run(List.of(
                new Check("its data directory", check -> dataDirectory(check, facts)),
                new Check("wal_level", check -> walLevel(check, facts)),
                new Check("archive_mode", check -> archiveMode(check, facts))));
        if (facts.archiveMode().equals("off")) {
            return Optional.empty();
        }
        Optional<ArchiverFacts> archiver = examiner.obtain(
                "archiver", server::archiver, found -> "archived: " + found.archived() + ", failed: " + found.failed());
        if (archiver.isEmpty()) {
            return Optional.empty();
        }
        examiner.run(List.of(
                new Check("archive_command", check -> archiveCommand(check, archiver.get())),
                new Check("archiving", check -> archiving(check, archiver.get(), facts.inRecovery())),
                new Check("archive_timeout", check -> archiveTimeout(check, archiver.get()))));
        return archiver.get().lastArchived().map(last -> WalFile.parse(last.file()));
    }

    private static Finding rights(String check, Rights rights) {
        if (rights.superuser()) {
            return Finding.ok(check, "user " + rights.user() + " is a superuser");
        }
        return rights.missing().isEmpty()
                ? Finding.ok(check, "user " + rights.user() + " may take backups and create restore points")
                : Finding.failed(
                        check,
                        ErrorCode.POSTGRES_REFUSED,
                        "user " + rights.user() + " may not take backups and create restore points",
                        "As a superuser, in the database that walvault connects to:"
                                + rights.missing().stream()
                                        .map(grant -> OwnLine.of(grant + ";"))
                                        .collect(Collectors.joining()));
    }

    private Finding dataDirectory(String check, ServerFacts facts) {
        if (!facts.system().equals(expected.system())) {
            return Finding.failed(
                    check,
                    ErrorCode.WRONG_SYSTEM,
                    "the server is system " + facts.system() + ", and \"" + expected.dataDirectory()
                            + "\" is of system " + expected.system(),
                    "Make pgdata and section [postgres] speak of the same server; its data directory is \""
                            + facts.dataDirectory() + "\".");
        }
        return same(facts.dataDirectory(), expected.dataDirectory())
                ? Finding.ok(check, "it is the configured one")
                : Finding.failed(
                        check,
                        ErrorCode.WRONG_SYSTEM,
                        "the server's is \"" + facts.dataDirectory() + "\", and pgdata is \"" + expected.dataDirectory()
                                + "\", a copy of the same system",
                        "Set pgdata to the directory of the server that is to be backed up, or connect to the other one.");
    }

    private static Finding walLevel(String check, ServerFacts facts) {
        return facts.walLevel().equals("minimal")
                ? settings(
                        check,
                        "it is \"minimal\"",
                        IN_PSQL + OwnLine.of("ALTER SYSTEM SET wal_level = replica;") + "\nthen restart the server.")
                : Finding.ok(check, facts.walLevel());
    }

    private Finding archiveMode(String check, ServerFacts facts) {
        if (!facts.archiveMode().equals("off")) {
            return Finding.ok(check, facts.archiveMode());
        }
        String fix = IN_PSQL + OwnLine.of("ALTER SYSTEM SET archive_mode = on;") + setCommand()
                + "\nthen restart the server and take a backup.";
        return facts.inRecovery()
                ? Finding.warning(check, "it is off: the server would not archive once it is promoted", fix)
                : settings(check, "it is off: the server takes writes, and nothing of them is archived", fix);
    }

    private String setCommand() {
        return OwnLine.of("ALTER SYSTEM SET archive_command = '" + expected.archiveCommand() + "';");
    }

    private Finding archiveCommand(String check, ArchiverFacts archiver) {
        String fix = IN_PSQL + setCommand() + RELOAD;
        if (!archiver.library().isEmpty()) {
            return settings(
                    check,
                    "archive_library is \"" + archiver.library() + "\", so archive_command is not called",
                    IN_PSQL + OwnLine.of("ALTER SYSTEM SET archive_library = '';") + setCommand() + RELOAD);
        }
        if (archiver.command().isEmpty()) {
            return settings(check, "it is empty: the server keeps its WAL until the disk is full", fix);
        }
        var command = ArchiveCommand.parse(archiver.command());
        Lookup lookup = command.calledByTheShell().map(shell::find).orElseGet(Lookup.Unknown::new);
        if (lookup instanceof Lookup.NotFound(String why)) {
            return settings(
                    check,
                    "the server cannot run it: \"" + command.calledByTheShell().orElseThrow() + "\" " + why,
                    fix);
        }
        if (!command.pushes()) {
            boolean works = archiver.lastArchived().isPresent() && !archiver.isFailing();
            String seen = "it does not call \"walvault archive-push\": " + archiver.command();
            // it may be a script that does; whether what it archives is in the vault is looked at there
            return works ? Finding.warning(check, seen, fix) : settings(check, seen, fix);
        }
        if (!command.namesTheFile()) {
            return settings(check, "it does not say which file to store: there is no %p in it", fix);
        }
        if (command.mayHideFailure()) {
            return Finding.warning(
                    check,
                    "what follows archive-push may hide from the server that it failed: " + archiver.command(),
                    fix);
        }
        return configuration(check, command, lookup, fix);
    }

    private Finding configuration(String check, ArchiveCommand command, Lookup lookup, String fix) {
        Optional<Path> read = command.configuration().map(FileNames::path);
        Path expectedFile = expected.configuration().orElse(expected.usualConfiguration());
        if (read.isPresent() && !same(read.get(), expectedFile)) {
            return settings(
                    check, "it reads \"" + read.get() + "\", and this examination \"" + expectedFile + "\"", fix);
        }
        if (read.isEmpty() && !same(expectedFile, expected.usualConfiguration())) {
            return Finding.warning(
                    check,
                    "it names no configuration, so it reads \"" + expected.usualConfiguration()
                            + "\" unless the server's environment says otherwise; this examination reads \""
                            + expectedFile + "\"",
                    fix);
        }
        if (!(lookup instanceof Lookup.Found(Path program))) {
            return Finding.ok(
                    check,
                    "it calls \"" + command.program().orElseThrow()
                            + "\", with this configuration; which file that is to the server cannot be told from here");
        }
        Path own = Path.of(expected.program());
        return own.isAbsolute() && !same(program, own)
                ? Finding.warning(
                        check,
                        "it calls \"" + program + "\", and this is \"" + own + "\"",
                        "Have one program on this host, of one version.")
                : Finding.ok(check, "it is this program, with this configuration");
    }

    private static Finding archiving(String check, ArchiverFacts archiver, boolean inRecovery) {
        boolean archives = !inRecovery || archiver.mode().equals("always");
        String queue = archiver.waiting().isEmpty()
                ? ""
                : ", waiting: " + archiver.waiting().getAsLong();
        Optional<String> trouble = archiver.trouble();
        if (trouble.isPresent()) {
            return settings(
                    check,
                    trouble.get() + queue,
                    "The server's log has what archive_command said. Run it by hand as the server's user, in the data"
                            + " directory.");
        }
        if (archives && archiver.idleSeconds().orElse(0) > LONGEST_IDLE_SECONDS) {
            return settings(
                    check,
                    "nothing was archived for " + archiver.idleSeconds().getAsLong() + " s, nor did it fail" + queue,
                    "Look at the server's log for \"archive command failed\": a command that cannot be run ends with 126 or"
                            + " 127, and PostgreSQL does not count that. If there is nothing, archive_command hangs.");
        }
        if (archiver.waiting().orElse(0) > MANY_WAITING) {
            return Finding.warning(
                    check,
                    "it does not keep up" + queue,
                    "Look at the log for how long archive_command takes, and at archive_push.look_ahead.");
        }
        if (archiver.lastArchived().isEmpty()) {
            return inRecovery
                    ? Finding.ok(check, "nothing yet, as a standby has it")
                    : Finding.warning(
                            check,
                            "nothing was archived yet" + queue,
                            IN_PSQL + OwnLine.of("SELECT pg_switch_wal();") + "\nand run this again a minute later.");
        }
        var last = archiver.lastArchived().get();
        return Finding.ok(
                check, "the newest file is \"" + last.file() + "\", of " + Timestamps.text(last.time()) + queue);
    }

    private static Finding archiveTimeout(String check, ArchiverFacts archiver) {
        return archiver.timeoutSeconds() > 0
                ? Finding.ok(check, archiver.timeoutSeconds() + " s")
                : Finding.warning(
                        check,
                        "it is not set: what was committed last is archived when a segment is full, which may take days",
                        IN_PSQL + OwnLine.of("ALTER SYSTEM SET archive_timeout = '5min';") + RELOAD);
    }

    private static Finding settings(String check, String seen, String fix) {
        return Finding.failed(check, ErrorCode.POSTGRES_SETTINGS, seen, fix);
    }

    private static boolean same(Path one, Path other) {
        try {
            return one.equals(other) || Files.isSameFile(one, other);
        } catch (IOException _) {
            return false;
        }
    }
}
