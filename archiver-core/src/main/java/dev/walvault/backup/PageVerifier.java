package dev.walvault.backup;

import dev.walvault.observe.Pause;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.PageChecksum;
import dev.walvault.pg.PageHeader;
import dev.walvault.pg.RelationFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Verifies the checksums of pages while they are copied. The server writes meanwhile, so that a page may be read half
 * old and half new: it is read again, and one that changed since the backup began is left to the WAL, which holds it
 * whole.
 *
 * @param start of the backup; a page with a greater LSN will be written anew from the WAL
 * @param pageSize in bytes
 */
record PageVerifier(Lsn start, int pageSize, int pagesPerSegment, Pause pause) {
    private static final int TIMES_TO_READ_AGAIN = 5;
    private static final Duration BETWEEN_READS = Duration.ofMillis(5);

    /** The number of the file's first page in its relation fork; empty if the file has no pages. */
    Optional<Long> firstPage(String directory, String name) {
        if (!Exclusions.holdsRelations(directory)) {
            return Optional.empty();
        }
        return RelationFile.of(name).map(file -> file.firstBlock(pagesPerSegment));
    }

    /**
     * Verifies the whole pages of a chunk, and replaces in it what a second reading shows to be better.
     *
     * @param position of the chunk in the file, a multiple of the page size
     * @param bad gets the numbers, within the file, of pages that stay wrong
     */
    void verify(FileChannel file, long firstPage, byte[] chunk, int length, long position, List<Long> bad)
            throws IOException {
        for (int offset = 0; offset + pageSize <= length; offset += pageSize) {
            long inFile = (position + offset) / pageSize;
            if (!isGood(chunk, offset, firstPage + inFile)
                    && !readAgain(file, chunk, offset, position + offset, firstPage + inFile)) {
                bad.add(inFile);
            }
        }
    }

    private boolean isGood(byte[] chunk, int offset, long pageNumber) {
        boolean changedSinceStart = new Lsn(PageHeader.lsn(chunk, offset)).compareTo(start) > 0;
        return PageChecksum.verify(chunk, offset, pageSize, pageNumber)
                || (changedSinceStart && !PageHeader.isNew(chunk, offset));
    }

    private boolean readAgain(FileChannel file, byte[] chunk, int offset, long position, long pageNumber)
            throws IOException {
        for (int time = 0; time < TIMES_TO_READ_AGAIN; time++) {
            pause.sleep(BETWEEN_READS);
            var page = ByteBuffer.wrap(chunk, offset, pageSize);
            while (page.hasRemaining()) {
                if (file.read(page, position + pageSize - page.remaining()) < 0) {
                    // cut off since: replay will cut it off as well
                    return true;
                }
            }
            if (isGood(chunk, offset, pageNumber)) {
                return true;
            }
        }
        return false;
    }
}
