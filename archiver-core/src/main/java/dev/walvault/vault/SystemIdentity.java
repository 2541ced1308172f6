package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.Timestamps;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import dev.walvault.pg.SystemIdentifier;
import dev.walvault.pg.WalSegmentSize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a vault knows of a system from the day it was registered: {@code identity.json}. Sizes are in bytes. */
public record SystemIdentity(
        SystemIdentifier system,
        int postgresMajor,
        long catalogVersion,
        WalSegmentSize segmentSize,
        int blockSize,
        int walBlockSize,
        boolean checksums,
        Instant created) {

    /**
     * Whether both describe the same cluster of files; checksums may be switched on or off without making it another.
     */
    public boolean sameSystem(SystemIdentity other) {
        return system.equals(other.system)
                && postgresMajor == other.postgresMajor
                && catalogVersion == other.catalogVersion
                && segmentSize.equals(other.segmentSize)
                && blockSize == other.blockSize
                && walBlockSize == other.walBlockSize;
    }

    /** In what the other one differs, as far as {@link #sameSystem} cares; for an operator. */
    List<String> differences(SystemIdentity other) {
        var differences = new ArrayList<String>();
        differ(differences, "PostgreSQL", postgresMajor, other.postgresMajor);
        differ(differences, "catalog version", catalogVersion, other.catalogVersion);
        differ(differences, "WAL segment size", segmentSize, other.segmentSize);
        differ(differences, "block size", blockSize, other.blockSize);
        differ(differences, "WAL block size", walBlockSize, other.walBlockSize);
        return differences;
    }

    private static void differ(List<String> differences, String what, Object stored, Object now) {
        if (!stored.equals(now)) {
            differences.add(what + " " + now + " (in the vault: " + stored + ")");
        }
    }

    void put(JsonText json) {
        json.put("walvault", JsonObject.FORMAT)
                .put("systemIdentifier", system.toString())
                .put("postgresMajor", postgresMajor)
                .put("catalogVersion", catalogVersion)
                .put("walSegmentSize", segmentSize.bytes())
                .put("blockSize", blockSize)
                .put("walBlockSize", walBlockSize)
                .put("checksums", checksums)
                .put("created", created.toString());
    }

    public static SystemIdentity read(JsonObject json) throws IntegrityException {
        return new SystemIdentity(
                json.as("systemIdentifier", SystemIdentifier::parse),
                json.numberAs("postgresMajor", Math::toIntExact),
                json.number("catalogVersion"),
                json.numberAs("walSegmentSize", bytes -> new WalSegmentSize(Math.toIntExact(bytes))),
                json.numberAs("blockSize", Math::toIntExact),
                json.numberAs("walBlockSize", Math::toIntExact),
                json.flag("checksums"),
                json.as("created", Timestamps::parse));
    }
}
