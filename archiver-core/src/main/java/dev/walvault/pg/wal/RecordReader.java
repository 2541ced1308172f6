package dev.walvault.pg.wal;

/** Who reads the records of a {@link WalStream}. */
public interface RecordReader {
    /**
     * Whether records of this kind are read. The others are passed by their length alone.
     *
     * @param resourceManager its number
     * @param info what it says of the record, with all flags
     */
    boolean wants(int resourceManager, int info);

    /**
     * A record that is wanted and whole: its checksum is right.
     *
     * @param record which this reader must not keep
     * @return whether it is what this reader understands; otherwise the stream is read no further
     */
    boolean read(WalRecord record);
}
