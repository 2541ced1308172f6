package dev.walvault.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The rooms that the map of ARCHITECTURE.md shows, from the top down. */
final class RoomsOfThePage {
    /** An indented block is the map; a room's name is followed by at least two spaces and what it is for. */
    private static final Pattern ROOM = Pattern.compile("^ {8}([a-z][a-z0-9.]*) {2,}\\S.*$", Pattern.MULTILINE);

    private RoomsOfThePage() {}

    static List<String> read(Path page) throws IOException {
        String text = Files.readString(page);
        String map = text.substring(text.indexOf("## The map"), text.indexOf("A room is a package"));
        return ROOM.matcher(map)
                .results()
                .map((MatchResult each) -> each.group(1))
                .toList();
    }
}
