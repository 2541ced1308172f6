package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveGetTest {
    private static final String SEGMENT = Site.SEGMENT;
    private static final String NEXT = "000000010000000000000002";
    private static final String DESTINATION = "pg_wal/RECOVERYXLOG";
    private static final String DOUBT = "LOG:  cannot tell whether the file that was asked for is in the vault; ";

    @TempDir
    Path directory;

    private Site site;

    @BeforeEach
    void archive() throws IOException {
        site = Site.initialised(directory);
        site.segment(SEGMENT, 1);
        assertThat(site.run("archive-push", "pg_wal/" + SEGMENT).status()).isZero();
    }

    private Ran get(String name) {
        return ask("archive-get", name, DESTINATION);
    }

    /** As the server does: it removes what lies there before it asks. */
    private Ran ask(String... words) {
        try {
            Files.deleteIfExists(site.pgdata().resolve(DESTINATION));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return site.run(words);
    }

    @Test
    void whatWasPushedComesBackAsItWas() {
        assertThat(get(SEGMENT)).isEqualTo(new Ran(0, "", ""));
        assertThat(site.pgdata().resolve(DESTINATION))
                .hasSameBinaryContentAs(site.pgdata().resolve("pg_wal").resolve(SEGMENT));
    }

    @Test
    void nothingButTheFileIsWrittenToTheDataDirectory() throws IOException {
        get(SEGMENT);

        try (var files = Files.list(site.pgdata().resolve("pg_wal"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(SEGMENT, "RECOVERYXLOG");
        }
        assertThat(directory.resolve("state/arriving")).isEmptyDirectory();
    }

    @Test
    void aProgramIsToldWhereItCameFrom() {
        assertThat(site.run("archive-get", SEGMENT, DESTINATION, "--output", "json")
                        .out())
                .isEqualTo("{\"walvault\":1,\"command\":\"archive-get\",\"file\":\"" + SEGMENT
                        + "\",\"outcome\":\"served\",\"bytes\":16777216,\"from\":\"vault\"}\n");
    }

    @Test
    void aServerThatRecoversIsServedWhatWasFetchedAhead() throws Exception {
        site.segment(NEXT, 2);
        assertThat(site.run("archive-push", "pg_wal/" + NEXT).status()).isZero();
        // as in a data directory that was restored, there is no WAL
        Files.delete(site.pgdata().resolve("pg_wal").resolve(SEGMENT));
        Path next = Files.move(site.pgdata().resolve("pg_wal").resolve(NEXT), directory.resolve("next"));
        recover();
        assertThat(get(SEGMENT).status()).isZero();
        var prefetcher = Thread.ofPlatform().start(() -> site.run("archive-prefetch", DESTINATION));
        for (int look = 0; !isSpooled() && look < 1000; look++) {
            Thread.sleep(20);
        }

        Ran ran = ask("-v", "--output", "json", "archive-get", NEXT, DESTINATION);

        assertThat(ran.out()).endsWith("\"outcome\":\"served\",\"bytes\":16777216,\"from\":\"spool\"}\n");
        assertThat(ran.err()).isEqualTo("LOG:  \"" + NEXT + "\" had been fetched ahead\n");
        assertThat(site.pgdata().resolve(DESTINATION)).hasSameBinaryContentAs(next);

        Files.delete(site.pgdata().resolve("recovery.signal"));
        assertThat(prefetcher.join(Duration.ofSeconds(20))).isTrue();
        assertThat(directory.resolve("state/prefetch")).isDirectoryNotContaining(Files::isDirectory);
    }

    private boolean isSpooled() throws IOException {
        try (var files = Files.walk(directory.resolve("state/prefetch"))) {
            return files.anyMatch(file -> file.getFileName().toString().matches(NEXT + "(\\.[0-9]+){3}"));
        }
    }

    /** As a server does, which lives as long as this process. */
    private void recover() throws IOException {
        Files.createFile(site.pgdata().resolve("recovery.signal"));
        Files.writeString(
                site.pgdata().resolve("postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + site.pgdata() + "\n1763712345\n");
    }

    @Test
    void nothingIsFetchedAheadOfAnybodyElse() throws IOException {
        get(SEGMENT);
        recover();
        assertThat(site.run("archive-get", SEGMENT, "pg_wal/" + SEGMENT).status())
                .isZero();
        site.configure("prefetch = \"0\"\n");
        get(SEGMENT);

        assertThat(directory.resolve("state/prefetch")).doesNotExist();
    }

    @Test
    void provenAbsenceIsOneAndQuiet() {
        assertThat(get("000000010000000000000002")).isEqualTo(new Ran(1, "", ""));
        assertThat(get("00000002.history")).isEqualTo(new Ran(1, "", ""));
        assertThat(site.run("-v", "archive-get", "00000002.history", DESTINATION)
                        .err())
                .isEqualTo("LOG:  \"00000002.history\" is not in the vault\n");
    }

    @Test
    void aMissingVaultStopsRecovery() throws IOException {
        Files.move(site.vault(), directory.resolve("elsewhere"));

        Ran ran = get(SEGMENT);

        assertThat(ran.status()).isEqualTo(255);
        assertThat(ran.err()).startsWith("ERROR:  ").endsWith(DOUBT + "recovery must stop\n");
    }

    /** It asks for that when it has removed its signal file, and would begin on the old timeline if it were stopped. */
    @ParameterizedTest
    @ValueSource(strings = {"00000001.history", "00000002.history"})
    void aServerThatBeginsItsNewTimelineIsNotStopped(String history) throws Exception {
        Path postgres = directory.resolve("postgres");
        Files.copy(Path.of("/bin/sleep"), postgres);
        Process server = new ProcessBuilder(postgres.toString(), "600").start();
        try {
            Files.writeString(site.pgdata().resolve("postmaster.pid"), server.pid() + "\n" + site.pgdata() + "\n1\n");
            Files.writeString(site.pgdata().resolve("pg_wal/00000002.history"), "1\t0/3000000\tno reason\n");
            Files.move(site.vault(), directory.resolve("elsewhere"));

            assertThat(site.run("archive-get", history, "pg_wal/RECOVERYHISTORY"))
                    .isEqualTo(new Ran(1, "", ""));
            Ran ran = site.run("archive-get", "--tpyo", history, "pg_wal/RECOVERYHISTORY");
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.err()).endsWith(DOUBT + "recovery has ended, and the server has that file itself\n");

            assertThat(site.run("archive-get", "00000003.history", "pg_wal/RECOVERYHISTORY")
                            .status())
                    .isEqualTo(255);
            assertThat(site.run("archive-get", SEGMENT, DESTINATION).status()).isEqualTo(255);
            Files.createFile(site.pgdata().resolve("recovery.signal"));
            assertThat(site.run("archive-get", history, "pg_wal/RECOVERYHISTORY")
                            .status())
                    .isEqualTo(255);
        } finally {
            server.destroyForcibly().waitFor();
        }
        Files.delete(site.pgdata().resolve("recovery.signal"));
        assertThat(site.run("archive-get", history, "pg_wal/RECOVERYHISTORY").status())
                .isEqualTo(255);
    }

    @Test
    @Timeout(120)
    void aStandbyIsNotKeptWaitingForAVaultThatIsUnreachable() throws IOException {
        Files.createFile(site.pgdata().resolve("standby.signal"));
        site.write("vault = \"" + site.vault()
                + "\"\npgdata = \"pgdata\"\nstate_directory = \"state\"\n[archive_get]\nretry_budget = \"1h\"\n");
        Files.move(site.vault(), directory.resolve("elsewhere"));

        assertThat(get(SEGMENT).status()).isEqualTo(1);
    }

    @Test
    void aDamagedObjectStopsRecovery() throws IOException {
        try (var files = Files.walk(site.vault())) {
            Path stored =
                    files.filter(path -> path.endsWith(SEGMENT)).findFirst().orElseThrow();
            byte[] bytes = Files.readAllBytes(stored);
            Files.delete(stored);
            Files.write(stored, Arrays.copyOf(bytes, bytes.length / 2));
        }

        assertThat(get(SEGMENT).status()).isEqualTo(255);
        assertThat(site.pgdata().resolve(DESTINATION)).doesNotExist();
    }

    @Test
    void aVaultOfANewerFormatStopsRecovery() throws IOException {
        ArchivePushTest.newerFormat(site);

        assertThat(get(SEGMENT).status()).isEqualTo(255);
    }

    @Test
    void aVaultThatDoesNotKnowTheServerStopsRecovery() throws IOException {
        site.controlFile("16");

        assertThat(get("00000002.history").status()).isEqualTo(255);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[wall]\n", "[wal]\ncodex = \"zstd\"\n", "[wal]\ncodec = \"zip\"\n", "[wal\n", "wal = 1\n"})
    void aTypoInTheConfigurationStopsRecovery(String typo) throws IOException {
        site.configure(typo);

        assertThat(get("00000002.history").status()).isEqualTo(255);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../" + SEGMENT, "pg_wal/" + SEGMENT, "junk", "00000002.HISTORY", "00000000.history"})
    void aNameThatNoServerUsesStopsRecovery(String name) {
        assertThat(get(name).status()).isEqualTo(255);
        assertThat(get("0".repeat(65)).status()).isEqualTo(255);
    }

    @Test
    void aWrongCommandLineStopsRecovery() {
        assertThat(site.run("archive-get").status()).isEqualTo(255);
        assertThat(site.run("archive-get", SEGMENT).status()).isEqualTo(255);
        assertThat(site.run("archive-get", SEGMENT, DESTINATION, "more").status())
                .isEqualTo(255);
        assertThat(site.run("archive-get", "--no-such-option", SEGMENT, DESTINATION)
                        .status())
                .isEqualTo(255);
        assertThat(site.run("--confg", "x", "archive-get", SEGMENT, DESTINATION).status())
                .isEqualTo(255);
        assertThat(site.bare(directory, "-c", "nowhere.toml", "archive-get", SEGMENT, DESTINATION)
                        .status())
                .isEqualTo(255);
    }

    @Test
    void aMissingIdentityFileStopsRecovery() throws IOException {
        site.configure("[encryption]\nidentity_files = [\"nowhere.age\"]\n");

        Ran ran = get(SEGMENT);

        assertThat(ran.status()).isEqualTo(255);
        assertThat(ran.err()).contains("identity file").contains("does not exist");
    }

    @Test
    void aDestinationThatCannotBeWrittenStopsRecovery() {
        assertThat(site.run("archive-get", SEGMENT, "no/such/directory/x").status())
                .isEqualTo(255);
    }

    @Test
    void aStandbyInDoubtGoesOnAsking() throws IOException {
        Files.createFile(site.pgdata().resolve("standby.signal"));
        Files.move(site.vault(), directory.resolve("elsewhere"));

        Ran ran = get(SEGMENT);

        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err())
                .endsWith(DOUBT + "the standby goes on asking; promoted now, it would end with the WAL that it has\n");
        assertThat(site.run("archive-get").status()).isEqualTo(1);
    }

    @Test
    void aStandbyIsFoundByItsPathAsWell() throws IOException {
        Files.createFile(site.pgdata().resolve("standby.signal"));
        Files.move(site.vault(), directory.resolve("elsewhere"));

        Ran ran = site.runIn(
                directory,
                "archive-get",
                SEGMENT,
                site.pgdata().resolve(DESTINATION).toString());

        assertThat(ran.status()).isEqualTo(1);
    }

    @Test
    void aStandbyCanBeToldToStop() throws IOException {
        Files.createFile(site.pgdata().resolve("standby.signal"));
        site.configure("standby_doubt = \"stop\"\n");
        Files.move(site.vault(), directory.resolve("elsewhere"));

        assertThat(get(SEGMENT).status()).isEqualTo(255);
    }

    @Test
    void aPolicyThatCannotBeReadIsTheUsualOne() throws IOException {
        Files.createFile(site.pgdata().resolve("standby.signal"));
        site.configure("standby_doubt = \"stop\"\nnonsense = 1\n");

        assertThat(get(SEGMENT).status()).isEqualTo(1);
    }

    @Test
    void recoveryCanBeToldToTakeDoubtForAbsence() throws IOException {
        site.configure("recovery_doubt = \"absent\"\n");
        Files.move(site.vault(), directory.resolve("elsewhere"));

        assertThat(get(SEGMENT).status()).isEqualTo(1);
    }

    @Test
    void withoutADataDirectoryTheOnlySystemIsMeant() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));

        assertThat(site.runIn(other, "archive-get", SEGMENT, "here").status()).isZero();
        assertThat(other.resolve("here")).hasSize(16 << 20);
    }

    @Test
    void ofSeveralSystemsOneMustBeNamed() throws IOException {
        String first = site.system().toString();
        site.controlFile("16");
        assertThat(site.run("init", "--new-system").status()).isZero();
        Path other = Files.createDirectory(directory.resolve("other"));

        Ran unnamed = site.runIn(other, "archive-get", SEGMENT, "here");
        assertThat(unnamed.status()).isEqualTo(255);
        assertThat(unnamed.err()).contains("--system-identifier");
        assertThat(site.runIn(other, "archive-get", SEGMENT, "here", "--system-identifier", first)
                        .status())
                .isZero();
    }
}
