package dev.walvault.store.s3;

import java.util.EnumMap;
import java.util.Map;

/** Counts while requests pass. */
final class Tally {
    private final Map<RequestKind, Integer> requests = new EnumMap<>(RequestKind.class);
    private final Map<RequestKind, Integer> atOnce = new EnumMap<>(RequestKind.class);
    private final Map<RequestKind, Integer> mostAtOnce = new EnumMap<>(RequestKind.class);
    private long bytesUp;
    private long bytesDown;

    synchronized void begin(RequestKind kind) {
        requests.merge(kind, 1, Integer::sum);
        mostAtOnce.merge(kind, atOnce.merge(kind, 1, Integer::sum), Math::max);
    }

    synchronized void end(RequestKind kind) {
        atOnce.merge(kind, -1, Integer::sum);
    }

    synchronized void up(int bytes) {
        bytesUp += bytes;
    }

    synchronized void down(int bytes) {
        bytesDown += bytes;
    }

    synchronized void reset() {
        requests.clear();
        mostAtOnce.clear();
        bytesUp = 0;
        bytesDown = 0;
    }

    synchronized Counts counts() {
        return new Counts(requests, mostAtOnce, bytesUp, bytesDown);
    }
}
