package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.KeyException;
import dev.walvault.StoreException;
import dev.walvault.pg.TimelineHistory;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.seal.Compression;
import dev.walvault.seal.ContentDigest;
import dev.walvault.seal.ObjectMeta;
import dev.walvault.seal.Unsealed;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The WAL files of one system, each under the name the server gave it. */
public final class WalArchive {
    private static final int LOOKS_AT_DAMAGE = 3;

    /** No server writes a history anywhere near as long; what is longer is not one. */
    private static final int LARGEST_HISTORY = 1 << 20;

    private final MemberKeys keys;
    private final Documents documents;
    private final SealedObjects sealed;
    private final SealedReader reader;

    WalArchive(MemberKeys keys, Documents documents, SealedObjects sealed, SealedReader reader) {
        this.keys = keys;
        this.documents = documents;
        this.sealed = sealed;
        this.reader = reader;
    }

    /**
     * Seals what {@code content} gives, in memory.
     *
     * @param threads how many may work on it at the same time
     * @param facts of a segment, asked for when all of it was read
     * @throws dev.walvault.IntegrityException CORRUPT if it has not {@code length} bytes
     */
    public SealedWal seal(
            WalFile file,
            InputStream content,
            long length,
            Compression compression,
            int threads,
            Supplier<Optional<WalFacts>> facts)
            throws IOException {
        return new SealedWal(
                file,
                sealed.seal(
                        keys.wal(file), content, length, compression, threads, () -> WalFactsJson.bytes(facts.get())));
    }

    /**
     * What the records of a segment say, as it was read when it was stored. Needs the key of an encrypted one.
     *
     * @return empty if the segment is proven absent, or was stored without its facts
     * @throws dev.walvault.IntegrityException if it is damaged, as far as that is seen
     * @throws dev.walvault.KeyException when no identity opens it
     */
    public Optional<WalFacts> facts(WalFile.Segment segment) throws ArchiverException {
        Optional<byte[]> facts = reader.facts(keys.wal(segment));
        return facts.isEmpty()
                ? Optional.empty()
                : Optional.of(WalFactsJson.parse("the facts of " + segment.name(), facts.get()));
    }

    /** Creates a file that was sealed for this system, here or for another vault with the same keyring. */
    public CreateOutcome create(SealedWal wal) throws ArchiverException {
        return sealed.create(keys.wal(wal.file()), wal.content());
    }

    /**
     * Creates the file with the very bytes that another vault has of it, proven as closely as this host can; it needs
     * no key.
     *
     * @throws dev.walvault.IntegrityException CORRUPT if the other vault's is not there or damaged
     * @throws dev.walvault.ConfigurationException if one of the vaults is encrypted and the other is not
     */
    public CreateOutcome copyFrom(WalArchive other, WalFile file) throws ArchiverException {
        return sealed.copyFrom(other.sealed, keys.wal(file));
    }

    /**
     * Begins a file that is too large to be sealed in memory.
     *
     * @throws dev.walvault.ConfigurationException if it should be signed, and the vault is not encrypted
     */
    public SealedUpload begin(WalFile file, ContentDigest digest, Compression compression) throws ArchiverException {
        sealed.requireSignedWhenStreamed(keys.wal(file));
        return sealed.begin(keys.wal(file), Optional.of(digest), compression);
    }

    /**
     * Opens the file, or says that it was not found; see {@link MemberVault#requirePresent} for proof. It says how long
     * it is, and gives no more. A history that this host does not open, or does not believe, is taken from a backup
     * that carries it.
     *
     * @throws IntegrityException CORRUPT if it says neither its length nor its digest, or a length that none of its
     *     kind has
     */
    public Optional<Unsealed> open(WalFile file) throws ArchiverException {
        Optional<Unsealed> found = openStored(file);
        if (found.isPresent()) {
            try {
                requirePlausible(file, found.get().meta());
            } catch (ArchiverException e) {
                reader.close(found.get());
                throw e;
            }
        }
        return found;
    }

    private Optional<Unsealed> openStored(WalFile file) throws ArchiverException {
        return file instanceof WalFile.TimelineHistoryFile history ? openHistory(history) : reader.open(keys.wal(file));
    }

    private Optional<Unsealed> openHistory(WalFile.TimelineHistoryFile file) throws ArchiverException {
        try {
            return reader.openBelieved(keys.wal(file));
        } catch (ArchiverException e) {
            if (!(e instanceof KeyException || e.code() == ErrorCode.CORRUPT)) {
                throw e;
            }
            Optional<Unsealed> carried = carried(file);
            if (carried.isEmpty()) {
                throw e;
            }
            return carried;
        }
    }

    /** As the newest backup has it that can be opened. Lists the backups. */
    private Optional<Unsealed> carried(WalFile.TimelineHistoryFile file) throws ArchiverException {
        for (BackupId id : documents.names(keys.backups(), BackupId::parse).reversed()) {
            try {
                Optional<Unsealed> found = reader.openBelieved(keys.carried(id, file));
                if (found.isPresent()) {
                    return found;
                }
            } catch (ArchiverException e) {
                // an older one may be sound, for this identity, and of a writer that is believed
                if (!(e instanceof KeyException || e.isOfOneObject())) {
                    throw e;
                }
            }
        }
        return Optional.empty();
    }

    private void requirePlausible(WalFile file, ObjectMeta meta) throws IntegrityException {
        if (meta.digest().isEmpty()) {
            throw reader.damaged(keys.wal(file), "it says neither its length nor its digest, as all WAL does");
        }
        long most = switch (file) {
            case WalFile.Segment _, WalFile.Partial _ -> WalSegmentSize.MOST_BYTES;
            case WalFile.TimelineHistoryFile _, WalFile.BackupHistoryFile _ -> LARGEST_HISTORY;
        };
        long length = meta.digest().get().length();
        if (length > most) {
            throw reader.damaged(
                    keys.wal(file),
                    "it says that it has " + length + " bytes, and none of its kind has more than " + most);
        }
    }

    /**
     * Throws if one of the recipients that are configured now cannot open the stored file, which must be there.
     *
     * @throws KeyException KEY_WRONG, with the recipient
     */
    public void requireForRecipients(WalFile file) throws ArchiverException {
        sealed.requireForRecipients(keys.wal(file));
    }

    /**
     * Looks at the stored file as closely as this host can; again if it is damaged, which it may be on its way only.
     */
    public Optional<Inspection> inspect(WalFile file) throws ArchiverException {
        Optional<Inspection> seen = sealed.inspect(keys.wal(file));
        for (int looks = 1;
                looks < LOOKS_AT_DAMAGE && seen.flatMap(Inspection::damage).isPresent();
                looks++) {
            seen = sealed.inspect(keys.wal(file));
        }
        return seen;
    }

    /**
     * What the stored file says of itself: one request for its beginning, and no key. Empty if it is not there, or says
     * nothing that this host believes. Only {@link #inspect} tells whether it is true.
     */
    public Optional<ObjectMeta> said(WalFile file) throws ArchiverException {
        return sealed.said(keys.wal(file));
    }

    /** Whether the file is there and sound, as far as this host can tell; whatever else lies in its place is not. */
    public boolean hasSound(WalFile file) throws ArchiverException {
        try {
            return inspect(file).filter(seen -> seen.damage().isEmpty()).isPresent();
        } catch (ArchiverException e) {
            if (!e.isOfOneObject()) {
                throw e;
            }
            return false;
        }
    }

    /**
     * Reads all stored bytes of a file of an encrypted vault, and verifies them without a key.
     *
     * @return whether they have a digest; without one only header and length were verified
     * @throws IntegrityException CORRUPT if header, length or digest do not fit them
     */
    public boolean verifyStored(WalFile file) throws ArchiverException {
        return sealed.verifyStored(keys.wal(file));
    }

    /** Removes a file that {@link #inspect} found damaged, so that it can be stored again. */
    public void removeDamaged(WalFile file) throws ArchiverException {
        sealed.delete(keys.wal(file));
    }

    /** When the file was written, and by whom; empty if it is not there. Reads its beginning and needs no key. */
    public Optional<Written> written(WalFile file) throws ArchiverException {
        return sealed.written(keys.wal(file));
    }

    /** Whether there is an object for the file; nothing is read of it. */
    public boolean isThere(WalFile file) throws ArchiverException {
        return documents.isThere(keys.wal(file));
    }

    /** Where a stored file is, for messages. */
    public String locationOf(WalFile file) {
        return keyOf(file).value();
    }

    /** Where a file belongs. */
    public ObjectKey keyOf(WalFile file) {
        return keys.wal(file);
    }

    /** The history of a timeline; the first one has no file and no ancestors. */
    public TimelineHistory history(TimelineId timeline) throws ArchiverException {
        if (timeline.equals(TimelineId.FIRST)) {
            return TimelineHistory.initial();
        }
        var file = new WalFile.TimelineHistoryFile(timeline);
        try (Unsealed unsealed = open(file)
                .orElseThrow(() -> Fault.of(ErrorCode.GAP, "the vault has no history of timeline " + timeline)
                        .detail("\"" + file.name() + "\" is not there")
                        .hint(
                                "Archive it from the pg_wal directory of a server that has it, or restore along another timeline.")
                        .integrity())) {
            return TimelineHistory.parse(timeline, unsealed.content().readNBytes(LARGEST_HISTORY));
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw Fault.of(ErrorCode.STORE_UNREACHABLE, "could not read \"" + file.name() + "\"")
                    .detail(String.valueOf(e.getMessage()))
                    .cause(e)
                    .store();
        }
    }

    /** The timelines that have a history file or may have WAL, in ascending order. Lists the store. */
    public List<TimelineId> timelines() throws ArchiverException {
        var timelines = new TreeSet<>(documents.names(keys.timelines(), TimelineId::parseHex));
        timelines.addAll(histories());
        return List.copyOf(timelines);
    }

    /** The timelines that have a history file, in ascending order. Lists the store. */
    public List<TimelineId> histories() throws ArchiverException {
        return List.copyOf(new TreeSet<>(documents.names(keys.histories(), WalArchive::timelineOfHistory)));
    }

    private static TimelineId timelineOfHistory(String name) {
        if (WalFile.parse(name) instanceof WalFile.TimelineHistoryFile history) {
            return history.timeline();
        }
        throw new IllegalArgumentException("\"" + name + "\" is not a timeline history");
    }

    /**
     * What is stored of a segment that was not finished: several contents where several servers, or salvages, stored
     * one.
     */
    public List<WalFile.Partial> partials(WalFile.Segment segment) throws ArchiverException {
        return documents.names(keys.log(segment), WalFile::parse).stream()
                .filter(WalFile.Partial.class::isInstance)
                .map(WalFile.Partial.class::cast)
                .filter(partial -> partial.segment().equals(segment))
                .toList();
    }

    /**
     * The first stored file of a timeline that could not be there if a segment, which is not, were its end: a later
     * segment, what is stored of an unfinished later one, or the {@code .backup} file of a backup that began in it or
     * later. Lists what comes after that segment only.
     */
    public Optional<WalFile> firstBehind(WalFile.Segment segment) throws ArchiverException {
        return documents.firstAfter(
                keys.timeline(segment.timeline()),
                keys.wal(segment),
                object -> walFile(object.key().name())
                        .filter(later -> isBehind(later, segment))
                        .filter(later -> keys.wal(later).equals(object.key())));
    }

    private static boolean isBehind(WalFile later, WalFile.Segment segment) {
        return switch (later) {
            case WalFile.Segment _, WalFile.BackupHistoryFile _ -> true;
            case WalFile.Partial partial -> !partial.segment().equals(segment);
            case WalFile.TimelineHistoryFile _ -> false;
        };
    }

    /**
     * The logs of which the timeline may have segments, in ascending order: each is a directory of as many segments as
     * make 4 GB. Lists their names only.
     */
    public List<Long> logs(TimelineId timeline) throws ArchiverException {
        return documents.names(keys.timeline(timeline), WalArchive::log).stream()
                .sorted()
                .toList();
    }

    private static long log(String name) {
        if (name.length() != 8) {
            throw new IllegalArgumentException("\"" + name + "\" is no log");
        }
        return Long.parseLong(name, 16);
    }

    /** The segments of a timeline in one of its {@link #logs}, in ascending order. Lists no more than these. */
    public List<WalFile.Segment> segments(TimelineId timeline, long log) throws ArchiverException {
        var place = new WalFile.Segment(timeline, log, 0);
        return documents.names(keys.log(place), WalFile::parse).stream()
                .filter(WalFile.Segment.class::isInstance)
                .map(WalFile.Segment.class::cast)
                .filter(segment -> segment.timeline().equals(timeline) && segment.logId() == log)
                .sorted(Comparator.comparingLong(WalFile.Segment::segmentInLog))
                .toList();
    }

    /** The last segment of a timeline, if it has one. Lists all of them. */
    public Optional<WalFile.Segment> lastSegment(TimelineId timeline) throws ArchiverException {
        var last = new AtomicReference<Optional<WalFile.Segment>>(Optional.empty());
        eachSegment(timeline, segment -> last.set(Optional.of(segment)));
        return last.get();
    }

    /** Who is said to have signed the file; nothing is verified. Empty if nobody is, or the file is not there. */
    public Optional<String> writer(WalFile file) throws ArchiverException {
        return reader.writer(keys.wal(file));
    }

    /** Who has signed the file; empty if it is not there, or nobody has and nobody must. Reads all of a plain one. */
    public Optional<Signer> signer(WalFile file) throws ArchiverException {
        return reader.signer(keys.wal(file));
    }

    /** Some WAL of a timeline, if there is any. Lists the beginning of it. */
    public Optional<WalFile> any(TimelineId timeline) throws ArchiverException {
        return firstBehind(new WalFile.Segment(timeline, 0, 0));
    }

    private static Optional<WalFile> walFile(String name) {
        try {
            return Optional.of(WalFile.parse(name));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Every stored segment of one timeline, in order. Lists the store; holds none of it in memory. */
    public void eachSegment(TimelineId timeline, Consumer<WalFile.Segment> visitor) throws ArchiverException {
        each(
                timeline,
                file -> {
                    if (file instanceof WalFile.Segment segment) {
                        visitor.accept(segment);
                    }
                },
                _ -> {});
    }

    /**
     * Every stored file of one timeline but its history: segments, what is stored of unfinished ones, and files of
     * backups, in the order of their names. Lists the store; holds none of it in memory.
     *
     * @param foreign hears of every object in its place that is no file of its WAL, or is not where that file belongs
     */
    public void each(TimelineId timeline, Consumer<WalFile> visitor, Consumer<ObjectKey> foreign)
            throws ArchiverException {
        try {
            documents.each(
                    keys.timeline(timeline),
                    object -> walFile(object.key().name())
                            .filter(known -> keys.wal(known).equals(object.key()))
                            .ifPresentOrElse(visitor, () -> foreign.accept(object.key())));
        } catch (StoreException e) {
            if (e.code() != ErrorCode.STORE_OBSTRUCTED) {
                throw e;
            }
            foreign.accept(keys.timeline(timeline)); // no directory, so that nothing is below it
        }
    }

    /** What lies beside the timelines and beside their histories, and is neither. Lists the store. */
    public List<ObjectKey> strangers() throws ArchiverException {
        var strangers = new ArrayList<ObjectKey>();
        strangers.addAll(documents.strangers(keys.timelines(), TimelineId::parseHex));
        strangers.addAll(documents.strangers(keys.histories(), WalArchive::timelineOfHistory));
        return strangers;
    }
}
