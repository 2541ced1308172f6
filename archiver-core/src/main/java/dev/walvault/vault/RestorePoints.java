package dev.walvault.vault;

import dev.walvault.ArchiverException;
import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.json.JsonObject;
import dev.walvault.store.CreateOutcome;
import dev.walvault.store.ObjectKey;
import java.util.ArrayList;
import java.util.List;

/** The restore points of one system. A name is given away once, for ever. */
public final class RestorePoints {
    private final MemberKeys keys;
    private final Documents documents;
    private final Author author;

    RestorePoints(MemberKeys keys, Documents documents, Author author) {
        this.keys = keys;
        this.documents = documents;
        this.author = author;
    }

    /** Takes a name before its record is written, so that no second record can get it. */
    public void reserve(String name) throws ArchiverException {
        CreateOutcome outcome = documents.create(
                keys.pendingPoint(name),
                json -> json.put("walvault", JsonObject.FORMAT)
                        .put("name", name)
                        .put("created", author.clock().instant().toString())
                        .put("host", author.host()));
        if (outcome == CreateOutcome.ALREADY_THERE) {
            String used = find(name).isEmpty()
                    ? "an attempt to create it did not finish, and its record may be in the WAL"
                    : "it exists";
            throw Fault.of(ErrorCode.CONFLICT, "the restore point name \"" + name + "\" is taken")
                    .detail(used + "; recovery would stop at the first of two records of one name")
                    .hint("Choose another name.")
                    .integrity();
        }
    }

    /** Records where a reserved restore point is. */
    public void publish(RestorePoint point) throws ArchiverException {
        documents.create(keys.point(point.name(), point.lsn()), point::put);
    }

    /** Where the restore point of this name is; more than one place only if others wrote them. */
    public List<RestorePoint> find(String name) throws ArchiverException {
        return read(keys.point(name));
    }

    /** Every published restore point. Lists the store. */
    public List<RestorePoint> all() throws ArchiverException {
        return read(keys.points());
    }

    private List<RestorePoint> read(ObjectKey prefix) throws ArchiverException {
        var published = new ArrayList<ObjectKey>();
        documents.each(prefix, object -> {
            if (!object.key().name().equals("pending.json")) {
                published.add(object.key());
            }
        });
        var points = new ArrayList<RestorePoint>();
        for (ObjectKey key : published) {
            var json = documents.find(key);
            if (json.isPresent()) {
                points.add(RestorePoint.read(json.get()));
            }
        }
        return points;
    }
}
