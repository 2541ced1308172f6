package dev.walvault.store.s3;

import static dev.walvault.store.s3.RequestKind.MULTIPART_ABORT;
import static dev.walvault.store.s3.RequestKind.MULTIPART_PART;
import static org.assertj.core.api.Assertions.assertThat;

import dev.walvault.ErrorCode;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Upload;
import dev.walvault.store.s3.Misbehaviour.Delay;
import dev.walvault.store.s3.Misbehaviour.End;
import dev.walvault.store.s3.Misbehaviour.Refuse;
import dev.walvault.store.s3.Misbehaviour.Say;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Parts cost memory here and money there: few at once, and none left behind. */
class S3MultipartTest extends S3DriverTest {
    /** The service tells its time in whole seconds only. */
    private static final Duration OF_ANY_AGE = Duration.ofSeconds(-2);

    private static final Predicate<S3Request> SECOND_PART = MULTIPART_PART.and(
            request -> request.query("partNumber").orElseThrow().equals("2"));

    @Test
    void noMorePartsAreUnderWayThanAllowed() throws Exception {
        proxy.add(Rule.on(MULTIPART_PART).then(new Delay(Duration.ofMillis(150))));

        assertThat(upload(store("parts-in-flight=2"), randomBytes(6 * PART))).isEqualTo(CreateOutcome.CREATED);

        assertThat(proxy.counts().mostAtOnce(MULTIPART_PART)).isEqualTo(2);
    }

    @Test
    void aWriterIsHeldBackWhileItsPartsAreUnderWay() throws Exception {
        proxy.add(Rule.on(MULTIPART_PART).then(new Refuse(End.HANG)));
        byte[] part = randomBytes(PART);

        try (Upload upload =
                store("parts-in-flight=2", "stall-window=3s", "deadline=1s").beginUpload(KEY)) {
            var writer = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 20; i++) {
                        upload.body().write(part);
                    }
                } catch (IOException e) {
                    // the parts are given up some time
                }
            });
            assertThat(writer.join(Duration.ofSeconds(1))).isFalse();
            // two on their way and one that fills
            assertThat(proxy.counts().of(MULTIPART_PART)).isEqualTo(2);
            proxy.behave();
            writer.join();
        }
    }

    @Test
    void aPartThatIsRefusedFailsTheUploadAndNothingIsLeft() throws Exception {
        ObjectStore store = store();
        proxy.add(Rule.on(SECOND_PART).then(new Say(Answer.accessDenied())));

        assertFails(() -> upload(store, randomBytes(4 * PART)), ErrorCode.STORE_DENIED, "part 2");

        assertThat(bucket.uploads()).isEmpty();
        assertThat(bucket.keys()).doesNotContain(NAME);
    }

    @Test
    void anUploadThatIsNotCommittedLeavesNothing() throws Exception {
        try (Upload upload = store().beginUpload(KEY)) {
            upload.body().write(randomBytes(3 * PART));
        }

        assertThat(proxy.counts().of(MULTIPART_ABORT)).isEqualTo(1);
        assertThat(bucket.uploads()).isEmpty();
    }

    @Test
    void anAbortThatFailsAtFirstIsTriedAgain() throws Exception {
        proxy.add(Rule.on(MULTIPART_ABORT).times(2).then(new Say(Answer.internalError())));

        try (Upload upload = store().beginUpload(KEY)) {
            upload.body().write(randomBytes(PART + 1));
        }

        assertThat(bucket.uploads()).isEmpty();
    }

    @Test
    void uploadsOfDeadProcessesAreFoundBelowTheirPrefixOnly() throws Exception {
        for (String name : new String[] {"pg/main/backups/a", "pg/main/backups/b", "pg/main2/x", "other/y"}) {
            bucket.server()
                    .client()
                    .createMultipartUpload(
                            request -> request.bucket(bucket.name()).key(name));
        }
        ObjectStore store = store();

        assertThat(store.discardAbandonedUploads(ObjectKey.of("main"), Duration.ofDays(1)))
                .isZero();
        assertThat(bucket.uploads()).hasSize(4);

        assertThat(store.discardAbandonedUploads(ObjectKey.of("main"), OF_ANY_AGE))
                .isEqualTo(2);
        assertThat(bucket.uploads()).containsExactlyInAnyOrder("pg/main2/x", "other/y");
        assertThat(store.discardAbandonedUploads(ObjectKey.of("main"), OF_ANY_AGE))
                .isZero();
    }
}
