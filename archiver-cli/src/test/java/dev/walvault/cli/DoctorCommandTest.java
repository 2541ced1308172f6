package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    @TempDir
    Path directory;

    @Test
    void aSoundVaultPassesAndIsLeftAsItWas() throws IOException {
        Site site = Site.initialised(directory);

        Ran ran = site.run("doctor", "--no-server");

        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^OK +create once, raced +8 writers raced")
                .containsPattern("(?m)^OK +system +system " + site.system())
                .containsPattern("(?m)^WARNING +its own disk +the vault lies on the same file system")
                .containsPattern("(?m)^ +-> Mount another disk")
                .contains("the vault can be relied on: ", " 0 failed")
                .doesNotContain("the server can");
        assertThat(site.vault().resolve("=doctor")).doesNotExist();
    }

    @Test
    void findingsAreAContractInJson() throws IOException {
        Site site = Site.initialised(directory);

        Ran ran = site.run("doctor", "--no-server", "--output", "json");

        assertThat(ran.out().lines()).hasSize(1);
        assertThat(ran.out())
                .startsWith(
                        "{\"walvault\":1,\"command\":\"doctor\",\"host\":[{\"check\":\"control file\",\"verdict\":\"ok\",")
                .contains("],\"vaults\":[{\"number\":1,\"vault\":\"file://" + site.vault()
                        + "\",\"findings\":[{\"check\":\"vault directory\",")
                .contains(
                        "{\"check\":\"create once\",\"verdict\":\"ok\",\"seen\":\"a name is given once, and its content"
                                + " stays\"}");
    }

    private Site withASecondVault(Path second) throws IOException {
        Site site = Site.in(directory);
        site.write("vault = [\"" + site.vault() + "\", \"" + second + "\"]\npgdata = \"pgdata\"\nstate_directory = \""
                + directory.resolve("state") + "\"\n");
        assertThat(site.run("init").status()).isZero();
        return site;
    }

    @Test
    void allVaultsAreExaminedEachUnderItsHeadingAndTheHostOnce() throws IOException {
        Path second = directory.resolve("second");
        Site site = withASecondVault(second);

        Ran ran = site.run("doctor", "--no-server");

        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out())
                .startsWith("this host\n")
                .containsSubsequence(
                        "state directory",
                        "\n\nvault 1, \"file://" + site.vault() + "\"\n",
                        "create once, raced",
                        "\n\nvault 2, \"file://" + second + "\"\n",
                        "create once, raced",
                        "\n\nthis host can do its part: ",
                        "\nvault 1 can be relied on: ",
                        "\nvault 2 can be relied on: ");
        assertThat(ran.out().lines().filter(line -> line.contains(" temporary files ")))
                .hasSize(1);
        assertThat(ran.out().replaceAll("\\s+", " "))
                .contains("state directory \"" + directory + "/state\" is not there yet, and can be made");
    }

    @Test
    void oneVaultOfSeveralIsExaminedAlone() throws IOException {
        Path second = directory.resolve("second");
        Site site = withASecondVault(second);

        Ran ran = site.run("doctor", "--no-server", "--vault", "file://" + second, "--output", "json");

        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .contains("\"vaults\":[{\"number\":2,\"vault\":\"file://" + second + "\"")
                .doesNotContain("\"number\":1");
    }

    @Test
    void aVaultThatIsUnreachableDoesNotKeepTheOthersFromBeingExamined() throws IOException {
        Path second = directory.resolve("second");
        Site site = withASecondVault(second);
        Files.move(site.vault(), directory.resolve("away"));

        Ran ran = site.run("doctor", "--no-server");

        assertThat(ran.status()).isEqualTo(30);
        assertThat(ran.out())
                .containsPattern("(?m)^FAILED +vault directory ")
                .containsPattern("(?m)^SKIPPED +all others +\"vault directory\" has to be mended first")
                .containsSubsequence(
                        "vault 2, ",
                        "create once, raced",
                        "vault 1 cannot be relied on: 2 checks, 0 warnings, 1 failed",
                        "vault 2 can be relied on: ");
    }

    @Test
    void aDataDirectoryThatIsNotThereFailsUnlessTheServerDoesNotMatter() throws IOException {
        Site site = withASecondVault(directory.resolve("second"));
        site.write("vault = \"" + site.vault() + "\"\npgdata = \"" + directory.resolve("typo") + "\"\n");

        Ran ran = site.run("doctor", "-q");

        assertThat(ran.status()).isEqualTo(35);
        assertThat(ran.out()).contains("FAILED", "typo");
        assertThat(site.run("doctor", "-q", "--no-server").status()).isZero();
    }

    @Test
    void quietlyItPrintsOnlyWhatIsNotFine() throws IOException {
        Path second = directory.resolve("second");
        Site site = withASecondVault(second);

        Ran ran = site.run("doctor", "--no-server", "-q");

        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .startsWith("vault 1, ")
                .containsSubsequence("\nWARNING", "\n\nvault 2, ", "\nWARNING")
                .doesNotContain("OK ")
                .doesNotContain("SKIPPED")
                .doesNotContain("this host")
                .doesNotContain("checks");
    }

    @Test
    void aVaultThatIsNotThereIsItsStatus() throws IOException {
        Site site = Site.initialised(directory);
        Path empty = Files.createDirectory(directory.resolve("empty"));

        Ran ran = site.run("doctor", "--no-server", "--vault", empty.toString());

        assertThat(ran.status()).isEqualTo(33);
        assertThat(ran.out())
                .containsPattern("(?m)^FAILED +vault +there is no vault")
                .containsPattern("(?ms)^ +-> .*\"walvault\\s+init\"")
                .contains("the vault cannot be relied on");
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void aServerThatWasNotRegisteredIsItsStatus() throws IOException {
        Site site = Site.initialised(directory);
        site.controlFile("16");

        Ran ran = site.run("doctor", "--no-server");

        assertThat(ran.status()).isEqualTo(52);
        assertThat(ran.out()).containsPattern("(?m)^FAILED +system ");
    }

    @Test
    void aServerThatCannotBeReachedFails() throws IOException {
        Site site = Site.initialised(directory);
        site.with("PGHOST", directory.toString());

        Ran ran = site.run("doctor");

        assertThat(ran.status()).isEqualTo(50);
        assertThat(ran.out())
                .containsSubsequence(
                        "probes removed",
                        "FAILED  server ",
                        ".s.PGSQL.5432",
                        "the server cannot be relied on",
                        "the vault can be relied on");
    }

    @Test
    void rootIsToldFirstThatItIsNotTheServersUser() throws IOException {
        Site site = Site.initialised(directory);
        if (Files.getOwner(site.pgdata()).getName().equals("root")) {
            Files.setOwner(
                    site.pgdata(),
                    site.pgdata()
                            .getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName("nobody"));
        }
        site.asRoot();

        Ran ran = site.run("doctor", "--no-server", "--output", "json");

        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.out())
                .contains(
                        "\"host\":[{\"check\":\"user\",\"verdict\":\"failed\"",
                        "\\n    sudo -u " + Files.getOwner(site.pgdata()).getName() + " walvault --config "
                                + site.config() + " doctor\"");
    }

    @Test
    void anInterruptedRestoreIsToBeUndoneOrRunAgain() throws IOException {
        Site site = Site.initialised(directory);
        Files.delete(site.pgdata().resolve("global/pg_control"));
        Files.writeString(site.pgdata().resolve("walvault-in-place.lock"), "");

        Ran ran = site.run("doctor");

        assertThat(ran.status()).isEqualTo(37);
        assertThat(ran.out().lines())
                .anyMatch(line -> line.startsWith("FAILED  control file "))
                .contains("walvault restore --undo-in-place -D " + site.pgdata());
        assertThat(ran.out().replaceAll("\\s+", " ")).contains("has an interrupted restore in place");

        Files.delete(site.pgdata().resolve("walvault-in-place.lock"));
        Files.writeString(site.pgdata().resolve("walvault-restore.incomplete"), "");
        assertThat(site.run("doctor", "--output", "json").out())
                .contains("has an interrupted restore\"", "and restore again.\"");
    }

    @Test
    void aServerThatDoesNotRunIsToBeStarted() throws IOException {
        Site site = Site.initialised(directory);
        site.with("PGHOST", directory.toString());

        assertThat(site.run("doctor", "--output", "json").out())
                .contains(
                        "\"seen\":\"no server runs in \\\"" + site.pgdata()
                                + "\\\": could not connect to the server at",
                        "\"fix\":\"Start it:\\n    pg_ctl -D " + site.pgdata() + " start\\nor give --no-server");
        assertThat(site.run("backup").err())
                .contains(
                        "ERROR:  no server runs in \"" + site.pgdata() + "\"", "pg_ctl -D " + site.pgdata() + " start");

        Files.writeString(
                site.pgdata().resolve("postmaster.pid"),
                Integer.MAX_VALUE + "\n" + site.pgdata() + "\n1764000000\n5499\n\nlocalhost\n");
        assertThat(site.run("backup").err()).contains(", whose postmaster.pid names a process that is none");
    }

    @Test
    void withoutADataDirectoryTheServerIsNotLookedAt() throws IOException {
        Site site = Site.initialised(directory);
        site.write("vault = \"" + site.vault() + "\"\nstate_directory = \"state\"\n");

        Ran ran = site.run("doctor");

        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).containsPattern("(?m)^SKIPPED +server +not looked at");
    }

    @Test
    void aVaultTellsAHostWithoutADataDirectoryWhichSystemItsWalIsOf() throws IOException {
        Site site = Site.initialised(directory);
        site.segment(Site.SEGMENT, 1);
        assertThat(site.run("archive-push", Site.SEGMENT).status()).isZero();
        site.write("vault = \"" + site.vault() + "\"\nstate_directory = \"state\"\n");

        Ran ran = site.run("doctor");

        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^OK +system +system " + site.system())
                .containsPattern("(?m)^OK +stored WAL +\"" + Site.SEGMENT + "\" opens")
                .containsPattern("(?m)^OK +WAL without gaps +no segment is missing");
    }

    @Test
    void thePageIsEightyColumnsWideAndPlainWhereNobodyLooks() throws IOException {
        Site site = Site.initialised(directory);

        String page = site.run("doctor", "--no-server").out();

        assertThat(page.lines().filter(line -> line.length() > 80 && !line.contains(directory.toString())))
                .isEmpty();
        assertThat(page).doesNotContain("\u001b");
    }

    @Test
    void thePoliciesOfAnS3VaultArePrintedWithoutARequest() throws IOException {
        Site site = Site.initialised(directory);

        Ran ran = site.run("doctor", "--policies", "--vault", "s3://bucket/pg?region=eu-central-1");

        assertThat(ran.status()).isZero();
        assertThat(ran.out()).contains("To hosts that restore:", "\"Resource\": \"arn:aws:s3:::bucket/pg/*\"");
        assertThat(site.run("doctor", "--policies").status()).isEqualTo(2);

        assertThat(site.run("doctor", "--policies", "--vault", "s3://bucket/pg", "--output", "json")
                        .out())
                .startsWith("{\"walvault\":1,\"command\":\"doctor\",\"vault\":\"s3://bucket/pg\",\"pushing\":\"{")
                .doesNotContain("\"vaults\"");

        site.write("vault = [\"" + site.vault() + "\", \"s3://one/pg\", \"s3://two\"]\n");
        assertThat(site.run("doctor", "--policies").out())
                .containsSubsequence(
                        "for \"s3://one/pg\"", "arn:aws:s3:::one/pg/*", "for \"s3://two\"", "arn:aws:s3:::two/*")
                .doesNotContain(site.vault().toString());
    }
}
