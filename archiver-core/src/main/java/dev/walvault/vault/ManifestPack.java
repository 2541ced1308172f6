package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import dev.walvault.seal.ContentDigest;
import java.util.List;

/**
 * One pack of a backup, with its entries in the order of the tar.
 *
 * @param digest of the tar stream
 */
public record ManifestPack(int number, ContentDigest digest, long bytesStored, List<ManifestEntry> entries) {
    /** As many entries as one pack may have, which bounds what a backup and a restore hold in memory for it. */
    public static final int MOST_ENTRIES = 4096;

    /** A pack whose entries have this many bytes in the manifest gets no more of them, for the same reason. */
    public static final int LONG = 2 << 20;

    public ManifestPack {
        entries = List.copyOf(entries);
    }

    /** The last part of its key. */
    public String name() {
        return MemberKeys.packName(number);
    }

    /** The line that goes before those of the entries. */
    String line() {
        return JsonText.object(json -> json.put("pack", name())
                .put("length", digest.length())
                .put("xxh64", digest.hex())
                .put("bytesStored", bytesStored));
    }

    static ManifestPack read(JsonObject json, List<ManifestEntry> entries) throws IntegrityException {
        long length = json.number("length");
        return new ManifestPack(
                json.as("pack", Integer::parseInt),
                json.as("xxh64", hex -> ContentDigest.of(length, hex)),
                json.number("bytesStored"),
                entries);
    }
}
