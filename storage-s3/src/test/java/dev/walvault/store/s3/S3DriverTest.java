package dev.walvault.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.observe.Event;
import dev.walvault.store.ByteRange;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Slice;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import dev.walvault.store.http.Timing;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A bucket of its own, a proxy in front of it, and stores of little patience that go through the proxy. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class S3DriverTest {
    static final ObjectKey KEY = ObjectKey.of("wal", "000000010000000000000001");
    /** As it lies in the bucket. */
    static final String NAME = "pg/" + KEY;

    static final byte[] BYTES = randomBytes(300_000);
    static final byte[] OTHERS = {1, 2, 3};
    static final int PART = 5 << 20;

    final List<Event> events = new CopyOnWriteArrayList<>();
    S3Bucket bucket;
    FaultProxy proxy;
    private final List<ObjectStore> opened = new ArrayList<>();

    @BeforeEach
    void openProxy() throws Exception {
        bucket = S3Server.shared().createBucket();
        proxy = FaultProxy.inFrontOf(bucket.server().endpoint());
    }

    @AfterEach
    void closeAll() throws Exception {
        // first, so that nothing hangs when the stores say good-bye
        proxy.close();
        opened.forEach(ObjectStore::close);
    }

    /** {@code options} come on top of a short deadline. */
    final ObjectStore store(String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("deadline=5s", "stall-window=1s", "part-size=5M"));
        all.addAll(List.of(options));
        return storeAt(bucket.locationAt(proxy.endpoint(), "pg", all.toArray(String[]::new)));
    }

    final ObjectStore storeAt(String url) throws Exception {
        return storeAt(url, Timing.system());
    }

    final ObjectStore storeAt(String url, Timing timing) throws Exception {
        var location = S3Urls.place(url);
        ObjectStore store = S3Store.open(location, S3DriverTest::kindOf, events::add, timing);
        opened.add(store);
        return store;
    }

    /** As much of a vault's layout as these tests need. */
    private static ObjectKind kindOf(ObjectKey key) {
        return switch (key.value().split("/", 2)[0]) {
            case "wal" -> ObjectKind.WAL;
            case "backups" -> ObjectKind.BACKUP;
            default -> ObjectKind.DOCUMENT;
        };
    }

    static CreateOutcome create(ObjectStore store) throws IOException {
        return store.createIfAbsent(KEY, Content.of(BYTES));
    }

    static CreateOutcome upload(ObjectStore store, byte[] bytes) throws IOException {
        try (Upload upload = store.beginUpload(KEY)) {
            upload.body().write(bytes);
            return upload.commit();
        }
    }

    static byte[] read(ObjectStore store) throws IOException {
        try (InputStream in = store.open(KEY).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    static byte[] read(ObjectStore store, ByteRange range) throws IOException {
        try (Slice slice = store.open(KEY, range).orElseThrow()) {
            return slice.content().readAllBytes();
        }
    }

    static List<String> keys(ObjectStore store, String prefix) throws IOException {
        try (Stream<StoredObject> listing = store.list(new ObjectKey(prefix))) {
            return listing.map(each -> each.key().value()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Everything that a store can be asked, by name. */
    static Map<String, ThrowingCallable> everyCall(ObjectStore store) {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("create", () -> create(store));
        calls.put("upload", () -> upload(store, new byte[PART + 1]));
        calls.put("open", () -> store.open(KEY));
        calls.put("open a range", () -> store.open(KEY, ByteRange.last(1)));
        calls.put("head", () -> store.head(KEY));
        calls.put("list", () -> keys(store, "wal"));
        calls.put("names", () -> store.names(ObjectKey.of("wal")));
        calls.put("delete", () -> store.delete(KEY));
        calls.put("delete several", () -> store.deleteAll(List.of(KEY)).orThrow());
        calls.put("discard", () -> store.discardAbandonedUploads(ObjectKey.of("wal"), Duration.ZERO));
        return calls;
    }

    static void assertEveryCallFails(ObjectStore store, ErrorCode code, String word) {
        everyCall(store).forEach((name, call) -> assertFails(name, call, code, word));
    }

    static void assertFails(ThrowingCallable call, ErrorCode code, String... words) {
        assertFails("call", call, code, words);
    }

    private static void assertFails(String name, ThrowingCallable call, ErrorCode code, String... words) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).as(name).isInstanceOf(ArchiverException.class);
        var failure = (ArchiverException) thrown;
        String text = name + ": " + failure.getMessage() + "\n"
                + failure.detail().orElse("") + "\n" + failure.hint().orElse("");
        assertThat(failure.code()).as(text).isEqualTo(code);
        for (String word : words) {
            assertThat(text).contains(word);
        }
        assertThat(failure.hint()).as(text).isPresent();
    }

    static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
