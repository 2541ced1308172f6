package dev.walvault.store;

import static dev.walvault.store.FaultyStore.Call.COMMIT;
import static dev.walvault.store.FaultyStore.Call.CREATE;
import static dev.walvault.store.FaultyStore.Call.DELETE_ALL;
import static dev.walvault.store.FaultyStore.Call.HEAD;
import static dev.walvault.store.FaultyStore.Call.WRITE;
import static dev.walvault.store.FaultyStore.Moment.AFTER;
import static dev.walvault.store.FaultyStore.Moment.BEFORE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.walvault.StoreException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultyStoreTest {
    private static final ObjectKey A = ObjectKey.of("a");
    private static final ObjectKey B = ObjectKey.of("b");
    private static final Content CONTENT = Content.of(new byte[] {10, 11, 12, 13});

    private final MemoryStore real = new MemoryStore();
    private final FaultyStore store = new FaultyStore(real);
    private final StoreException error = FaultyStore.unreachable();

    @Test
    void failingBeforeLeavesNothingAndFailingAfterLeavesTheObject() throws Exception {
        store.fail(CREATE, 1, BEFORE, error).fail(CREATE, 2, AFTER, error);

        assertThatThrownBy(() -> store.createIfAbsent(A, CONTENT)).isSameAs(error);
        assertThatThrownBy(() -> store.createIfAbsent(B, CONTENT)).isSameAs(error);

        assertThat(real.keys()).containsExactly(B);
        assertThat(store.createIfAbsent(A, CONTENT)).isEqualTo(CreateOutcome.CREATED);
        assertThat(store.count(CREATE)).isEqualTo(3);
    }

    @Test
    void anUploadWhoseWriteFailedCannotBeCommitted() throws Exception {
        store.fail(WRITE, 2, BEFORE, error);

        try (Upload upload = store.beginUpload(A)) {
            upload.body().write(1);
            assertThatThrownBy(() -> upload.body().write(2)).isSameAs(error);
            assertThatThrownBy(upload::commit).isSameAs(error);
        }

        assertThat(real.keys()).isEmpty();
    }

    @Test
    void aCommitMayLandAndBeDenied() throws Exception {
        store.fail(COMMIT, 1, AFTER, error);

        try (Upload upload = store.beginUpload(A)) {
            assertThatThrownBy(upload::commit).isSameAs(error);
        }

        assertThat(real.keys()).containsExactly(A);
    }

    @Test
    void bodiesAreShortenedBrokenOrDamagedAsTold() throws Exception {
        store.createIfAbsent(A, CONTENT);

        store.truncate(A, 2);
        assertThat(readAll(A)).containsExactly(10, 11);

        store.flipByte(A, 3);
        assertThat(readAll(A)).containsExactly(10, 11, 12, 12);

        store.breakOff(A, 3, error);
        try (InputStream in = store.open(A).orElseThrow()) {
            assertThat(in.readNBytes(3)).containsExactly(10, 11, 12);
            assertThatThrownBy(in::read).isSameAs(error);
        }
    }

    @Test
    void damageIsWhereItIsHoweverItIsRead() throws Exception {
        store.createIfAbsent(A, CONTENT);

        store.flipByte(A, 2);
        assertThat(read(A, ByteRange.of(1, 2))).containsExactly(11, 13);
        assertThat(read(A, ByteRange.last(1))).containsExactly(13);

        store.truncate(A, 2);
        assertThat(read(A, ByteRange.of(1, 2))).containsExactly(11);
    }

    private byte[] read(ObjectKey key, ByteRange range) throws Exception {
        try (Slice slice = store.open(key, range).orElseThrow()) {
            return slice.content().readAllBytes();
        }
    }

    @Test
    void ofSeveralDeletionsThoseFailThatAreRefused() throws Exception {
        store.createIfAbsent(A, CONTENT);
        store.createIfAbsent(B, CONTENT);
        store.refuse(B, error).fail(DELETE_ALL, 2, BEFORE, error);

        assertThat(store.deleteAll(List.of(A, B)).failed()).containsOnly(Map.entry(B, error));
        assertThat(store.deleteAll(List.of(A, B)).failed()).containsOnlyKeys(A, B);

        assertThat(real.keys()).containsExactly(B);
    }

    @Test
    void aStoreThatIsUnreachableAnswersNothingUntilItComesBack() throws Exception {
        store.createIfAbsent(A, CONTENT);

        store.goAway();
        assertThatThrownBy(() -> store.head(A)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.delete(A)).isInstanceOf(StoreException.class);

        store.comeBack();
        assertThat(store.head(A)).isPresent();
        assertThat(store.count(HEAD)).isEqualTo(2);
    }

    private byte[] readAll(ObjectKey key) throws Exception {
        try (InputStream in = store.open(key).orElseThrow()) {
            return in.readAllBytes();
        }
    }
}
