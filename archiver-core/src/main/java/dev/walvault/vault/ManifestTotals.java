package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;

/** The last line of a manifest: what must have come before it. {@code bytes} is the sum of the files' sizes. */
public record ManifestTotals(int packs, long files, long bytes) {
    public static final ManifestTotals NONE = new ManifestTotals(0, 0, 0);

    public ManifestTotals plus(ManifestPack pack) {
        long moreFiles = 0;
        long moreBytes = 0;
        for (ManifestEntry entry : pack.entries()) {
            if (entry instanceof ManifestEntry.File file) {
                moreFiles++;
                moreBytes += file.size();
            }
        }
        return new ManifestTotals(packs + 1, files + moreFiles, bytes + moreBytes);
    }

    String line() {
        return JsonText.object(json ->
                json.put("end", true).put("packs", packs).put("files", files).put("bytes", bytes));
    }

    static ManifestTotals read(JsonObject json) throws IntegrityException {
        return new ManifestTotals(json.numberAs("packs", Math::toIntExact), json.number("files"), json.number("bytes"));
    }
}
