package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
    @TempDir
    Path directory;

    private Site site;

    @BeforeEach
    void configure() throws IOException {
        site = Site.in(directory);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "valt = 'x'|unknown setting \"valt\"|Did you mean \"vault\"?",
                "[wall]|unknown section \"wall\"|Did you mean \"wal\"?",
                "[wal]\\ncodex = 'zstd'|unknown setting \"wal.codex\"|Did you mean \"wal.codec\"?",
                "[wal]\\nidentity_files = []|unknown setting \"wal.identity_files\"|Did you mean"
                        + " \"encryption.identity_files\"?",
                "'wal.level' = 1|unknown setting \"\"wal.level\"\"|Did you mean \"wal.level\"?",
                "pgdata.x = 1|unknown section \"pgdata\"|\"walvault config --example\" shows all that there are.",
            })
    void anUnknownKeyIsAnErrorThatNamesTheNearest(String line, String error, String hint) throws IOException {
        site.write("\n" + line.replace("\\n", "\n") + "\n");

        Ran ran = site.run("config");

        assertThat(ran.status()).isEqualTo(3);
        assertThat(ran.err()).startsWith("ERROR:  " + error + "\n").contains("HINT:  " + hint);
        assertThat(ran.err()).contains("it stands in " + site.config() + ":");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cluster = 1|setting \"cluster\" must be a string, not an integer",
                "cluster = 'a/b'|invalid value \"a/b\" of setting \"cluster\"",
                "vault = 'ftp://x'|invalid value \"ftp://x\" of setting \"vault\"",
                "vault = ['file:///a', 'ftp://x']|invalid value \"ftp://x\" of setting \"vault\"",
                "postgres.port = '1'|setting \"postgres.port\" must be an integer, not a string",
                "postgres.port = 70000|invalid value \"70000\" of setting \"postgres.port\"",
                "encryption.recipients = 'a'|setting \"encryption.recipients\" must be an array of strings, not a string",
                "encryption.recipients = [1]|each element of setting \"encryption.recipients\" must be a string, not an"
                        + " integer",
                "wal = 1|section \"wal\" must be a table, not an integer",
                "[[wal]]|section \"wal\" must be a table, not an array of tables",
                "wal.level = 20|invalid value \"20\" of setting \"wal.level\"",
                "backup.wal_timeout = '10'|invalid value \"10\" of setting \"backup.wal_timeout\"",
                "backup.codec = 'zip'|invalid value \"zip\" of setting \"backup.codec\"",
            })
    void aWrongValueIsAnErrorThatNamesIt(String line, String error) throws IOException {
        site.write(line + "\n");

        Ran ran = site.run("config");

        assertThat(ran.status()).isEqualTo(3);
        assertThat(ran.err()).startsWith("ERROR:  " + error + "\nDETAIL:  ").contains(site.config() + ":1");
    }

    @Test
    void aCodecThatIsOnlyReadIsRefusedWithThoseThatAreWritten() throws IOException {
        site.write("wal.codec = 'brotli'\n");

        Ran ran = site.run("config");

        assertThat(ran.status()).isEqualTo(3);
        assertThat(ran.err())
                .contains(
                        "invalid value \"brotli\" of setting \"wal.codec\"",
                        "can be read only: to write, it is one of zstd, lz4, gzip, xz, none");
    }

    /** Whoever takes the last key off the list wants nobody to be believed, and not everybody. */
    @Test
    void anEmptyListOfWritersIsRefused() throws IOException {
        site.write("trust.writers = []\n");

        Ran ran = site.run("config");

        assertThat(ran.status()).isEqualTo(3);
        assertThat(ran.err())
                .contains(
                        "invalid value of setting \"trust.writers\"",
                        "the list is empty: name somebody, or leave the setting out");
    }

    @Test
    void aSyntaxErrorIsNamedByLineAndColumn() throws IOException {
        site.write("vault = '/x'\n[wal\n");

        Ran ran = site.run("config");

        assertThat(ran.status()).isEqualTo(3);
        assertThat(ran.err())
                .isEqualTo("ERROR:  syntax error in configuration file at " + site.config() + ":2:5\n"
                        + "DETAIL:  expected \"]\" after the name of the section\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password = hunter2",
                "password = \"hunter2",
                "password = \"hunter2\" x",
                "password = \"\\hunter2\"",
                "password = ['hunter2']",
                "password = 'x'\npassword = 'hunter2'",
                "password = 'hunter2'\npassword.x = 1",
            })
    void noErrorShowsAPassword(String lines) throws IOException {
        site.write("[postgres]\n" + lines + "\n");

        assertThat(site.run("config").err()).startsWith("ERROR:  ").doesNotContain("hunter2");
    }

    @Test
    void aFileInAnotherEncodingIsToldApart() throws IOException {
        Files.write(site.config(), "cluster = 'Grün'\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(site.run("config").err())
                .isEqualTo("ERROR:  could not read configuration file \"" + site.config() + "\"\n"
                        + "DETAIL:  it is not UTF-8 text\nHINT:  Save it in UTF-8.\n");
    }

    /** A device without end, for example. */
    @Test
    void aFileThatIsFarTooLongIsRefused() throws IOException {
        site.write("#" + "x".repeat(1 << 20));

        Ran ran = site.run("config");

        assertThat(ran.status()).isEqualTo(3);
        assertThat(ran.err()).contains("could not read configuration file", "it has more than 1048576 bytes");
    }

    @Test
    void whatIsShownCanBeWrittenToAFile() throws IOException {
        site.with("WALVAULT_POSTGRES_SERVICE", "a\"b\\c\u0007\u007F\tü");
        String line = site.run("config")
                .out()
                .lines()
                .filter(each -> each.startsWith("postgres.service "))
                .findFirst()
                .orElseThrow();
        String literal = line.substring(line.indexOf('"'), line.lastIndexOf('"') + 1);
        site.with("WALVAULT_POSTGRES_SERVICE", "").write("postgres.service = " + literal + "\n");

        assertThat(site.run("config").out()).contains(literal);
    }

    @Test
    void everyValueIsShownWithItsOriginAndSecretsAreMasked() throws IOException {
        site.write("vault = \"/x\"\n[postgres]\npassword = \"hunter2\"\n");
        site.with("WALVAULT_WAL_CODEC", "lz4")
                .with("PGDATA", "/data")
                .with("WALVAULT_ENCRYPTION_IDENTITY_FILES", "a, b");

        Ran ran = site.run("config");

        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .containsPattern("vault +\"/x\"\\s+\\(" + site.config() + ":1\\)\n")
                .containsPattern("pgdata +\"/data\"\\s+\\(environment variable PGDATA\\)\n")
                .containsPattern("wal.codec +\"lz4\"\\s+\\(environment variable WALVAULT_WAL_CODEC\\)\n")
                .containsPattern("encryption.identity_files +\\[\"a\", \"b\"]\\s+\\(environment")
                .containsPattern("postgres.password +\\*\\*\\*\\s+\\(" + site.config() + ":3\\)\n")
                .containsPattern("postgres.connect_timeout +10\\s+\\(default\\)\n")
                .doesNotContain("hunter2");
        assertThat(site.run("config", "--output", "json").out()).doesNotContain("hunter2");
    }

    @Test
    void variablesOfLibpqCountWhereTheFileSaysNothing() throws IOException {
        site.configure("[postgres]\nport = 5555\n");
        site.with("PGPORT", "5432").with("PGHOST", "db1").with("PGUSER", "bob").with("WALVAULT_POSTGRES_USER", "alice");

        assertThat(site.run("config").out())
                .containsPattern("postgres.port +5555\\s+\\(" + site.config() + ":")
                .containsPattern("postgres.host +\"db1\"\\s+\\(environment variable PGHOST\\)\n")
                .containsPattern("postgres.user +\"alice\"\\s+\\(environment variable WALVAULT_POSTGRES_USER\\)\n");
    }

    @Test
    void aVariableOfLibpqThatIsWrongStopsOnlyWhoConnects() throws IOException {
        site.with("PGPORT", "x");
        assertThat(site.run("init").status()).isZero();

        Ran ran = site.run("restore-point", "create", "a");

        assertThat(ran.status()).isEqualTo(3);
        assertThat(ran.err())
                .startsWith("ERROR:  invalid value of connection parameter \"port\"\nDETAIL:  it is a number");
    }

    @Test
    void aSecretThatOthersCanReadIsWarnedOfOnce() throws IOException {
        site.configure("[postgres]\npassword = \"hunter2\"\n");
        Files.setPosixFilePermissions(site.config(), PosixFilePermissions.fromString("rw-r--r--"));

        Ran ran = site.run("init");

        assertThat(ran.status()).isZero();
        assertThat(ran.err())
                .isEqualTo("WARNING:  configuration file \"" + site.config()
                        + "\" holds a secret and can be read by its group or by others\n");
    }

    @Test
    void anIdentityFileThatOthersCanReadIsWarnedOf() throws IOException {
        Path identity = Files.createFile(directory.resolve("id.age"));
        Files.setPosixFilePermissions(identity, PosixFilePermissions.fromString("rw-r-----"));
        site.configure("[encryption]\nidentity_files = [\"id.age\"]\n");

        assertThat(site.run("config").err())
                .isEqualTo("WARNING:  identity file \"" + identity
                        + "\" holds a secret and can be read by its group or by others\n");
    }

    @Test
    void aVariableThatSetsNothingIsWarnedOf() {
        site.with("WALVAULT_WAL_CODEX", "lz4");

        assertThat(site.run("config").err())
                .isEqualTo("WARNING:  environment variable WALVAULT_WAL_CODEX sets nothing; did you mean"
                        + " WALVAULT_WAL_CODEC?\n");
    }

    @Test
    void aFileThatWasNamedMustBeThere() {
        assertThat(site.bare(directory, "--config", "nowhere.toml", "config").status())
                .isEqualTo(3);
        assertThat(site.with("WALVAULT_CONFIG", "nowhere.toml")
                        .bare(directory, "config")
                        .status())
                .isEqualTo(3);
    }

    @Test
    void theEnvironmentAloneIsEnough() throws IOException {
        site.with("WALVAULT_VAULT", site.vault().toString())
                .with("PGDATA", site.pgdata().toString());

        assertThat(site.bare(directory, "init").status()).isZero();
    }

    @Test
    void theExampleIsAValidConfiguration() throws IOException {
        site.write(site.run("config", "--example").out());
        assertThat(site.run("config").status()).isZero();

        // and with everything in it switched on
        site.write(site.run("config", "--example").out().replaceAll("(?m)^#(?=[a-z_]+ = )", ""));
        assertThat(site.run("config")).extracting(Ran::status, Ran::err).containsExactly(0, "");
    }

    @Test
    void theFileCountsMoreThanThePgdataOfTheEnvironment() {
        Ran ran = site.with("PGDATA", "/elsewhere").run("config");

        assertThat(ran.status()).isZero();
        assertThat(ran.out()).contains("pgdata").doesNotContain("/elsewhere");
    }
}
