package dev.walvault.pg;

import java.util.Optional;

/**
 * A file that a server archives or asks for, known by its name alone: what {@code %f} can be.
 *
 * <p>The shapes are those of {@code xlog_internal.h} (IsXLogFileName, IsPartialXLogFileName, IsTLHistoryFileName,
 * IsBackupHistoryFileName). A name does not tell how big a segment is, so its parts are kept as they are written;
 * {@link Segment#toWalSegment} makes a position of them.
 */
public sealed interface WalFile {
    /** What the archiver passes on has at most so many characters (MAX_XFN_CHARS of {@code pgarch.h}). */
    int LONGEST_NAME = 64;

    /** The timeline the name begins with. */
    TimelineId timeline();

    /** The file name, without a directory. {@code parse(file.name())} equals {@code file}. */
    String name();

    /** The segment that it is, has the beginning of, or is named after; a history is named after none. */
    default Optional<Segment> ofSegment() {
        return switch (this) {
            case Segment segment -> Optional.of(segment);
            case Partial partial -> Optional.of(partial.segment());
            case BackupHistoryFile backup -> Optional.of(backup.segment());
            case TimelineHistoryFile _ -> Optional.empty();
        };
    }

    /**
     * Reads a bare file name.
     *
     * @throws IllegalArgumentException for anything that no server gives a file of its WAL; the message says why
     */
    static WalFile parse(String name) {
        return WalFileName.parse(name);
    }

    /** A whole segment: {@code TTTTTTTTXXXXXXXXYYYYYYYY}. */
    record Segment(TimelineId timeline, long logId, long segmentInLog) implements WalFile {
        public Segment {
            if (logId < 0 || logId > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("invalid log id " + logId + " of a WAL segment");
            }
            if (segmentInLog < 0 || segmentInLog > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("invalid number " + segmentInLog + " of a WAL segment in its log");
            }
        }

        /** Whether a system with segments of this size can have a file of this name. */
        public boolean fits(WalSegmentSize size) {
            return segmentInLog < size.segmentsPerLogId();
        }

        /**
         * The segment that bears this name in a system with segments of the given size.
         *
         * @throws IllegalArgumentException if no segment bears it: see {@link #fits}
         */
        public WalSegment toWalSegment(WalSegmentSize size) {
            if (!fits(size)) {
                throw new IllegalArgumentException("no WAL segment of " + size + " can have the name \"" + name()
                        + "\": its last eight digits exceed " + WalFileName.hex(size.segmentsPerLogId() - 1L));
            }
            return new WalSegment(timeline, logId * size.segmentsPerLogId() + segmentInLog);
        }

        @Override
        public String name() {
            return timeline.hex() + WalFileName.hex(logId) + WalFileName.hex(segmentInLog);
        }
    }

    /**
     * A segment that was not finished: the last one of a timeline that ended by promotion, or of a server that died. No
     * server asks for it by this name, so several contents can be kept of one segment.
     *
     * @param digest XXH64 of the content in sixteen digits, which only the vault's names have, and only from the second
     *     content on: {@code SEGMENT.DIGEST.partial}. A server's own name is {@code SEGMENT.partial}.
     */
    record Partial(Segment segment, Optional<String> digest) implements WalFile {
        public Partial {
            if (digest.isPresent() && !digest.get().matches("[0-9a-f]{16}")) {
                throw new IllegalArgumentException("invalid digest \"" + digest.get() + "\" of a partial segment");
            }
        }

        /** As a server names it. */
        public Partial(Segment segment) {
            this(segment, Optional.empty());
        }

        @Override
        public TimelineId timeline() {
            return segment.timeline();
        }

        @Override
        public String name() {
            return segment.name() + digest.map(hex -> "." + hex).orElse("") + ".partial";
        }
    }

    /** Where a timeline came from: {@code TTTTTTTT.history}. The content is a {@link TimelineHistory}. */
    record TimelineHistoryFile(TimelineId timeline) implements WalFile {
        @Override
        public String name() {
            return timeline.hex() + ".history";
        }
    }

    /** What a base backup leaves in the WAL archive: {@code SEGMENT.OOOOOOOO.backup}; the offset is in bytes. */
    record BackupHistoryFile(Segment segment, long offset) implements WalFile {
        public BackupHistoryFile {
            if (offset < 0 || offset > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("invalid offset " + offset + " of a backup history file");
            }
        }

        @Override
        public TimelineId timeline() {
            return segment.timeline();
        }

        @Override
        public String name() {
            return segment.name() + "." + WalFileName.hex(offset) + ".backup";
        }
    }
}
