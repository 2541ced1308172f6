package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.HostException;
import dev.walvault.PostgresException;
import dev.walvault.pg.ConfigurationFile;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.ControlFileData;
import dev.walvault.pg.PgMajor;
import dev.walvault.pg.PostmasterFile;
import dev.walvault.pg.ServerControl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a restored directory is started, and no other: its configuration may say that the data is elsewhere, and then a
 * plain start would start what is there.
 */
final class ServerStart {
    private static final String FILE = "postgresql.conf";
    private static final int USUAL_PORT = 5432;

    private final Path directory;
    private final PgMajor major;
    private final Path debian;
    private final Set<Path> running;
    private final Map<String, Integer> later;
    private final List<String> warnings = new ArrayList<>();

    private ServerStart(Path directory, PgMajor major, Set<Path> running, Map<String, Integer> later, Path debian) {
        this.directory = directory;
        this.major = major;
        this.running = running;
        this.later = later;
        this.debian = debian;
    }

    /** The command, and what the operator must know of it. */
    record Advice(String command, List<String> warnings) {}

    /**
     * Looks at what was restored, and at what this host has in {@code /etc/postgresql}.
     *
     * @param directory the restored data directory, as it was named
     * @param server that of the configured server, which it may be
     * @param running those of the servers that run on this host
     * @param later the minimum settings that the configured server had come to: recovery may come to them, too
     */
    static Advice advise(
            Path directory, PgMajor major, Optional<Path> server, Set<Path> running, Map<String, Integer> later) {
        return advise(directory, major, server, running, later, ServerControl.DEBIAN);
    }

    static Advice advise(
            Path directory,
            PgMajor major,
            Optional<Path> server,
            Set<Path> running,
            Map<String, Integer> later,
            Path debian) {
        var start = new ServerStart(directory, major, running, later, debian);
        return new Advice(start.command(server), start.warnings);
    }

    private String command(Optional<Path> server) {
        Path own = directory.resolve(FILE);
        if (Files.exists(own)) {
            requireMinimums(own);
            return withOwnFile(ConfigurationFile.read(own), server);
        }
        Optional<Path> inPlace = control().debianCluster();
        if (inPlace.isPresent()) {
            requireMinimums(inPlace.get().resolve(FILE));
            return control().start();
        }
        Optional<Path> beside = server.flatMap(
                configured -> ServerControl.of(configured, major, debian).debianCluster());
        if (beside.isPresent()) {
            return besideCluster(beside.get(), takenPorts(server));
        }
        warnings.add("there is no \"" + FILE + "\" in the backup: the server kept it elsewhere, as Debian's do in"
                + " /etc/postgresql; give it back before you start the server");
        requireMinimums(own);
        return control().start(List.of());
    }

    private ServerControl control() {
        return ServerControl.of(directory, major, debian);
    }

    private String withOwnFile(ConfigurationFile file, Optional<Path> server) {
        var options = new ArrayList<String>();
        Optional<String> elsewhere = file.find("data_directory").filter(place -> !isHere(place));
        if (elsewhere.isPresent()) {
            warnings.add("\"" + FILE + "\" of the backup sets data_directory = '" + elsewhere.get()
                    + "': a plain start of \"" + directory
                    + "\" starts that one; remove the line, or start it as below");
            options.add("data_directory=" + directory);
        }
        for (String name : RecoverySettings.TARGETS) {
            file.find(name)
                    .filter(value -> !value.isEmpty())
                    .ifPresent(value -> warnings.add("\"" + FILE + "\" of the backup sets " + name + " = '" + value
                            + "': this recovery ignores it, a standby that is built from the server later does not;"
                            + " remove the line"));
        }
        for (String name : List.of("hba_file", "ident_file")) {
            file.find(name)
                    .filter(place -> !Files.exists(directory.resolve(place)))
                    .ifPresent(place -> {
                        warnings.add("\"" + FILE + "\" of the backup sets " + name + " = '" + place
                                + "', which is not there: the server does not start without it");
                    });
        }
        Set<Integer> taken = takenPorts(server);
        int port = port(directory, file);
        if (taken.contains(port)) {
            if (server.filter(configured -> isSame(configured, directory)).isPresent()) {
                // its clients look for it where it was
                warnings.add("another server of this host uses port " + port
                        + ", too: if both listen at the same address, stop that one first");
            } else {
                options.add("port=" + free(port, taken));
            }
        }
        return control().start(options);
    }

    /** Where other servers of this host listen, and where the configured one will when it is started again. */
    private Set<Integer> takenPorts(Optional<Path> server) {
        var taken = new HashSet<Integer>();
        for (Path other : running) {
            addPort(taken, other);
        }
        server.ifPresent(other -> {
            addPort(taken, other);
            Path file = other.resolve(FILE);
            if (!isSame(other, directory) && Files.exists(file)) {
                taken.add(port(other, ConfigurationFile.read(file)));
            }
        });
        return taken;
    }

    private void addPort(Set<Integer> taken, Path other) {
        if (!isSame(other, directory) && PostmasterFile.isServed(other)) {
            PostmasterFile.read(other)
                    .flatMap(PostmasterFile::listening)
                    .ifPresent(listening -> taken.add(listening.port()));
        }
    }

    private static int free(int wanted, Set<Integer> taken) {
        int port = wanted;
        while (taken.contains(port)) {
            port++;
        }
        return port;
    }

    /** With the configuration of a server that may be running: what two cannot share is set apart. */
    private String besideCluster(Path cluster, Set<Integer> taken) {
        Path file = cluster.resolve(FILE);
        requireMinimums(file);
        ConfigurationFile configuration = ConfigurationFile.read(file);
        warnings.add("there is no \"" + FILE + "\" in the backup: the command below starts the server with that of \""
                + cluster + "\", on a port of its own; started without data_directory it would be the server there");
        var options = new ArrayList<String>();
        options.add("config_file=" + file);
        options.add("data_directory=" + directory);
        options.add("port=" + free(port(configuration) + 1, taken));
        // PostgreSQL takes an empty name for a file that it cannot write, and says so at each start
        options.add("external_pid_file=external.pid");
        if (major.compareTo(PgMajor.V15) < 0) {
            options.add("stats_temp_directory=pg_stat_tmp");
        }
        return control().start(options);
    }

    /** Recovery stops, or pauses before its target, where a setting is smaller than it was on the primary. */
    private void requireMinimums(Path file) {
        ConfigurationFile configuration = ConfigurationFile.read(file);
        ConfigurationFile last = ConfigurationFile.read(directory.resolve(AutoConf.NAME));
        minimums().forEach((name, minimum) -> {
            Optional<String> set = last.find(name).or(() -> configuration.find(name));
            int value = set.map(ServerStart::number).orElse(initial(name));
            int risen = later.getOrDefault(name, minimum);
            String here = "\"" + file + "\" " + set.map(text -> "sets " + text).orElse("does not set it");
            if (value < minimum) {
                warnings.add("recovery needs " + name + " = " + Math.max(minimum, risen) + " or more, and " + here
                        + ": raise it before you start the server");
            } else if (value < risen) {
                warnings.add("after the backup, " + name + " was raised to " + risen + ", and " + here
                        + ": recovery pauses, or stops, where it comes to that; raise it before you start the server");
            }
        });
    }

    private SortedMap<String, Integer> minimums() {
        try {
            return new TreeMap<>(ControlFile.read(directory)
                    .data()
                    .map(ControlFileData::minimumSettings)
                    .orElse(Map.of()));
        } catch (HostException | PostgresException _) {
            return new TreeMap<>();
        }
    }

    /** What a server has where nothing is set: the boot values of {@code guc_tables.c}. */
    private int initial(String name) {
        return switch (name) {
            case "max_connections" -> 100;
            case "max_worker_processes" -> 8;
            case "max_wal_senders" -> 10;
            case "max_locks_per_transaction" -> major.compareTo(PgMajor.V19) < 0 ? 64 : 128;
            default -> 0;
        };
    }

    /** Of text that is none it is not known whether it is too small. */
    private static int number(String value) {
        try {
            return Integer.decode(value);
        } catch (NumberFormatException _) {
            return Integer.MAX_VALUE;
        }
    }

    /** With what ALTER SYSTEM has set, which counts more. */
    private static int port(Path data, ConfigurationFile configuration) {
        ConfigurationFile last = ConfigurationFile.read(data.resolve(AutoConf.NAME));
        return last.find("port").isPresent() ? port(last) : port(configuration);
    }

    private static int port(ConfigurationFile configuration) {
        try {
            return configuration.find("port").map(Integer::parseInt).orElse(USUAL_PORT);
        } catch (NumberFormatException _) {
            return USUAL_PORT;
        }
    }

    private boolean isHere(String place) {
        return isSame(directory.resolve(place), directory);
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return LinkedPath.resolved(one).equals(LinkedPath.resolved(other));
        } catch (ArchiverException _) {
            // a link that leads nowhere
            return false;
        }
    }
}
