package dev.walvault.vault;

import dev.walvault.ErrorCode;
import dev.walvault.Fault;
import dev.walvault.IntegrityException;
import dev.walvault.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a manifest pack by pack, holding one at a time. The end is believed only when the last line balances with
 * all that came before it.
 */
public final class ManifestReader {
    private static final int BUFFER = 64 * 1024;

    /** A file of 1 GB all of whose pages are damaged has a line of 1 MB, and one of 8 MB if they have 1 kB each. */
    private static final int LONGEST_LINE = 8 << 20;

    /** A pack is ended by the line that makes it long. */
    private static final long LONGEST_PACK = ManifestPack.LONG + LONGEST_LINE;

    private final String name;
    private final InputStream in;
    private final ManifestHead head;
    private @Nullable JsonObject ahead;
    /** Of the lines of one pack. */
    private long bytes;

    private ManifestTotals soFar = ManifestTotals.NONE;

    /**
     * Reads the head.
     *
     * @param name of the manifest, for messages
     */
    public ManifestReader(String name, InputStream in) throws IOException {
        this.name = name;
        this.in = new BufferedInputStream(in, BUFFER);
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
            if (line() != null) {
                throw corrupt("something follows its last line");
            }
            ahead = null;
            return Optional.empty();
        }
        var entries = new ArrayList<ManifestEntry>();
        bytes = 0;
        JsonObject line = next();
        while (!line.has("pack") && !line.has("end")) {
            if (entries.size() == ManifestPack.MOST_ENTRIES) {
                throw corrupt("a pack has more than " + ManifestPack.MOST_ENTRIES + " entries");
            }
            if (bytes > LONGEST_PACK) {
                throw corrupt("the entries of a pack have more than " + LONGEST_PACK + " bytes");
            }
            entries.add(ManifestEntry.read(line));
            line = next();
        }
        ManifestPack pack = ManifestPack.read(first, entries);
        try {
            soFar = soFar.plus(pack);
        } catch (ArithmeticException e) {
            throw corrupt("it lists more than there can be");
        }
        ahead = line;
        return Optional.of(pack);
    }

    private JsonObject next() throws IOException {
        byte[] line = line();
        if (line == null) {
            throw corrupt("it ends early");
        }
        return JsonObject.parse(name, line);
    }

    /** Without its line feed; null at the end. */
    private byte @Nullable [] line() throws IOException {
        var line = new ByteArrayOutputStream();
        int b = in.read();
        if (b < 0) {
            return null;
        }
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (line.size() == LONGEST_LINE) {
                throw corrupt("it has a line of more than " + LONGEST_LINE + " bytes");
            }
            line.write(b);
        }
        bytes += line.size();
        return line.toByteArray();
    }

    private IntegrityException corrupt(String why) {
        return Fault.of(ErrorCode.CORRUPT, "\"" + name + "\" is damaged")
                .detail(why)
                .integrity();
    }
}
