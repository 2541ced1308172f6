package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.pg.Lsn;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The restore points of one system, as far as they are in the vault's index. Of those that {@code walvault} makes a
 * name is given away once, for ever; by SQL a server may write several records of one name.
 */
public final class RestorePoints {
    private final MemberKeys keys;
    private final Documents documents;
    private final Author author;

    RestorePoints(MemberKeys keys, Documents documents, Author author) {
        this.keys = keys;
        this.documents = documents;
        this.author = author;
    }

    /**
     * Takes a name before its record is written, so that no second record can get it.
     *
     * @throws dev.walvault.IntegrityException CONFLICT if it is taken, or kept for restore points of the whole cluster
     */
    public void reserve(String name) throws ArchiverException {
        if (RestorePoint.isOfWholeCluster(name, keys.member())) {
            throw Fault.of(
                            ErrorCode.CONFLICT,
                            "no restore point of member \"" + keys.member() + "\" can be named \"" + name + "\"")
                    .detail("names that end with a dot and eight hexadecimal digits are for restore points of the whole"
                            + " cluster")
                    .hint("Choose another name.")
                    .integrity();
        }
        if (!find(name).isEmpty()) {
            throw taken(name, "it exists");
        }
        CreateOutcome outcome = documents.create(
                keys.pendingPoint(name),
                json -> json.put("walvault", JsonObject.FORMAT)
                        .put("name", name)
                        .put("created", author.clock().instant().toString())
                        .put("host", author.host()));
        if (outcome == CreateOutcome.ALREADY_THERE) {
            throw taken(name, "an attempt to create it did not finish, and its record may be in the WAL");
        }
    }

    private static IntegrityException taken(String name, String used) {
        return Fault.of(ErrorCode.CONFLICT, "the restore point name \"" + name + "\" is taken")
                .detail(used + "; recovery would stop at the first of two records of one name")
                .hint("Choose another name.")
                .integrity();
    }

    /** Records where a restore point is. If the vault has it, its document stays as it is. */
    public void publish(RestorePoint point) throws ArchiverException {
        documents.create(keys.point(point), point::put);
    }

    /** The same for each that the vault does not have. Lists the store if there are any. */
    public void publishMissing(Collection<RestorePoint> points) throws ArchiverException {
        if (points.isEmpty()) {
            return;
        }
        var there = new HashSet<>(published(keys.points()));
        for (RestorePoint point : points) {
            if (!there.contains(keys.point(point))) {
                publish(point);
            }
        }
    }

    /**
     * Whether a restore point is one member's part of a restore point of the whole cluster, or of a failed attempt at
     * one. It is nothing to restore a member to by itself.
     */
    public boolean isOfWholeCluster(RestorePoint point) {
        return RestorePoint.isOfWholeCluster(point.name(), keys.member());
    }

    /** Where the restore points of this name are: several only if SQL made more than one. */
    public List<RestorePoint> find(String name) throws ArchiverException {
        var points = new ArrayList<RestorePoint>();
        for (ObjectKey key : published(keys.point(name))) {
            read(key).ifPresent(points::add);
        }
        return points;
    }

    /** Every published restore point. Lists the store. */
    public RestorePointList all() throws ArchiverException {
        return read(_ -> true);
    }

    /** Those behind this place, on whatever timeline. Lists the store, and reads no others. */
    public RestorePointList behind(Lsn place) throws ArchiverException {
        return read(key -> MemberKeys.isPointBehind(key, place));
    }

    private RestorePointList read(Predicate<ObjectKey> wanted) throws ArchiverException {
        var points = new ArrayList<RestorePoint>();
        var unreadable = new ArrayList<ArchiverException>();
        for (ObjectKey key : published(unreadable)) {
            try {
                if (wanted.test(key)) {
                    read(key).ifPresent(points::add);
                }
            } catch (ArchiverException e) {
                unreadable.add(ofOneObject(e));
            }
        }
        return new RestorePointList(points, unreadable);
    }

    /** Those of every name; where they cannot be listed together, of one name after the other. */
    private List<ObjectKey> published(List<ArchiverException> unreadable) throws ArchiverException {
        try {
            return published(keys.points());
        } catch (ArchiverException e) {
            var _ = ofOneObject(e);
        }
        var published = new ArrayList<ObjectKey>();
        for (ObjectKey name : documents.names(keys.points(), keys.points()::child)) {
            try {
                published.addAll(published(name));
            } catch (ArchiverException e) {
                unreadable.add(ofOneObject(e));
            }
        }
        return published;
    }

    private static ArchiverException ofOneObject(ArchiverException failure) throws ArchiverException {
        if (!failure.isOfOneObject()) {
            throw failure;
        }
        return failure;
    }

    private List<ObjectKey> published(ObjectKey prefix) throws ArchiverException {
        var published = new ArrayList<ObjectKey>();
        documents.each(prefix, object -> {
            if (!object.key().name().equals("pending.json")) {
                published.add(object.key());
            }
        });
        return published;
    }

    private Optional<RestorePoint> read(ObjectKey key) throws ArchiverException {
        Optional<JsonObject> json = documents.find(key);
        if (json.isEmpty()) {
            return Optional.empty();
        }
        RestorePoint point = RestorePoint.read(json.get());
        if (!keys.point(point).equals(key)) {
            throw Documents.swapped(
                    key,
                    "restore point \"" + point.name() + "\" at " + point.lsn() + " on timeline " + point.timeline());
        }
        return Optional.of(point);
    }
}
