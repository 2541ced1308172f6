package dev.walvault.aside;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.pg.Postmaster;
import dev.walvault.pg.PostmasterFile;
import dev.walvault.pg.ServerControl;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** PostgreSQL's processes on this host, as far as this user sees them. */
final class ServerProcesses {
    private ServerProcesses() {}

    /**
     * Refuses while a server, or a process that has outlived it, is in the data directory, or has one of these places
     * for its own data directory's tablespace or WAL.
     */
    static void requireNone(Path data, Collection<Path> places) throws ArchiverException {
        for (Path process : Postmaster.processes()) {
            Path home = process.resolve("cwd");
            if (Changes.isSame(home, data)) {
                throw running(data, process);
            }
            for (Path used : used(home)) {
                for (Path place : places) {
                    if (Changes.isSame(used, place)) {
                        throw Fault.of(
                                        ErrorCode.DIRECTORY_IN_USE,
                                        "\"" + place + "\" belongs to a server that runs in \"" + directory(home)
                                                + "\"")
                                .detail("Links in \"" + data
                                        + "\" lead to it, too. One of the two is a copy of the other.")
                                .hint("Restore into an empty directory, and move the tablespaces with"
                                        + " --tablespace-mapping.")
                                .host();
                    }
                }
            }
        }
    }

    /**
     * The process that {@code postmaster.pid} names, if the file is there.
     *
     * @throws dev.walvault.HostException DIRECTORY_IN_USE if that process is a server whose directory cannot be told
     */
    static Optional<String> crashed(Path data) throws ArchiverException {
        Optional<PostmasterFile> file = PostmasterFile.read(data);
        if (file.isEmpty()) {
            return PostmasterFile.isIn(data) ? Optional.of("?") : Optional.empty();
        }
        Path entry = file.get().postmaster().entry();
        if (file.get().postmaster().isServer() && !Files.isReadable(entry.resolve("cwd"))) {
            throw running(data, entry);
        }
        return Optional.of(String.valueOf(entry.getFileName()));
    }

    private static ArchiverException running(Path data, Path process) {
        return Fault.of(ErrorCode.DIRECTORY_IN_USE, "a server runs in \"" + data + "\"")
                .detail("Process " + process.getFileName() + " belongs to it.")
                .hint("Stop it first, with \"" + ServerControl.of(data).stop()
                        + "\" or as your system does, and make sure that nothing starts it again meanwhile.")
                .host();
    }

    /** What the links of a data directory lead to. */
    private static List<Path> used(Path home) {
        var used = new ArrayList<Path>();
        used.add(home.resolve("pg_wal"));
        try (DirectoryStream<Path> links = Files.newDirectoryStream(home.resolve("pg_tblspc"))) {
            links.forEach(used::add);
        } catch (IOException | RuntimeException _) {
            // another user's, or ended just now
        }
        return used;
    }

    private static String directory(Path home) {
        try {
            return Files.readSymbolicLink(home).toString();
        } catch (IOException _) {
            return home.toString();
        }
    }
}
