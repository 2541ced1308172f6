package dev.walvault.pg.wal;

import dev.walvault.pg.Lsn;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads along while a segment is read: it is fed the segment's bytes in their order, in pieces of any size, and has the
 * facts in the end. It copies nothing but what is cut by the end of a piece or page, looks at the headers of records
 * and at those few that it is for, whose checksums it verifies. Nothing is thrown, whatever the bytes are. For one
 * thread at a time.
 */
public final class WalFactsReader {
    private final WalPageHeader segment;
    private final Lsn begin;
    private final Lsn end;
    private final Optional<WalFormat> format;
    private final FactsOfRecords facts;
    private final WalStream stream;
    private long rest;

    /**
     * For the segment with this header, without the one before: the record that goes on from there is not known.
     *
     * @param segment the header of its first page, which is fed as well
     */
    public WalFactsReader(WalPageHeader segment) {
        this(segment, new byte[0]);
    }

    /**
     * For the segment with this header.
     *
     * @param segment the header of its first page, which is fed as well
     * @param before the last pages of the segment before it, as {@link LastPages} has them. If they do not lead to this
     *     segment, it is as if there were none.
     */
    public WalFactsReader(WalPageHeader segment, byte[] before) {
        this(segment, before, segment.pageAddress(), _ -> false);
    }

    /**
     * For what a recovery to a time replays of the segment with this header, which goes as far as the first commit or
     * abort that is past the time. The record that goes on from the segment before is not known.
     *
     * @param segment the header of its first page, which is fed as well
     * @param behind where recovery begins: records that end there or before count for nothing
     * @param isPast whether recovery stops before a commit or abort of a time
     */
    public static WalFactsReader upTo(WalPageHeader segment, Lsn behind, Predicate<Instant> isPast) {
        return new WalFactsReader(segment, new byte[0], behind, isPast);
    }

    private WalFactsReader(WalPageHeader segment, byte[] before, Lsn behind, Predicate<Instant> isPast) {
        this.segment = segment;
        this.begin = segment.pageAddress();
        this.rest = segment.segmentSize().bytes();
        this.end = begin.plus(rest);
        this.format = WalFormat.ofMagic(segment.magic());
        this.facts = new FactsOfRecords(format.orElse(WalFormat.NEWEST), behind, isPast);
        this.stream = stream(before);
    }

    private WalStream stream(byte[] before) {
        if (segment.remaining() > 0 && before.length > 0) {
            Lsn position = begin.plus(-before.length);
            var leading = new WalStream(segment, position, position, facts);
            leading.update(before, 0, before.length);
            if (leading.unread().isEmpty()
                    && leading.knownFrom().isPresent()
                    && leading.remaining() == segment.remaining()) {
                return leading;
            }
        }
        return new WalStream(segment, begin, begin, facts);
    }

    /** The next bytes of the segment. */
    public void update(byte[] bytes, int offset, int count) {
        if (format.isPresent()) {
            int part = (int) Math.min(count, rest);
            stream.update(bytes, offset, part);
            rest -= part;
        }
    }

    /** Where the first commit or abort begins that is past the time; empty as long as none has come. */
    public Optional<Lsn> past() {
        return facts.past();
    }

    /** What was read so far; of the whole segment once all of it was fed. */
    public WalFacts facts() {
        if (format.isEmpty()) {
            return facts.facts(
                    begin, end, begin, begin, Optional.of(Unread.VERSION), Optional.empty(), Optional.empty());
        }
        boolean nothing = stream.unread().isPresent() && stream.knownFrom().isEmpty();
        Lsn from = stream.knownFrom().filter(this::isBehindHeader).orElse(begin);
        Lsn to = nothing || stream.knownTo().isBefore(begin) ? begin : stream.knownTo();
        return facts.facts(
                begin,
                end,
                from,
                to,
                facts.isFull() ? Optional.of(Unread.TOO_MUCH) : stream.unread(),
                stream.firstBegin(),
                stream.firstEnd());
    }

    private boolean isBehindHeader(Lsn place) {
        return place.isAfter(begin.plus(WalPageHeader.BYTES));
    }
}
