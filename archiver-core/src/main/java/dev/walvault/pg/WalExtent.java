package dev.walvault.pg;

import dev.walvault.IntegrityException;
import java.io.IOException;
import java.io.InputStream;

/**
 * How far the WAL goes in a segment that may be unfinished, by the headers of its pages.
 *
 * @param lastPage where the last page begins whose header is right; records may end anywhere in it
 * @param isFull whether that is the last page of the segment
 */
public record WalExtent(Lsn lastPage, boolean isFull) {
    /**
     * Reads the content of a segment, as far as its pages are right.
     *
     * @param segment whose content it should be
     * @param content from its first byte on; it is left open
     * @throws IntegrityException (NOT_WAL) if not even the first page is that segment's
     */
    public static WalExtent of(WalFile.Segment segment, InputStream content) throws IOException {
        WalPages pages = WalPages.of(segment, content);
        Lsn lastPage = pages.begin();
        Lsn end = lastPage;
        while (pages.next().isPresent()) {
            lastPage = end;
            end = end.plus(pages.blockSize());
        }
        return new WalExtent(lastPage, end.equals(pages.end()));
    }
}
