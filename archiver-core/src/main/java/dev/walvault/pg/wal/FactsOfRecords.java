package dev.walvault.pg.wal;

import dev.walvault.FileNames;
import dev.walvault.Timestamps;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.wal.WalFacts.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Collects the facts of the records that end behind a place, up to the first commit or abort that is past a time. */
final class FactsOfRecords implements RecordReader {
    /** So many points, tablespaces and timelines are kept of one segment. */
    private static final int MOST = 10_000;

    private static final int XLOG = 0;
    private static final int TRANSACTION = 1;
    private static final int TABLESPACE = 5;

    private static final int CHECKPOINT_SHUTDOWN = 0x00;
    private static final int RESTORE_POINT = 0x70;
    private static final int END_OF_RECOVERY = 0x90;

    private static final int TABLESPACE_CREATE = 0x00;
    private static final int TABLESPACE_DROP = 0x10;

    /** 2000-01-01, from which on PostgreSQL counts its microseconds. */
    private static final long EPOCH = 946_684_800L;

    private static final long MICROS = 1_000_000L;

    private final WalFormat format;
    private final Lsn behind;
    private final Predicate<Instant> isPast;

    private long earliest = Long.MAX_VALUE;
    private long latest = Long.MIN_VALUE;
    private final List<WalFacts.Point> points = new ArrayList<>();
    private final List<WalFacts.Creation> created = new ArrayList<>();
    private final List<WalFacts.Drop> dropped = new ArrayList<>();
    private final List<WalFacts.Switch> switches = new ArrayList<>();
    private boolean full;
    private Optional<Lsn> past = Optional.empty();

    FactsOfRecords(WalFormat format, Lsn behind, Predicate<Instant> isPast) {
        this.format = format;
        this.behind = behind;
        this.isPast = isPast;
    }

    @Override
    public boolean wants(int resourceManager, int info) {
        int operation = info & 0xF0;
        return switch (resourceManager) {
            case TRANSACTION -> format.mayEndTransaction(info);
            case XLOG -> operation == RESTORE_POINT || operation == CHECKPOINT_SHUTDOWN || operation == END_OF_RECOVERY;
            case TABLESPACE -> true;
            default -> false;
        };
    }

    @Override
    public boolean read(WalRecord record) {
        if (!record.end().isAfter(behind)) {
            return true;
        }
        if (!record.parse()) {
            return false;
        }
        int operation = record.info() & 0xF0;
        return switch (record.resourceManager()) {
            case TRANSACTION -> readTransaction(record);
            case TABLESPACE -> hasRoom() && readTablespace(record, operation);
            default -> operation == RESTORE_POINT ? hasRoom() && readPoint(record) : readTimelines(record, operation);
        };
    }

    private boolean hasRoom() {
        full = points.size() + created.size() + dropped.size() + switches.size() >= MOST;
        return !full;
    }

    /** Whether there was more than is kept, at which reading stopped. */
    boolean isFull() {
        return full;
    }

    /** Where the first commit or abort begins that is past the time, at which reading stopped. */
    Optional<Lsn> past() {
        return past;
    }

    private boolean readTransaction(WalRecord record) {
        if (record.dataBytes() < format.leastData(record.info())) {
            // of Cloudberry; it ends nothing
            return true;
        }
        int at = format.timeAt(record.info());
        if (!record.hasData(at + Long.BYTES)) {
            return false;
        }
        long time = record.dataLong(at);
        if (isPast.test(instant(time))) {
            past = Optional.of(record.begin());
            return false;
        }
        earliest = Math.min(earliest, time);
        latest = Math.max(latest, time);
        return true;
    }

    private boolean readPoint(WalRecord record) {
        byte[] name = record.dataText(Long.BYTES);
        if (name == null) {
            return false;
        }
        points.add(new WalFacts.Point(FileNames.decode(name), record.end(), instant(record.dataLong(0))));
        return true;
    }

    private boolean readTablespace(WalRecord record, int operation) {
        if (!record.hasData(Integer.BYTES)) {
            return false;
        }
        long oid = Integer.toUnsignedLong(record.dataInt(0));
        if (operation == TABLESPACE_CREATE) {
            byte[] location = record.dataText(Integer.BYTES);
            if (location == null) {
                return false;
            }
            created.add(new WalFacts.Creation(oid, FileNames.decode(location), record.end()));
        } else if (operation == TABLESPACE_DROP) {
            dropped.add(new WalFacts.Drop(oid, record.end()));
        } else {
            return false;
        }
        return true;
    }

    /**
     * Both records begin with eight bytes, the time or the redo location, and then the new timeline and the one before.
     */
    private boolean readTimelines(WalRecord record, int operation) {
        if (!record.hasData(16)) {
            return false;
        }
        int to = record.dataInt(8);
        int from = record.dataInt(12);
        if (to == 0 || from == 0) {
            return false;
        }
        boolean switched = operation == END_OF_RECOVERY || to != from;
        if (switched && hasRoom()) {
            switches.add(new WalFacts.Switch(new TimelineId(from), new TimelineId(to), record.begin()));
        }
        return !full;
    }

    /** What was collected; {@code segment} and the places are the reader's. */
    WalFacts facts(
            Lsn begin,
            Lsn end,
            Lsn from,
            Lsn to,
            Optional<Unread> unread,
            Optional<Lsn> firstBegin,
            Optional<Lsn> firstEnd) {
        Optional<TimeRange> times =
                earliest > latest ? Optional.empty() : Optional.of(new TimeRange(instant(earliest), instant(latest)));
        return new WalFacts(
                begin, end, from, to, unread, firstBegin, firstEnd, times, points, created, dropped, switches);
    }

    /** A time of a clock that is out of its mind becomes the nearest that a vault can have. */
    private static Instant instant(long micros) {
        Instant time =
                Instant.ofEpochSecond(EPOCH + Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1000L);
        if (time.isBefore(Timestamps.EARLIEST)) {
            return Timestamps.EARLIEST;
        }
        return time.isAfter(Timestamps.LATEST) ? Timestamps.LATEST : time;
    }
}
