package dev.walvault.prefetch;

import dev.walvault.pg.WalFile;
import dev.walvault.pipe.ContentDigest;
import java.util.Optional;

/** A segment in the spool, and what its content has to be: {@code NAME.LENGTH.XXH64} is the name of its file. */
record SpooledSegment(WalFile.Segment segment, ContentDigest content) {
    private static final int PARTS = 3;

    String fileName() {
        return segment.name() + "." + content.length() + "." + content.hex();
    }

    /** Empty for any other file. */
    static Optional<SpooledSegment> parse(String fileName) {
        String[] parts = fileName.split("\\.", -1);
        if (parts.length != PARTS) {
            return Optional.empty();
        }
        try {
            return WalFile.parse(parts[0]) instanceof WalFile.Segment segment
                    ? Optional.of(new SpooledSegment(segment, ContentDigest.of(Long.parseLong(parts[1]), parts[2])))
                    : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
