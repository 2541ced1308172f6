package dev.walvault.it.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page with a place for results between two marks. */
record Page(Path file) {
    private static final String BEGIN = "<!-- results: written by ./walvault benchmark --write -->\n";
    private static final String END = "<!-- end of results -->\n";

    /**
     * Replaces what is between the marks.
     *
     * @throws IOException if the page has no such marks, and then it stays as it is
     */
    void write(String results) throws IOException {
        String text = Files.readString(file);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException("\"" + file + "\" has no place for results");
        }
        Files.writeString(file, text.substring(0, begin) + BEGIN + "\n" + results + "\n" + text.substring(end));
    }
}
