package dev.walvault.archive;

import dev.walvault.store.FaultyStore.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server that has queued five segments, and what looks at how they were stored. */
abstract class QueuedSegments {
    static final String[] SEGMENTS =
            IntStream.range(0x13, 0x18).mapToObj("00000001%016X"::formatted).toArray(String[]::new);
    static final String FIRST = SEGMENTS[0];
    static final String SECOND = SEGMENTS[1];
    static final LookAheadLimits FAR = LookAheadLimits.of(100, 3);
    static final LookAheadLimits ONE_BY_ONE = LookAheadLimits.of(100, 1);

    @TempDir
    Path root;

    SeveralVaults site;

    @BeforeEach
    void aServerThatHasQueuedFiveSegments() throws Exception {
        site = queued(1);
    }

    SeveralVaults queued(int vaults) throws Exception {
        var fresh = new SeveralVaults(root.resolve("of " + vaults), vaults);
        for (String segment : SEGMENTS) {
            fresh.write(segment, 0);
        }
        return fresh.queue(SEGMENTS);
    }

    PushOutcome push(LookAheadLimits limits, String name) throws Exception {
        return site.ahead(1, limits).push(Path.of("pg_wal", name), site.data);
    }

    PushOutcome push(String name) throws Exception {
        return push(FAR, name);
    }

    Path file(String name) {
        return site.data.resolve("pg_wal").resolve(name);
    }

    /** The names that this host has acknowledgements for. */
    List<String> acknowledged() throws IOException {
        Path spool = site.stateDirectory.resolve("ahead");
        if (!Files.exists(spool)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(spool)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    Path acknowledgement(String name) throws IOException {
        try (Stream<Path> files = Files.walk(site.stateDirectory)) {
            return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
        }
    }

    List<String> stored() {
        return site.stores.getFirst().keys().stream()
                .map(key -> key.value().substring(key.value().lastIndexOf('/') + 1))
                .filter(name -> !name.endsWith(".json"))
                .sorted()
                .toList();
    }

    /** The names of what is stored, in the order in which it was; by one thread. */
    List<String> storedInOrder(String asked) throws Exception {
        var order = new ArrayList<String>();
        site.faulty.getFirst().before(Call.CREATE, () -> order.addAll(without(stored(), order)));
        push(ONE_BY_ONE, asked);
        order.addAll(without(stored(), order));
        return order;
    }

    static List<String> without(List<String> all, List<String> some) {
        return all.stream().filter(name -> !some.contains(name)).toList();
    }

    void unqueue(String... names) throws IOException {
        for (String name : names) {
            Files.delete(file("archive_status").resolve(name + ".ready"));
        }
    }
}
