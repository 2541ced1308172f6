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

        Ran ran = site.run("doctor");

        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^OK +create once, raced +8 writers raced")
                .containsPattern("(?m)^OK +system +system " + site.system())
                .containsPattern("(?m)^WARNING +its own disk +the vault lies on the same file system")
                .containsPattern("(?m)^ +-> Mount another disk")
                .contains("the vault can be relied on: ", " 0 failed");
        assertThat(site.vault().resolve("=doctor")).doesNotExist();
    }

    @Test
    void findingsAreAContractInJson() throws IOException {
        Site site = Site.initialised(directory);

        Ran ran = site.run("doctor", "--output", "json");

        assertThat(ran.out().lines()).hasSize(1);
        assertThat(ran.out())
                .startsWith("{\"walvault\":1,\"command\":\"doctor\",\"vault\":\"1\",\"findings\":[{\"check\":")
                .contains(
                        "{\"check\":\"create once\",\"verdict\":\"ok\",\"seen\":\"a name is given once, and its content"
                                + " stays\"}");
    }

    @Test
    void aVaultThatIsNotThereIsItsStatus() throws IOException {
        Site site = Site.initialised(directory);
        Path empty = Files.createDirectory(directory.resolve("empty"));

        Ran ran = site.run("doctor", "--vault", empty.toString());

        assertThat(ran.status()).isEqualTo(33);
        assertThat(ran.out())
                .containsPattern("(?m)^FAILED +vault +there is no vault")
                .containsPattern("(?m)^ +-> .*walvault init")
                .contains("the vault cannot be relied on");
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void aServerThatWasNotIntroducedIsItsStatus() throws IOException {
        Site site = Site.initialised(directory);
        site.controlFile("16");

        Ran ran = site.run("doctor");

        assertThat(ran.status()).isEqualTo(52);
        assertThat(ran.out()).containsPattern("(?m)^FAILED +system ");
    }

    @Test
    void thePoliciesOfAnS3VaultArePrintedWithoutARequest() throws IOException {
        Site site = Site.initialised(directory);

        Ran ran = site.run("doctor", "--policies", "--vault", "s3://bucket/pg?region=eu-central-1");

        assertThat(ran.status()).isZero();
        assertThat(ran.out()).contains("To hosts that restore:", "\"Resource\": \"arn:aws:s3:::bucket/pg/*\"");
        assertThat(site.run("doctor", "--policies").status()).isEqualTo(2);
    }
}
