package dev.walvault.vault;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Lines of a manifest. What {@link #pack} writes may be written to one place first and copied to the manifest later.
 */
public final class ManifestWriter {
    private final OutputStream out;

    public ManifestWriter(OutputStream out) {
        this.out = out;
    }

    public void head(ManifestHead head) throws IOException {
        line(head.line());
    }

    public void pack(ManifestPack pack) throws IOException {
        line(pack.line());
        for (ManifestEntry entry : pack.entries()) {
            line(entry.line());
        }
    }

    public void totals(ManifestTotals totals) throws IOException {
        line(totals.line());
    }

    private void line(String json) throws IOException {
        out.write((json + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
