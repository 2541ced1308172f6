package dev.walvault.vault;

import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import dev.walvault.json.JsonText;

/** The last line of a manifest: what must have come before it. {@code bytes} is the sum of the files' sizes. */
public record ManifestTotals(int packs, long files, long bytes) {
    public static final ManifestTotals NONE = new ManifestTotals(0, 0, 0);

    /**
     * With another pack.
     *
     * @throws ArithmeticException if it is more than can be
     */
    public ManifestTotals plus(ManifestPack pack) {
        long moreFiles = 0;
        long moreBytes = 0;
        for (ManifestEntry entry : pack.entries()) {
            switch (entry) {
                case ManifestEntry.File file -> {
                    moreFiles++;
                    moreBytes = Math.addExact(moreBytes, file.size());
                }
                case ManifestEntry.Part part -> {
                    moreFiles += part.number() == 1 ? 1 : 0;
                    moreBytes = Math.addExact(moreBytes, part.bytes().size());
                }
                case ManifestEntry.Directory _, ManifestEntry.Link _ -> {}
            }
        }
        return new ManifestTotals(Math.addExact(packs, 1), files + moreFiles, Math.addExact(bytes, moreBytes));
    }

    /** Whether it is more than {@code whole} in anything. */
    public boolean exceed(ManifestTotals whole) {
        return packs > whole.packs || files > whole.files || bytes > whole.bytes;
    }

    String line() {
        return JsonText.object(json ->
                json.put("end", true).put("packs", packs).put("files", files).put("bytes", bytes));
    }

    static ManifestTotals read(JsonObject json) throws IntegrityException {
        return new ManifestTotals(json.numberAs("packs", Math::toIntExact), json.number("files"), json.number("bytes"));
    }
}
