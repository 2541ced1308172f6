package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.MULTIPART_PART;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.observe.Event;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Upload;
import dev.walvault.store.http.HttpEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3CredentialsTest extends S3DriverTest {
    /** The service tells its time in whole seconds only. */
    private static final Duration OF_ANY_AGE = Duration.ofSeconds(-2);

    @TempDir
    private Path scratch;

    @Test
    void aWrongSecretIsRefusedWithWhereItCameFrom() throws Exception {
        Path file = credentials("default", "wrong", Optional.empty());
        ObjectStore store = store(S3Bucket.option("credentials-file", file));

        assertEveryCallFails(store, ErrorCode.STORE_DENIED, file.toString());
    }

    @Test
    void aFileThatIsMissingIsNamed() throws Exception {
        Path missing = scratch.resolve("nowhere");
        ObjectStore store = store(S3Bucket.option("credentials-file", missing));

        assertFails(() -> create(store), ErrorCode.STORE_DENIED, missing.toString());
    }

    @Test
    void aProfileThatIsMissingIsNamed() throws Exception {
        Path file = credentials("other", S3Server.SECRET, Optional.empty());

        assertFails(
                () -> create(store(S3Bucket.option("credentials-file", file), "profile=backup")),
                ErrorCode.STORE_DENIED,
                "backup");
        assertThat(create(store(S3Bucket.option("credentials-file", file), "profile=other")))
                .isEqualTo(CreateOutcome.CREATED);
    }

    @Test
    void credentialsThatExpireInTheMiddleAreReadAnew() throws Exception {
        Path file = credentials("default", S3Server.SECRET, Optional.of("old"));
        var expired = new AtomicBoolean();
        proxy.add(refusing("old", expired));
        byte[] large = randomBytes(4 * PART);

        try (Upload upload = store(S3Bucket.option("credentials-file", file)).beginUpload(KEY)) {
            upload.body().write(large, 0, 2 * PART);
            rewrite(file, "fresh");
            expired.set(true);
            upload.body().write(large, 2 * PART, 2 * PART);
            assertThat(upload.commit()).isEqualTo(CreateOutcome.CREATED);
        }

        assertThat(bucket.bytes(NAME)).isEqualTo(large);
    }

    @Test
    void credentialsThatStayExpiredAreRefused() throws Exception {
        Path file = credentials("default", S3Server.SECRET, Optional.of("old"));
        proxy.add(refusing("old", new AtomicBoolean(true)));
        ObjectStore store = store(S3Bucket.option("credentials-file", file));

        assertFails(() -> create(store), ErrorCode.STORE_DENIED, "ExpiredToken", file.toString());
    }

    @Test
    void credentialsThatExpireForGoodInTheMiddleOfAnUploadLeaveNoObject() throws Exception {
        Path file = credentials("default", S3Server.SECRET, Optional.of("old"));
        var expired = new AtomicBoolean();
        proxy.add(refusing("old", expired));
        ObjectStore store = store(S3Bucket.option("credentials-file", file));

        try (Upload upload = store.beginUpload(KEY)) {
            upload.body().write(randomBytes(2 * PART));
            expired.set(true);
            assertFails(upload::commit, ErrorCode.STORE_DENIED, "ExpiredToken");
        }
        assertThat(bucket.keys()).doesNotContain(NAME);

        // what could not be tidied up for want of rights is found afterwards
        expired.set(false);
        store.discardAbandonedUploads(ObjectKey.of("wal"), OF_ANY_AGE);
        assertThat(bucket.uploads()).isEmpty();
    }

    @Test
    void aProgramThatLendsKeysIsAskedAgainBeforeTheyExpire() throws Exception {
        Path count = Files.writeString(scratch.resolve("count"), "");
        Path program = Files.writeString(scratch.resolve("key-for-walvault"), """
                #!/bin/sh
                echo >> %1$s
                cat <<END
                {"Version": 1, "AccessKeyId": "%2$s", "SecretAccessKey": "%3$s",
                 "SessionToken": "loan-$(wc -l < %1$s)", "Expiration": "%4$s"}
                END
                """.formatted(
                        count, S3Server.IDENTITY, S3Server.SECRET, inASecond()));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Path file = Files.writeString(scratch.resolve("credentials"), "[default]\ncredential_process = " + program);
        List<String> tokens = new CopyOnWriteArrayList<>();
        proxy.add((Gate) request -> {
            tokens.add(request.header("x-amz-security-token").orElse(""));
            return Optional.empty();
        });
        ObjectStore store = store(S3Bucket.option("credentials-file", file));

        assertThat(create(store)).isEqualTo(CreateOutcome.CREATED);
        assertThat(read(store)).isEqualTo(BYTES);

        assertThat(tokens).containsExactly("loan-1", "loan-2");
    }

    private static Instant inASecond() {
        return Instant.now().plusSeconds(1).truncatedTo(ChronoUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(longs = {7_200, -7_200})
    void aClockThatIsOffIsCorrectedAndReported(long seconds) throws Exception {
        proxy.add(new WrongClock(Duration.ofSeconds(seconds)));
        ObjectStore store = store();

        assertThat(create(store)).isEqualTo(CreateOutcome.CREATED);
        assertThat(upload(store, randomBytes(PART + 1))).isEqualTo(CreateOutcome.ALREADY_THERE);

        assertThat(events)
                .filteredOn(HttpEvent.ClockDiffers.class::isInstance)
                .singleElement()
                .extracting(Event::sentence)
                .asString()
                .contains("clock");
    }

    @Test
    void aPartThatIsRefusedForTheClockIsSentAgain() throws Exception {
        proxy.add((Gate) request ->
                MULTIPART_PART.test(request) ? new WrongClock(Duration.ofHours(1)).before(request) : Optional.empty());
        byte[] large = randomBytes(2 * PART);

        assertThat(upload(store(), large)).isEqualTo(CreateOutcome.CREATED);
        assertThat(bucket.bytes(NAME)).isEqualTo(large);
    }

    /** A store where session {@code token} is over as soon as {@code expired} says so. */
    private static Gate refusing(String token, AtomicBoolean expired) {
        return request -> expired.get()
                        && request.header("x-amz-security-token")
                                .filter(token::equals)
                                .isPresent()
                ? Optional.of(Answer.expiredToken())
                : Optional.empty();
    }

    private Path credentials(String profile, String secret, Optional<String> token) throws IOException {
        return write(scratch.resolve("credentials"), profile, secret, token);
    }

    /** As a tool that renews credentials does it: whole or not at all. */
    private void rewrite(Path file, String token) throws IOException {
        Path fresh = write(scratch.resolve("fresh"), "default", S3Server.SECRET, Optional.of(token));
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path write(Path file, String profile, String secret, Optional<String> token) throws IOException {
        return Files.writeString(
                file,
                """
                [%s]
                aws_access_key_id = %s
                aws_secret_access_key = %s
                """.formatted(profile, S3Server.IDENTITY, secret)
                        + token.map(text -> "aws_session_token = " + text + "\n")
                                .orElse(""));
    }
}
