package dev.walvault.pg.link;

import dev.walvault.pg.DataChecksums;
import dev.walvault.pg.WalSegmentSize;

/**
 * How a server lays out its files, by its own word: what {@code pg_control_system()} and {@code pg_control_init()} say.
 * Sizes are in bytes.
 *
 * @param blocksPerRelationSegment after how many pages a relation goes on in another file
 */
public record ServerFiles(
        int catalogVersion,
        int blockSize,
        int blocksPerRelationSegment,
        int walBlockSize,
        WalSegmentSize walSegmentSize,
        DataChecksums checksums) {}
