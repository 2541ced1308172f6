package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;
import dev.walvault.seal.ContentDigest;

/**
 * A complete base backup: {@code complete.json}.
 *
 * @param bytes of the files; {@code bytesStored} of the packs and the manifest
 * @param manifest of the manifest's content, and {@code manifestStored} of the manifest as it is stored
 * @param packList of {@code packs.jsonl}
 */
public record Backup(
        BackupFacts facts,
        long files,
        long bytes,
        int packs,
        long bytesStored,
        ContentDigest manifest,
        StoredDigest manifestStored,
        StoredDigest packList,
        String host,
        String version) {

    public BackupId id() {
        return facts.id();
    }

    /** Puts the members that results have, too. */
    public void describe(JsonText json) {
        facts.describe(json);
        json.put("files", files).put("bytes", bytes).put("bytesStored", bytesStored);
    }

    void put(JsonText json) {
        facts.put(json);
        json.put("files", files)
                .put("bytes", bytes)
                .put("packs", packs)
                .put("bytesStored", bytesStored)
                .put("manifestLength", manifest.length())
                .put("manifestXxh64", manifest.hex());
        manifestStored.put(json, "manifestStored", "manifestSha256");
        packList.put(json, "packListStored", "packListSha256");
        json.put("host", host).put("version", version);
    }

    static Backup read(JsonObject json) throws IntegrityException {
        long length = json.number("manifestLength");
        return new Backup(
                BackupFacts.read(json),
                json.number("files"),
                json.number("bytes"),
                json.numberAs("packs", Math::toIntExact),
                json.number("bytesStored"),
                json.as("manifestXxh64", hex -> ContentDigest.of(length, hex)),
                StoredDigest.read(json, "manifestStored", "manifestSha256"),
                StoredDigest.read(json, "packListStored", "packListSha256"),
                json.text("host"),
                json.text("version"));
    }
}
