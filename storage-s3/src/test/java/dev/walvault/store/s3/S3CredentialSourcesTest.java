package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The access key from each of its sources: by the session token of a request one sees where its key came from. */
class S3CredentialSourcesTest extends S3DriverTest {
    /** In the order in which they are looked for. */
    private static final List<String> ALL = List.of("environment", "web-identity", "profile", "container", "instance");

    private final List<String> tokens = new CopyOnWriteArrayList<>();

    @TempDir
    private Path home;

    private CredentialServices services;

    @BeforeEach
    void lend() throws IOException {
        services = CredentialServices.lendingFor(Duration.ofHours(6));
        proxy.add((Gate) request -> {
            tokens.add(request.header("x-amz-security-token").orElse("").replaceFirst("-[0-9]+$", ""));
            return Optional.empty();
        });
    }

    @AfterEach
    void stopLending() {
        services.close();
    }

    @Test
    void aSourceThatIsNamedIsTaken() throws Exception {
        Map<String, String> environment = environment(ALL);

        assertThat(StoreProcess.use(
                        environment,
                        ALL.stream().map(each -> url("credentials=" + each)).toArray(String[]::new)))
                .hasSameSizeAs(ALL)
                .containsOnly("done");

        assertThat(tokens.stream().distinct()).isEqualTo(ALL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3})
    void theFirstSourceThatIsThereIsTaken(int missing) throws Exception {
        List<String> there = ALL.subList(missing, ALL.size());

        assertThat(StoreProcess.use(environment(there), url())).containsExactly("done");

        assertThat(tokens).containsOnly(there.getFirst());
    }

    @Test
    void aProfileIsNamedByTheUrlOrByTheEnvironment() throws Exception {
        Map<String, String> environment = environment(List.of("profile"));
        environment.put("AWS_PROFILE", "other");

        assertThat(StoreProcess.use(environment, url("credentials=profile"), url("profile=default")))
                .containsExactly("done", "done");

        assertThat(tokens.stream().distinct()).containsExactly("other", "profile");
    }

    @Test
    void aKeyThatIsLentForShortIsLentAgainInTime() throws Exception {
        services.close();
        services = CredentialServices.lendingFor(Duration.ofSeconds(30));
        List<String> raw = new CopyOnWriteArrayList<>();
        proxy.add((Gate) request -> {
            raw.add(request.header("x-amz-security-token").orElse(""));
            return Optional.empty();
        });

        assertThat(StoreProcess.use(environment(ALL), url("credentials=container"), url("credentials=web-identity")))
                .containsExactly("done", "done");

        assertThat(raw).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void aSourceThatIsNotThereIsNamed() throws Exception {
        List<String> outcomes = StoreProcess.use(
                Map.of("AWS_EC2_METADATA_DISABLED", "true", "HOME", home.toString()),
                Stream.concat(Stream.of("auto"), ALL.stream())
                        .map(each -> url("credentials=" + each))
                        .toArray(String[]::new));

        assertThat(outcomes)
                .hasSize(6)
                .allMatch(outcome -> outcome.startsWith("STORE_DENIED | "))
                .allMatch(outcome -> outcome.contains(": no access key | "))
                .allMatch(outcome -> outcome.contains("The access key is looked for in "));
        assertThat(outcomes.get(0)).contains("the environment, a web identity, AWS's credentials file");
        assertThat(outcomes.get(1)).contains("AWS_ACCESS_KEY_ID");
        assertThat(outcomes.get(2)).contains("AWS_ROLE_ARN is not set");
        assertThat(outcomes.get(3)).contains("profile \"default\" of AWS's credentials file");
        assertThat(outcomes.get(4)).contains("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        assertThat(outcomes.get(5)).contains("the instance's metadata");
        assertThat(tokens).isEmpty();
    }

    private String url(String... options) {
        return Stream.of(options)
                .reduce(
                        "s3://" + bucket.name() + "/pg?deadline=5s&endpoint=" + proxy.endpoint(),
                        (all, each) -> all + "&" + each);
    }

    /** An environment in which these sources are there. */
    private Map<String, String> environment(List<String> sources) throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", home.toString()));
        for (String source : sources) {
            environment.putAll(
                    switch (source) {
                        case "environment" ->
                            Map.of(
                                    "AWS_ACCESS_KEY_ID",
                                    S3Server.IDENTITY,
                                    "AWS_SECRET_ACCESS_KEY",
                                    S3Server.SECRET,
                                    "AWS_SESSION_TOKEN",
                                    "environment");
                        case "web-identity" ->
                            Map.of(
                                    "AWS_WEB_IDENTITY_TOKEN_FILE",
                                    Files.writeString(home.resolve("token"), CredentialServices.WEB_TOKEN)
                                            .toString(),
                                    "AWS_ROLE_ARN",
                                    "arn:aws:iam::123456789012:role/backup-role",
                                    "AWS_ENDPOINT_URL_STS",
                                    services.endpoint().toString());
                        case "profile" -> profiles();
                        case "container" ->
                            Map.of(
                                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                    services.container().toString(),
                                    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                    CredentialServices.CONTAINER_TOKEN);
                        default ->
                            Map.of(
                                    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                    services.endpoint().toString());
                    });
        }
        return environment;
    }

    /** AWS's file where it is looked for, with two profiles. */
    private Map<String, String> profiles() throws IOException {
        Path directory = Files.createDirectories(home.resolve(".aws"));
        String keys =
                "aws_access_key_id = " + S3Server.IDENTITY + "\naws_secret_access_key = " + S3Server.SECRET + "\n";
        Files.writeString(
                directory.resolve("credentials"),
                "[default]\n" + keys + "aws_session_token = profile\n[other]\n" + keys + "aws_session_token = other\n");
        return Map.of();
    }
}
