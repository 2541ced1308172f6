package dev.walvault.cli.packaging;

import java.util.List;
import java.util.Locale;

/** A page in the making, out of the few requests of man(7) that every formatter knows. */
final class ManualPage {
    private final String name;
    private final int section;
    private final StringBuilder out = new StringBuilder();

    /** A page that begins with its name and what it is about, in one line. */
    ManualPage(String name, int section, Edition edition, String about) {
        this.name = name;
        this.section = section;
        line(".TH \"%s\" %d \"%s\" \"%s\" \"walvault\""
                .formatted(
                        RoffText.plain(name.toUpperCase(Locale.ROOT)).escaped(),
                        section,
                        edition.date(),
                        RoffText.plain("walvault " + edition.version()).escaped()));
        // left-aligned, without hyphens: names and options stay as they are typed
        line(".ad l");
        line(".nh");
        heading("NAME");
        text(RoffText.plain(name + " - " + about));
    }

    /** Below share/man. */
    String file() {
        return "man" + section + "/" + name + "." + section;
    }

    void heading(String text) {
        line(".SH \"" + RoffText.plain(text).escaped() + "\"");
    }

    /** What follows a heading, or a paragraph after another. */
    void paragraph(RoffText text) {
        line(".PP");
        text(text);
    }

    /** An item of a list: what it is, and what is said of it, each on a line of its own. */
    void item(RoffText tag, List<RoffText> said) {
        line(".TP");
        text(tag);
        for (int i = 0; i < said.size(); i++) {
            if (i > 0) {
                line(".br");
            }
            text(said.get(i));
        }
    }

    /** Lines to be typed. */
    void verbatim(List<String> lines) {
        line(".PP");
        line(".RS 4");
        line(".nf");
        lines.forEach(each -> text(RoffText.plain(each)));
        line(".fi");
        line(".RE");
    }

    /** The end of the page. */
    void seeAlso(String... pages) {
        heading("SEE ALSO");
        paragraph(RoffText.plain(String.join(", ", pages)));
    }

    private void text(RoffText text) {
        // a dot in the first column would be a request
        line((text.escaped().startsWith(".") ? "\\&" : "") + text.escaped());
    }

    private void line(String line) {
        out.append(line).append('\n');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
