package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.pg.WalFile;
import dev.walvault.seal.Codec;
import dev.walvault.seal.Compression;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Policies;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import dev.walvault.vault.BackupId;
import dev.walvault.vault.MemberKeys;
import dev.walvault.vault.MemberVault;
import dev.walvault.vault.Vaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each policy allows what it is for, and nothing that it could do without. */
class S3PoliciesTest {
    private static final WalFile SEGMENT = WalFile.parse("000000010000000000000001");
    private static final WalFile ABSENT = WalFile.parse("000000010000000000000002");
    private static final BackupId BACKUP = BackupId.parse("20261120T221530Z");
    private static final Compression FAST = new Compression(Codec.ZSTD, 1);

    private S3Bucket bucket;
    private FaultProxy proxy;
    private S3Place location;
    private Policies policies;

    @BeforeEach
    void aBucketBehindTheProxy() throws Exception {
        bucket = S3Server.shared().createBucket();
        proxy = FaultProxy.inFrontOf(S3Server.shared().endpoint());
        location = S3Urls.place(bucket.locationAt(proxy.endpoint(), "pg", "deadline=1s", "part-size=5M"));
        policies = S3Policies.of(location);
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
    }

    @FunctionalInterface
    private interface Work {
        void with(ObjectStore store) throws IOException;
    }

    private void under(String policy, Work work) throws IOException {
        proxy.behave();
        proxy.add(PolicyGate.of(policy));
        try (ObjectStore store = S3Store.open(location, MemberKeys::kindOf, _ -> {})) {
            work.with(store);
        } finally {
            proxy.behave();
        }
    }

    /** A vault with a segment, and an upload that nobody finished. */
    private void filled() throws IOException {
        try (ObjectStore store = S3Store.open(location, MemberKeys::kindOf, _ -> {})) {
            push(store);
        }
        bucket.server()
                .client()
                .createMultipartUpload(request ->
                        request.bucket(bucket.name()).key("pg/orders/members/main/" + Vaults.SYSTEM + "/left"));
    }

    private void push(ObjectStore store) throws IOException {
        MemberVault member = Vaults.plain(store).of(Vaults.SYSTEM);
        for (var expected : List.of(CreateOutcome.CREATED, CreateOutcome.ALREADY_THERE)) {
            assertThat(Vaults.put(member.wal(), SEGMENT, new byte[] {1}, FAST)).isEqualTo(expected);
        }
        assertThat(member.wal().inspect(SEGMENT)).isPresent();
        assertThat(member.backups().ids()).isEmpty();
        try (var pack = member.backups().beginPack(BACKUP, 1, new Compression(Codec.NONE, 0))) {
            pack.content().write(new byte[11 << 20]);
            pack.commit();
        }
        try (Upload failed = store.beginUpload(ObjectKey.of("orders", "failed"))) {
            failed.body().write(new byte[11 << 20]);
        }
        assertThat(bucket.uploads()).doesNotContain("pg/orders/failed");
        member.discardAbandonedUploads(Duration.ofDays(1));
    }

    private static void restore(ObjectStore store) throws IOException {
        MemberVault member = Vaults.opened(store, Vaults.NO_KEYS).of(Vaults.SYSTEM);
        try (var unsealed = member.wal().open(SEGMENT).orElseThrow()) {
            assertThat(unsealed.content().readAllBytes()).hasSize(1);
        }
        assertThat(member.wal().open(ABSENT)).isEmpty();
        assertThat(member.wal().timelines()).hasSize(1);
        member.backups().list();
    }

    private void expire(ObjectStore store) throws IOException {
        Vaults.opened(store, Vaults.NO_KEYS);
        List<StoredObject> found;
        try (Stream<StoredObject> objects = store.list(ObjectKey.of("orders", "members"))) {
            found = objects.toList();
        }
        assertThat(found).isNotEmpty();
        assertThat(store.delete(found.getFirst().key())).isTrue();
        store.deleteAll(found.stream().map(StoredObject::key).toList()).orThrow();
        store.discardAbandonedUploads(ObjectKey.of("orders"), Duration.ofDays(-1));
        assertThat(bucket.uploads()).isEmpty();
    }

    @Test
    void pushingIsAllowedByItsPolicyAndDeletingIsNot() throws IOException {
        under(policies.pushing(), this::push);

        assertThat(policies.pushing()).doesNotContain("Delete");
        assertThatThrownBy(() -> under(policies.pushing(), this::expire)).hasMessageContaining("delete");
    }

    @Test
    void restoringIsAllowedByItsPolicyAndWritingIsNot() throws IOException {
        filled();

        under(policies.restoring(), S3PoliciesTest::restore);

        assertThatThrownBy(() -> under(policies.restoring(), this::expire)).isInstanceOf(IOException.class);
        assertThat(policies.restoring()).doesNotContain("Put", "Delete", "Abort");
    }

    @Test
    void expiringIsAllowedByItsPolicy() throws IOException {
        filled();

        under(policies.expiring(), this::expire);

        assertThat(policies.expiring()).doesNotContain("Put");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3:PutObject",
                "s3:GetObject",
                "s3:AbortMultipartUpload",
                "s3:ListBucket",
                "s3:ListBucketMultipartUploads"
            })
    void pushingNeedsEachOfItsActions(String action) {
        assertThatThrownBy(() -> under(without(policies.pushing(), action), this::push))
                .isInstanceOfAny(IOException.class, AssertionError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3:GetObject", "s3:ListBucket"})
    void restoringNeedsEachOfItsActions(String action) throws IOException {
        filled();

        assertThatThrownBy(() -> under(without(policies.restoring(), action), S3PoliciesTest::restore))
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3:GetObject",
                "s3:DeleteObject",
                "s3:AbortMultipartUpload",
                "s3:ListBucket",
                "s3:ListBucketMultipartUploads"
            })
    void expiringNeedsEachOfItsActions(String action) throws IOException {
        filled();

        assertThatThrownBy(() -> under(without(policies.expiring(), action), this::expire))
                .isInstanceOfAny(IOException.class, UncheckedIOException.class);
    }

    private static String without(String policy, String action) {
        String quoted = '"' + action + '"';
        assertThat(policy).contains(quoted);
        return policy.replace(quoted, "\"s3:Nothing\"");
    }

    @Test
    void theKeyOfAKeyServiceIsNamed() {
        assertThatCode(() -> PolicyGate.of(policies.pushing())).doesNotThrowAnyException();
        assertThat(keyed("arn:aws:kms:eu-central-1:1:key/abc")).contains("\"arn:aws:kms:eu-central-1:1:key/abc\"");
        assertThat(keyed("abc")).contains("\"arn:aws:kms:*:*:key/abc\"", "kms:GenerateDataKey");
        assertThat(keyed("alias/pg")).contains("\"kms:ResourceAliases\": \"alias/pg\"");
        assertThat(S3Policies.of(parse("s3://bucket/pg?region=x&sse=kms")).pushing())
                .doesNotContain("kms:");
    }

    private static String keyed(String id) {
        return S3Policies.of(parse("s3://bucket/pg?region=x&sse=kms&sse-kms-key-id=" + id))
                .pushing();
    }

    @Test
    void aLockIsARightOfItsOwn() {
        String locking = S3Policies.of(parse("s3://bucket?region=x&lock-mode=governance&lock-days-wal=7"))
                .pushing();

        assertThat(locking).contains("s3:PutObjectRetention", "\"arn:aws:s3:::bucket/*\"");
        assertThat(policies.pushing()).doesNotContain("Retention");
    }

    private static S3Place parse(String url) {
        return S3Urls.place(url);
    }
}
