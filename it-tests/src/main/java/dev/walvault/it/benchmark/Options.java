package dev.walvault.it.benchmark;

import dev.walvault.it.Project;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the command line asks for; sizes in MiB. */
record Options(
        boolean quick,
        int segments,
        long clusterMegabytes,
        int largeSegmentMegabytes,
        Set<String> only,
        Path nativeProgram,
        Optional<Path> page) {
    static final List<String> GROUPS =
            List.of("start-up", "push", "backlog", "get", "replay", "memory", "s3", "backup", "guard");

    static final String USAGE = """
            usage: ./walvault benchmark [OPTION...]
              --quick               few rounds, 8 segments, a cluster of 200 MB, a large segment of 128: to see that it works
              --cluster-size SIZE   of the data directory that is backed up, as 5GB or 800MB; 5GB if not given
              --only GROUP,...      of %s
              --native DIR          the native program, if it is not archiver-cli/target/walvault-native
              --write FILE          puts the results into this page, between its marks
            """.formatted(String.join(", ", GROUPS));

    private static final int SEGMENTS = 64;
    private static final int FEW_SEGMENTS = 8;
    private static final long CLUSTER = 5 << 10;
    private static final long SMALL_CLUSTER = 200;
    private static final int LARGE_SEGMENT = 1024;
    private static final int LESS_LARGE_SEGMENT = 128;

    Options {
        only = Set.copyOf(only);
    }

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException if there is one that does not belong there
     */
    static Options parse(String... arguments) {
        var words = new ArrayDeque<>(Arrays.asList(arguments));
        boolean quick = false;
        Optional<Long> megabytes = Optional.empty();
        Set<String> only = Set.copyOf(GROUPS);
        Path program = Project.directory().resolve("archiver-cli/target/walvault-native");
        Optional<Path> page = Optional.empty();
        while (!words.isEmpty()) {
            String word = words.pop();
            switch (word) {
                case "--quick" -> quick = true;
                case "--cluster-size" -> megabytes = Optional.of(size(value(word, words)));
                case "--only" -> only = groups(value(word, words));
                case "--native" -> program = Path.of(value(word, words)).toAbsolutePath();
                case "--write" -> page = Optional.of(Path.of(value(word, words)));
                default -> throw new IllegalArgumentException("unknown option \"" + word + "\"");
            }
        }
        return new Options(
                quick,
                quick ? FEW_SEGMENTS : SEGMENTS,
                megabytes.orElse(quick ? SMALL_CLUSTER : CLUSTER),
                quick ? LESS_LARGE_SEGMENT : LARGE_SEGMENT,
                only,
                program,
                page);
    }

    boolean asksFor(String group) {
        return only.contains(group);
    }

    private static String value(String option, ArrayDeque<String> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("\"" + option + "\" needs a value");
        }
        return words.pop();
    }

    private static long size(String text) {
        if (!text.matches("[1-9]\\d{0,5}(MB|GB)")) {
            throw new IllegalArgumentException("a size is 800MB or 5GB, not \"" + text + "\"");
        }
        long number = Long.parseLong(text.substring(0, text.length() - 2));
        return text.endsWith("GB") ? number << 10 : number;
    }

    private static Set<String> groups(String text) {
        var groups = Set.copyOf(Arrays.asList(text.split(",", -1)));
        if (!GROUPS.containsAll(groups)) {
            throw new IllegalArgumentException("the groups are " + String.join(", ", GROUPS));
        }
        return groups;
    }
}
