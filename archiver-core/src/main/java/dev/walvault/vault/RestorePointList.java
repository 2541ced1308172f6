package dev.walvault.vault;

import dev.walvault.ArchiverException;
import java.util.List;

/**
 * The restore points of one system as they were listed.
 *
 * @param unreadable why a document cannot be used, for each that cannot
 */
public record RestorePointList(List<RestorePoint> points, List<ArchiverException> unreadable) {
    public RestorePointList {
        points = List.copyOf(points);
        unreadable = List.copyOf(unreadable);
    }
}
