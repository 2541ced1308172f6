package dev.walvault.it;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a page of the project gives to be typed. */
final class CommandsOfPage {
    private CommandsOfPage() {}

    /**
     * The indented blocks of one section, a list of lines each.
     *
     * @param page its path in the project
     * @param heading the whole line
     */
    static List<List<String>> below(String page, String heading) throws IOException {
        return blocks(Files.readAllLines(Project.directory().resolve(page)).stream()
                .dropWhile(line -> !line.equals(heading))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#")));
    }

    /** The indented blocks from this heading on. */
    static List<List<String>> from(String page, String heading) throws IOException {
        return blocks(Files.readAllLines(Project.directory().resolve(page)).stream()
                .dropWhile(line -> !line.equals(heading)));
    }

    private static List<List<String>> blocks(Stream<String> lines) {
        return Stream.of(lines.collect(Collectors.joining("\n")).split("\n\n"))
                .filter(paragraph -> paragraph.startsWith("    "))
                .map(block -> block.lines().map(line -> line.substring(4)).toList())
                .toList();
    }
}
