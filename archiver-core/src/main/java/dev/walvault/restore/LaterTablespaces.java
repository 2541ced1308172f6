package dev.walvault.restore;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.FileNames;
import dev.walvault.FileTrouble;
import dev.walvault.observe.Listener;
import dev.walvault.pg.ControlFile;
import dev.walvault.pg.wal.WalFacts;
import dev.walvault.reach.RecoveryOutlook;
import dev.walvault.seal.Unsealed;
import dev.walvault.vault.Backup;
import dev.walvault.vault.ManifestReader;
import dev.walvault.vault.TablespaceLocation;
import dev.walvault.vaults.MemberVaults;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tablespaces that were created after a backup. No mapping reaches them: recovery creates each again at its original
 * place, and first empties what is there (create_tablespace_directories of {@code tablespace.c}), be it the live
 * server's. The WAL names them. Where it may not name all, others are suspected: those of newer backups, of the server
 * that is configured, and of those that run on this host.
 */
final class LaterTablespaces {
    private final Backup backup;
    /** Of the directory that a server makes in each tablespace; the catalog version follows. */
    private final String versionPrefix;

    private final Set<Long> own;
    private final RecoveryOutlook outlook;
    private final Set<Long> recorded;
    private final Listener listener;
    /** Who says so of each: servers of one system may have the same tablespace at different places. */
    private final Map<Known, String> known = new LinkedHashMap<>();

    private record Known(long oid, Path place) {}

    /**
     * Those that the WAL names.
     *
     * @param outlook of the recovery
     * @param places where this restore puts the tablespaces of the backup: one that is created at the same place is
     *     none of these
     */
    LaterTablespaces(Backup backup, RecoveryOutlook outlook, Map<Long, Path> places, Listener listener) {
        this.backup = backup;
        this.versionPrefix = "PG_" + backup.facts().serverVersionNum() / 10_000 + "_";
        this.own = Set.copyOf(places.keySet());
        this.outlook = outlook;
        this.recorded = outlook.created().stream().map(WalFacts.Creation::oid).collect(Collectors.toUnmodifiableSet());
        this.listener = listener;
        for (WalFacts.Creation created : outlook.created()) {
            Path place = FileNames.path(created.location());
            // one within a data directory goes where that goes
            if (place.isAbsolute() && !place.normalize().equals(places.get(created.oid()))) {
                known.put(new Known(created.oid(), place), "created by the WAL at " + created.lsn());
            }
        }
        outlook.unknownInWords().ifPresent(stretches -> listener.on(new RestoreEvent.WalUnknown(stretches)));
    }

    /** Looks into each newer backup; one that cannot be read is told and passed over. */
    void readBackups(MemberVaults vaults) throws ArchiverException {
        if (outlook.isCertain()) {
            return;
        }
        for (Backup newer : vaults.backups().complete()) {
            if (newer.facts().stop().isAfter(backup.facts().stop())) {
                try (Unsealed stored = vaults.together().backups().openManifest(newer)) {
                    var manifest = new ManifestReader("the manifest of backup " + newer.id(), stored.content());
                    for (TablespaceLocation tablespace : manifest.head().tablespaces()) {
                        suspect(tablespace.oid(), FileNames.path(tablespace.location()), "backup " + newer.id());
                    }
                } catch (IOException | IllegalArgumentException e) {
                    listener.on(new RestoreEvent.TablespacesUnknown(
                            "backup " + newer.id(), e, String.valueOf(e.getMessage())));
                }
            }
        }
    }

    /** Looks at a data directory; returns whether it is one of the same system. */
    boolean readServer(Path dataDirectory) {
        try {
            if (!ControlFile.read(dataDirectory)
                    .systemIdentifier()
                    .equals(backup.facts().system())) {
                return false;
            }
        } catch (ArchiverException _) {
            // there is no server here whose tablespaces recovery could meet
            return false;
        }
        Path links = dataDirectory.resolve("pg_tblspc");
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(links)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (name.matches("[0-9]{1,10}") && Files.isSymbolicLink(entry)) {
                    suspect(
                            Long.parseLong(name),
                            Files.readSymbolicLink(entry),
                            "the server in \"" + dataDirectory + "\"");
                }
            }
        } catch (IOException e) {
            listener.on(new RestoreEvent.TablespacesUnknown(
                    "the server in \"" + dataDirectory + "\"", e, FileTrouble.named(e)));
        }
        return true;
    }

    private void suspect(long oid, Path place, String from) {
        boolean isTold = outlook.isCertain() || recorded.contains(oid) || own.contains(oid);
        if (place.isAbsolute() && !isTold) {
            known.put(new Known(oid, place), from);
        }
    }

    /**
     * Refuses if recovery could empty a place that is in use.
     *
     * @param restored where this restore puts tablespaces itself
     * @param live directories of servers that run beside the one to be restored
     * @param stays whether an entry of such a place is not touched by recovery
     * @param accepted OIDs of those whose places the operator gives up, or that recovery will not come to
     * @throws dev.walvault.HostException DIRECTORY_IN_USE
     */
    void requireFree(Collection<Path> restored, Collection<Path> live, Set<Long> accepted, Predicate<Path> stays)
            throws ArchiverException {
        var inUse = new ArrayList<Known>();
        for (Known each : known.keySet()) {
            Path place = each.place();
            if (restored.contains(place.normalize()) || isInUse(place, stays)) {
                inUse.add(each);
            } else if (!Files.isDirectory(place)) {
                listener.on(new RestoreEvent.TablespaceAwaited(each.oid(), place, recorded.contains(each.oid())));
            }
        }
        requireNoneOfLiveServers(inUse, live);
        inUse.stream()
                .filter(each -> accepted.contains(each.oid()))
                .forEach(each -> listener.on(
                        new RestoreEvent.TablespaceGivenUp(each.oid(), each.place(), recorded.contains(each.oid()))));
        inUse.removeIf(each -> accepted.contains(each.oid()));
        if (!inUse.isEmpty()) {
            String oids = inUse.stream()
                    .map(each -> String.valueOf(each.oid()))
                    .distinct()
                    .collect(Collectors.joining(","));
            throw Fault.of(
                            ErrorCode.DIRECTORY_IN_USE,
                            "recovery " + (outlook.isCertain() ? "would" : "could")
                                    + " overwrite tablespaces that were created after backup " + backup.id())
                    .detail("It creates them again at their original places, which are in use: " + shown(inUse) + ".")
                    .hint("Restore on another host, or from a newer backup, or move away what is there. If "
                            + (outlook.isCertain() ? "" : "the target is before their creation, or ")
                            + "nothing there is needed, say --accept-tablespaces " + oids + ".")
                    .host();
        }
    }

    /** What a server that runs has in a place nobody can give up who does not see that it runs. */
    private void requireNoneOfLiveServers(List<Known> inUse, Collection<Path> live) throws ArchiverException {
        List<Known> theirs = inUse.stream()
                .filter(each -> recorded.contains(each.oid()) && live.contains(real(each.place())))
                .toList();
        if (!theirs.isEmpty()) {
            throw Fault.of(
                            ErrorCode.DIRECTORY_IN_USE,
                            "recovery would write into tablespaces of a server that runs on this host")
                    .detail("It creates them again at their original places: " + shown(theirs) + ".")
                    .hint("Restore on another host, or from a newer backup, or stop that server first.")
                    .host();
        }
    }

    private String shown(List<Known> some) {
        return some.stream()
                .map(each -> each.oid() + " at \"" + each.place() + "\" (" + known.get(each) + ")")
                .collect(Collectors.joining(", "));
    }

    private static Path real(Path place) {
        try {
            return place.toRealPath();
        } catch (IOException _) {
            return place.normalize();
        }
    }

    /** Whether a server of this version has something there: recovery touches nothing else. */
    private boolean isInUse(Path place, Predicate<Path> stays) {
        try (Stream<Path> entries = Files.list(place)) {
            return entries.anyMatch(
                    entry -> String.valueOf(entry.getFileName()).startsWith(versionPrefix) && !stays.test(entry));
        } catch (IOException _) {
            // what cannot be read may be anything
            return Files.exists(place);
        }
    }
}
