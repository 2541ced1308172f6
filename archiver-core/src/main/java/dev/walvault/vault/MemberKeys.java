package dev.walvault.vault;

import dev.walvault.FileNames;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.WalFile;
import dev.walvault.store.ObjectKey;
import dev.walvault.store.ObjectKind;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which object of one system has which key: the layout of docs/FORMAT.md, and its only place in the code. */
public record MemberKeys(Name cluster, Name member, SystemIdentifier system) {

    private static final String WAL = "wal";
    private static final String HISTORY = "history";
    private static final String BACKUPS = "backups";
    private static final String COMPLETE = "complete.json";
    private static final String PACK_LIST = "packs.jsonl";
    private static final String CLUSTER = "cluster.json";
    private static final String IDENTITY = "identity.json";

    /** In the key of a run of segments that do not tell all of their restore points. */
    private static final String SILENT = "-unknown";

    private static final Pattern INDEXED_RUN =
            Pattern.compile("/((?!0{8})[0-9A-F]{8})/([0-9A-F]{16})-([0-9A-F]{16})(" + SILENT + ")?\\.json$");

    /** Of the document that makes a directory, or a bucket, a vault. */
    public static final ObjectKey VAULT = ObjectKey.of("vault.json");

    /** What all keys of the cluster begin with. */
    static ObjectKey root(Name cluster) {
        return ObjectKey.of(cluster.value());
    }

    public static ObjectKey clusterDocument(Name cluster) {
        return root(cluster).child(CLUSTER);
    }

    /** Whether {@code walvault init} makes the object, so that it can be made again. */
    static boolean isMadeByInit(ObjectKey key) {
        return key.equals(VAULT) || key.name().equals(CLUSTER) || key.name().equals(IDENTITY);
    }

    static ObjectKey systems(Name cluster, Name member) {
        return root(cluster).child("members").child(member.value());
    }

    /** What a store should take the object of this key for. */
    public static ObjectKind kindOf(ObjectKey key) {
        String[] names = key.value().split("/", -1);
        if (names.length < 6) {
            return ObjectKind.DOCUMENT;
        }
        return switch (names[4]) {
            case WAL, HISTORY -> ObjectKind.WAL;
            case BACKUPS ->
                switch (names[names.length - 1]) {
                    case COMPLETE, PACK_LIST -> ObjectKind.DOCUMENT;
                    default -> ObjectKind.BACKUP;
                };
            default -> ObjectKind.DOCUMENT;
        };
    }

    /** What all keys of the system begin with. */
    public ObjectKey root() {
        return systems(cluster, member).child(system.toString());
    }

    /**
     * The part of a key that metadata frames hold: the system identifier, and what names an object within its system.
     * So an object belongs to one system, whoever may read it.
     */
    public String nameOf(ObjectKey key) {
        return key.value().substring(systems(cluster, member).value().length() + 1);
    }

    public ObjectKey identity() {
        return root().child(IDENTITY);
    }

    public ObjectKey wal(WalFile file) {
        return switch (file) {
            case WalFile.Segment segment -> inLog(segment, segment.name());
            case WalFile.Partial partial -> inLog(partial.segment(), partial.name());
            case WalFile.BackupHistoryFile backup -> inLog(backup.segment(), backup.name());
            case WalFile.TimelineHistoryFile history -> histories().child(history.name());
        };
    }

    private ObjectKey inLog(WalFile.Segment segment, String name) {
        return log(segment).child(name);
    }

    ObjectKey log(WalFile.Segment segment) {
        return timeline(segment.timeline()).child(segment.name().substring(8, 16));
    }

    public ObjectKey timelines() {
        return root().child(WAL);
    }

    public ObjectKey timeline(TimelineId timeline) {
        return timelines().child(timeline.hex());
    }

    public ObjectKey histories() {
        return root().child(HISTORY);
    }

    ObjectKey backups() {
        return root().child(BACKUPS);
    }

    public ObjectKey backup(BackupId id) {
        return backups().child(id.toString());
    }

    public ObjectKey packs(BackupId id) {
        return backup(id).child("packs");
    }

    ObjectKey pack(BackupId id, int number) {
        return packs(id).child(packName(number));
    }

    static String packName(int number) {
        return sixDigits(number);
    }

    /** At least six, so that names of the same kind are in the order of their numbers. */
    static String sixDigits(int number) {
        return String.format(Locale.ROOT, "%06d", number);
    }

    /** What a backup carries of the timelines' histories. */
    public ObjectKey carriedHistories(BackupId id) {
        return backup(id).child(HISTORY);
    }

    ObjectKey carried(BackupId id, WalFile.TimelineHistoryFile file) {
        return carriedHistories(id).child(file.name());
    }

    public ObjectKey manifest(BackupId id) {
        return backup(id).child("manifest");
    }

    public ObjectKey packList(BackupId id) {
        return backup(id).child(PACK_LIST);
    }

    public ObjectKey complete(BackupId id) {
        return backup(id).child(COMPLETE);
    }

    public ObjectKey points() {
        return root().child("points");
    }

    ObjectKey point(String name) {
        return points().child(percentEncoded(name));
    }

    public ObjectKey pendingPoint(String name) {
        return point(name).child("pending.json");
    }

    public ObjectKey point(RestorePoint point) {
        return point(point.name()).child(point.timeline().hex() + pointEnd(point.lsn()));
    }

    /** Whether a restore point, which has this key, is behind a place, on whatever timeline. */
    static boolean isPointBehind(ObjectKey point, Lsn place) {
        String at = pointEnd(place);
        int timeline = point.name().length() - at.length();
        return timeline == TimelineId.FIRST.hex().length()
                && point.name().substring(timeline).compareTo(at) > 0;
    }

    /** Whether a restore point, which has this key, is on a timeline, and there behind a place. */
    public static boolean isPointBehind(ObjectKey point, TimelineId timeline, Lsn place) {
        return point.name().startsWith(timeline.hex()) && isPointBehind(point, place);
    }

    private static String pointEnd(Lsn lsn) {
        return String.format(Locale.ROOT, "-%016X.json", lsn.value());
    }

    /** Which segments were read for the restore points. */
    ObjectKey indexed() {
        return root().child("indexed");
    }

    ObjectKey indexed(TimelineId timeline) {
        return indexed().child(timeline.hex());
    }

    /** What comes before the keys of all runs that begin with this segment or later, and after all others. */
    ObjectKey indexedFrom(WalFile.Segment segment) {
        return indexed(segment.timeline()).child(segment.name().substring(8));
    }

    ObjectKey indexed(IndexedWal.Run run) {
        return indexed(run.first().timeline())
                .child(run.first().name().substring(8) + "-" + run.last().name().substring(8)
                        + (run.silent() ? SILENT : "") + ".json");
    }

    /** Reads what {@link #indexed(IndexedWal.Run)} has made; empty if it is no key of that kind. */
    Optional<IndexedWal.Run> indexedRun(ObjectKey key) {
        Matcher match = INDEXED_RUN.matcher(key.value());
        if (!match.find()
                || !(WalFile.parse(match.group(1) + match.group(2)) instanceof WalFile.Segment first)
                || !(WalFile.parse(match.group(1) + match.group(3)) instanceof WalFile.Segment last)) {
            return Optional.empty();
        }
        var run = new IndexedWal.Run(first, last, match.group(4) != null);
        return Optional.of(run)
                .filter(read -> indexed(read).equals(key) && first.name().compareTo(last.name()) <= 0);
    }

    private static String percentEncoded(String name) {
        var out = new StringBuilder();
        for (byte b : FileNames.encode(name)) {
            boolean plain =
                    (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '_' || b == '-';
            if (plain) {
                out.append((char) b);
            } else {
                out.append(String.format(Locale.ROOT, "%%%02X", b));
            }
        }
        return out.toString();
    }
}
