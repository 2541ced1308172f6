package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.ConfigurationException;
import dev.walvault.store.http.Timing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For which region requests are signed; nobody is asked for it. */
class S3RegionTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private String profile = "";

    @BeforeEach
    void writeProfiles() throws Exception {
        Path file = Files.writeString(directory.resolve("credentials"), """
                [default]
                region = eu-south-2
                [bare]
                aws_access_key_id = x
                """);
        profile = "credentials-file=" + file;
    }

    @Test
    void theUrlGoesBeforeTheEnvironmentAndThatBeforeTheProfile() throws Exception {
        Map<String, String> environment = Map.of("AWS_REGION", "eu-west-1", "AWS_DEFAULT_REGION", "eu-west-2");

        assertThat(region(profile + "&region=eu-central-1", environment)).isEqualTo("eu-central-1");
        assertThat(region(profile, environment)).isEqualTo("eu-west-1");
        assertThat(region(profile, Map.of("AWS_DEFAULT_REGION", "eu-west-2"))).isEqualTo("eu-west-2");
        assertThat(region(profile, Map.of())).isEqualTo("eu-south-2");
    }

    @Test
    void anEndpointOfAnotherServiceNeedsNone() throws Exception {
        assertThat(region(profile + "&endpoint=https://s3.example.org", Map.of()))
                .isEqualTo("us-east-1");
    }

    @Test
    void withoutOneTheErrorSaysWhatToWrite() {
        assertThatThrownBy(() -> region(profile + "&profile=bare", Map.of()))
                .isInstanceOfSatisfying(ConfigurationException.class, e -> {
                    assertThat(e).hasMessage("the region of the bucket is not known");
                    assertThat(e.hint().orElseThrow()).startsWith("Add region=... to the vault's URL");
                });
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> region("credentials-file=" + directory.resolve("nowhere"), Map.of()))
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        e -> assertThat(e.detail().orElseThrow()).contains("nowhere"));
    }

    private static String region(String query, Map<String, String> environment) throws Exception {
        var options = S3Options.parse(query);
        try (var factory = new S3ClientFactory(options, environment, options.tls(), Timing.system())) {
            return factory.client().serviceClientConfiguration().region().id();
        }
    }
}
