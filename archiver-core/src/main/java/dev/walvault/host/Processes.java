package dev.walvault.host;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processes of this host, as its kernel shows them in {@code /proc} to this user. */
public final class Processes {
    /** Deeper than any process is: parents that change while they are read must not lead round and round. */
    private static final int DEEPEST = 1000;

    /** Of the words behind the program's name in {@code /proc/PID/stat}: man 5 proc counts from the process id on. */
    private static final int PARENT = 1;

    private static final int STARTED = 19;

    private final Path proc;

    public Processes(Path proc) {
        this.proc = proc;
    }

    public static Processes ofThisHost() {
        return new Processes(Path.of("/proc"));
    }

    /**
     * One of them.
     *
     * @param started in ticks since the host was started, so that another process with the same id is not the same;
     *     zero where this user may not see it
     */
    record ProcessId(long id, long started) {}

    /**
     * A process and what it descends from, itself first.
     *
     * @param whole whether it reaches up to the first process; otherwise this user may not see the last one's parent
     */
    public record Ancestry(List<ProcessId> line, boolean whole) {
        public Ancestry {
            line = List.copyOf(line);
        }

        public boolean contains(long id) {
            return line.stream().anyMatch(process -> process.id() == id);
        }

        /** The part that ends with this process, which must be in it. */
        public Ancestry upTo(long id) {
            var part = new ArrayList<ProcessId>();
            for (ProcessId process : line) {
                part.add(process);
                if (process.id() == id) {
                    break;
                }
            }
            return new Ancestry(part, true);
        }
    }

    private record Stat(ProcessId process, long parent) {}

    /** Of the process that asks. */
    public Ancestry ancestry() {
        var line = new ArrayList<ProcessId>();
        Optional<Stat> next = stat("self");
        while (next.isPresent() && line.size() < DEEPEST) {
            line.add(next.get().process());
            long parent = next.get().parent();
            if (parent == 0) {
                return new Ancestry(line, true);
            }
            next = stat(Long.toString(parent));
            if (next.isEmpty()) {
                line.add(new ProcessId(parent, 0));
            }
        }
        return new Ancestry(line, false);
    }

    /** The process that asks; zeros where there is no {@code /proc}. */
    public ProcessId self() {
        return stat("self").map(Stat::process).orElse(new ProcessId(0, 0));
    }

    public boolean isAlive(long id) {
        return id > 0 && Files.exists(proc.resolve(Long.toString(id)));
    }

    /** Whether it is this very process, and not a later one with its number. */
    public boolean isAlive(ProcessId process) {
        return stat(Long.toString(process.id())).map(Stat::process).equals(Optional.of(process));
    }

    private Optional<Stat> stat(String which) {
        try {
            String text = Files.readString(proc.resolve(which).resolve("stat"), ISO_8859_1);
            // the program's name is in parentheses and may hold anything, these and spaces too
            String[] words = text.substring(text.lastIndexOf(')') + 1).strip().split(" ", -1);
            long id = Long.parseLong(text.substring(0, text.indexOf(' ')));
            return Optional.of(
                    new Stat(new ProcessId(id, Long.parseLong(words[STARTED])), Long.parseLong(words[PARENT])));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException _) {
            return Optional.empty();
        }
    }
}
