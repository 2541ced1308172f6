package dev.walvault.pg.wal;

import dev.walvault.pg.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Records as {@code pg_waldump} prints them, as far as both it and we read them: without what it says of their data.
 */
public final class WalDump implements RecordReader {
    private static final List<String> MANAGERS = List.of(
            "XLOG Transaction Storage CLOG Database Tablespace MultiXact RelMap Standby Heap2 Heap Btree Hash Gin Gist"
                    .concat(" Sequence SPGist BRIN CommitTs ReplicationOrigin Generic LogicalMessage XLOG2")
                    .split(" ", -1));

    private static final List<String> FORKS = List.of("main", "fsm", "vm", "init");

    private static final Pattern LINE =
            Pattern.compile("rmgr: (\\w+) +len \\(rec/tot\\): +(\\d+)/ *(\\d+), tx: +(\\d+),"
                    + " lsn: ([0-9A-F/]+), prev ([0-9A-F/]+), desc: .*");

    private static final Pattern BLOCK =
            Pattern.compile("blkref #(\\d+): rel (\\d+)/(\\d+)/(\\d+)(?: fork (\\w+))? blk (\\d+)( \\(?FPW)?");

    private final List<String> lines = new ArrayList<>();

    /** Of the records that were read so far. */
    public List<String> lines() {
        return lines;
    }

    @Override
    public boolean wants(int resourceManager, int info) {
        return true;
    }

    @Override
    public boolean read(WalRecord record) {
        if (!record.parse()) {
            return false;
        }
        long images =
                record.blocks().stream().mapToLong(BlockReference::imageBytes).sum();
        var line = new StringBuilder("%s %d/%d tx %s lsn %s prev %s"
                .formatted(
                        MANAGERS.get(record.resourceManager()),
                        record.length() - images,
                        record.length(),
                        Integer.toUnsignedString(record.transaction()),
                        record.begin(),
                        record.previous()));
        for (BlockReference block : record.blocks()) {
            line.append(" #%d %d/%d/%d %s %s%s"
                    .formatted(
                            block.id(),
                            block.tablespace(),
                            block.database(),
                            block.relation(),
                            FORKS.get(block.fork()),
                            Integer.toUnsignedString(block.block()),
                            block.hasImage() ? " FPW" : ""));
        }
        lines.add(line.toString());
        return true;
    }

    /**
     * What we should print for a line of the program, or of {@code pg_walinspect} in the same form; empty for a line
     * that is no record.
     */
    public static Optional<String> expected(String printed) {
        var match = LINE.matcher(printed);
        if (!match.matches()) {
            return Optional.empty();
        }
        var line = new StringBuilder("%s %s/%s tx %s lsn %s prev %s"
                .formatted(
                        match.group(1),
                        match.group(2),
                        match.group(3),
                        match.group(4),
                        Lsn.parse(match.group(5)),
                        Lsn.parse(match.group(6))));
        var block = BLOCK.matcher(printed);
        while (block.find()) {
            line.append(" #%s %s/%s/%s %s %s%s"
                    .formatted(
                            block.group(1),
                            block.group(2),
                            block.group(3),
                            block.group(4),
                            block.group(5) == null ? "main" : block.group(5),
                            block.group(6),
                            block.group(7) == null ? "" : " FPW"));
        }
        return Optional.of(line.toString());
    }
}
