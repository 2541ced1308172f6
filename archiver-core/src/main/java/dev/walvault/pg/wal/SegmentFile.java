package dev.walvault.pg.wal;

import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalFile;
import dev.walvault.pg.WalSegment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Segments as they lie in a server's {@code pg_wal} directory. */
public final class SegmentFile {
    private static final int BUFFER = 1 << 18;

    private SegmentFile() {}

    /**
     * The last pages of the segment before, from where the record goes on with which a segment begins; no bytes where
     * they are not there any more, or not needed.
     *
     * @param directory where both of them lie
     * @param header of the segment itself
     */
    public static byte[] before(Path directory, WalFile.Segment segment, WalPageHeader header) {
        if (header.remaining() == 0) {
            return new byte[0];
        }
        WalSegment whole = segment.toWalSegment(header.segmentSize());
        if (whole.number() == 0) {
            return new byte[0];
        }
        String name = new WalSegment(whole.timeline(), whole.number() - 1).fileName(header.segmentSize());
        try (SeekableByteChannel previous = Files.newByteChannel(directory.resolve(name))) {
            return LastPages.read(previous, header).orElse(new byte[0]);
        } catch (IOException _) {
            // the facts say that this record is not known
            return new byte[0];
        }
    }

    /**
     * What the records of a segment say that lies there, whether the server has finished it or not.
     *
     * @return empty if it is not there, or of another system
     * @throws IOException if it cannot be read, or begins with no header of a segment
     */
    public static Optional<WalFacts> facts(Path directory, WalFile.Segment segment, SystemIdentifier system)
            throws IOException {
        Path file = directory.resolve(segment.name());
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(WalPageHeader.BYTES);
            WalPageHeader header = WalPageHeader.readLong(segment.name(), start);
            if (!header.systemIdentifier().equals(system)) {
                return Optional.empty();
            }
            var records = new WalFactsReader(header, before(directory, segment, header));
            records.update(start, 0, start.length);
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                records.update(buffer, 0, n);
            }
            return Optional.of(records.facts());
        }
    }
}
