package dev.walvault.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The programs of one PostgreSQL installation: an installed one, with all its tools, or an embedded one from Maven
 * Central, which has only {@code initdb}, {@code pg_ctl} and {@code postgres}.
 */
public record PostgresBinaries(int major, String version, Path directory) {
    private static final Pattern VERSION = Pattern.compile("postgres \\(PostgreSQL\\) ((\\d+)\\S*).*");

    /** The majors that come from Maven Central. */
    public static final List<Integer> EMBEDDED_MAJORS = List.of(14, 16, 17, 18);

    /** Every installed PostgreSQL, oldest first. */
    public static List<PostgresBinaries> installed() throws IOException, InterruptedException {
        Map<Integer, PostgresBinaries> found = new LinkedHashMap<>();
        for (Path folder : folders()) {
            if (Files.isExecutable(folder.resolve("postgres")) && Files.isExecutable(folder.resolve("initdb"))) {
                var binaries = in(folder);
                found.putIfAbsent(binaries.major(), binaries);
            }
        }
        return found.values().stream()
                .sorted(Comparator.comparingInt(PostgresBinaries::major))
                .toList();
    }

    /** The installed PostgreSQL of this major, if there is one. */
    public static Optional<PostgresBinaries> installed(int major) throws IOException, InterruptedException {
        return installed().stream()
                .filter(binaries -> binaries.major() == major)
                .findFirst();
    }

    /** The PostgreSQL of this major from Maven Central, which {@code mvn} has put into it-tests/target. */
    public static PostgresBinaries embedded(int major) throws IOException {
        return EmbeddedPostgres.unpacked(major);
    }

    /** The installed PostgreSQL of this major, or else the embedded one. */
    public static PostgresBinaries of(int major) throws IOException, InterruptedException {
        var installed = installed(major);
        return installed.isPresent() ? installed.get() : embedded(major);
    }

    /** The newest installed PostgreSQL, or else the newest embedded one. */
    public static PostgresBinaries any() throws IOException, InterruptedException {
        var installed = installed();
        return installed.isEmpty() ? embedded(EMBEDDED_MAJORS.getLast()) : installed.getLast();
    }

    /** A tool of this installation, such as {@code pg_verifybackup}. */
    public Optional<Path> find(String tool) {
        return Optional.of(directory.resolve(tool)).filter(Files::isExecutable);
    }

    /** A tool that this installation must have. */
    public Path require(String tool) {
        return find(tool)
                .orElseThrow(() -> new IllegalStateException(
                        "PostgreSQL " + version + " in \"" + directory + "\" has no " + tool));
    }

    private static PostgresBinaries in(Path folder) throws IOException, InterruptedException {
        var printed = Program.of(folder.resolve("postgres").toString(), "--version")
                .run()
                .orThrow();
        var match = VERSION.matcher(printed.out().strip());
        if (!match.matches()) {
            throw new IOException(
                    "\"" + folder + "\" calls itself \"" + printed.out().strip() + "\"");
        }
        return new PostgresBinaries(Integer.parseInt(match.group(2)), match.group(1), folder);
    }

    private static List<Path> folders() throws IOException, InterruptedException {
        var folders = new ArrayList<Path>();
        folders.addAll(below(Path.of("/usr/lib/postgresql"), "*"));
        folders.addAll(below(Path.of("/usr"), "pgsql-*"));
        var configured =
                Program.of("sh", "-c", "pg_config --bindir 2>/dev/null").run();
        if (configured.status() == 0) {
            folders.add(Path.of(configured.out().strip()));
        }
        return folders;
    }

    private static List<Path> below(Path parent, String glob) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        var matcher = parent.getFileSystem().getPathMatcher("glob:" + glob);
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(child -> matcher.matches(child.getFileName()))
                    .map(child -> child.resolve("bin"))
                    .toList();
        }
    }
}
