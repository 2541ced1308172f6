package dev.walvault.store.s3;

import dev.walvault.ArchiverException;
import dev.walvault.ConfigurationException;
import dev.walvault.observe.Listener;
import dev.walvault.store.ByteRange;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.Deletion;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Slice;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import dev.walvault.store.http.Measured;
import dev.walvault.store.http.Pacer;
import dev.walvault.store.http.PartBuffer;
import dev.walvault.store.http.Retries;
import dev.walvault.store.http.Timing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Objects of a bucket, on Amazon S3 and on services that speak its protocol. An object is created by one conditional
 * request ({@code If-None-Match: *}); a random id in its metadata tells a writer whether an object is its own after an
 * answer was lost. One request for each call, but where something has to be proven or tried again.
 *
 * <p>Memory: an upload holds as many parts as may be in flight, and one more; {@link #createIfAbsent} a copy of its
 * content up to 64 MiB, and beyond that what an upload holds.
 */
public final class S3Store implements ObjectStore {
    /** The most that is sent as one request; nothing that walvault makes in memory is larger. */
    private static final int LARGEST_PUT = 64 << 20;

    private static final int ID_BYTES = 16;

    private final S3Place location;
    private final Timing timing;
    private final S3ClientFactory factory;
    private final S3Requests requests;
    private final S3Retry retry;
    private final S3Reader reader;
    private final S3Publisher publisher;
    private final S3Listing listing;
    private final S3Parts.Factory parts;

    private S3Store(S3Place location, Timing timing, S3ClientFactory factory, S3Requests requests, S3Retry retry) {
        this.location = location;
        this.timing = timing;
        this.factory = factory;
        this.requests = requests;
        this.retry = retry;
        this.reader = new S3Reader(requests, retry);
        this.publisher = new S3Publisher(requests, retry, reader);
        this.listing = new S3Listing(requests, retry);
        this.parts = new S3Parts.Factory(
                requests, retry, publisher, location.options().partsInFlight());
    }

    /**
     * The store at {@code location}; reads the files that its options name, and sends no request. {@code kinds} tells
     * how an object is to be kept, {@code listener} hears of what is tried again.
     */
    public static S3Store open(S3Place location, Function<ObjectKey, ObjectKind> kinds, Listener listener)
            throws ArchiverException {
        return open(location, kinds, listener, Timing.system());
    }

    static S3Store open(S3Place location, Function<ObjectKey, ObjectKind> kinds, Listener listener, Timing timing)
            throws ArchiverException {
        var options = location.options();
        CustomerKey customerKey =
                options.encryption() instanceof S3Encryption.ByOurKey(var file) ? CustomerKey.read(file) : null;
        var factory = new S3ClientFactory(options, System.getenv(), options.tls(), timing);
        var requests = new S3Requests(location, kinds, customerKey, timing);
        var service = new S3Service(location, factory.credentials().described(), factory::clockSkew);
        var retries = new Retries(
                new Pacer(options.connections(), timing),
                factory.credentials()::reread,
                service::clockWarning,
                listener,
                timing,
                options.deadline());
        var retry = new S3Retry(factory::client, new S3Errors(service), retries);
        return new S3Store(location, timing, factory, requests, retry);
    }

    @Override
    public String location() {
        return location.toString();
    }

    /**
     * By how much the clock of the service was ahead of this host's in its last answer, to a second; empty before one.
     */
    public Optional<Duration> clockSkew() {
        return factory.clockSkew();
    }

    /** Where the access key comes from. */
    S3Credentials credentials() {
        return factory.credentials();
    }

    /** How the bucket itself is set up. */
    BucketSettings settings() {
        return new BucketSettings(location.bucket(), retry);
    }

    /** Where requests about the bucket go: scheme, host, and port if it is not the scheme's own. */
    URI address() throws ConfigurationException {
        URL url = factory.client()
                .utilities()
                .getUrl(request -> request.bucket(location.bucket()).key(location.bucket()));
        return URI.create(url.getProtocol() + "://" + url.getAuthority());
    }

    /** How many uploads were begun longer ago than {@code age} and never completed. */
    int countAbandonedUploads(ObjectKey prefix, Duration age) throws ArchiverException {
        return listing.countUploads(prefix, age, this::timeOfTheService);
    }

    @Override
    public CreateOutcome createIfAbsent(ObjectKey key, Content content) throws ArchiverException {
        if (content.length() > LARGEST_PUT) {
            try (Upload upload = beginUpload(key)) {
                copy(key, content, upload.body());
                return upload.commit();
            }
        }
        var buffer = PartBuffer.ofExactly(Math.toIntExact(content.length()));
        copy(key, content, buffer);
        return S3Upload.publishWhole(publisher, requests, key, newWriteId(), buffer);
    }

    private static void copy(ObjectKey key, Content content, OutputStream out) throws ArchiverException {
        var measured = new Measured(out, content.length());
        try {
            content.writeTo(measured);
        } catch (IOException e) {
            throw Content.failure(key, e);
        }
        if (measured.written() != content.length()) {
            throw Content.wrongLength(key, content.length(), measured.written());
        }
    }

    @Override
    public Upload beginUpload(ObjectKey key) {
        return new S3Upload(
                key,
                newWriteId(),
                requests,
                publisher,
                parts,
                location.options().partSize());
    }

    private String newWriteId() {
        byte[] id = new byte[ID_BYTES];
        timing.random().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    @Override
    public Optional<InputStream> open(ObjectKey key) throws ArchiverException {
        return reader.open(key);
    }

    @Override
    public Optional<Slice> open(ObjectKey key, ByteRange range) throws ArchiverException {
        return reader.open(key, range);
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws ArchiverException {
        return reader.head(key);
    }

    @Override
    public Stream<StoredObject> list(ObjectKey prefix) {
        return listing.objects(prefix);
    }

    @Override
    public Stream<StoredObject> listAfter(ObjectKey prefix, ObjectKey after) {
        return listing.objectsAfter(prefix, after);
    }

    @Override
    public List<String> names(ObjectKey prefix) throws ArchiverException {
        return listing.names(prefix);
    }

    /** S3 answers the same whether there was something or not, so it is asked before. */
    @Override
    public boolean delete(ObjectKey key) throws ArchiverException {
        if (head(key).isEmpty()) {
            return false;
        }
        retry.call(
                "could not delete \"" + requests.urlOf(key) + "\"",
                client -> client.deleteObject(requests.delete(key)));
        return true;
    }

    @Override
    public Deletion deleteAll(Collection<ObjectKey> keys) {
        return new S3Deletion(requests, retry, keys).run();
    }

    @Override
    public int discardAbandonedUploads(ObjectKey prefix, Duration age) throws ArchiverException {
        return listing.discardUploads(prefix, age, this::timeOfTheService);
    }

    /** The service says when an upload began, and a host whose clock is wrong must not take a young one for old. */
    private Instant timeOfTheService() {
        return timing.now().plus(clockSkew().orElse(Duration.ZERO));
    }

    @Override
    public void close() {
        factory.close();
    }

    @Override
    public String toString() {
        return location();
    }
}
