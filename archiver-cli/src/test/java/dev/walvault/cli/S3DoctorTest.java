package dev.walvault.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.cli.settings.VaultUrls;
import dev.walvault.store.Policies;
import dev.walvault.store.s3.Answer;
import dev.walvault.store.s3.FaultProxy;
import dev.walvault.store.s3.Misbehaviour;
import dev.walvault.store.s3.PolicyGate;
import dev.walvault.store.s3.RequestKind;
import dev.walvault.store.s3.Rule;
import dev.walvault.store.s3.S3Bucket;
import dev.walvault.store.s3.S3Server;
import dev.walvault.store.s3.WrongClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor and init with a vault on a real S3 server. */
class S3DoctorTest {
    @TempDir
    Path directory;

    private S3Bucket bucket;
    private FaultProxy proxy;
    private Site site;

    @BeforeEach
    void aVaultBehindTheProxy() throws Exception {
        bucket = S3Server.shared().createBucket();
        proxy = FaultProxy.inFrontOf(S3Server.shared().endpoint());
        site = Site.in(directory);
        configure(url());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
    }

    private String url(String... options) {
        return bucket.locationAt(proxy.endpoint(), "pg", options);
    }

    private void configure(String url) throws IOException {
        site.write("vault = \"" + url + "\"\npgdata = \"pgdata\"\nstate_directory = \"" + directory.resolve("state")
                + "\"\n");
    }

    private Ran initialisedThenDoctor() {
        Ran init = site.run("init");
        assertThat(init.status()).as(init.err()).isZero();
        return site.run("doctor", "--no-server");
    }

    @Test
    void aSoundVaultPassesAndIsLeftAsItWas() {
        Ran ran = initialisedThenDoctor();

        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^OK +requests +answered")
                .containsPattern("(?m)^WARNING +transport +without TLS")
                .containsPattern("(?m)^OK +create once, raced +8 writers raced")
                .containsPattern("(?m)^OK +state directory ")
                .contains("the vault can be relied on: ", " 0 failed");
        assertThat(bucket.keys()).noneMatch(key -> key.contains("=doctor"));
    }

    @Test
    void aWrongSecretIsSaidOnceWithWhereItComesFrom() throws IOException {
        Path wrong = Files.writeString(
                directory.resolve("wrong"),
                "[default]\naws_access_key_id = " + S3Server.IDENTITY + "\naws_secret_access_key = no\n");
        configure(url(S3Bucket.option("credentials-file", wrong)));

        Ran ran = site.run("doctor", "--no-server");

        assertThat(ran.status()).isEqualTo(31);
        assertThat(ran.out())
                .containsPattern("(?m)^FAILED +requests ")
                .containsPattern("(?ms)^ +-> .*access key.*" + wrong)
                .contains(" 1 failed");
    }

    @Test
    void aBucketThatIsNotThereFailsWithItsName() throws IOException {
        configure(url().replace("s3://" + bucket.name(), "s3://no-such-bucket"));

        Ran ran = site.run("doctor", "--no-server");

        assertThat(ran.status()).isEqualTo(30);
        assertThat(ran.out()).containsPattern("(?m)^ +-> Create bucket \"no-such-bucket\"");
    }

    @Test
    void aClockThatIsWrongIsAWarningAndTheRestIsExamined() {
        assertThat(site.run("init").status()).isZero();
        proxy.add(new WrongClock(Duration.ofMinutes(20)));

        Ran ran = site.run("doctor", "--no-server");

        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^WARNING +requests +answered, but the clock of this host differs")
                .containsPattern("(?m)^ +-> Set the clock");
    }

    @Test
    void aServiceWithoutCreateOnceFailsWithTheOptionForIt() {
        assertThat(site.run("init").status()).isZero();
        // what a service does that ignores If-None-Match: it says that all went well
        proxy.add(Rule.on(RequestKind.PUT_OBJECT)
                .then(new Misbehaviour.SayAfter(new Answer(200, List.of("ETag: \"0\""), ""))));

        Ran ran = site.run("doctor", "--no-server");

        assertThat(ran.status()).isEqualTo(38);
        assertThat(ran.out())
                .containsPattern("(?m)^FAILED +create once +a second writer of one name was told that it\\s+created it")
                .containsPattern("(?ms)^ +-> .*conditional-writes=no");
    }

    @Test
    void withTheLeastThatAPushingHostMayDoItEndsWithWarnings() {
        assertThat(site.run("init").status()).isZero();
        Policies policies = VaultUrls.place(url()).policies().orElseThrow();
        proxy.add(PolicyGate.of(policies.pushing()));

        Ran ran = site.run("doctor", "--no-server");

        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^WARNING +delete +this host may not delete")
                .containsPattern("(?m)^WARNING +probes removed +probes stay")
                .containsPattern("(?m)^SKIPPED +object lock +this access key may not ask")
                .containsPattern("(?m)^SKIPPED +versioning +this access key may not ask")
                .contains(" 0 failed");
        assertThat(bucket.keys()).anyMatch(key -> key.contains("=doctor"));
    }

    @Test
    void initTellsThePoliciesWhenItIntroducesAServerAndNotAgain() {
        Ran first = site.run("init");
        Ran again = site.run("init");

        assertThat(first.out())
                .startsWith("system ")
                .contains(
                        "for \"s3://" + bucket.name() + "/pg\"", "To hosts that push", "arn:aws:s3:::" + bucket.name());
        assertThat(again.out()).startsWith("already there: ").doesNotContain("arn:aws");
        assertThat(site.run("init", "--output", "json").out()).contains("\"policies\":{\"pushing\":");
    }
}
