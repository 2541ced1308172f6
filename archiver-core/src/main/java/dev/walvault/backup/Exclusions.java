package dev.walvault.backup;

import dev.walvault.aside.OwnNames;
import dev.walvault.pg.RelationFile;
import dev.walvault.vault.ManifestEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What of a data directory does not belong into a backup: PostgreSQL's documentation, "Backing Up the Data Directory",
 * and excludeFiles, excludeDirContents and isRelFileName of {@code basebackup.c}.
 */
final class Exclusions {
    /** Kept as empty directories. */
    private static final Set<String> EMPTIED_DIRECTORIES = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    /**
     * At the top of the data directory only. The label and the map of this backup come from the server, never from
     * disk.
     */
    private static final Set<String> TOP_LEVEL_FILES = Set.of(
            "postmaster.pid",
            "postmaster.opts",
            "postgresql.auto.conf.tmp",
            "current_logfiles.tmp",
            "backup_label",
            "backup_label.old",
            "tablespace_map",
            "tablespace_map.old",
            "backup_manifest",
            "recovery.signal",
            "standby.signal");

    /** What a file system has at its root, whatever else is there. */
    private static final String LOST_AND_FOUND = "lost+found";

    /** Where the server keeps what it stores itself, as opposed to what people put into its data directory. */
    private static final Set<String> DATA = Set.of(
            "PG_VERSION",
            "postgresql.auto.conf",
            "base",
            "global",
            "pg_commit_ts",
            "pg_logical",
            "pg_multixact",
            "pg_stat",
            "pg_tblspc",
            "pg_twophase",
            "pg_xact");

    /** Where relations are: {@code global}, {@code base/OID}, {@code pg_tblspc/OID/PG_…/OID}. */
    private static final Pattern RELATION_DIRECTORY = Pattern.compile("global|base/\\d+|pg_tblspc/\\d+/PG_[^/]+/\\d+");

    private Exclusions() {}

    static boolean emptiesDirectory(String path) {
        return EMPTIED_DIRECTORIES.contains(path);
    }

    /** {@code path} is the directory's own within the data directory, {@code name} its last name. */
    static boolean excludesDirectory(String path, String name) {
        boolean atTheTop = path.equals(name);
        return name.startsWith("pgsql_tmp") || path.equals(LOST_AND_FOUND) || (atTheTop && isOurs(name));
    }

    private static boolean isOurs(String name) {
        return OwnNames.isOwn(name) || name.equals(ManifestEntry.Part.DIRECTORY);
    }

    /**
     * Whether this is data of the server: without it, or with a link in its place, nothing could be restored.
     * Everything else was put there by people, whose files a server may not even read.
     */
    static boolean isDataOfTheServer(String path) {
        int slash = path.indexOf('/');
        return DATA.contains(slash < 0 ? path : path.substring(0, slash));
    }

    static boolean holdsRelations(String directory) {
        return RELATION_DIRECTORY.matcher(directory).matches();
    }

    /** {@code directory} is the file's directory within the data directory, empty for the top. */
    static boolean excludesFile(String directory, String name, Path location) {
        if (directory.isEmpty() && (TOP_LEVEL_FILES.contains(name) || isOurs(name))) {
            return true;
        }
        if (name.startsWith("pg_internal.init") || name.startsWith("pgsql_tmp")) {
            return true;
        }
        // written last of all, from a copy that is known to be whole
        if (directory.equals("global") && name.equals("pg_control")) {
            return true;
        }
        return holdsRelations(directory) && excludesRelation(name, location);
    }

    private static boolean excludesRelation(String name, Path location) {
        Optional<RelationFile> relation = RelationFile.of(name);
        if (relation.isEmpty()) {
            return false;
        }
        RelationFile file = relation.get();
        if (file.temporary()) {
            return true;
        }
        // an unlogged relation is reset from its init fork when recovery ends; its other forks would be thrown away
        return file.fork() != RelationFile.Fork.INIT
                && Files.exists(location.resolveSibling(file.relationNumber() + RelationFile.Fork.INIT.suffix()));
    }
}
