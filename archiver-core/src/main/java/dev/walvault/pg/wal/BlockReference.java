package dev.walvault.pg.wal;

/**
 * A block that a record changes.
 *
 * @param id by which the record's resource manager knows it (0 to 32)
 * @param tablespace OID
 * @param database OID; 0 for what all databases share
 * @param relation the number of its file
 * @param fork 0 main, 1 free space map, 2 visibility map, 3 initialization
 * @param block number of the block in that fork, unsigned
 * @param hasImage whether the record has an image of the whole block
 * @param imageBytes as many as the record has of it: it may be compressed and without its hole
 * @param dataBytes what the record has for the block beside that
 */
public record BlockReference(
        int id,
        int tablespace,
        int database,
        int relation,
        int fork,
        int block,
        boolean hasImage,
        int imageBytes,
        int dataBytes) {}
