package dev.walvault.vault;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a manifest pack by pack, holding one at a time. The end is believed only when the last line balances with
 * all that came before it.
 */
public final class ManifestReader {
    private final String name;
    private final BufferedReader lines;
    private final ManifestHead head;
    private @Nullable JsonObject ahead;
    private ManifestTotals soFar = ManifestTotals.NONE;

    /**
     * Reads the head.
     *
     * @param name of the manifest, for messages
     */
    public ManifestReader(String name, InputStream in) throws IOException {
        this.name = name;
        this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.head = ManifestHead.read(next());
        this.ahead = next();
    }

    public ManifestHead head() {
        return head;
    }

    /** What was read so far; after the last pack, all. */
    public ManifestTotals totals() {
        return soFar;
    }

    /** The next pack with its entries, or empty at the end of a manifest that balances. */
    public Optional<ManifestPack> nextPack() throws IOException {
        JsonObject first = ahead;
        if (first == null) {
            return Optional.empty();
        }
        if (first.has("end")) {
            ManifestTotals promised = ManifestTotals.read(first);
            if (!promised.equals(soFar)) {
                throw corrupt("it should list " + promised + " and lists " + soFar);
            }
            if (lines.readLine() != null) {
                throw corrupt("something follows its last line");
            }
            ahead = null;
            return Optional.empty();
        }
        var entries = new ArrayList<ManifestEntry>();
        JsonObject line = next();
        while (!line.has("pack") && !line.has("end")) {
            if (entries.size() == ManifestPack.MOST_ENTRIES) {
                throw corrupt("a pack has more than " + ManifestPack.MOST_ENTRIES + " entries");
            }
            entries.add(ManifestEntry.read(line));
            line = next();
        }
        ManifestPack pack = ManifestPack.read(first, entries);
        soFar = soFar.plus(pack);
        ahead = line;
        return Optional.of(pack);
    }

    private JsonObject next() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw corrupt("it ends early");
        }
        return JsonObject.parse(name, line.getBytes(StandardCharsets.UTF_8));
    }

    private IntegrityException corrupt(String why) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + name + "\" is damaged")
                .detail(why)
                .integrity();
    }
}
