package dev.walvault.aside;

import dev.walvault.json.JsonText;
import java.nio.file.Path;
import java.util.List;

/**
 * Where an old data directory is.
 *
 * @param kept whether it can come back; otherwise only its WAL is there
 * @param directories the one with its own content first, then those with what it had elsewhere
 */
public record AsideReport(boolean kept, List<Path> directories) {
    public AsideReport {
        directories = List.copyOf(directories);
    }

    /** Puts the members that results have. */
    public void describe(JsonText json) {
        json.put("kept", kept)
                .putTexts(
                        "directories", directories.stream().map(Path::toString).toList());
    }

    static AsideReport of(SetAside what) {
        return new AsideReport(
                what.kept(),
                what.places().stream().flatMap(place -> place.aside().stream()).toList());
    }
}
