package dev.walvault.store.s3;

import java.util.Map;

/**
 * What passed a {@link FaultProxy}: requests by kind, refused and spoilt ones included; the most of a kind that were
 * under way at once; bytes of bodies from the client and to it. Kinds that never came are not in the maps.
 */
public record Counts(
        Map<RequestKind, Integer> requests, Map<RequestKind, Integer> mostAtOnce, long bytesUp, long bytesDown) {
    public Counts {
        requests = Map.copyOf(requests);
        mostAtOnce = Map.copyOf(mostAtOnce);
    }

    public int of(RequestKind kind) {
        return requests.getOrDefault(kind, 0);
    }

    public int mostAtOnce(RequestKind kind) {
        return mostAtOnce.getOrDefault(kind, 0);
    }

    public int total() {
        return requests.values().stream().mapToInt(Integer::intValue).sum();
    }
}
