package dev.walvault.pg;

import dev.walvault.FileNames;
import dev.walvault.HostException;
import dev.walvault.PostgresException;
import dev.walvault.ShellWord;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The commands that start and stop the server of a data directory on this host: those of Debian for one of its
 * clusters, and elsewhere {@code pg_ctl}, by its full path where Debian has it, because it is in nobody's {@code PATH}
 * there.
 */
public final class ServerControl {
    /** Where Debian has the configuration of its clusters. */
    public static final Path DEBIAN = Path.of("/etc/postgresql");

    private static final String FILE = "postgresql.conf";
    private static final Path PROGRAMS = Path.of("/usr/lib/postgresql");

    private final Path directory;
    private final Optional<String> version;
    private final Path debian;

    private ServerControl(Path directory, Optional<String> version, Path debian) {
        this.directory = directory;
        this.version = version;
        this.debian = debian;
    }

    /** Of a data directory that says itself of which version it is. */
    public static ServerControl of(Path directory) {
        return of(directory, DEBIAN);
    }

    static ServerControl of(Path directory, Path debian) {
        Optional<String> version;
        try {
            version = Optional.of(
                    String.valueOf(PgMajor.ofDataDirectory(directory).number()));
        } catch (HostException | PostgresException _) {
            version = Optional.empty();
        }
        return new ServerControl(directory, version, debian);
    }

    /** Of a data directory of this version, with Debian's clusters in {@code debian}. */
    public static ServerControl of(Path directory, PgMajor major, Path debian) {
        return new ServerControl(directory, Optional.of(String.valueOf(major.number())), debian);
    }

    /** Debian's configuration directory of the cluster whose data directory this is. */
    public Optional<Path> debianCluster() {
        if (version.isEmpty()) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> clusters = Files.newDirectoryStream(debian.resolve(version.get()))) {
            for (Path cluster : clusters) {
                Optional<String> place =
                        ConfigurationFile.read(cluster.resolve(FILE)).find("data_directory");
                if (place.isPresent() && isHere(FileNames.path(place.get()))) {
                    return Optional.of(cluster);
                }
            }
        } catch (IOException | IllegalArgumentException _) {
            // no Debian, or no cluster of this version
        }
        return Optional.empty();
    }

    private boolean isHere(Path place) {
        return real(place).equals(real(directory));
    }

    /** Without links, as far as the path is there. */
    private static Path real(Path path) {
        Path whole = path.toAbsolutePath().normalize();
        try {
            return whole.toRealPath();
        } catch (IOException _) {
            Path parent = whole.getParent();
            return parent == null ? whole : real(parent).resolve(whole.getFileName());
        }
    }

    /** The command that starts it. */
    public String start() {
        return command("start");
    }

    /** The command that stops it. */
    public String stop() {
        return command("stop");
    }

    private String command(String action) {
        return debianCluster()
                .map(cluster -> "pg_ctlcluster " + version.orElseThrow() + " "
                        + ShellWord.of(String.valueOf(cluster.getFileName())) + " " + action)
                .orElseGet(() -> program() + " -D " + ShellWord.of(directory) + " " + action);
    }

    /** The command of {@code pg_ctl} that starts it with these settings, such as {@code port=5433}. */
    public String start(List<String> settings) {
        var command = new StringBuilder(program()).append(" -D ").append(ShellWord.of(directory));
        if (!settings.isEmpty()) {
            var words = new ArrayList<String>();
            settings.forEach(setting -> words.add("-c " + ShellWord.of(setting)));
            command.append(" -o ").append(ShellWord.of(String.join(" ", words)));
        }
        return command.append(" start").toString();
    }

    private String program() {
        return version.map(each -> PROGRAMS.resolve(each).resolve("bin/pg_ctl"))
                .filter(Files::exists)
                .map(Path::toString)
                .orElse("pg_ctl");
    }
}
