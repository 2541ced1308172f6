package dev.walvault.pg.wal;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.PgMajor;
import dev.walvault.pg.WalFile;
import java.util.Optional;

/**
 * Whether a segment is what its name says, judged by its length and the header of its first page; and whether a server
 * may have written it.
 */
public final class WalSegmentCheck {
    private WalSegmentCheck() {}

    /**
     * Checks a whole segment, of whatever version, and returns its header.
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

    /**
     * Requires that the pages are of a version that the server may be: see {@link ControlFile#mayWrite}.
     *
     * @param server whose WAL it is; where that is not known, the version must be a known one
     * @throws IntegrityException (NOT_WAL) otherwise
     */
    public static void requireWrittenBy(Optional<ControlFile> server, WalFile file, WalPageHeader header)
            throws IntegrityException {
        if (server.map(control -> control.mayWrite(header.magic()))
                .orElse(header.major().isPresent())) {
            return;
        }
        String written = header.major()
                .map(major -> "which PostgreSQL " + major + " writes")
                .orElse("which no supported version of PostgreSQL writes");
        var fault = Fault.of(
                ErrorCode.NOT_WAL,
                "WAL file \"%s\" has page magic %04X, %s".formatted(file.name(), header.magic(), written));
        throw server.map(control -> fault.detail("The data directory is of " + control.writer() + "."))
                .orElse(fault.hint(PgMajor.SUPPORTED))
                .integrity();
    }

    private static WalPageHeader check(String name, WalFile.Segment segment, long length, byte[] start)
            throws IntegrityException {
        if (length == 0) {
            throw WalPageHeader.notWal(name, "is empty");
        }
        var header = WalPageHeader.readLong(name, start);
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
