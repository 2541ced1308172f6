package dev.walvault.pg;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which transactions had ended at some moment: the text of {@code pg_current_snapshot()}, {@code xmin:xmax:xip,…}, with
 * 64-bit transaction ids (pg_snapshot in {@code xid8funcs.c}).
 */
public record TransactionSnapshot(long xmin, long xmax, List<Long> inProgress) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,19}):(\\d{1,19}):((?:\\d{1,19}(?:,\\d{1,19})*)?)");

    public TransactionSnapshot {
        inProgress = List.copyOf(inProgress);
        if (xmin < 0 || xmax < xmin) {
            throw new IllegalArgumentException("invalid transaction snapshot " + xmin + ":" + xmax);
        }
    }

    public static TransactionSnapshot parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("invalid transaction snapshot \"" + text + "\"");
        }
        String list = match.group(3);
        List<Long> inProgress = list.isEmpty()
                ? List.of()
                : Arrays.stream(list.split(",", -1)).map(Long::parseLong).toList();
        return new TransactionSnapshot(Long.parseLong(match.group(1)), Long.parseLong(match.group(2)), inProgress);
    }

    /**
     * Whether the transaction had ended. An id below 2^32 is taken as the server's recovery_target_xid takes it,
     * without its epoch: the nearest transaction with these 32 bits is meant.
     */
    public boolean ended(long xid) {
        long full = xid;
        if (xid >>> 32 == 0) {
            full = xmax + (int) (xid - xmax);
        }
        return full < xmax && !inProgress.contains(full);
    }

    @Override
    public String toString() {
        return xmin + ":" + xmax + ":"
                + String.join(",", inProgress.stream().map(String::valueOf).toList());
    }
}
