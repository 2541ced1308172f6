package dev.walvault.pg;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A server's first process, as its {@code postmaster.pid} names it. One that was killed leaves the file behind, and its
 * number may be another program's by now.
 *
 * @param process its process id; negative in single-user mode
 * @param started the time of its start, as the file has it; empty while the file is not whole
 */
public record Postmaster(long process, String started) {
    private static final Path PROCESSES = Path.of("/proc");

    /** What the kernel calls such a process; EDB's server has names of its own. */
    private static final Set<String> PROGRAMS = Set.of("postgres", "postmaster", "edb-postgres", "edb-postmaster");

    /**
     * Whether some process has its number, as far as this user can see, and it takes connections: not in single-user
     * mode.
     */
    public boolean isRunning() {
        return process > 0 && Files.exists(entry());
    }

    /** Whether that process is a PostgreSQL server on this host, in single-user mode, too. When in doubt it is. */
    public boolean isServer() {
        return Files.exists(entry()) && isServer(entry());
    }

    /** The kernel's entry of the process, whether it lives or not. */
    public Path entry() {
        return PROCESSES.resolve(Long.toString(Math.abs(process)));
    }

    /** Whether this is the entry of a process of a PostgreSQL server. When in doubt it is, unless it has just ended. */
    public static boolean isServer(Path entry) {
        try {
            return PROGRAMS.contains(
                    Files.readString(entry.resolve("comm"), ISO_8859_1).strip());
        } catch (IOException _) {
            return Files.exists(entry);
        }
    }

    /** The kernel's entries of all processes of PostgreSQL servers on this host; none without {@code /proc}. */
    public static List<Path> processes() {
        var all = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            entries.forEach(all::add);
        } catch (IOException | DirectoryIteratorException _) {
            return List.of();
        }
        return all.stream().filter(Postmaster::isServer).toList();
    }

    /** The data directories of the servers that run on this host, as far as this user may see where they are. */
    public static Set<Path> dataDirectories() {
        var directories = new TreeSet<Path>();
        for (Path process : processes()) {
            try {
                directories.add(process.resolve("cwd").toRealPath());
            } catch (IOException _) {
                // another user's, or it has ended just now
            }
        }
        return directories;
    }
}
