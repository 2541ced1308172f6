package dev.walvault.doctor;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.StoreException;
import dev.walvault.examine.Check;
import dev.walvault.examine.Finding;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.Digester;
import dev.walvault.store.ByteRange;
import dev.walvault.store.Content;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectStore;
import dev.walvault.store.Remedies;
import dev.walvault.store.Slice;
import dev.walvault.store.StoredObject;
import dev.walvault.store.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Whether a store keeps the law of {@link ObjectStore} where it is; two handles stand for two hosts. */
final class StoreChecks {
    private static final int SMALL = 4 * 1024;
    private static final int LARGE_PIECES = 24;
    private static final int PIECE = 1 << 20;
    private static final Duration CLOCK_DOUBT = Duration.ofMinutes(1);

    private final ObjectStore store;
    private final ObjectStore other;
    private final Probes probes;
    private final Remedies remedies;
    private final Clock clock;

    StoreChecks(ObjectStore store, ObjectStore other, Probes probes, Remedies remedies, Clock clock) {
        this.store = store;
        this.other = other;
        this.probes = probes;
        this.remedies = remedies;
        this.clock = clock;
    }

    List<Check> all() {
        return List.of(
                new Check("absent object", this::absent),
                new Check("create once", this::createOnce),
                new Check("create once, raced", new CreateRace(store, other, probes, remedies)::run),
                new Check("read back", this::readBack),
                new Check("read ranges", this::readRanges),
                new Check("large object", this::largeObject),
                new Check("list after write", this::listAfterWrite),
                new Check("clock", this::clock),
                new Check("delete", this::delete),
                new Check("probes removed", this::removeProbes));
    }

    private Finding absent(String check) throws ArchiverException {
        ObjectKey key = probes.key("absent");
        try {
            boolean found = store.open(key).isPresent() || store.head(key).isPresent();
            return found
                    ? unfit(check, "an object is there that nobody has stored", remedies.damaged())
                    : Finding.ok(check, "what is not there is proven absent");
        } catch (StoreException e) {
            if (e.code() != ErrorCode.STORE_DENIED) {
                throw e;
            }
            return Finding.failed(
                    check,
                    ErrorCode.STORE_DENIED,
                    "the store refuses to say whether an object is absent, so recovery could never end: "
                            + e.getMessage(),
                    remedies.undecided());
        }
    }

    private Finding createOnce(String check) throws ArchiverException {
        ObjectKey key = probes.key("once");
        byte[] first = probes.content(SMALL);
        if (store.createIfAbsent(key, Content.of(first)) != CreateOutcome.CREATED) {
            return unfit(check, "a new name was said to be there already", remedies.notOnce());
        }
        if (other.createIfAbsent(key, Content.of(probes.content(SMALL))) != CreateOutcome.ALREADY_THERE) {
            return unfit(check, "a second writer of one name was told that it created it", remedies.notOnce());
        }
        return isStored(key, first)
                ? Finding.ok(check, "a name is given once, and its content stays")
                : unfit(check, "a second writer changed what was stored", remedies.notOnce());
    }

    private Finding readBack(String check) throws ArchiverException {
        ObjectKey key = probes.key("read");
        byte[] content = probes.content(PIECE);
        store.createIfAbsent(key, Content.of(content));
        long length = other.head(key).map(StoredObject::bytesStored).orElse(-1L);
        return isStored(key, content) && length == content.length
                ? Finding.ok(check, "1 MB came back as it was stored")
                : unfit(check, "other bytes came back than were stored", remedies.damaged());
    }

    private Finding readRanges(String check) throws ArchiverException {
        ObjectKey key = probes.key("ranges");
        byte[] content = probes.content(SMALL);
        store.createIfAbsent(key, Content.of(content));
        for (ByteRange range : List.of(ByteRange.of(1_000, 100), ByteRange.last(100), ByteRange.of(SMALL, 1))) {
            try (Slice slice = other.open(key, range).orElseThrow(() -> Probes.vanished(key))) {
                byte[] expected = Arrays.copyOfRange(content, (int) range.first(SMALL), (int) range.end(SMALL));
                if (slice.bytesStored() != SMALL
                        || !Arrays.equals(slice.content().readAllBytes(), expected)) {
                    return unfit(check, "other bytes came back than a range has: " + range, remedies.damaged());
                }
            } catch (IOException e) {
                throw Probes.unreadable(key, e);
            }
        }
        return Finding.ok(check, "parts of an object can be read, from its beginning and from its end");
    }

    private boolean isStored(ObjectKey key, byte[] content) throws ArchiverException {
        return Arrays.equals(content, Probes.read(other, key).orElse(new byte[0]));
    }

    private Finding largeObject(String check) throws ArchiverException {
        ObjectKey key = probes.key("large");
        try (Upload first = store.beginUpload(key);
                Upload second = other.beginUpload(key)) {
            ContentDigest digest = write(first.body(), LARGE_PIECES);
            if (other.head(key).isPresent()) {
                return unfit(check, "an object was visible before it was complete", remedies.notOnce());
            }
            if (first.commit() != CreateOutcome.CREATED) {
                return unfit(check, "a new name was said to be there already", remedies.notOnce());
            }
            write(second.body(), 1);
            if (second.commit() != CreateOutcome.ALREADY_THERE) {
                return unfit(check, "a second upload of one name was told that it created it", remedies.notOnce());
            }
            return digest.equals(digest(key))
                    ? Finding.ok(check, LARGE_PIECES + " MB uploaded in parts, visible when complete, created once")
                    : unfit(check, "other bytes came back than were uploaded", remedies.damaged());
        } catch (IOException e) {
            throw Probes.unreadable(key, e);
        }
    }

    private ContentDigest write(OutputStream out, int pieces) throws IOException {
        var digester = new Digester();
        for (int i = 0; i < pieces; i++) {
            byte[] piece = probes.content(PIECE);
            out.write(piece);
            digester.update(piece, 0, piece.length);
        }
        return digester.result();
    }

    private ContentDigest digest(ObjectKey key) throws IOException {
        var digester = new Digester();
        Optional<InputStream> found = other.open(key);
        if (found.isPresent()) {
            try (InputStream in = found.get()) {
                byte[] piece = new byte[PIECE];
                for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                    digester.update(piece, 0, count);
                }
            }
        }
        return digester.result();
    }

    private Finding listAfterWrite(String check) throws ArchiverException {
        ObjectKey prefix = probes.key("list");
        List<String> inOrder = List.of("a", "b-1", "b.1", "b/1", "b/2");
        for (String name : List.of("b/2", "a", "b.1", "b/1", "b-1")) {
            ObjectKey key = new ObjectKey(prefix + "/" + name);
            store.createIfAbsent(key, Content.of(probes.content(1)));
            if (Probes.list(other, prefix).stream()
                    .noneMatch(object -> object.key().equals(key))) {
                return unfit(check, "a listing does not show what was just stored", remedies.stale());
            }
        }
        List<String> listed = Probes.list(other, prefix).stream()
                .map(object -> object.key().value().substring(prefix.value().length() + 1))
                .toList();
        if (!listed.equals(inOrder)) {
            return unfit(check, "a listing is out of order: " + String.join(", ", listed), remedies.stale());
        }
        List<String> names = other.names(prefix);
        return names.equals(List.of("a", "b", "b-1", "b.1"))
                ? Finding.ok(check, "listings show at once and in order what was stored")
                : unfit(check, "the names of one level are wrong: " + String.join(", ", names), remedies.stale());
    }

    private Finding clock(String check) throws ArchiverException {
        Duration skew = Duration.between(clock.instant(), storeTime());
        String seen = "the store's clock and this host's are " + skew.abs().toSeconds() + " s apart";
        return skew.abs().compareTo(CLOCK_DOUBT) <= 0
                ? Finding.ok(check, seen)
                : Finding.warning(
                        check,
                        seen,
                        "Set the clock of this host (NTP): S3 refuses requests that are 15 minutes off, and times in"
                                + " \"walvault info\" mislead.");
    }

    /** The present, by what the store says of a new object. */
    private Instant storeTime() throws ArchiverException {
        ObjectKey key = probes.key("time-" + System.nanoTime());
        store.createIfAbsent(key, Content.of(probes.content(1)));
        return store.head(key).map(StoredObject::lastModified).orElseGet(clock::instant);
    }

    private Finding delete(String check) throws ArchiverException {
        ObjectKey key = probes.key("deleted");
        store.createIfAbsent(key, Content.of(probes.content(1)));
        List<ObjectKey> several = List.of(probes.key("deleted-1"), probes.key("deleted-2"));
        for (ObjectKey each : several) {
            store.createIfAbsent(each, Content.of(probes.content(1)));
        }
        boolean deleted;
        try {
            deleted = store.delete(key);
            store.deleteAll(several).orThrow();
        } catch (StoreException e) {
            if (e.code() != ErrorCode.STORE_DENIED) {
                throw e;
            }
            return Finding.warning(check, "this host may not delete: " + e.getMessage(), remedies.noDelete());
        }
        boolean there = other.head(key).isPresent()
                || other.open(key).isPresent()
                || other.names(probes.own()).stream().anyMatch(each -> each.startsWith("deleted"));
        return deleted && !there
                ? Finding.ok(check, "what is deleted is gone")
                : unfit(check, "what was deleted is still there", remedies.stale());
    }

    private Finding removeProbes(String check) throws ArchiverException {
        try {
            return Finding.ok(check, probes.remove(storeTime()) + " objects");
        } catch (StoreException e) {
            if (e.code() != ErrorCode.STORE_DENIED) {
                throw e;
            }
            return Finding.warning(
                    check,
                    "probes stay in the vault below \"" + Probes.ALL + "\": " + e.getMessage(),
                    "Run \"walvault doctor\" from a host that may delete; it removes them an hour after they were made.");
        }
    }

    static Finding unfit(String check, String seen, String fix) {
        return Finding.failed(check, ErrorCode.STORE_UNFIT, seen, fix);
    }
}
