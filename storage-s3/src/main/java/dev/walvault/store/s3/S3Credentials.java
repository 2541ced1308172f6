package dev.walvault.store.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileLocation;
import software.amazon.awssdk.profiles.ProfileProperty;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The access key, from where the options say. Files are read again when they change, so that keys may be replaced while
 * a backup runs; what is only lent is renewed by the SDK before it expires.
 */
final class S3Credentials implements AwsCredentialsProvider, AutoCloseable {
    static final String ID_VARIABLE = "AWS_ACCESS_KEY_ID";

    private final S3Options options;
    private final Map<String, String> environment;
    private final Supplier<SdkHttpClient> http;
    private final Supplier<Region> region;
    private @Nullable AwsCredentialsProvider source;
    private Map<Path, FileTime> filesRead = Map.of();

    /** {@code http} and {@code region} are asked for only where a token service has to be. */
    S3Credentials(
            S3Options options, Map<String, String> environment, Supplier<SdkHttpClient> http, Supplier<Region> region) {
        this.options = options;
        this.environment = environment;
        this.http = http;
        this.region = region;
    }

    /** Where the access key comes from, for an error message. */
    String described() {
        return switch (options.credentials()) {
            case AUTO -> "the environment, a web identity, AWS's credentials file, the container or the instance";
            case ENVIRONMENT -> "the environment (" + ID_VARIABLE + ")";
            case PROFILE ->
                "profile \"" + profile() + "\" of "
                        + options.credentialsFile()
                                .map(file -> "\"" + file + "\"")
                                .orElse("AWS's credentials file");
            case WEB_IDENTITY -> "the web identity (AWS_WEB_IDENTITY_TOKEN_FILE)";
            case CONTAINER -> "the container";
            case INSTANCE -> "the instance's metadata";
        };
    }

    @Override
    public AwsCredentials resolveCredentials() {
        try {
            return source().resolveCredentials();
        } catch (NoCredentialsException e) {
            throw e;
        } catch (SdkException | IllegalStateException e) {
            throw new NoCredentialsException(String.valueOf(e.getMessage()), e);
        }
    }

    private synchronized AwsCredentialsProvider source() {
        if (source != null && !filesRead.equals(files())) {
            reread();
        }
        if (source == null) {
            filesRead = files();
            source = create();
        }
        return source;
    }

    /** Forgets what was read; the next request reads anew. */
    synchronized void reread() {
        if (source instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
        source = null;
    }

    private AwsCredentialsProvider create() {
        return switch (options.credentials()) {
            case AUTO -> firstThatIsThere();
            case ENVIRONMENT -> EnvironmentVariableCredentialsProvider.create();
            case PROFILE -> fromProfile();
            case WEB_IDENTITY -> fromWebIdentity();
            case CONTAINER -> ContainerCredentialsProvider.builder().build();
            case INSTANCE -> fromInstance();
        };
    }

    /** The order of the SDK's own chain, which would look for all of them by reflection. */
    private AwsCredentialsProvider firstThatIsThere() {
        List<AwsCredentialsProvider> sources = new ArrayList<>();
        if (environment.containsKey(ID_VARIABLE)) {
            sources.add(EnvironmentVariableCredentialsProvider.create());
        }
        if (environment.containsKey("AWS_WEB_IDENTITY_TOKEN_FILE")) {
            sources.add(fromWebIdentity());
        }
        if (!files().isEmpty()) {
            sources.add(fromProfile());
        }
        if (environment.containsKey("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
                || environment.containsKey("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
            sources.add(ContainerCredentialsProvider.builder().build());
        }
        sources.add(fromInstance());
        return AwsCredentialsProviderChain.builder()
                .credentialsProviders(sources)
                .reuseLastProviderEnabled(true)
                .build();
    }

    private String profile() {
        return options.profile().orElse(environment.getOrDefault("AWS_PROFILE", "default"));
    }

    private AwsCredentialsProvider fromProfile() {
        ProfileFile content = profiles();
        return ProfileCredentialsProvider.builder()
                .profileFile(() -> content)
                .profileName(profile())
                .build();
    }

    private ProfileFile profiles() {
        Optional<Path> file = options.credentialsFile();
        if (file.isPresent() && !Files.isReadable(file.get())) {
            throw new IllegalStateException("file \"" + file.get() + "\" cannot be read");
        }
        return file.map(path -> ProfileFile.builder()
                        .content(path)
                        .type(ProfileFile.Type.CREDENTIALS)
                        .build())
                .orElseGet(ProfileFile::defaultProfileFile);
    }

    /**
     * What the profile says beside the keys; throws IllegalStateException or SdkException if its file cannot be read.
     */
    Optional<String> regionOfProfile() {
        return profiles().profile(profile()).flatMap(found -> found.property(ProfileProperty.REGION));
    }

    private AwsCredentialsProvider fromWebIdentity() {
        StsClient sts = StsClient.builder()
                .httpClient(http.get())
                .region(region.get())
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .overrideConfiguration(override -> override.defaultProfileFile(noProfiles()))
                .build();
        return StsWebIdentityTokenFileCredentialsProvider.builder()
                .stsClient(sts)
                .roleArn(required("AWS_ROLE_ARN"))
                .roleSessionName(environment.getOrDefault("AWS_ROLE_SESSION_NAME", "walvault"))
                .webIdentityTokenFile(Path.of(required("AWS_WEB_IDENTITY_TOKEN_FILE")))
                .build();
    }

    private String required(String variable) {
        String value = environment.get(variable);
        if (value == null) {
            throw new IllegalStateException("environment variable " + variable + " is not set");
        }
        return value;
    }

    private static AwsCredentialsProvider fromInstance() {
        return InstanceProfileCredentialsProvider.builder()
                .profileFile(S3Credentials::noProfiles)
                .build();
    }

    /** For clients that are told everything: they would look for AWS's files otherwise. */
    static ProfileFile noProfiles() {
        return ProfileFile.builder()
                .content(new ByteArrayInputStream(new byte[0]))
                .type(ProfileFile.Type.CONFIGURATION)
                .build();
    }

    /** The files that an access key may come from and that are there, with their times. */
    private Map<Path, FileTime> files() {
        List<Path> candidates = new ArrayList<>();
        switch (options.credentials()) {
            case AUTO, PROFILE ->
                options.credentialsFile().ifPresentOrElse(candidates::add, () -> {
                    ProfileFileLocation.credentialsFileLocation().ifPresent(candidates::add);
                    ProfileFileLocation.configurationFileLocation().ifPresent(candidates::add);
                });
            case ENVIRONMENT, WEB_IDENTITY, CONTAINER, INSTANCE -> {
                // no files of keys
            }
        }
        Map<Path, FileTime> found = new TreeMap<>();
        for (Path each : candidates) {
            try {
                found.put(each, Files.getLastModifiedTime(each));
            } catch (IOException _) {
                // not there, which is also a state
            }
        }
        return found;
    }

    @Override
    public void close() {
        reread();
    }
}
