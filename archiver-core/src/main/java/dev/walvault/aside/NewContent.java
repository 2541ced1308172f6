package dev.walvault.aside;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What will be put into the places of an old data directory.
 *
 * @param version of PostgreSQL, as directories in tablespaces have it in their names, such as "15"
 * @param bytes of the files, by the directory they go to: the data directory and tablespaces
 * @param tablespacesElsewhere of the old server, by OID, that the new one does not have in the same places; where they
 *     were need not be there
 * @param walElsewhere whether the new server has its WAL in another place than the old one
 */
public record NewContent(String version, Map<Path, Long> bytes, Set<Long> tablespacesElsewhere, boolean walElsewhere) {
    public NewContent {
        bytes = Map.copyOf(bytes);
        tablespacesElsewhere = Set.copyOf(tablespacesElsewhere);
    }
}
