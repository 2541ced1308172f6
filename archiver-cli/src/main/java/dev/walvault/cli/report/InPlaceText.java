package dev.walvault.cli.report;

import dev.walvault.ShellWord;
import dev.walvault.aside.AsideReport;
import dev.walvault.json.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What is said of an old data directory that was moved aside. */
public final class InPlaceText {
    private InPlaceText() {}

    /** As programs read it. */
    public static Consumer<JsonText> json(List<AsideReport> asides) {
        return json -> json.putObjects(
                "setAside",
                asides.stream()
                        .<Consumer<JsonText>>map(aside -> aside::describe)
                        .toList());
    }

    private static List<String> paths(AsideReport aside) {
        return aside.directories().stream().map(Path::toString).toList();
    }

    private static String quoted(AsideReport aside) {
        return paths(aside).stream().map(path -> "\"" + path + "\"").collect(Collectors.joining(", "));
    }

    /** After a restore over a directory. */
    public static String restored(Path data, AsideReport aside) {
        var text = new StringBuilder();
        Path former = aside.directories().getFirst();
        if (aside.kept()) {
            text.append("what was there before is in ").append(quoted(aside)).append('\n');
            // Debian has the first and the last elsewhere
            String configuration = Files.exists(former.resolve("postgresql.conf"))
                    ? "postgresql.conf, postgresql.auto.conf and pg_hba.conf are"
                    : "postgresql.auto.conf is";
            text.append(configuration)
                    .append(" the backup's now; what was changed since is in \"%s\"\n".formatted(former));
            text.append(
                    "to go back:            walvault restore --undo-in-place -D %s\n".formatted(ShellWord.of(data)));
            text.append(
                    "when all is well:      walvault restore --remove-set-aside -D %s\n".formatted(ShellWord.of(data)));
        } else {
            text.append("what was there before is removed, but for its WAL; what is left is in ")
                    .append(quoted(aside))
                    .append('\n');
            text.append(
                    "when all is well:      walvault restore --remove-set-aside -D %s\n".formatted(ShellWord.of(data)));
        }
        return text.toString();
    }

    /** The old files are back. */
    public static String undone(Path data) {
        return "what was in \"%s\" before the restore is there again".formatted(data);
    }

    /** The old files are gone. */
    public static String removed(List<AsideReport> removed) {
        return removed.isEmpty()
                ? "there is nothing that a restore has moved aside"
                : "removed " + removed.stream().map(InPlaceText::quoted).collect(Collectors.joining(", "));
    }
}
