package dev.walvault.pg;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;

/** Whether a segment is what its name says, judged by its length and the header of its first page. */
public final class WalSegmentCheck {
    private WalSegmentCheck() {}

    /**
     * Checks a whole segment and returns its header.
     *
     * @param length of the file, in bytes
     * @param start the first bytes of the file, {@link WalPageHeader#BYTES} or more
     * @throws IntegrityException (NOT_WAL) with the first thing that is wrong
     */
    public static WalPageHeader check(WalFile.Segment file, long length, byte[] start) throws IntegrityException {
        return check(file.name(), file, length, start);
    }

    /** Checks a partial segment, which has the length and the header of a whole one. */
    public static WalPageHeader check(WalFile.Partial file, long length, byte[] start) throws IntegrityException {
        return check(file.name(), file.segment(), length, start);
    }

    private static WalPageHeader check(String name, WalFile.Segment segment, long length, byte[] start)
            throws IntegrityException {
        if (length == 0) {
            throw WalPageHeader.notWal(name, "is empty");
        }
        var header = WalPageHeader.readLong(name, start);
        if (header.major().isEmpty()) {
            throw Fault.of(
                            ErrorCode.NOT_WAL,
                            "WAL file \"%s\" has page magic %04X, which no supported version of PostgreSQL writes"
                                    .formatted(name, header.magic()))
                    .hint("Versions 13 to 18 are supported.")
                    .integrity();
        }
        var size = header.segmentSize();
        if (length != size.bytes()) {
            throw WalPageHeader.notWal(
                    name, "has " + length + " bytes, but its header speaks of segments of " + size.bytes() + " bytes");
        }
        if (!segment.fits(size)) {
            throw WalPageHeader.notWal(
                    name, "has a header that speaks of segments of " + size + ", which cannot have such a name");
        }
        var expected = segment.toWalSegment(size).startLsn(size);
        if (!header.pageAddress().equals(expected)) {
            throw WalPageHeader.notWal(
                    name, "begins at " + header.pageAddress() + " by its header, but at " + expected + " by its name");
        }
        // lower is right in the first segment after a switch: its beginning was copied from the timeline before
        if (header.timeline().compareTo(segment.timeline()) > 0) {
            throw WalPageHeader.notWal(
                    name,
                    "is of timeline " + header.timeline() + " by its header, but of timeline " + segment.timeline()
                            + " by its name");
        }
        return header;
    }
}
