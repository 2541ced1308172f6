package dev.walvault.cli.packaging;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A page of docs that is printed from a table of the program, taken over into a manual page: paragraphs, and the table
 * as a list.
 */
final class ReferenceText {
    private final ManualPage page;
    private final List<String> paragraph = new ArrayList<>();
    private List<String> columns = List.of();

    private ReferenceText(ManualPage page) {
        this.page = page;
    }

    /** Everything but title and comments of {@code markdown}. */
    static void append(ManualPage page, String markdown) {
        var text = new ReferenceText(page);
        markdown.lines()
                .filter(line -> !line.startsWith("# ") && !line.startsWith("<!--"))
                .forEach(text::line);
        text.endParagraph();
    }

    private void line(String line) {
        if (line.startsWith("|")) {
            row(Stream.of(line.split("\\|", -1)).map(String::strip).toList());
        } else if (line.isBlank()) {
            endParagraph();
            columns = List.of();
        } else {
            paragraph.add(line);
        }
    }

    /** The cells of a row stand between bars, and the first and the last bar have nothing outside. */
    private void row(List<String> cells) {
        int last = cells.size() - 2;
        if (columns.isEmpty()) {
            columns = cells;
        } else if (!cells.get(1).startsWith("---")) {
            var said = new ArrayList<>(List.of(RoffText.markdown(cells.get(last))));
            var between = RoffText.EMPTY;
            for (int i = 2; i < last; i++) {
                if (!cells.get(i).isEmpty()) {
                    between = (between.isEmpty() ? between : between.plus("; "))
                            .plus(columns.get(i) + ": ")
                            .plus(RoffText.markdown(cells.get(i)));
                }
            }
            if (!between.isEmpty()) {
                said.add(between);
            }
            page.item(RoffText.bold(cells.get(1).replace("`", "")), said);
        }
    }

    private void endParagraph() {
        if (!paragraph.isEmpty()) {
            page.paragraph(RoffText.markdown(String.join(" ", paragraph)));
            paragraph.clear();
        }
    }
}
