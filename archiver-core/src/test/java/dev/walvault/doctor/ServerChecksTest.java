package dev.walvault.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.examine.Examiner;
import dev.walvault.examine.Finding;
import dev.walvault.examine.Finding.Verdict;
import dev.walvault.observe.Cancellation;
import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.ServerShell;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.link.ArchiverFacts;
import dev.walvault.pg.link.ArchiverFacts.Last;
import dev.walvault.pg.link.Rights;
import dev.walvault.pg.link.ServerFacts;
import dev.walvault.pg.link.ServerFiles;
import dev.walvault.pg.link.ServerInquiry;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerChecksTest {
    private static final String SEGMENT = "000000010000000000000013";
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    Path directory;

    private final List<Finding> findings = new ArrayList<>();
    private Path data;
    private Path program;
    private Path configuration;
    private Rights rights = new Rights("postgres", true, List.of());
    private Optional<Path> dataOfServer = Optional.empty();
    private boolean inRecovery;
    private String archiveMode = "on";
    private Optional<String> command = Optional.empty();
    private String library = "";
    private int timeout = 300;
    private long waiting;
    private OptionalLong idle = OptionalLong.empty();
    private Optional<String> searchPath = Optional.empty();
    private Optional<Last> archived = Optional.of(new Last(SEGMENT, NOON));
    private Optional<Last> failed = Optional.empty();

    @BeforeEach
    void makeFiles() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
        program = Files.createFile(directory.resolve("walvault"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        configuration = Files.createFile(directory.resolve("walvault.toml"));
    }

    private Optional<WalFile> examine(Optional<Path> used, Path usual) throws ArchiverException {
        findings.clear();
        var expected = new ServerChecks.Expected(data, Vaults.SYSTEM, "a socket", program.toString(), used, usual);
        return new ServerChecks(
                        Asked::new,
                        expected,
                        new ServerShell(data, searchPath),
                        new Examiner(new Cancellation(), findings::add))
                .examine();
    }

    /** With the usual configuration file. */
    private Optional<WalFile> examine() throws ArchiverException {
        return examine(Optional.of(configuration), configuration);
    }

    private Finding finding(String check) {
        return findings.stream()
                .filter(each -> each.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aServerThatArchivesWithThisProgramIsWell() throws ArchiverException {
        assertThat(examine()).contains(WalFile.parse(SEGMENT));
        assertThat(findings).allMatch(each -> each.verdict() == Verdict.OK);
        assertThat(findings.stream().map(Finding::check))
                .containsExactly(
                        "server",
                        "rights",
                        "server version",
                        "its data directory",
                        "wal_level",
                        "archive_mode",
                        "archiver",
                        "archive_command",
                        "archiving",
                        "archive_timeout");
    }

    @Test
    void aServerThatCannotBeReachedIsOneFailure() throws ArchiverException {
        var expected = new ServerChecks.Expected(
                data, Vaults.SYSTEM, "x", program.toString(), Optional.of(configuration), configuration);
        ServerChecks.Connector away = () -> {
            throw Fault.of(ErrorCode.POSTGRES_UNREACHABLE, "could not connect").postgres();
        };

        assertThat(new ServerChecks(
                                away,
                                expected,
                                new ServerShell(data, searchPath),
                                new Examiner(new Cancellation(), findings::add))
                        .examine())
                .isEmpty();
        assertThat(findings)
                .singleElement()
                .satisfies(each -> assertThat(each.code()).contains(ErrorCode.POSTGRES_UNREACHABLE));
    }

    @Test
    void rightsThatAreMissingComeWithTheirGrants() throws ArchiverException {
        rights = new Rights("bob", false, List.of("GRANT pg_monitor TO bob", "GRANT EXECUTE ON FUNCTION f() TO bob"));
        examine();
        assertThat(finding("rights").verdict()).isEqualTo(Verdict.FAILED);
        assertThat(finding("rights").fix())
                .hasValueSatisfying(fix -> assertThat(fix)
                        .contains("\n    GRANT pg_monitor TO bob;\n    GRANT EXECUTE ON FUNCTION f() TO bob;"));
        assertThat(findings).hasSize(2);

        rights = new Rights("bob", false, List.of());
        examine();
        assertThat(finding("rights").verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void aWritableServerThatDoesNotArchiveFailsWithTheLinesThatTurnItOn() throws ArchiverException {
        archiveMode = "off";
        assertThat(examine()).isEmpty();
        assertThat(finding("archive_mode").verdict()).isEqualTo(Verdict.FAILED);
        assertThat(finding("archive_mode").fix())
                .hasValueSatisfying(fix -> assertThat(fix)
                        .contains(
                                "ALTER SYSTEM SET archive_mode = on;",
                                "ALTER SYSTEM SET archive_command = '\"" + program + "\" archive-push %p';",
                                "restart"));

        inRecovery = true;
        examine();
        assertThat(finding("archive_mode").verdict()).isEqualTo(Verdict.WARNING);
    }

    @Test
    void anotherDataDirectoryOfTheSameSystemFails() throws IOException {
        dataOfServer = Optional.of(Files.createDirectory(directory.resolve("copy")));
        examine();
        assertThat(finding("its data directory").code()).contains(ErrorCode.WRONG_SYSTEM);

        dataOfServer = Optional.of(Files.createSymbolicLink(directory.resolve("link"), data));
        examine();
        assertThat(finding("its data directory").verdict()).isEqualTo(Verdict.OK);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|FAILED",
                "/bin/false|WARNING",
                "walvault archive-push|FAILED",
                "walvault archive-push %p|OK",
                "walvault archive-push %p ; true|WARNING",
                "walvault --config /elsewhere.toml archive-push %p|FAILED",
                "walvault --config CONFIG archive-push %p|OK",
                "/nowhere/walvault archive-push %p|FAILED",
                "PROGRAM archive-push %p|OK",
            })
    void theCommandIsThisProgramWithThisConfiguration(String text, Verdict verdict) throws ArchiverException {
        command = Optional.of(text.replace("CONFIG", configuration.toString()).replace("PROGRAM", program.toString()));
        examine();
        assertThat(finding("archive_command").verdict()).isEqualTo(verdict);
    }

    @Test
    void anothersCommandFailsUnlessItWorks() throws ArchiverException {
        command = Optional.of("/bin/false");
        archived = Optional.empty();
        examine();
        assertThat(finding("archive_command").verdict()).isEqualTo(Verdict.FAILED);
    }

    @Test
    void aCommandWithoutConfigurationReadsTheUsualOne() throws ArchiverException {
        command = Optional.of("walvault archive-push %p");
        examine(Optional.of(configuration), directory.resolve("usual.toml"));
        assertThat(finding("archive_command").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("archive_command").fix())
                .hasValueSatisfying(
                        fix -> assertThat(fix).contains(" --config \"" + configuration + "\" archive-push"));
    }

    @Test
    void aLibraryKeepsTheCommandFromBeingCalled() throws ArchiverException {
        library = "basic_archive";
        examine();
        assertThat(finding("archive_command").verdict()).isEqualTo(Verdict.FAILED);
    }

    @Test
    void anArchiverThatFailsOrFallsBehindIsTold() throws ArchiverException {
        failed = Optional.of(new Last(SEGMENT, NOON.plusSeconds(1)));
        waiting = 7;
        examine();
        assertThat(finding("archiving").verdict()).isEqualTo(Verdict.FAILED);
        assertThat(finding("archiving").seen()).contains(SEGMENT, "waiting: 7");

        failed = Optional.of(new Last(SEGMENT, NOON.minusSeconds(1)));
        waiting = 700;
        examine();
        assertThat(finding("archiving").verdict()).isEqualTo(Verdict.WARNING);

        waiting = 0;
        timeout = 0;
        examine();
        assertThat(finding("archiving").verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("archive_timeout").verdict()).isEqualTo(Verdict.WARNING);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "walvault archive-push %p|FAILED",
                "test ! -f x && nice walvault archive-push %p|FAILED",
                "PATH=/opt:$PATH walvault archive-push %p|OK",
                "ssh archiver walvault archive-push %p|OK",
                "$HOME/walvault archive-push %p|OK",
                "/nowhere/store.sh %p|FAILED",
            })
    void aProgramThatTheServersShellDoesNotFindFails(String text, Verdict verdict) throws ArchiverException {
        command = Optional.of(text);
        searchPath = Optional.of("/nowhere:/usr/bin");
        examine();
        assertThat(finding("archive_command").verdict()).isEqualTo(verdict);
        if (verdict == Verdict.FAILED) {
            assertThat(finding("archive_command").fix())
                    .hasValueSatisfying(fix -> assertThat(fix).contains("'\"" + program + "\" archive-push %p'"));
        }
    }

    @Test
    void theProgramOfTheServersPathIsComparedWithThisOne() throws Exception {
        command = Optional.of("walvault archive-push %p");
        searchPath = Optional.of("/nowhere:" + directory);
        examine();
        assertThat(finding("archive_command").seen()).isEqualTo("it is this program, with this configuration");

        Path other = Files.createFile(
                Files.createDirectory(directory.resolve("other")).resolve("walvault"));
        assertThat(other.toFile().setExecutable(true)).isTrue();
        searchPath = Optional.of(other.getParent() + ":" + directory);
        examine();
        assertThat(finding("archive_command").verdict()).isEqualTo(Verdict.WARNING);
    }

    @Test
    void filesThatWaitWhileNothingIsReportedFailAndTheServersLogTells() throws ArchiverException {
        archived = Optional.empty();
        waiting = 1;
        idle = OptionalLong.of(10);
        examine();
        assertThat(finding("archiving").verdict()).isEqualTo(Verdict.WARNING);

        idle = OptionalLong.of(70);
        examine();
        assertThat(finding("archiving").verdict()).isEqualTo(Verdict.FAILED);
        assertThat(finding("archiving").fix())
                .hasValueSatisfying(
                        fix -> assertThat(fix).contains("the server's log", "archive command failed", "127"));

        inRecovery = true;
        examine();
        assertThat(finding("archiving").verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void nothingArchivedYetIsAWarning() throws ArchiverException {
        archived = Optional.empty();
        assertThat(examine()).isEmpty();
        assertThat(finding("archiving").verdict()).isEqualTo(Verdict.WARNING);
    }

    /** Says what the fields say, and does nothing. */
    private final class Asked implements ServerInquiry {
        @Override
        public ServerFacts facts() {
            return new ServerFacts(
                    Vaults.SYSTEM,
                    "15.18",
                    150018,
                    inRecovery,
                    TimelineId.FIRST,
                    dataOfServer.orElse(data),
                    "replica",
                    archiveMode,
                    new ServerFiles(202209061, 8192, 131072, 8192, Vaults.SEGMENT_SIZE, DataChecksums.OFF));
        }

        @Override
        public ArchiverFacts archiver() {
            return new ArchiverFacts(
                    archiveMode,
                    command.orElse(program + " archive-push %p"),
                    library,
                    timeout,
                    OptionalLong.of(waiting),
                    idle,
                    1,
                    1,
                    archived,
                    failed);
        }

        @Override
        public Rights rights() {
            return rights;
        }

        @Override
        public void close() {}
    }
}
