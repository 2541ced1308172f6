package dev.walvault.pg.link;

import java.util.List;

/**
 * What the session's user may do, of what backups and restore points need.
 *
 * @param missing the statements with which a superuser grants what is not granted yet
 */
public record Rights(String user, boolean superuser, List<String> missing) {
    public Rights {
        missing = List.copyOf(missing);
    }
}
