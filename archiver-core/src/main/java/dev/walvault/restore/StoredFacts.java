package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.KeyException;
import dev.walvault.observe.Cancellation;
import dev.walvault.observe.Listener;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import dev.walvault.pg.WalSegmentSize;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.pg.wal.WalFactsReader;
import dev.walvault.pg.wal.WalPageHeader;
import dev.walvault.reach.FactsAhead;
import dev.walvault.seal.Unsealed;
import dev.walvault.vault.MemberVault;
import dev.walvault.vaults.MemberVaults;
import dev.walvault.work.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What vaults have of the facts of segments, several at a time; what is damaged in one is asked of the next. */
final class StoredFacts implements FactsAhead {
    /** They wait for the store, each for a small answer. */
    private static final int AT_ONCE = 16;

    /** So many take a while. */
    private static final int WORTH_TELLING = 1000;

    private static final int PIECE = 1 << 16;

    private final MemberVaults vaults;
    private final WalSegmentSize size;
    private final Listener listener;
    private final Cancellation cancellation;

    StoredFacts(MemberVaults vaults, WalSegmentSize size, Listener listener, Cancellation cancellation) {
        this.vaults = vaults;
        this.size = size;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    @Override
    public void expect(int segments) {
        if (segments >= WORTH_TELLING) {
            listener.on(new RestoreEvent.LookingAhead(segments));
        }
    }

    @Override
    public List<Optional<WalFacts>> stored(List<WalSegment> segments) throws ArchiverException {
        List<Optional<WalFacts>> facts = new ArrayList<>(Collections.nCopies(segments.size(), Optional.empty()));
        // each of the threads has elements of its own, and all have ended when they are joined
        try (var workers = new Workers("facts", AT_ONCE, cancellation)) {
            for (int i = 0; i < segments.size(); i++) {
                int each = i;
                WalFile.Segment file = segments.get(i).file(size);
                workers.submit(() -> facts.set(each, first(vault -> vault.wal().facts(file))));
            }
            workers.join();
        }
        return facts;
    }

    @Override
    public Optional<Replayed> read(WalSegment segment, Lsn behind, Predicate<Instant> isPast) throws ArchiverException {
        cancellation.check();
        return first(vault -> read(vault, segment.file(size), behind, isPast));
    }

    private interface Reading<T> {
        Optional<T> of(MemberVault vault) throws ArchiverException;
    }

    private <T> Optional<T> first(Reading<T> reading) throws ArchiverException {
        for (MemberVault vault : vaults.orders()) {
            try {
                return reading.of(vault);
            } catch (ArchiverException e) {
                if (!(e instanceof KeyException || e.isOfOneObject())) {
                    throw e;
                }
                // another one may have it sound; recovery itself tells what is wrong with it
            }
        }
        return Optional.empty();
    }

    private static Optional<Replayed> read(
            MemberVault vault, WalFile.Segment file, Lsn behind, Predicate<Instant> isPast) throws ArchiverException {
        try (Unsealed stored = vault.wal().open(file).orElse(null)) {
            if (stored == null) {
                return Optional.empty();
            }
            InputStream content = stored.content();
            byte[] piece = content.readNBytes(PIECE);
            var reader = WalFactsReader.upTo(WalPageHeader.readLong(file.name(), piece), behind, isPast);
            for (; piece.length > 0 && reader.past().isEmpty(); piece = content.readNBytes(PIECE)) {
                reader.update(piece, 0, piece.length);
            }
            return Optional.of(new Replayed(reader.facts(), reader.past()));
        } catch (ArchiverException e) {
            throw e;
        } catch (IOException e) {
            throw Fault.of(ErrorCode.STORE_UNREACHABLE, "could not read \"" + file.name() + "\"")
                    .cause(e)
                    .store();
        }
    }
}
