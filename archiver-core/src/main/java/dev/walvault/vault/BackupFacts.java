package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.Timestamps;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import dev.walvault.pg.Lsn;
import dev.walvault.pg.PgMajor;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.TimelineId;
import dev.walvault.pg.TransactionSnapshot;
import dev.walvault.pg.WalFile;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a base backup is, apart from how big it became. Times are the server's.
 *
 * @param stop the end of the WAL that makes the copy consistent; recovery to anything earlier is impossible
 * @param snapshot taken after the stop: a transaction that had not ended in it ends after {@code stop}
 * @param badPages how many pages failed their checksum; only meaningful with {@code checksums}
 */
public record BackupFacts(
        BackupId id,
        String label,
        Map<String, String> annotations,
        SystemIdentifier system,
        String serverVersion,
        int serverVersionNum,
        TimelineId timeline,
        Lsn start,
        Lsn stop,
        Instant startTime,
        Instant stopTime,
        WalFile.Segment firstSegment,
        WalFile.Segment lastSegment,
        WalProof walProof,
        TransactionSnapshot snapshot,
        boolean checksums,
        long badPages) {

    private static final String FULL = "full";

    public BackupFacts {
        annotations = Map.copyOf(annotations);
    }

    void put(JsonText json) {
        json.put("walvault", JsonObject.FORMAT);
        putOrigin(json);
        json.put("serverVersionNum", serverVersionNum);
        putWal(json);
        json.put("snapshot", snapshot.toString());
        putPages(json);
    }

    /** Puts the members that results have, too. */
    void describe(JsonText json) {
        putOrigin(json);
        putWal(json);
        putPages(json);
    }

    private void putOrigin(JsonText json) {
        json.put("backup", id.toString())
                .put("type", FULL)
                .put("label", label)
                .putTexts("annotations", new TreeMap<>(annotations))
                .put("systemIdentifier", system.toString())
                .put("serverVersion", serverVersion);
    }

    private void putWal(JsonText json) {
        json.put("timeline", Integer.toUnsignedLong(timeline.value()))
                .put("startLsn", start.toString())
                .put("stopLsn", stop.toString())
                .put("startTime", startTime.toString())
                .put("stopTime", stopTime.toString())
                .put("firstSegment", firstSegment.name())
                .put("lastSegment", lastSegment.name())
                .put("walProof", walProof.text());
    }

    private void putPages(JsonText json) {
        json.put("checksums", checksums).put("badPages", badPages);
    }

    static BackupFacts read(JsonObject json) throws IntegrityException {
        json.word("type", Set.of(FULL));
        return new BackupFacts(
                json.as("backup", BackupId::parse),
                json.text("label"),
                json.texts("annotations"),
                json.as("systemIdentifier", SystemIdentifier::parse),
                json.text("serverVersion"),
                json.numberAs("serverVersionNum", BackupFacts::versionNum),
                json.numberAs("timeline", number -> TimelineId.parse(Long.toString(number))),
                json.as("startLsn", Lsn::parse),
                json.as("stopLsn", Lsn::parse),
                json.as("startTime", Timestamps::parse),
                json.as("stopTime", Timestamps::parse),
                json.as("firstSegment", BackupFacts::segment),
                json.as("lastSegment", BackupFacts::segment),
                WalProof.of(json.word("walProof", WalProof.WORDS)),
                json.as("snapshot", TransactionSnapshot::parse),
                json.flag("checksums"),
                json.number("badPages"));
    }

    private static WalFile.Segment segment(String name) {
        if (WalFile.parse(name) instanceof WalFile.Segment segment) {
            return segment;
        }
        throw new IllegalArgumentException("\"" + name + "\" is not a WAL segment");
    }

    private static int versionNum(long number) {
        if (number < PgMajor.V13.number() * 10_000L) {
            throw new IllegalArgumentException("no version that can be backed up has the number " + number);
        }
        return Math.toIntExact(number);
    }
}
